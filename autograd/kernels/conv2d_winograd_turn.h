/* conv2d_winograd_turn.h - planes of channels (NCHW) to channels beside each other (NHWC), and back; or,
 * where channels are last already, copies of them with a frame.
 *
 * Winograd's transforms are the same for each channel. With the channels of a pixel in one row of memory they
 * become plain arithmetic on vectors of channels. */
#ifndef AG_REAL
#ifndef AG_KERNELS_CONV2D_WINOGRAD_TURN_H
#define AG_KERNELS_CONV2D_WINOGRAD_TURN_H
#include <stdbool.h>
#include <stdint.h>

/* Both sides of a turn. Pixel (i, j) of the planes lies at i * columns + j of each plane, and channel c at c
 * * plane; or, with `last`, pixel (i, j) is a row of channels at (i * columns + j) * channels. In the grid,
 * beside each other, the pixel is a row of `pitch` numbers at ((top + i) * width + left + j) * pitch: a part
 * of a grid of height x width pixels. The pitch is a multiple of 64 bytes. */
typedef struct {
  int64_t channels;
  bool last;
  int64_t plane;         /* numbers from one plane to the next */
  int64_t rows, columns; /* pixels */
  int64_t height, width, top, left, pitch;
} agk_turn;

/* Numbers of a row of an image whose rows of all channels, or of one, lie beside each other. */
static inline int64_t agk_turn_row(const agk_turn *t) { return t->columns * (t->last ? t->channels : 1); }

#define AG_SELF "kernels/conv2d_winograd_turn.h"
#include "core/each_isa.h"
#endif
#else

/* Fills the whole grid: what no plane covers, and channels up to the pitch, are 0. */
void AG_NAME(agk_turn_inside)(const agk_turn *t, const AG_REAL *planes, AG_REAL *grid);

/* That part of it which no plane covers: for whoever writes the others. */
void AG_NAME(agk_turn_frame)(const agk_turn *t, AG_REAL *grid);

/* Writes the planes. */
void AG_NAME(agk_turn_outside)(const agk_turn *t, const AG_REAL *grid, AG_REAL *planes);
#endif
