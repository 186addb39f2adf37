/* conv2d_winograd_turn.c - a matrix of channels and pixels transposed, square block by square block.
 *
 * A block of W channels and W pixels, W numbers a vector, is transposed in registers (square.h). Where the
 * last block would reach past the end it is moved back, and does some pixels twice. */
#ifndef AG_REAL
#include "kernels/conv2d_winograd_turn.h"

#include <string.h>

#include "core/multiversion.h"

/* So many pixels of a plane are read before the next plane is turned to. */
enum { PIECE = 64 };

#define AG_SELF "kernels/conv2d_winograd_turn.c"
#include "core/each_isa.h"
#else

#include "kernels/square.h"

/* The place in the grid of pixel p of the planes. */
AG_INLINE int64_t AG_NAME(place)(const agk_turn *t, int64_t p) {
  return ((t->top + p / t->columns) * t->width + t->left + p % t->columns) * t->pitch;
}

/* The places of `n` pixels from p on. */
AG_INLINE void AG_NAME(places)(const agk_turn *t, int64_t p, int64_t n, int64_t *at) {
  int64_t j = p % t->columns, place = AG_NAME(place)(t, p);
  for (int64_t i = 0; i < n; i++) {
    at[i] = place;
    place += t->pitch;
    if (++j == t->columns) {
      j = 0;
      place += (t->width - t->columns) * t->pitch;
    }
  }
}

/* Channels c to c + n - 1 of AG_WIDTH pixels. */
AG_INLINE void AG_NAME(block_inside)(const AG_REAL *from, int64_t plane, int64_t n, AG_REAL *grid,
                                     const int64_t *at) {
  AG_VECTOR row[AG_WIDTH];
  for (int i = 0; i < AG_WIDTH; i++) {
    row[i] = (AG_VECTOR){0};
    if (i < n) row[i] = AG_LOAD(from + i * plane);
  }
  AG_NAME(turn_square)(row);
  for (int i = 0; i < AG_WIDTH; i++) AG_STORE(grid + at[i], row[i]);
}

AG_INLINE void AG_NAME(block_outside)(const AG_REAL *grid, const int64_t *at, AG_REAL *to, int64_t plane,
                                      int64_t n) {
  AG_VECTOR row[AG_WIDTH];
  for (int i = 0; i < AG_WIDTH; i++) row[i] = AG_LOAD(grid + at[i]);
  AG_NAME(turn_square)(row);
  for (int i = 0; i < AG_WIDTH; i++)
    if (i < n) AG_STORE(to + i * plane, row[i]);
}

void AG_NAME(agk_turn_frame)(const agk_turn *t, AG_REAL *grid) {
  const int64_t row = t->width * t->pitch, right = t->width - t->left - t->columns;
  const size_t size = sizeof *grid;
  memset(grid, 0, (size_t)(t->top * row) * size);
  for (int64_t i = t->top; i < t->top + t->rows; i++) {
    memset(grid + i * row, 0, (size_t)(t->left * t->pitch) * size);
    memset(grid + (i + 1) * row - right * t->pitch, 0, (size_t)(right * t->pitch) * size);
  }
  memset(grid + (t->top + t->rows) * row, 0, (size_t)((t->height - t->top - t->rows) * row) * size);
}

/* Fewer pixels than a vector has places. */
static void AG_NAME(few_inside)(const agk_turn *t, int64_t pixels, const AG_REAL *planes, AG_REAL *grid) {
  for (int64_t p = 0; p < pixels; p++) {
    AG_REAL *to = grid + AG_NAME(place)(t, p);
    for (int64_t c = 0; c < t->pitch; c++) to[c] = c < t->channels ? planes[c * t->plane + p] : 0;
  }
}

static void AG_NAME(few_outside)(const agk_turn *t, int64_t pixels, const AG_REAL *grid, AG_REAL *planes) {
  for (int64_t p = 0; p < pixels; p++) {
    const AG_REAL *from = grid + AG_NAME(place)(t, p);
    for (int64_t c = 0; c < t->channels; c++) planes[c * t->plane + p] = from[c];
  }
}

