/* conv2d_norms.c - convolutions between normalisations: Winograd's way has them in its blocks, any other
 * convolution is made of some images at a time.
 *
 * A part of the images is the unit of work; it goes through them in chunks that stay in the cache, and has
 * sums of its own, which are joined in the order of the parts. */
#ifndef AG_REAL
#include "kernels/conv2d_norms.h"

#include <string.h>

#include "kernels/adjacent.h"
#include "kernels/conv2d_im2col.h"
#include "kernels/conv2d_winograd.h"

enum {
  PARTS = 8,       /* of the images */
  CHUNK = 1 << 15, /* numbers of x and y that a chunk should have, */
  MOST = 64,       /* and images that it has at most */
};

static int64_t parts_of(const agk_conv2d_geometry *g) { return g->n < PARTS ? g->n : PARTS; }

static int64_t inputs_of(const agk_conv2d_geometry *g) { return g->h * g->w * g->c_in; }

static int64_t outputs_of(const agk_conv2d_geometry *g) { return g->h_out * g->w_out * g->c_out; }

static int64_t weights_of(const agk_conv2d_geometry *g) {
  return g->c_out * (g->c_in / g->groups) * g->kh * g->kw;
}

/* The geometry of n images. */
static agk_conv2d_geometry some(const agk_conv2d_geometry *g, int64_t n) {
  agk_conv2d_geometry s = *g;
  s.n = n;
  return s;
}

static int64_t chunk_of(const agk_conv2d_geometry *g) {
  const int64_t numbers = inputs_of(g) + outputs_of(g), images = numbers ? CHUNK / numbers : 1;
  return images < 1 ? 1 : images > MOST ? MOST : images;
}

static int64_t work_of(const agk_conv2d_geometry *g) {
  return g->n * outputs_of(g) * (weights_of(g) / (g->c_out ? 8 * g->c_out : 8) + 1);
}

#define AG_SELF "kernels/conv2d_norms.c"
#include "core/each_real.h"
#else

void AG_NAME(agk_conv2d_norms_unite)(int64_t parts, int64_t c, agk_norm_moments *m, AG_REAL *moments) {
  for (int64_t j = 0; j < c; j++) {
    for (int64_t part = 1; part < parts; part++) agk_norm_join(&m[j], m[part * c + j]);
    moments[j] = (AG_REAL)m[j].mean;
    moments[c + j] = (AG_REAL)(m[j].square / m[j].count);
  }
}

/* What a convolution asks for one thread, for a chunk or for what is left of one: fewer images may ask for
 * more. */
static size_t AG_NAME(most_bytes)(size_t (*workspace)(const agk_conv2d_geometry *, int),
                                  const agk_conv2d_geometry *g) {
  const int64_t images = chunk_of(g);
  size_t most = 0;
  for (int64_t n = 1; n <= images; n++) {
    const agk_conv2d_geometry chunk = some(g, n);
    const size_t bytes = workspace(&chunk, 1);
    if (bytes > most) most = bytes;
  }
  return ag_aligned_size(most);
}

/* ---- Forward ---- */

/* Bytes of a workspace: the moments of all parts; and of each thread, the images of a chunk mapped, its
 * results where nobody else has room for them, and what the convolution asks for. */
typedef struct {
  size_t moments, mapped, made, thread;
} AG_NAME(forward_bytes);

static AG_NAME(forward_bytes) AG_NAME(forward_bytes_of)(const agk_conv2d_geometry *g) {
  const int64_t images = chunk_of(g);
  const size_t of_channels = (size_t)g->c_out * sizeof(agk_norm_moments);
  AG_NAME(forward_bytes)
  b = {.moments = ag_aligned_size((size_t)parts_of(g) * of_channels),
       .mapped = ag_aligned_size((size_t)(images * inputs_of(g)) * sizeof(AG_REAL)),
       .made = ag_aligned_size((size_t)(images * outputs_of(g)) * sizeof(AG_REAL))};
  b.thread = b.mapped + b.made + AG_NAME(most_bytes)(AG_NAME(agk_conv2d_forward_workspace), g);
  return b;
}

size_t AG_NAME(agk_conv2d_norms_forward_workspace)(const agk_conv2d_geometry *g, int threads) {
  if (agk_winograd_suits(g)) return AG_NAME(agk_winograd_forward_workspace)(g, threads, true);
  const AG_NAME(forward_bytes) b = AG_NAME(forward_bytes_of)(g);
  return b.moments + (size_t)threads * b.thread;
}

