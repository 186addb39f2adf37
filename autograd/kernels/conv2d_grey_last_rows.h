/* conv2d_grey_last_rows.h - the pixels of a band of rows of a grey image, for each instruction set. */
#ifndef AG_REAL
#ifndef AG_KERNELS_CONV2D_GREY_LAST_ROWS_H
#define AG_KERNELS_CONV2D_GREY_LAST_ROWS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the pixels of a band see: element k of the window of pixel p is field[place[p] + offset[k]]. */
typedef struct {
  int64_t taps, channels;
  const int64_t *offset, *place;
} agk_grey_windows;

/* The most pixels whose sums are kept in their own type. */
enum { AGK_GREY_CHUNK = 52 };

#define AG_SELF "kernels/conv2d_grey_last_rows.h"
#include "core/each_isa.h"
#endif
#else

/* The weights, turned to one row of channels for the bias, which may be NULL, and one for each tap, block of
 * channels by block: at most taps + 1 times the channels, filled up to 64 bytes. */
void AG_NAME(agk_grey_turn_weights)(const agk_grey_windows *s, const AG_REAL *w, const AG_REAL *bias,
                                    AG_REAL *turned);

/* y of the first `pixels` pixels = bias + sum over k of w[k] times element k of the window. */
void AG_NAME(agk_grey_outputs)(const agk_grey_windows *s, int64_t pixels, const AG_REAL *field,
                               const AG_REAL *turned, AG_REAL *y);

/* sums[k, o] += gy times element k, and sums[taps, o] += gy, over at most AGK_GREY_CHUNK pixels from pixel p
 * on, whose gy is given; so many numbers may be read there. */
void AG_NAME(agk_grey_add_products)(const agk_grey_windows *s, int64_t p, int64_t pixels,
                                    const AG_REAL *field, const AG_REAL *gy, int64_t readable, double *sums);
#endif
