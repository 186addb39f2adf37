/* The notation in which operators list their test samples; an object's list ends with AG_NO_MORE. */
#ifndef AG_OPS_SAMPLE_H
#define AG_OPS_SAMPLE_H

#include "ops/attributes.h"

/* Braces are initialisers here, not blocks. */
/* clang-format off */

/* Shapes, axes and attributes in the initialiser of an object of static storage. */
#define AG_LIST(...) {AG_COUNT_(__VA_ARGS__), {__VA_ARGS__}}
#define AG_POINT {0, {0}}
#define AG_WITH(type, ...) (&(const type){__VA_ARGS__})

#define AG_OPERANDS_(...) .in = {__VA_ARGS__}, .n_in = (int)(sizeof((ag_shape[]){__VA_ARGS__}) / sizeof(ag_shape))

/* Operands of these shapes work, with real elements in [from, to). */
#define AG_WORKS(from, to, with, ...) {AG_OPERANDS_(__VA_ARGS__), .attributes = with, .low = from, .high = to}
/* The same with integer elements in 0 .. most. */
#define AG_WORKS_UP_TO(most, from, to, with, ...)                                                            \
  {AG_OPERANDS_(__VA_ARGS__), .attributes = with, .low = from, .high = to, .below = (most) + 1}
/* The same with all that are alike of that type, 0 .. most. */
#define AG_WORKS_IN(type, most, with, ...) {AG_OPERANDS_(__VA_ARGS__), .attributes = with, .below = (most) + 1, .dtype = type}
/* The shape rule refuses them with this message; integer elements are 0. */
#define AG_REFUSED(text, with, ...) {AG_OPERANDS_(__VA_ARGS__), .attributes = with, .below = 1, .error = text}
#define AG_NO_MORE {.n_in = 0}

/* clang-format on */

#endif
