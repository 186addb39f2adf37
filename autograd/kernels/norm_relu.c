/* norm_relu.c - the parts of batch normalisation on rows of channels, one thread each. */
#ifndef AG_REAL
#include "kernels/norm_relu.h"

enum {
  COLUMNS = 64, /* that are mapped at a time: of so few, all that belongs to them stays in registers */
  LANES = 32,   /* columns that are summed in registers */
  WIDE = 512,   /* that are summed row by row, of more than COLUMNS */
  BLOCK = 32,   /* rows of which they are summed in the tensor's own type */
};

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

#define AG_SELF "kernels/norm_relu.c"
#include "core/each_real.h"
#else

/* ---- Maps ---- */

/* z of some columns of `rows` rows. */
AG_INLINE void AG_NAME(map_columns)(const int64_t width, int64_t rows, int64_t c, const AG_REAL *restrict x,
                                    const AG_REAL *restrict norm, AG_REAL *restrict z) {
  AG_REAL mean[COLUMNS], scale[COLUMNS], shift[COLUMNS];
  for (int64_t j = 0; j < width; j++) mean[j] = norm[j], scale[j] = norm[c + j], shift[j] = norm[2 * c + j];
  for (int64_t r = 0; r < rows; r++)
    for (int64_t j = 0; j < width; j++) {
      const AG_REAL v = (x[r * c + j] - mean[j]) * scale[j] + shift[j];
      z[r * c + j] = v <= 0 ? 0 : v;
    }
}

AG_MULTIVERSION void AG_NAME(agk_norm_relu)(int64_t rows, int64_t c, const AG_REAL *x, const AG_REAL *norm,
                                            AG_REAL *z) {
  const int64_t n = c <= COLUMNS ? rows : 1;
  for (int64_t r = 0; r < rows; r += n)
    for (int64_t j = 0; j < c; j += COLUMNS) {
      const int64_t at = r * c + j;
      if (c - j >= COLUMNS)
        AG_NAME(map_columns)(COLUMNS, n, c, x + at, norm + j, z + at);
      else
        AG_NAME(map_columns)(c - j, n, c, x + at, norm + j, z + at);
    }
}

AG_INLINE void AG_NAME(line_columns)(const int64_t width, int64_t rows, int64_t c, const AG_REAL *restrict x,
                                     const AG_REAL *restrict line, const AG_REAL *restrict g,
                                     AG_REAL *restrict total) {
  AG_REAL mean[COLUMNS], offset[COLUMNS], slope[COLUMNS];
  for (int64_t j = 0; j < width; j++) mean[j] = line[j], offset[j] = line[c + j], slope[j] = line[2 * c + j];
  for (int64_t r = 0; r < rows; r++)
    for (int64_t j = 0; j < width; j++)
      total[r * c + j] = g[r * c + j] + offset[j] + (x[r * c + j] - mean[j]) * slope[j];
}

AG_MULTIVERSION void AG_NAME(agk_norm_add_line)(int64_t rows, int64_t c, const AG_REAL *x,
                                                const AG_REAL *line, const AG_REAL *g, AG_REAL *total) {
  const int64_t n = c <= COLUMNS ? rows : 1;
  for (int64_t r = 0; r < rows; r += n)
    for (int64_t j = 0; j < c; j += COLUMNS) {
      const int64_t at = r * c + j;
      if (c - j >= COLUMNS)
        AG_NAME(line_columns)(COLUMNS, n, c, x + at, line + j, g + at, total + at);
      else
        AG_NAME(line_columns)(c - j, n, c, x + at, line + j, g + at, total + at);
    }
}

/* ---- Gradients and sums ---- */

/* Some columns of a block, with room for their sums, which are zeros. */
AG_INLINE void AG_NAME(grad_columns)(const int64_t width, int64_t rows, int64_t c, const AG_REAL *x,
                                     const AG_REAL *mean, const AG_REAL *scale, const AG_REAL *shift,
                                     const AG_REAL *gz, AG_REAL *gx, AG_REAL *h, AG_REAL *hd,
                                     agk_norm_sums *s) {
  for (int64_t r = 0; r < rows; r++) {
    AG_SIMD
    for (int64_t j = 0; j < width; j++) {
      const AG_REAL d = x[r * c + j] - mean[j], g = gz[r * c + j], v = d * scale[j] + shift[j] <= 0 ? 0 : g;
      h[j] += v;
      hd[j] += v * d;
      gx[r * c + j] = v * scale[j];
    }
  }
  for (int64_t j = 0; j < width; j++) {
    s[j].h += (double)h[j];
    s[j].hx += (double)hd[j];
  }
}

