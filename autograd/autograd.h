/* libautograd: reverse-mode automatic differentiation on tensors, for C17.
 *
 * This header is the manual. Every prototype states its formula, its shapes and its errors.
 *
 * Four ideas carry the whole library:
 *   - A context (ag_ctx) holds everything: memory, tape, random streams, the first error. There is no global
 *     state; one context serves one thread at a time, and several contexts are independent.
 *   - Memory belongs to scopes. What is made between ag_scope_begin and ag_scope_end dies there; parameters,
 *     optimiser state and data live in the root scope, that is, outside of every begin and end.
 *   - Errors stick. The first mistake is stored in the context with the operator, the shapes and the file and
 *     line of the call; every later operator returns the nil tensor at once. Ask ag_error once a step.
 *   - Operators are applied through one door and recorded on a tape, which ag_backward and ag_grad read.
 *
 * Functions that take a first argument "ag_site at" and structs with a first member "at" are called without
 * it: the macros of <autograd/operators.h> fill in the file and line, so ag_relu(x) is a whole call.
 * Functions that take one struct of arguments are called with named options: ag_sum(x, .axes = AG_AXES(1)).
 */
#ifndef AUTOGRAD_H
#define AUTOGRAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

#define AG_VERSION "0.6.0"
#define AG_MAX_RANK 8

typedef struct ag_ctx ag_ctx;
typedef struct ag_tensor ag_tensor;
typedef struct ag_node ag_node;
typedef struct ag_op ag_op;

/* The chapters of the manual, in the order in which they stand on each other. */
#include <autograd/manual/errors.h>
#include <autograd/manual/context.h>
#include <autograd/manual/tensors.h>
#include <autograd/manual/creation.h>
#include <autograd/manual/differentiation.h>
#include <autograd/manual/random.h>
#include <autograd/manual/elementwise.h>
#include <autograd/manual/reductions.h>
#include <autograd/manual/arrangement.h>
#include <autograd/manual/indexing.h>
#include <autograd/manual/products.h>
#include <autograd/manual/linalg.h>
#include <autograd/manual/convolution.h>
#include <autograd/manual/pooling.h>
#include <autograd/manual/normalisation.h>
#include <autograd/manual/losses.h>
#include <autograd/manual/attention.h>
#include <autograd/manual/recurrent.h>
#include <autograd/manual/layers.h>
#include <autograd/manual/optimisers.h>
#include <autograd/manual/saving.h>
#include <autograd/manual/tools.h>
#include <autograd/manual/operator.h>

#include <autograd/operators.h>

#ifdef __cplusplus
}
#endif
#endif