/* Pixels whose channels are beside each other already. */
static void AG_NAME(copy_inside)(const agk_turn *t, const AG_REAL *image, AG_REAL *grid) {
  for (int64_t i = 0; i < t->rows; i++) {
    AG_REAL *to = grid + ((t->top + i) * t->width + t->left) * t->pitch;
    for (int64_t j = 0; j < t->columns; j++, image += t->channels, to += t->pitch) {
      int64_t c = 0;
      for (; c + AG_WIDTH <= t->channels; c += AG_WIDTH) AG_STORE(to + c, AG_LOAD(image + c));
      for (; c < t->pitch; c++) to[c] = c < t->channels ? image[c] : 0;
    }
  }
}

static void AG_NAME(copy_outside)(const agk_turn *t, const AG_REAL *grid, AG_REAL *image) {
  for (int64_t i = 0; i < t->rows; i++) {
    const AG_REAL *from = grid + ((t->top + i) * t->width + t->left) * t->pitch;
    for (int64_t j = 0; j < t->columns; j++, image += t->channels, from += t->pitch) {
      int64_t c = 0;
      for (; c + AG_WIDTH <= t->channels; c += AG_WIDTH) AG_STORE(image + c, AG_LOAD(from + c));
      for (; c < t->channels; c++) image[c] = from[c];
    }
  }
}

/* Both ways go through the pixels piece by piece, and through all channels of a piece. */

void AG_NAME(agk_turn_inside)(const agk_turn *t, const AG_REAL *planes, AG_REAL *grid) {
  const int64_t pixels = t->rows * t->columns;
  AG_NAME(agk_turn_frame)(t, grid);
  if (t->last) {
    AG_NAME(copy_inside)(t, planes, grid);
    return;
  }
  if (pixels < AG_WIDTH) {
    AG_NAME(few_inside)(t, pixels, planes, grid);
    return;
  }
  int64_t at[PIECE];
  for (int64_t p = 0, end; p < pixels; p = end) {
    end = pixels - p < PIECE ? pixels : p + PIECE;
    if (end - p < AG_WIDTH) p = end - AG_WIDTH;
    AG_NAME(places)(t, p, end - p, at);
    for (int64_t c = 0; c < t->pitch; c += AG_WIDTH) {
      const int64_t n = t->channels - c;
      for (int64_t i = 0; i < end - p; i += AG_WIDTH) {
        const int64_t j = end - p - i < AG_WIDTH ? end - p - AG_WIDTH : i;
        const AG_REAL *from = planes + c * t->plane + p + j;
        if (n >= AG_WIDTH)
          AG_NAME(block_inside)(from, t->plane, AG_WIDTH, grid + c, at + j);
        else
          AG_NAME(block_inside)(from, t->plane, n, grid + c, at + j);
      }
    }
  }
}

void AG_NAME(agk_turn_outside)(const agk_turn *t, const AG_REAL *grid, AG_REAL *planes) {
  const int64_t pixels = t->rows * t->columns;
  if (t->last) {
    AG_NAME(copy_outside)(t, grid, planes);
    return;
  }
  if (pixels < AG_WIDTH) {
    AG_NAME(few_outside)(t, pixels, grid, planes);
    return;
  }
  int64_t at[PIECE];
  for (int64_t p = 0, end; p < pixels; p = end) {
    end = pixels - p < PIECE ? pixels : p + PIECE;
    if (end - p < AG_WIDTH) p = end - AG_WIDTH;
    AG_NAME(places)(t, p, end - p, at);
    for (int64_t c = 0; c < t->channels; c += AG_WIDTH) {
      const int64_t n = t->channels - c;
      for (int64_t i = 0; i < end - p; i += AG_WIDTH) {
        const int64_t j = end - p - i < AG_WIDTH ? end - p - AG_WIDTH : i;
        AG_REAL *to = planes + c * t->plane + p + j;
        if (n >= AG_WIDTH)
          AG_NAME(block_outside)(grid + c, at + j, to, t->plane, AG_WIDTH);
        else
          AG_NAME(block_outside)(grid + c, at + j, to, t->plane, n);
      }
    }
  }
}
#endif
