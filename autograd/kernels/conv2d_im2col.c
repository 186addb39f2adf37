#ifndef AG_REAL
#include "kernels/conv2d_im2col.h"

#include <string.h>

#include "core/multiversion.h"

/* A block of columns takes about this much: it stays in the second-level cache beside what BLAS packs. */
enum { BLOCK_BYTES = 1 << 19 };

int64_t agk_conv2d_output(int64_t size, int64_t kernel, int64_t stride, int64_t padding, int64_t dilation) {
  const int64_t room = size + 2 * padding - dilation * (kernel - 1) - 1;
  return room < 0 ? 0 : room / stride + 1;
}

size_t agk_aligned_size(size_t bytes) { return (bytes + 63) / 64 * 64; }

agk_conv2d_plan agk_conv2d_planned(const agk_conv2d_geometry *g, size_t element_size) {
  agk_conv2d_plan p = {.group_in = g->c_in / g->groups, .group_out = g->c_out / g->groups};
  p.depth = p.group_in * g->kh * g->kw;
  p.columns = g->h_out * g->w_out;
  p.direct = g->kh == 1 && g->kw == 1 && g->stride[0] == 1 && g->stride[1] == 1 && g->padding[0] == 0 &&
             g->padding[1] == 0;
  const int64_t fits = BLOCK_BYTES / (int64_t)element_size / (p.depth > 0 ? p.depth : 1);
  p.blocks = ag_chunks(p.columns, fits < 16 ? 16 : fits);
  p.width = p.blocks ? ag_chunks(p.columns, p.blocks) : 0;
  return p;
}

/* The output positions o in [0, outputs) along one axis whose input position o * stride + offset lies in [0,
 * size). */
static ag_range inside(int64_t outputs, int64_t stride, int64_t offset, int64_t size) {
  const int64_t first = offset < 0 ? (-offset + stride - 1) / stride : 0;
  const int64_t last = offset < size ? (size - offset + stride - 1) / stride : 0;
  const int64_t end = last < outputs ? last : outputs;
  return (ag_range){first < end ? first : end, end};
}

/* The part of a that lies in b: empty at an end of b where they do not meet. */
static inline ag_range intersection(ag_range a, ag_range b) {
  ag_range in = {a.begin > b.begin ? a.begin : b.begin, a.end < b.end ? a.end : b.end};
  if (in.begin > b.end) in.begin = b.end;
  if (in.end < in.begin) in.end = in.begin;
  return in;
}

#define AG_SELF "kernels/conv2d_im2col.c"
#include "core/each_real.h"
#else

enum { AG_NAME(PACK) = 32 / sizeof(AG_REAL) };

/* Rows of images are short: whole vectors with an overlapping last one cost less than a call of memcpy. */
AG_INLINE void AG_NAME(copy)(int64_t n, const AG_REAL *restrict from, AG_REAL *restrict to) {
  const int64_t pack = AG_NAME(PACK);
  if (n >= pack) {
    for (int64_t i = 0; i + pack <= n; i += pack) memcpy(to + i, from + i, 32);
    memcpy(to + n - pack, from + n - pack, 32);
  } else {
    for (int64_t i = 0; i < n; i++) to[i] = from[i];
  }
}

AG_INLINE void AG_NAME(zero)(int64_t n, AG_REAL *to) {
  for (int64_t i = 0; i < n; i++) to[i] = 0;
}

/* One row of the column matrix: element (i, j) of every patch, from the plane x. */
AG_INLINE void AG_NAME(gather_row)(const agk_conv2d_geometry *g, int64_t i, int64_t j, ag_range p,
                                   const AG_REAL *x, AG_REAL *to) {
  const int64_t top = i * g->dilation[0] - g->padding[0], left = j * g->dilation[1] - g->padding[1];
  const int64_t step = g->stride[1];
  const ag_range columns = inside(g->w_out, step, left, g->w);
  int64_t oy = p.begin / g->w_out;
  for (int64_t at = p.begin; at < p.end; oy++) {
    const int64_t start = oy * g->w_out, y = oy * g->stride[0] + top;
    const ag_range ox = {at - start, p.end - start < g->w_out ? p.end - start : g->w_out};
    const ag_range in = y >= 0 && y < g->h ? intersection(columns, ox) : (ag_range){ox.end, ox.end};
    AG_REAL *row = to + (start - p.begin);
    AG_NAME(zero)(in.begin - ox.begin, row + ox.begin);
    if (in.begin < in.end) {
      const AG_REAL *from = x + y * g->w + in.begin * step + left;
      if (step == 1)
        AG_NAME(copy)(in.end - in.begin, from, row + in.begin);
      else
        for (int64_t o = in.begin; o < in.end; o++) row[o] = from[(o - in.begin) * step];
    }
    AG_NAME(zero)(ox.end - in.end, row + in.end);
    at = start + ox.end;
  }
}

AG_MULTIVERSION void AG_NAME(agk_im2col)(const agk_conv2d_geometry *g, int64_t channels, ag_range p,
                                         const AG_REAL *x, AG_REAL *to) {
  for (int64_t c = 0; c < channels; c++)
    for (int64_t i = 0; i < g->kh; i++)
      for (int64_t j = 0; j < g->kw; j++, to += p.end - p.begin)
        AG_NAME(gather_row)(g, i, j, p, x + c * g->h * g->w, to);
}

AG_INLINE void AG_NAME(scatter_row)(const agk_conv2d_geometry *g, int64_t i, int64_t j, ag_range p,
                                    const AG_REAL *from, AG_REAL *gx) {
  const int64_t top = i * g->dilation[0] - g->padding[0], left = j * g->dilation[1] - g->padding[1];
  const ag_range columns = inside(g->w_out, g->stride[1], left, g->w);
  int64_t oy = p.begin / g->w_out;
  for (int64_t at = p.begin; at < p.end; oy++) {
    const int64_t start = oy * g->w_out, y = oy * g->stride[0] + top;
    const ag_range ox = {at - start, p.end - start < g->w_out ? p.end - start : g->w_out};
    at = start + ox.end;
    if (y < 0 || y >= g->h) continue;
    const ag_range in = intersection(columns, ox);
    const AG_REAL *restrict row = from + (start - p.begin);
    AG_REAL *restrict to = gx + y * g->w + left;
    if (g->stride[1] == 1)
      for (int64_t o = in.begin; o < in.end; o++) to[o] += row[o];
    else
      for (int64_t o = in.begin; o < in.end; o++) to[o * g->stride[1]] += row[o];
  }
}

AG_MULTIVERSION void AG_NAME(agk_col2im)(const agk_conv2d_geometry *g, int64_t channels, ag_range p,
                                         const AG_REAL *from, AG_REAL *gx) {
  for (int64_t c = 0; c < channels; c++)
    for (int64_t i = 0; i < g->kh; i++)
      for (int64_t j = 0; j < g->kw; j++, from += p.end - p.begin)
        AG_NAME(scatter_row)(g, i, j, p, from, gx + c * g->h * g->w);
}
#endif
