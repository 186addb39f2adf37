#ifndef AG_REAL
#include "kernels/interpolate.h"

#include <string.h>

#include "core/multiversion.h"
#include "core/parallel.h"

#define AG_SELF "kernels/interpolate.c"
#include "core/each_real.h"
#else

/* to = the weighted sum of the rows of x that output row o is made of. */
AG_MULTIVERSION static void AG_NAME(mix_rows)(const AG_NAME(agk_axis) * height, int64_t o, int64_t w,
                                              const AG_REAL *restrict x, AG_REAL *restrict to) {
  const int64_t *index = height->index + o * height->taps;
  const AG_REAL *weight = height->weight + o * height->taps;
  for (int64_t j = 0; j < w; j++) to[j] = weight[0] * x[index[0] * w + j];
  for (int t = 1; t < height->taps; t++) {
    const AG_REAL *row = x + index[t] * w, a = weight[t];
    for (int64_t j = 0; j < w; j++) to[j] += a * row[j];
  }
}

/* taps is a constant where this is inlined. */
AG_INLINE void AG_NAME(mix_numbers)(int taps, const AG_NAME(agk_axis) * width, const AG_REAL *restrict row,
                                    AG_REAL *restrict y) {
  const int64_t *index = width->index;
  const AG_REAL *weight = width->weight;
  for (int64_t q = 0; q < width->out; q++, index += taps, weight += taps) {
    AG_REAL sum = weight[0] * row[index[0]];
    for (int t = 1; t < taps; t++) sum += weight[t] * row[index[t]];
    y[q] = sum;
  }
}

AG_MULTIVERSION static void AG_NAME(make_row)(const AG_NAME(agk_axis) * width, const AG_REAL *restrict row,
                                              AG_REAL *restrict y) {
  if (width->taps == 1)
    for (int64_t q = 0; q < width->out; q++) y[q] = row[width->index[q]];
  else if (width->taps == 2)
    AG_NAME(mix_numbers)(2, width, row, y);
  else
    AG_NAME(mix_numbers)(width->taps, width, row, y);
}

void AG_NAME(agk_interpolate)(int threads, int64_t planes, const AG_NAME(agk_axis) * height,
                              const AG_NAME(agk_axis) * width, const AG_REAL *x, AG_REAL *y, AG_REAL *rows) {
  const int64_t in = height->in * width->in, out = height->out * width->out;
  const int64_t work = planes * height->out * (height->taps * width->in + width->taps * width->out);
  AG_PARALLEL_FOR(ag_team(threads, planes, work))
  for (int64_t p = 0; p < planes; p++) {
    AG_REAL *mixed = rows + ag_thread_index() * width->in;
    for (int64_t o = 0; o < height->out; o++) {
      const AG_REAL *row = mixed;
      if (height->taps == 1)
        row = x + p * in + height->index[o] * width->in;
      else
        AG_NAME(mix_rows)(height, o, width->in, x + p * in, mixed);
      AG_NAME(make_row)(width, row, y + p * out + o * width->out);
    }
  }
}

/* ---- The adjoint ---- */

/* row = what the numbers of one output row give to the numbers that they were made of. */
static void AG_NAME(spread_row)(const AG_NAME(agk_axis) * width, const AG_REAL *restrict gy,
                                AG_REAL *restrict row) {
  const int taps = width->taps;
  memset(row, 0, (size_t)width->in * sizeof *row);
  for (int64_t q = 0; q < width->out; q++) {
    if (taps == 1)
      row[width->index[q]] += gy[q];
    else
      for (int t = 0; t < taps; t++) row[width->index[q * taps + t]] += width->weight[q * taps + t] * gy[q];
  }
}

AG_MULTIVERSION static void AG_NAME(add_row)(int64_t w, AG_REAL a, const AG_REAL *restrict row,
                                             AG_REAL *restrict gx) {
  for (int64_t j = 0; j < w; j++) gx[j] += a * row[j];
}

void AG_NAME(agk_interpolate_adjoint)(int threads, int64_t planes, const AG_NAME(agk_axis) * height,
                                      const AG_NAME(agk_axis) * width, const AG_REAL *gy, AG_REAL *gx,
                                      AG_REAL *rows) {
  const int64_t in = height->in * width->in, out = height->out * width->out, w = width->in;
  const int64_t work = planes * height->out * (height->taps * width->in + width->taps * width->out);
  AG_PARALLEL_FOR(ag_team(threads, planes, work))
  for (int64_t p = 0; p < planes; p++) {
    AG_REAL *row = rows + ag_thread_index() * w;
    memset(gx + p * in, 0, (size_t)in * sizeof *gx);
    for (int64_t o = 0; o < height->out; o++) {
      AG_NAME(spread_row)(width, gy + p * out + o * width->out, row);
      for (int t = 0; t < height->taps; t++) {
        const int64_t i = o * height->taps + t;
        AG_NAME(add_row)
        (w, height->taps == 1 ? 1 : height->weight[i], row, gx + p * in + height->index[i] * w);
      }
    }
  }
}
#endif
