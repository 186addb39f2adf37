/* linear_backward_parts.h - the gradients of a small affine layer, in parts that keep to their core. */
#ifndef AG_REAL
#ifndef AG_KERNELS_LINEAR_BACKWARD_PARTS_H
#define AG_KERNELS_LINEAR_BACKWARD_PARTS_H
#include <stdbool.h>

#include "kernels/linear_backward.h"

#define AG_SELF "kernels/linear_backward_parts.h"
#include "core/each_real.h"
#endif
#else

/* Whether a layer is so small that what moves between cores counts. */
bool AG_NAME(agk_linear_backward_is_small)(const agk_linear_geometry *g);

/* The contract of agk_linear_backward, for small layers. */
size_t AG_NAME(agk_linear_backward_parts_workspace)(const agk_linear_geometry *g, int threads);
void AG_NAME(agk_linear_backward_parts)(int threads, const agk_linear_geometry *g,
                                        const AG_NAME(agk_linear_gradients) * o, void *workspace);
#endif