void AG_NAME(agk_conv2d_norms_forward)(int threads, const agk_conv2d_geometry *g,
                                       const AG_NAME(agk_conv2d_norms) * norms, const AG_REAL *x,
                                       const AG_REAL *w, const AG_REAL *bias, AG_REAL *y, void *workspace) {
  if (agk_winograd_suits(g)) {
    AG_NAME(agk_winograd_forward)(threads, g, norms, x, w, bias, y, workspace);
    return;
  }
  const AG_NAME(forward_bytes) bytes = AG_NAME(forward_bytes_of)(g);
  const int64_t parts = parts_of(g), images = chunk_of(g), in = inputs_of(g), out = outputs_of(g);
  const agk_norm_windows windows = agk_conv2d_windows(g, norms->pool);
  agk_norm_moments *moments = workspace;
  memset(moments, 0, bytes.moments);
  AG_PARALLEL_FOR(ag_team(threads, parts, work_of(g)))
  for (int64_t part = 0; part < parts; part++) {
    const ag_range mine = ag_chunk_range(part, parts, g->n);
    char *mapped = (char *)workspace + bytes.moments + (size_t)ag_thread_index() * bytes.thread;
    for (int64_t i = mine.begin; i < mine.end; i += images) {
      const agk_conv2d_geometry chunk = some(g, mine.end - i < images ? mine.end - i : images);
      const AG_REAL *read = x + i * in;
      AG_REAL *to = y ? y + i * out : (AG_REAL *)(void *)(mapped + bytes.mapped);
      if (norms->norm) {
        AG_NAME(agk_norm_relu)(chunk.n * g->h * g->w, g->c_in, read, norms->norm, (AG_REAL *)(void *)mapped);
        read = (AG_REAL *)(void *)mapped;
      }
      AG_NAME(agk_conv2d_forward)(1, &chunk, read, w, bias, to, mapped + bytes.mapped + bytes.made);
      if (norms->moments) AG_NAME(agk_norm_add_moments)
      (chunk.n * g->h_out * g->w_out, g->c_out, to, moments + part * g->c_out);
      for (int64_t k = 0; k < chunk.n && norms->pool; k++) AG_NAME(agk_norm_pool)
      (&windows, to + k * out, norms->sign, norms->pooled + (i + k) * agk_norm_pooled(&windows));
    }
  }
  if (norms->moments) AG_NAME(agk_conv2d_norms_unite)(parts, g->c_out, moments, norms->moments);
}

/* ---- Backward ---- */

/* The same: sums for norm and the gradients of weights and bias of all parts; and of each thread the
 * gradients of a chunk, its gy with the line added, its images mapped, and what the convolution asks for. */
typedef struct {
  size_t sums, weights, added, mapped, thread;
} AG_NAME(backward_bytes);

static AG_NAME(backward_bytes) AG_NAME(backward_bytes_of)(const agk_conv2d_geometry *g, bool input) {
  const int64_t images = chunk_of(g);
  const size_t of_weights = (size_t)(weights_of(g) + g->c_out) * sizeof(AG_REAL);
  AG_NAME(backward_bytes)
  b = {.sums = ag_aligned_size((size_t)(parts_of(g) * g->c_in) * sizeof(agk_norm_sums)),
       .weights = ag_aligned_size(of_weights),
       .added = ag_aligned_size((size_t)(images * outputs_of(g)) * sizeof(AG_REAL)),
       .mapped = ag_aligned_size((size_t)(images * inputs_of(g)) * sizeof(AG_REAL))};
  b.thread =
      b.weights + b.added + b.mapped +
      AG_NAME(most_bytes)(
          input ? AG_NAME(agk_conv2d_backward_workspace) : AG_NAME(agk_conv2d_grad_weight_workspace), g);
  return b;
}

size_t AG_NAME(agk_conv2d_norms_backward_workspace)(const agk_conv2d_geometry *g, int threads, bool input) {
  if (agk_winograd_suits(g)) return AG_NAME(agk_winograd_backward_workspace)(g, threads, true, input, true);
  const AG_NAME(backward_bytes) b = AG_NAME(backward_bytes_of)(g, input);
  return b.sums + (size_t)parts_of(g) * b.weights + (size_t)threads * b.thread;
}

