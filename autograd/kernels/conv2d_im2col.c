#ifndef AG_REAL
#include "kernels/conv2d_im2col.h"

#include <string.h>

#include "core/multiversion.h"

enum {
  SLICE_DEPTH = 256,     /* rows of a piece, about: its columns stay in the first-level cache */
  FIELD_BYTES = 1 << 16, /* of a field, about: with the piece it stays in the second-level cache */
  VECTOR_BYTES = 64,     /* copied at a time */
  LENGTHS = 4,           /* different lengths of what is added at a time */
};

int64_t agk_conv2d_output(int64_t size, int64_t kernel, int64_t stride, int64_t padding, int64_t dilation) {
  const int64_t room = size + 2 * padding - dilation * (kernel - 1) - 1;
  return room < 0 ? 0 : room / stride + 1;
}

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
             g->padding[1] == 0 && g->h_out == g->h && g->w_out == g->w;
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
  return p->direct ? 0 : ag_aligned_size((size_t)(p->channels * p->taps) * sizeof(int64_t));
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

/* The positions i in [0, width) along one axis of a plane whose input position i * stride + offset lies in
 * [0, size). */
static ag_range inside(int64_t width, int64_t stride, int64_t offset, int64_t size) {
  const int64_t first = offset < 0 ? (-offset + stride - 1) / stride : 0;
  const int64_t last = offset < size ? (size - offset + stride - 1) / stride : 0;
  const int64_t end = last < width ? last : width;
  return (ag_range){first < end ? first : end, end};
}

/* How one plane of the field lies in the image: number i of row r is x[top + r * stride[0], left + i *
 * stride[1]] for the i of `columns`, and 0 for the others. */
typedef struct {
  int64_t rows, top, left;
  ag_range columns;
} phase_geometry;

/* That of a residue of the strides; false where no element of the kernel has it. */
static bool find_phase(const agk_conv2d_geometry *g, const agk_conv2d_plan *p, int64_t phase, ag_range band,
                       phase_geometry *f) {
  const int64_t i = phase / g->stride[1], j = phase % g->stride[1];
  f->rows = band.end - band.begin + reach(g->kh, g->stride[0], g->dilation[0]);
  f->top = band.begin * g->stride[0] + i - g->padding[0];
  f->left = j - g->padding[1];
  f->columns = inside(p->width, g->stride[1], f->left, g->w);
  return is_used(i, g->kh, g->stride[0], g->dilation[0]) && is_used(j, g->kw, g->stride[1], g->dilation[1]);
}

#define AG_SELF "kernels/conv2d_im2col.c"
#include "core/each_real.h"
#else

enum { AG_NAME(VECTOR) = VECTOR_BYTES / sizeof(AG_REAL) };

size_t AG_NAME(agk_im2col_field_bytes)(const agk_conv2d_geometry *g, const agk_conv2d_plan *p) {
  if (p->direct) return 0;
  const int64_t numbers = p->channels * g->stride[0] * g->stride[1] * p->plane;
  return ag_aligned_size((size_t)numbers * sizeof(AG_REAL) + VECTOR_BYTES);
}

size_t AG_NAME(agk_im2col_piece_bytes)(const agk_conv2d_plan *p) {
  return p->direct ? 0 : ag_aligned_size((size_t)(p->channels * p->taps * AGK_PIECE_STEP) * sizeof(AG_REAL));
}

/* One row of a plane: zeros, every stride-th number of x, and zeros. */
AG_INLINE void AG_NAME(field_row)(int64_t width, ag_range in, int64_t stride, const AG_REAL *x, AG_REAL *to) {
  for (int64_t i = 0; i < in.begin; i++) to[i] = 0;
  if (stride == 1)
    for (int64_t i = in.begin; i < in.end; i++) to[i] = x[i];
  else
    for (int64_t i = in.begin; i < in.end; i++) to[i] = x[i * stride];
  for (int64_t i = in.end; i < width; i++) to[i] = 0;
}

AG_MULTIVERSION static void AG_NAME(field_plane)(const agk_conv2d_geometry *g, const agk_conv2d_plan *p,
                                                 const phase_geometry *f, const AG_REAL *x, AG_REAL *to) {
  for (int64_t r = 0; r < f->rows; r++, to += p->width) {
    const int64_t y = f->top + r * g->stride[0];
    if (y >= 0 && y < g->h)
      AG_NAME(field_row)(p->width, f->columns, g->stride[1], x + y * g->w + f->left, to);
    else
      memset(to, 0, (size_t)p->width * sizeof *to);
  }
}

