/* The kinds of work, each in the file of its family; kinds.c lists them. */
#ifndef BENCH_KINDS_H
#define BENCH_KINDS_H

#include "bench/workload.h"

/* Rectangles of irregular numbers, the same for each run of the program. */
ag_tensor *numbers(ag_ctx *c, ag_shape shape);
/* Labels 0 .. classes - 1, for n samples. */
ag_tensor *labels(ag_ctx *c, int64_t n, int64_t classes);
/* A block of zeros for a state; ends the program where there is none. */
void *state_new(size_t bytes);

extern const kind kind_cnn, kind_epoch;    /* a training step and an epoch of models/cnn.h */
extern const kind kind_conv;               /* one convolution: op forward, grad_input or grad_weight */
extern const kind kind_mlp, kind_gaussian; /* a training step of models/mlp.h and gaussian_regressor.h */
extern const kind kind_gemms;              /* the matrix products of such a step, by BLAS, and nothing else */
extern const kind kind_chain, kind_one;    /* recorded operations on numbers: a long chain, and each alone */
extern const kind kind_forward, kind_with_gradient; /* one operator, without and with its gradient */
extern const kind kind_adam;                        /* one update of n parameters */
extern const kind kind_fma, kind_copy;              /* what the hardware does best */

#endif