/* The gradient of n outputs from image i on. */
static void AG_NAME(total_of)(const agk_conv2d_geometry *g, const AG_NAME(agk_conv2d_norms) * norms,
                              int64_t i, int64_t n, const AG_REAL *gy, AG_REAL *total) {
  const int64_t out = outputs_of(g);
  const agk_norm_windows windows = agk_conv2d_windows(g, norms->pool);
  if (!norms->pool) AG_NAME(agk_norm_add_line)
  (n * g->h_out * g->w_out, g->c_out, norms->y + i * out, norms->line, gy + i * out, total);
  for (int64_t k = 0; k < n && norms->pool; k++) AG_NAME(agk_norm_pool_add_line)
  (&windows, (ag_range){0, g->h_out}, norms->y + (i + k) * out, norms->line,
   gy + (i + k) * agk_norm_pooled(&windows), total + k * out);
}

/* The gradients of some images; those of the weights, with those of the bias behind them, are added to `sum`.
 */
static void AG_NAME(backward_part)(const agk_conv2d_geometry *g, const AG_NAME(agk_conv2d_norms) * norms,
                                   const AG_NAME(backward_bytes) * bytes, ag_range mine, const AG_REAL *x,
                                   const AG_REAL *gy, const AG_REAL *w, AG_REAL *gx, AG_REAL *sum,
                                   agk_norm_sums *sums, char *memory) {
  const int64_t images = chunk_of(g), in = inputs_of(g), weights = weights_of(g);
  AG_REAL *gw = (AG_REAL *)(void *)memory, *added = (AG_REAL *)(void *)(memory + bytes->weights),
          *mapped = (AG_REAL *)(void *)(memory + bytes->weights + bytes->added);
  void *rest = memory + bytes->weights + bytes->added + bytes->mapped;
  for (int64_t i = mine.begin; i < mine.end; i += images) {
    const agk_conv2d_geometry chunk = some(g, mine.end - i < images ? mine.end - i : images);
    const int64_t pixels = chunk.n * g->h * g->w;
    const AG_REAL *read = x + i * in;
    AG_NAME(total_of)(g, norms, i, chunk.n, gy, added);
    if (norms->norm) {
      AG_NAME(agk_norm_relu)(pixels, g->c_in, read, norms->norm, mapped);
      read = mapped;
    }
    if (gx) {
      AG_NAME(agk_conv2d_backward)(1, &chunk, read, added, w, gx + i * in, gw, gw + weights, rest);
      if (norms->norm)
        AG_NAME(agk_norm_relu_grad)(pixels, g->c_in, x + i * in, norms->norm, gx + i * in, gx + i * in, sums);
    } else {
      AG_NAME(agk_conv2d_grad_weight)(1, &chunk, read, added, gw, gw + weights, rest);
    }
    AG_NAME(agk_add)(weights + g->c_out, gw, sum);
  }
}

void AG_NAME(agk_conv2d_norms_backward)(int threads, const agk_conv2d_geometry *g,
                                        const AG_NAME(agk_conv2d_norms) * norms, const AG_REAL *x,
                                        const AG_REAL *gy, const AG_REAL *w, AG_REAL *gx, AG_REAL *gw,
                                        AG_REAL *gb, void *workspace) {
  if (agk_winograd_suits(g)) {
    AG_NAME(agk_winograd_backward)(threads, g, norms, x, gy, w, gx, gw, gb, workspace);
    return;
  }
  const AG_NAME(backward_bytes) bytes = AG_NAME(backward_bytes_of)(g, gx);
  const int64_t parts = parts_of(g), weights = weights_of(g);
  char *of_weights = (char *)workspace + bytes.sums, *rest = of_weights + (size_t)parts * bytes.weights;
  agk_norm_sums *sums = workspace;
  memset(workspace, 0, bytes.sums + (size_t)parts * bytes.weights);
  AG_PARALLEL_FOR(ag_team(threads, parts, 2 * work_of(g)))
  for (int64_t part = 0; part < parts; part++) AG_NAME(backward_part)
  (g, norms, &bytes, ag_chunk_range(part, parts, g->n), x, gy, w, gx,
   (AG_REAL *)(void *)(of_weights + (size_t)part * bytes.weights), sums + part * g->c_in,
   rest + (size_t)ag_thread_index() * bytes.thread);
  AG_REAL *sum = (AG_REAL *)(void *)of_weights;
  for (int64_t part = 1; part < parts; part++)
    AG_NAME(agk_add)(weights + g->c_out, (AG_REAL *)(void *)(of_weights + (size_t)part * bytes.weights), sum);
  memcpy(gw, sum, (size_t)weights * sizeof *gw);
  memcpy(gb, sum + weights, (size_t)g->c_out * sizeof *gb);
  if (gx && norms->norm) AG_NAME(agk_norm_relu_settle)(parts, g->c_in, sums, norms->norm, norms->gnorm);
}
#endif
