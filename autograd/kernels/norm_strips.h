/* norm_strips.h - how rows, whose columns belong to channels, are cut for loops along them.
 *
 * Short rows are worked on as one long row with others; a strip of a long one at a time. What is left over of
 * the rows is one more, shorter row. */
#ifndef AG_REAL
#ifndef AG_KERNELS_NORM_STRIPS_H
#define AG_KERNELS_NORM_STRIPS_H
#include <string.h>

#include "kernels/norm_passes.h"

enum {
  AGK_STRIP_LONG = 128,    /* columns that are worth a loop */
  AGK_STRIP_COLUMNS = 512, /* of a strip, the numbers of which lie in the nearest cache */
};

/* Row r, column j lies at r * stride + j from `begin`. A row has `fold` images, each with s numbers of each
 * of the channels. */
typedef struct {
  ag_range channels;
  int64_t begin, rows, stride, width, fold;
} agk_norm_strip;

/* The strips of a unit, in pairs: the rows of some channels, and what they leave over. */
static inline int64_t agk_norm_strips(const agk_batch_norm_geometry *g, ag_range channels) {
  return 2 * ag_chunks(channels.end - channels.begin, AGK_STRIP_COLUMNS / g->s);
}

/* Rows are long enough, too, where they have a multiple of `lanes` columns. */
static inline agk_norm_strip agk_norm_strip_of(const agk_batch_norm_geometry *g, ag_range images,
                                               ag_range channels, int64_t i, int64_t strips, int64_t lanes) {
  const int64_t n = images.end - images.begin, length = g->c * g->s;
  const ag_range in = ag_chunk_range(i / 2, strips / 2, channels.end - channels.begin);
  agk_norm_strip t = {.channels = {channels.begin + in.begin, channels.begin + in.end}, .fold = 1};
  if (length < AGK_STRIP_LONG && length % lanes && in.end - in.begin == g->c) {
    const int64_t wanted = ag_chunks(AGK_STRIP_LONG, length);
    t.fold = wanted < n ? wanted : n;
  }
  t.rows = n / t.fold;
  t.begin = images.begin * length + t.channels.begin * g->s;
  if (i % 2) {
    t.begin += t.rows * t.fold * length;
    t.fold = n % t.fold;
    t.rows = t.fold > 0;
  }
  t.stride = t.fold * length;
  t.width = t.fold * (in.end - in.begin) * g->s;
  return t;
}

#define AG_SELF "kernels/norm_strips.h"
#include "core/each_real.h"
#endif
#else

/* What each channel of the strip has, in all of its columns. */
AG_INLINE void AG_NAME(agk_norm_spread)(agk_norm_strip t, int64_t s, const AG_REAL *of_channel,
                                        AG_REAL *column) {
  const int64_t channels = t.channels.end - t.channels.begin, apart = channels * s;
  if (s == 1) memcpy(column, of_channel, (size_t)channels * sizeof *column);
  for (int64_t k = 0; k < s && s > 1; k++)
    for (int64_t c = 0; c < channels; c++) column[c * s + k] = of_channel[c];
  for (int64_t f = 1; f < t.fold; f++) memcpy(column + f * apart, column, (size_t)apart * sizeof *column);
}
#endif
