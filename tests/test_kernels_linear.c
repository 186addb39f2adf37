/* All gradients of an affine map against loops over all indices, with every number of threads. */
#ifndef AG_REAL
#include "kernels/linear_backward.h"
#include "tests/test_kernels.h"

#define AG_SELF "tests/test_kernels_linear.c"
#include "core/each_real.h"
#else

/* Room for n numbers that must be written. */
static AG_REAL *AG_NAME(nothing_in)(int64_t n) {
  AG_REAL *x = room(n, sizeof *x);
  for (int64_t i = 0; i < n; i++) x[i] = (AG_REAL)NAN;
  return x;
}

static void AG_NAME(assert_sums)(const agk_linear_geometry *g, const AG_NAME(agk_linear_gradients) * o) {
  const int64_t in = g->in, out = g->out;
  double *gx = calloc((size_t)(g->rows * in + 1), sizeof *gx),
         *gw = calloc((size_t)(out * in + 1), sizeof *gw);
  double *gb = calloc((size_t)out + 1, sizeof *gb);
  for (int64_t i = 0; i < g->rows * out; i++) {
    const double h = o->y && o->y[i] <= 0 ? 0 : (double)o->g[i];
    gb[i % out] += h;
    for (int64_t j = 0; j < in; j++) {
      gx[i / out * in + j] += h * (double)o->w[i % out * in + j];
      gw[i % out * in + j] += h * (double)o->x[i / out * in + j];
    }
  }
  const double tolerance = (double)AG_EPSILON * (double)(g->rows + out + 4);
  for (int64_t i = 0; !g->only_weight && i < g->rows * in; i++)
    ck_assert_double_eq_tol((double)o->gx[i], gx[i], tolerance);
  for (int64_t i = 0; i < out * in; i++) ck_assert_double_eq_tol((double)o->gw[i], gw[i], tolerance);
  for (int64_t i = 0; i < out; i++) ck_assert_double_eq_tol((double)o->gb[i], gb[i], tolerance);
  free(gx), free(gw), free(gb);
}

/* Asserts the gradients with one thread, and the bits with more. */
static void AG_NAME(assert_gradients)(const agk_linear_geometry *g, bool rectified) {
  const bool of_x = !g->only_weight;
  const int64_t nx = g->rows * g->in, nw = g->out * g->in, ny = g->rows * g->out;
  AG_REAL *y = AG_NAME(numbers)(4, ny);
  AG_NAME(agk_linear_gradients)
  o = {.g = AG_NAME(numbers)(1, ny), .x = AG_NAME(numbers)(2, nx), .w = AG_NAME(numbers)(3, nw)}, first = {0};
  if (ny > 2) y[2] = 0;
  if (rectified) o.y = y;
  for (int threads = 1; threads <= 7; threads += threads < 3 ? 1 : 4) {
    void *workspace = room((int64_t)AG_NAME(agk_linear_backward_workspace)(g, threads), 1);
    o.gx = of_x ? AG_NAME(nothing_in)(nx) : NULL;
    o.gw = AG_NAME(nothing_in)(nw);
    o.gb = AG_NAME(nothing_in)(g->out);
    AG_NAME(agk_linear_backward)(threads, g, &o, workspace);
    free(workspace);
    if (threads == 1) {
      AG_NAME(assert_sums)(g, &o);
      first = o;
      continue;
    }
    if (of_x) ck_assert_mem_eq(o.gx, first.gx, (size_t)nx * sizeof *y);
    ck_assert_mem_eq(o.gw, first.gw, (size_t)nw * sizeof *y);
    ck_assert_mem_eq(o.gb, first.gb, (size_t)g->out * sizeof *y);
    free(o.gx), free(o.gw), free(o.gb);
  }
  free(first.gx), free(first.gw), free(first.gb);
  free((void *)o.g), free((void *)o.x), free((void *)o.w), free(y);
}

/* In one piece, in parts of the rows, of the inputs and of both, too large for parts, with long sums, by
 * BLAS, and without a row, a feature or an output. */
static void AG_NAME(gradients)(void) {
  const agk_linear_geometry sizes[] = {{7, 5, 3},      {1, 9, 1},      {100, 128, 128}, {130, 70, 125},
                                       {100, 4, 128},  {100, 128, 1},  {60, 256, 250},  {30, 100, 520},
                                       {512, 9, 14},   {600, 9, 14},   {400, 30, 1},
                                       {700, 50, 100}, {9000, 20, 33}, {420, 410, 400}, {0, 5, 3},
                                       {4, 0, 3},      {4, 5, 0},      {33, 300, 400}};
  for (int s = 0; s < LENGTH(sizes); s++) {
    for (int way = 0; way < 4; way++) {
      agk_linear_geometry g = sizes[s];
      g.only_weight = way & 2;
      AG_NAME(assert_gradients)(&g, way & 1);
    }
  }
}
#endif

#ifndef AG_REAL
START_TEST(gradients_are_sums) {
  gradients_f32();
  gradients_f64();
}
END_TEST

/* What is rectified is cut off where y is 0 or less, so not where it is NaN. */
START_TEST(nan_is_not_cut_off) {
  const float g[] = {1, 2, 4}, x[] = {1}, w[] = {1, 1, 1}, y[] = {NAN, 0, -1};
  float gx, gw[3], gb[3];
  const agk_linear_geometry sizes = {.rows = 1, .in = 1, .out = 3};
  void *workspace = room((int64_t)agk_linear_backward_workspace_f32(&sizes, 1), 1);
  agk_linear_backward_f32(1, &sizes, &(agk_linear_gradients_f32){g, x, w, y, &gx, gw, gb}, workspace);
  free(workspace);
  ck_assert_float_eq(gx, 1);
  for (int i = 0; i < 3; i++) {
    ck_assert_float_eq(gw[i], i == 0);
    ck_assert_float_eq(gb[i], i == 0);
  }
}
END_TEST

TCase *linear_kernel_tests(void) {
  TCase *t = tcase_create("linear");
  tcase_set_timeout(t, 120);
  tcase_add_test(t, gradients_are_sums);
  tcase_add_test(t, nan_is_not_cut_off);
  return t;
}
#endif
