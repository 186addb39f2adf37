#ifndef AG_REAL
#include "kernels/conv2d_im2col.h"

#include <string.h>

#include "core/multiversion.h"

enum {
  SLICE_DEPTH = 256,     /* rows of a piece, about: its columns stay in the first-level cache */
  FIELD_BYTES = 1 << 16, /* of a field, about: with the piece it stays in the second-level cache */
  VECTOR_BYTES = 64,     /* copied at a time */
};

int64_t agk_conv2d_output(int64_t size, int64_t kernel, int64_t stride, int64_t padding, int64_t dilation) {
  const int64_t room = size + 2 * padding - dilation * (kernel - 1) - 1;
  return room < 0 ? 0 : room / stride + 1;
}

size_t agk_aligned_size(size_t bytes) { return (bytes + 63) / 64 * 64; }

/* Rows or columns of the field beyond the outputs: the part of the kernel's reach that has their phase. */
static int64_t reach(int64_t kernel, int64_t stride, int64_t dilation) {
  return kernel > 0 ? (kernel - 1) * dilation / stride : 0;
}

agk_conv2d_plan agk_conv2d_planned(const agk_conv2d_geometry *g, size_t element_size) {
  agk_conv2d_plan p = {.group_in = g->c_in / g->groups, .group_out = g->c_out / g->groups};
  p.taps = g->kh * g->kw;
  p.depth = p.group_in * p.taps;
  p.columns = g->h_out * g->w_out;
  p.direct = g->kh == 1 && g->kw == 1 && g->stride[0] == 1 && g->stride[1] == 1 && g->padding[0] == 0 &&
             g->padding[1] == 0;
  p.slices = ag_chunks(p.group_in, p.taps < SLICE_DEPTH ? SLICE_DEPTH / (p.taps > 0 ? p.taps : 1) : 1);
  p.channels = p.slices ? ag_chunks(p.group_in, p.slices) : 0;
  p.width = g->w_out + reach(g->kw, g->stride[1], g->dilation[1]);
  const int64_t row = p.channels * g->stride[0] * g->stride[1] * p.width * (int64_t)element_size;
  const int64_t beyond = reach(g->kh, g->stride[0], g->dilation[0]);
  const int64_t fits = FIELD_BYTES / (row > 0 ? row : 1) - beyond;
  p.bands = ag_chunks(g->h_out, fits > 2 * beyond + 4 ? fits : 2 * beyond + 4);
  p.rows = p.bands ? ag_chunks(g->h_out, p.bands) : 0;
  p.plane = (p.rows + beyond) * p.width;
  return p;
}

size_t agk_im2col_offsets_bytes(const agk_conv2d_plan *p) {
  return p->direct ? 0 : agk_aligned_size((size_t)(p->channels * p->taps) * sizeof(int64_t));
}

void agk_im2col_offsets(const agk_conv2d_geometry *g, const agk_conv2d_plan *p, int64_t *offset) {
  if (p->direct) return;
  for (int64_t c = 0; c < p->channels; c++)
    for (int64_t i = 0; i < g->kh; i++)
      for (int64_t j = 0; j < g->kw; j++) {
        const int64_t y = i * g->dilation[0], x = j * g->dilation[1];
        const int64_t phase = y % g->stride[0] * g->stride[1] + x % g->stride[1];
        *offset++ = (c * g->stride[0] * g->stride[1] + phase) * p->plane + y / g->stride[0] * p->width +
                    x / g->stride[1];
      }
}

/* Whether any element of the kernel has this residue of the stride. */
static bool is_used(int64_t phase, int64_t kernel, int64_t stride, int64_t dilation) {
  for (int64_t i = 0; i < kernel; i++)
    if (i * dilation % stride == phase) return true;
  return false;
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

enum { AG_NAME(VECTOR) = VECTOR_BYTES / sizeof(AG_REAL) };

size_t AG_NAME(agk_im2col_field_bytes)(const agk_conv2d_geometry *g, const agk_conv2d_plan *p) {
  if (p->direct) return 0;
  const int64_t numbers = p->channels * g->stride[0] * g->stride[1] * p->plane;
  return agk_aligned_size((size_t)numbers * sizeof(AG_REAL) + VECTOR_BYTES);
}

size_t AG_NAME(agk_im2col_piece_bytes)(const agk_conv2d_plan *p) {
  return p->direct ? 0 : agk_aligned_size((size_t)(p->channels * p->taps * AGK_PIECE_STEP) * sizeof(AG_REAL));
}

/* One row of one plane: every stride-th number from x[first], where 0 <= position < w, else 0. */
AG_INLINE void AG_NAME(field_row)(int64_t width, int64_t first, int64_t stride, int64_t w, const AG_REAL *x,
                                  AG_REAL *to) {
  const ag_range in = inside(width, stride, first, w);
  int64_t i = 0;
  for (; i < in.begin; i++) to[i] = 0;
  if (stride == 1)
    for (; i < in.end; i++) to[i] = x[i + first];
  else
    for (; i < in.end; i++) to[i] = x[i * stride + first];
  for (; i < width; i++) to[i] = 0;
}

AG_MULTIVERSION void AG_NAME(agk_im2col_field)(const agk_conv2d_geometry *g, const agk_conv2d_plan *p,
                                               int64_t channels, ag_range band, const AG_REAL *x,
                                               AG_REAL *field) {
  const int64_t rows = band.end - band.begin + reach(g->kh, g->stride[0], g->dilation[0]);
  for (int64_t c = 0; c < channels; c++, x += g->h * g->w)
    for (int64_t i = 0; i < g->stride[0]; i++)
      for (int64_t j = 0; j < g->stride[1]; j++, field += p->plane) {
        if (!is_used(i, g->kh, g->stride[0], g->dilation[0])) continue;
        if (!is_used(j, g->kw, g->stride[1], g->dilation[1])) continue;
        for (int64_t r = 0; r < rows; r++) {
          const int64_t y = (band.begin + r) * g->stride[0] + i - g->padding[0];
          const bool in_image = y >= 0 && y < g->h;
          AG_NAME(field_row)
          (p->width, j - g->padding[1], g->stride[1], in_image ? g->w : 0, in_image ? x + y * g->w : x,
           field + r * p->width);
        }
      }
}

/* A row of the piece in whole vectors: what one writes too much, the next overwrites. */
AG_MULTIVERSION static void AG_NAME(gather)(int64_t depth, int64_t parts, const int64_t *restrict start,
                                            const int64_t *restrict place, const int64_t *restrict offset,
                                            const AG_REAL *restrict field, AG_REAL *restrict to) {
  for (int64_t k = 0; k < depth; k++, to += AGK_PIECE_STEP)
    for (int64_t s = 0; s < parts; s++) memcpy(to + start[s], field + offset[k] + place[s], VECTOR_BYTES);
}

void AG_NAME(agk_im2col_piece)(const agk_conv2d_geometry *g, const agk_conv2d_plan *p, int64_t depth,
                               int64_t top, ag_range columns, const int64_t *offset, const AG_REAL *field,
                               AG_REAL *to) {
  int64_t start[AGK_PIECE], place[AGK_PIECE], parts = 0, step;
  for (int64_t at = columns.begin; at < columns.end; at += step) {
    const int64_t x = at % g->w_out, left = g->w_out - x;
    step = left < AG_NAME(VECTOR) ? left : AG_NAME(VECTOR);
    start[parts] = at - columns.begin;
    place[parts++] = (at / g->w_out - top) * p->width + x;
  }
  AG_NAME(gather)(depth, parts, start, place, offset, field, to);
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