/* Up to LANES of them: all that belongs to them stays in registers where `width` is known when this is
 * compiled. */
AG_INLINE void AG_NAME(grad_strip)(const int64_t width, int64_t rows, int64_t c, const AG_REAL *x,
                                   const AG_REAL *norm, const AG_REAL *gz, AG_REAL *gx, agk_norm_sums *s) {
  AG_REAL mean[LANES], scale[LANES], shift[LANES], h[LANES] = {0}, hd[LANES] = {0};
  for (int64_t j = 0; j < width; j++) mean[j] = norm[j], scale[j] = norm[c + j], shift[j] = norm[2 * c + j];
  AG_NAME(grad_columns)(width, rows, c, x, mean, scale, shift, gz, gx, h, hd, s);
}

/* Up to WIDE of them: the rows are read from end to end and the sums stay in a near cache, since the strips
 * of registers would lie too far apart for prefetchers. */
AG_INLINE void AG_NAME(grad_wide)(int64_t width, int64_t rows, int64_t c, const AG_REAL *x,
                                  const AG_REAL *norm, const AG_REAL *gz, AG_REAL *gx, agk_norm_sums *s) {
  AG_REAL h[WIDE] = {0}, hd[WIDE] = {0};
  AG_NAME(grad_columns)(width, rows, c, x, norm, norm + c, norm + 2 * c, gz, gx, h, hd, s);
}

AG_MULTIVERSION static void AG_NAME(grad_block)(int64_t rows, int64_t c, const AG_REAL *x,
                                                const AG_REAL *norm, const AG_REAL *gz, AG_REAL *gx,
                                                agk_norm_sums *s) {
  for (int64_t j = 0; j < c && c > COLUMNS; j += WIDE)
    AG_NAME(grad_wide)(least(c - j, WIDE), rows, c, x + j, norm + j, gz + j, gx + j, s + j);
  for (int64_t j = 0; j < c && c <= COLUMNS; j += LANES) {
    if (c - j >= LANES)
      AG_NAME(grad_strip)(LANES, rows, c, x + j, norm + j, gz + j, gx + j, s + j);
    else
      AG_NAME(grad_strip)(c - j, rows, c, x + j, norm + j, gz + j, gx + j, s + j);
  }
}

void AG_NAME(agk_norm_relu_grad)(int64_t rows, int64_t c, const AG_REAL *x, const AG_REAL *norm,
                                 const AG_REAL *gz, AG_REAL *gx, agk_norm_sums *s) {
  for (int64_t r = 0; r < rows; r += BLOCK)
    AG_NAME(grad_block)(least(rows - r, BLOCK), c, x + r * c, norm, gz + r * c, gx + r * c, s);
}

void AG_NAME(agk_norm_relu_settle)(int64_t chunks, int64_t c, agk_norm_sums *s, const AG_REAL *norm,
                                   AG_REAL *gnorm) {
  for (int64_t j = 0; j < c && chunks == 0; j++) s[j] = (agk_norm_sums){0, 0};
  for (int64_t i = 1; i < chunks; i++)
    for (int64_t j = 0; j < c; j++) {
      s[j].h += s[i * c + j].h;
      s[j].hx += s[i * c + j].hx;
    }
  for (int64_t j = 0; j < c; j++) {
    gnorm[AGK_MEAN * c + j] = (AG_REAL)(-(double)norm[AGK_SCALE * c + j] * s[j].h);
    gnorm[AGK_SCALE * c + j] = (AG_REAL)s[j].hx;
    gnorm[AGK_SHIFT * c + j] = (AG_REAL)s[j].h;
  }
}

void AG_NAME(agk_norm_add_moments)(int64_t rows, int64_t c, const AG_REAL *x, agk_norm_moments *m) {
  const agk_batch_norm_geometry g = {.n = rows, .c = c, .s = 1};
  if (c) AG_NAME(agk_norm_rows).moments(&g, (ag_range){0, rows}, (ag_range){0, c}, x, m);
}
#endif