void AG_NAME(agk_im2col_field)(const agk_conv2d_geometry *g, const agk_conv2d_plan *p, int64_t channels,
                               ag_range band, const AG_REAL *x, AG_REAL *field) {
  const int64_t phases = g->stride[0] * g->stride[1];
  for (int64_t i = 0; i < phases; i++) {
    phase_geometry f;
    if (!find_phase(g, p, i, band, &f)) continue;
    for (int64_t c = 0; c < channels; c++)
      AG_NAME(field_plane)(g, p, &f, x + c * g->h * g->w, field + (c * phases + i) * p->plane);
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

/* ---- The adjoints ---- */

/* The parts of a row of the piece that are n numbers long: n is a constant where this is inlined, so that
 * each part is one vector. */
AG_INLINE void AG_NAME(add_parts)(int64_t n, int64_t parts, const int64_t *start, const int64_t *place,
                                  const AG_REAL *restrict from, AG_REAL *restrict field) {
  for (int64_t s = 0; s < parts; s++) {
    AG_REAL *to = field + place[s];
    AG_SIMD
    for (int64_t i = 0; i < n; i++) to[i] += from[start[s] + i];
  }
}

/* start[c] and place[c] are the parts of LENGTH[c] numbers. */
typedef struct {
  int64_t parts[LENGTHS], start[LENGTHS][AGK_PIECE], place[LENGTHS][AGK_PIECE];
} AG_NAME(exact);

AG_MULTIVERSION static void AG_NAME(scatter)(int64_t depth, const AG_NAME(exact) * e,
                                             const int64_t *restrict offset, const AG_REAL *restrict from,
                                             AG_REAL *restrict field) {
  for (int64_t k = 0; k < depth; k++, from += AGK_PIECE_STEP) {
    AG_REAL *to = field + offset[k];
    AG_NAME(add_parts)(16, e->parts[0], e->start[0], e->place[0], from, to);
    AG_NAME(add_parts)(8, e->parts[1], e->start[1], e->place[1], from, to);
    AG_NAME(add_parts)(4, e->parts[2], e->start[2], e->place[2], from, to);
    AG_NAME(add_parts)(1, e->parts[3], e->start[3], e->place[3], from, to);
  }
}

void AG_NAME(agk_im2col_add_piece)(const agk_conv2d_geometry *g, const agk_conv2d_plan *p, int64_t depth,
                                   int64_t top, ag_range columns, const int64_t *offset, const AG_REAL *from,
                                   AG_REAL *field) {
  static const int64_t length[LENGTHS] = {16, 8, 4, 1};
  AG_NAME(exact) e = {.parts = {0}};
  for (int64_t at = columns.begin; at < columns.end;) {
    const int64_t x = at % g->w_out, left = g->w_out - x,
                  rest = columns.end - at < left ? columns.end - at : left;
    int c = 0;
    while (length[c] > rest) c++;
    e.start[c][e.parts[c]] = at - columns.begin;
    e.place[c][e.parts[c]++] = (at / g->w_out - top) * p->width + x;
    at += length[c];
  }
  AG_NAME(scatter)(depth, &e, offset, from, field);
}

AG_INLINE void AG_NAME(add_field_row)(ag_range in, int64_t stride, const AG_REAL *restrict from,
                                      AG_REAL *restrict x) {
  if (stride == 1)
    for (int64_t i = in.begin; i < in.end; i++) x[i] += from[i];
  else
    for (int64_t i = in.begin; i < in.end; i++) x[i * stride] += from[i];
}

AG_MULTIVERSION static void AG_NAME(add_field_plane)(const agk_conv2d_geometry *g, const agk_conv2d_plan *p,
                                                     const phase_geometry *f, const AG_REAL *from,
                                                     AG_REAL *x) {
  for (int64_t r = 0; r < f->rows; r++, from += p->width) {
    const int64_t y = f->top + r * g->stride[0];
    if (y >= 0 && y < g->h) AG_NAME(add_field_row)(f->columns, g->stride[1], from, x + y * g->w + f->left);
  }
}

void AG_NAME(agk_im2col_add_field)(const agk_conv2d_geometry *g, const agk_conv2d_plan *p, int64_t channels,
                                   ag_range band, const AG_REAL *field, AG_REAL *x) {
  const int64_t phases = g->stride[0] * g->stride[1];
  for (int64_t i = 0; i < phases; i++) {
    phase_geometry f;
    if (!find_phase(g, p, i, band, &f)) continue;
    for (int64_t c = 0; c < channels; c++)
      AG_NAME(add_field_plane)(g, p, &f, field + (c * phases + i) * p->plane, x + c * g->h * g->w);
  }
}

void AG_NAME(agk_im2col_each_piece)(const agk_conv2d_geometry *g, const agk_conv2d_plan *plan, ag_range band,
                                    const AG_REAL *x, const int64_t *offset, AG_REAL *field, AG_REAL *piece,
                                    AG_NAME(agk_im2col_use) * use, const void *job) {
  const ag_range p = {band.begin * g->w_out, band.end * g->w_out};
  if (plan->direct || plan->depth == 0) {
    use(plan, job, (ag_range){0, plan->depth}, p, x + p.begin, plan->columns);
    return;
  }
  for (int64_t s = 0; s < plan->slices; s++) {
    const ag_range c = ag_chunk_range(s, plan->slices, plan->group_in);
    const ag_range k = {c.begin * plan->taps, c.end * plan->taps};
    AG_NAME(agk_im2col_field)(g, plan, c.end - c.begin, band, x + c.begin * g->h * g->w, field);
    for (int64_t at = p.begin; at < p.end; at += AGK_PIECE) {
      const ag_range columns = {at, at + AGK_PIECE < p.end ? at + AGK_PIECE : p.end};
      AG_NAME(agk_im2col_piece)(g, plan, k.end - k.begin, band.begin, columns, offset, field, piece);
      use(plan, job, k, columns, piece, AGK_PIECE_STEP);
    }
  }
}
#endif
