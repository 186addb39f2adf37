/* reduce_prod.c - products.
 *
 * A row is multiplied by independent lanes, which keep the vector units busy, and the columns of a strip one
 * row after the other; all in double, so that a product of floats neither rounds nor overflows on its way.
 * Long products with few results are cut into parts, whose products wait in the workspace. */
#ifndef AG_REAL
#include "core/multiversion.h"
#include "core/parallel.h"
#include "kernels/reduce.h"

enum {
  LANES = 16,
  STRIP = 256, /* columns multiplied together, whose products live on the stack */
};

static int64_t strips_of(const agk_reduce_geometry *g) { return ag_chunks(g->inner, STRIP); }

size_t agk_reduce_prod_workspace(const agk_reduce_geometry *g) {
  const int64_t parts = agk_reduce_parts(g, STRIP);
  return parts == 1 ? 0 : (size_t)(g->outer * parts * g->inner) * sizeof(double);
}

#define AG_SELF "kernels/reduce_prod.c"
#include "core/each_real.h"
#else

/* The product of n adjacent elements. */
AG_MULTIVERSION static double AG_NAME(row)(int64_t n, const AG_REAL *x) {
  double lane[LANES], rest = 1;
  int64_t i = 0;
  for (int l = 0; l < LANES; l++) lane[l] = 1;
  for (; i + LANES <= n; i += LANES)
    for (int l = 0; l < LANES; l++) lane[l] *= (double)x[i + l];
  for (; i < n; i++) rest *= (double)x[i];
  for (int width = LANES / 2; width > 0; width /= 2)
    for (int l = 0; l < width; l++) lane[l] *= lane[l + width];
  return lane[0] * rest;
}

/* product[k] = the product over the rows of x[row * ld + k] for 0 <= k < width <= STRIP. */
AG_MULTIVERSION static void AG_NAME(columns)(int64_t rows, int64_t ld, int64_t width, const AG_REAL *x,
                                             double *restrict product) {
  for (int64_t k = 0; k < width; k++) product[k] = 1;
  for (int64_t r = 0; r < rows; r++)
    for (int64_t k = 0; k < width; k++) product[k] *= (double)x[r * ld + k];
}

void AG_NAME(agk_reduce_prod)(int threads, const agk_reduce_geometry *g, const AG_REAL *x, AG_REAL *y,
                              void *workspace) {
  const int64_t parts = agk_reduce_parts(g, STRIP), strips = strips_of(g), units = g->outer * parts * strips;
  double *waiting = workspace;
  AG_PARALLEL_FOR(ag_team(threads, units, g->outer * g->reduce * g->inner))
  for (int64_t u = 0; u < units; u++) {
    const int64_t outer = u / strips / parts, part = u / strips % parts;
    const ag_range r = ag_chunk_range(part, parts, g->reduce),
                   k = ag_chunk_range(u % strips, strips, g->inner);
    const AG_REAL *from = x + (outer * g->reduce + r.begin) * g->inner + k.begin;
    const int64_t to = (outer * parts + part) * g->inner + k.begin;
    double product[STRIP];
    if (g->inner == 1)
      product[0] = AG_NAME(row)(r.end - r.begin, from);
    else
      AG_NAME(columns)(r.end - r.begin, g->inner, k.end - k.begin, from, product);
    for (int64_t i = 0; i < k.end - k.begin; i++) {
      if (parts == 1)
        y[to + i] = (AG_REAL)product[i];
      else
        waiting[to + i] = product[i];
    }
  }
  for (int64_t i = 0; i < g->outer * g->inner && parts > 1; i++) {
    const double *first = waiting + i / g->inner * parts * g->inner + i % g->inner;
    double product = 1;
    for (int64_t part = 0; part < parts; part++) product *= first[part * g->inner];
    y[i] = (AG_REAL)product;
  }
}
#endif
