/* norm_moments.h - the moments of channels, down the columns of a strip. */
#ifndef AG_REAL
#ifndef AG_KERNELS_NORM_MOMENTS_H
#define AG_KERNELS_NORM_MOMENTS_H
#include "core/isa.h"
#include "kernels/norm_strips.h"

/* Rows of so many columns leave no lane of the longest vectors empty. */
enum { AGK_MOMENTS_LANES = 64 };

#define AG_SELF "kernels/norm_moments.h"
#include "core/each_real.h"
#endif
#else

/* Joins the numbers of a strip, s of each channel in each image, with m, which has an entry for each of its
 * channels; all of these have the same count. x is where the strip begins. */
void AG_NAME(agk_norm_add_strip)(ag_isa isa, const agk_norm_strip *t, int64_t s, const AG_REAL *x,
                                 agk_norm_moments *m);
#endif
