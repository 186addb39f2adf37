/* Convolutions by patches against the definition. Winograd's way has tests of its own. */
#ifndef AG_REAL
#include "kernels/conv2d.h"
#include "kernels/conv2d_winograd.h"
#include "tests/test_kernels.h"

static agk_conv2d_geometry sized(agk_conv2d_geometry g) {
  g.h_out = agk_conv2d_output(g.h, g.kh, g.stride[0], g.padding[0], g.dilation[0]);
  g.w_out = agk_conv2d_output(g.w, g.kw, g.stride[1], g.padding[1], g.dilation[1]);
  return g;
}

/* What Winograd's way does not serve: depthwise convolutions, steps, dilation, groups, other kernels, few
 * channels. */
static const agk_conv2d_geometry others[] = {
    {.n = 2,
     .c_in = 5,
     .h = 13,
     .w = 37,
     .c_out = 5,
     .kh = 3,
     .kw = 3,
     .stride = {1, 1},
     .padding = {1, 1},
     .dilation = {1, 1},
     .groups = 5},
    {.n = 2,
     .c_in = 4,
     .h = 11,
     .w = 45,
     .c_out = 8,
     .kh = 5,
     .kw = 3,
     .stride = {2, 3},
     .padding = {2, 0},
     .dilation = {1, 2},
     .groups = 4},
    {.n = 1,
     .c_in = 3,
     .h = 90,
     .w = 230,
     .c_out = 6,
     .kh = 2,
     .kw = 3,
     .stride = {4, 5},
     .padding = {0, 1},
     .dilation = {2, 1},
     .groups = 3},
    {.n = 6,
     .c_in = 1,
     .h = 16,
     .w = 16,
     .c_out = 21,
     .kh = 3,
     .kw = 3,
     .stride = {1, 1},
     .padding = {1, 1},
     .dilation = {1, 1},
     .groups = 1},
    {.n = 11,
     .c_in = 2,
     .h = 14,
     .w = 23,
     .c_out = 18,
     .kh = 5,
     .kw = 5,
     .stride = {2, 1},
     .padding = {1, 2},
     .dilation = {1, 1},
     .groups = 2},
    {.n = 3,
     .c_in = 2,
     .h = 6,
     .w = 5,
     .c_out = 2,
     .kh = 1,
     .kw = 4,
     .stride = {1, 1},
     .padding = {1, 3},
     .dilation = {1, 1},
     .groups = 2},
    {.n = 2,
     .c_in = 3,
     .h = 9,
     .w = 11,
     .c_out = 5,
     .kh = 3,
     .kw = 3,
     .stride = {1, 1},
     .padding = {1, 0},
     .dilation = {1, 1},
     .groups = 1},
    {.n = 2,
     .c_in = 4,
     .h = 13,
     .w = 8,
     .c_out = 6,
     .kh = 2,
     .kw = 5,
     .stride = {3, 2},
     .padding = {1, 2},
     .dilation = {2, 1},
     .groups = 2},
    {.n = 1,
     .c_in = 18,
     .h = 7,
     .w = 7,
     .c_out = 20,
     .kh = 1,
     .kw = 1,
     .stride = {1, 1},
     .padding = {0, 0},
     .dilation = {1, 1},
     .groups = 1},
    {.n = 3,
     .c_in = 20,
     .h = 6,
     .w = 9,
     .c_out = 20,
     .kh = 5,
     .kw = 5,
     .stride = {1, 1},
     .padding = {2, 2},
     .dilation = {1, 1},
     .groups = 1},
    {.n = 2,
     .c_in = 16,
     .h = 5,
     .w = 5,
     .c_out = 16,
     .kh = 3,
     .kw = 3,
     .stride = {2, 1},
     .padding = {1, 1},
     .dilation = {1, 1},
     .groups = 16},
    {.n = 1,
     .c_in = 2,
     .h = 70,
     .w = 90,
     .c_out = 3,
     .kh = 9,
     .kw = 7,
     .stride = {1, 2},
     .padding = {4, 0},
     .dilation = {1, 3},
     .groups = 1},
    /* Several bands of rows and slices of channels. */
    {.n = 1,
     .c_in = 20,
     .h = 28,
     .w = 60,
     .c_out = 13,
     .kh = 5,
     .kw = 5,
     .stride = {1, 3},
     .padding = {1, 1},
     .dilation = {1, 1},
     .groups = 1},
    /* Steps beyond the kernel, and padding beyond it. */
    {.n = 2,
     .c_in = 5,
     .h = 10,
     .w = 11,
     .c_out = 4,
     .kh = 1,
     .kw = 2,
     .stride = {3, 3},
     .padding = {1, 0},
     .dilation = {1, 1},
     .groups = 1},
    {.n = 2,
     .c_in = 16,
     .h = 4,
     .w = 3,
     .c_out = 2,
     .kh = 2,
     .kw = 1,
     .stride = {1, 1},
     .padding = {3, 2},
     .dilation = {1, 1},
     .groups = 1},
    /* The first layer of a network: one channel in, many out. */
    {.n = 9,
     .c_in = 1,
     .h = 16,
     .w = 16,
     .c_out = 70,
     .kh = 3,
     .kw = 3,
     .stride = {1, 1},
     .padding = {0, 0},
     .dilation = {1, 1},
     .groups = 1},
};

#define AG_SELF "tests/test_kernels_conv2d.c"
#include "core/each_real.h"
#else

/* y, gx, gw and gb by the definition, in double. */
static void AG_NAME(define)(const agk_conv2d_geometry *g, const AG_REAL *x, const AG_REAL *w,
                            const AG_REAL *gy, double *y, double *gx, double *gw, double *gb) {
  const int64_t in = g->c_in / g->groups, out = g->c_out / g->groups;
  for (int64_t i = 0; i < g->n * g->c_out * g->h_out * g->w_out; i++) {
    const int64_t q = i % g->w_out, p = i / g->w_out % g->h_out, o = i / g->w_out / g->h_out % g->c_out,
                  n = i / g->w_out / g->h_out / g->c_out;
    gb[o] += (double)gy[i];
    for (int64_t k = 0; k < in * g->kh * g->kw; k++) {
      const int64_t channel = k / g->kw / g->kh,
                    row = p * g->stride[0] - g->padding[0] + k / g->kw % g->kh * g->dilation[0];
      const int64_t column = q * g->stride[1] - g->padding[1] + k % g->kw * g->dilation[1];
      if (row < 0 || row >= g->h || column < 0 || column >= g->w) continue;
      const int64_t place = ((n * g->c_in + o / out * in + channel) * g->h + row) * g->w + column,
                    weight = o * in * g->kh * g->kw + k;
      y[i] += (double)x[place] * (double)w[weight];
      gx[place] += (double)gy[i] * (double)w[weight];
      gw[weight] += (double)gy[i] * (double)x[place];
    }
  }
}

static void AG_NAME(assert_near)(const char *what, const agk_conv2d_geometry *g, int64_t n,
                                 const AG_REAL *found, const double *expected, double tolerance) {
  double most = 0;
  for (int64_t i = 0; i < n; i++) most = fmax(most, fabs(expected[i]));
  ASSERT_EACH(i, n, found[i], expected[i], tolerance * most, "%s of %dx%d", what, (int)g->h, (int)g->w);
}

/* All three, with the same bits in 1 and 3 threads. */
static void AG_NAME(assert_conv2d)(agk_conv2d_geometry g, double tolerance) {
  const int64_t nx = g.n * g.c_in * g.h * g.w, nw = g.c_out * (g.c_in / g.groups) * g.kh * g.kw,
                ny = g.n * g.c_out * g.h_out * g.w_out;
  AG_REAL *x = AG_NAME(numbers)(1, nx), *w = AG_NAME(numbers)(2, nw), *gy = AG_NAME(numbers)(3, ny),
          *bias = AG_NAME(numbers)(4, g.c_out), *out[2][5];
  double *y = calloc((size_t)ny + 1, sizeof *y), *gx = calloc((size_t)nx + 1, sizeof *gx),
         *gw = calloc((size_t)nw + 1, sizeof *gw), *gb = calloc((size_t)g.c_out, sizeof *gb);
  ck_assert(y && gx && gw && gb);
  const int64_t sizes[] = {ny, ny, nx, nw, g.c_out};
  for (int team = 0; team < 2; team++) {
    const int threads = 1 + 2 * team;
    void *workspace[] = {room((int64_t)AG_NAME(agk_conv2d_forward_workspace)(&g, threads), 1),
                         room((int64_t)AG_NAME(agk_conv2d_grad_input_workspace)(&g, threads), 1),
                         room((int64_t)AG_NAME(agk_conv2d_grad_weight_workspace)(&g, threads), 1)};
    for (int k = 0; k < 5; k++) out[team][k] = room(sizes[k], sizeof(AG_REAL));
    AG_NAME(agk_conv2d_forward)(threads, &g, x, w, NULL, out[team][0], workspace[0]);
    AG_NAME(agk_conv2d_forward)(threads, &g, x, w, bias, out[team][1], workspace[0]);
    AG_NAME(agk_conv2d_grad_input)(threads, &g, gy, w, out[team][2], workspace[1]);
    AG_NAME(agk_conv2d_grad_weight)(threads, &g, x, gy, out[team][3], out[team][4], workspace[2]);
    AG_REAL *both[5];
    void *other = room((int64_t)AG_NAME(agk_conv2d_backward_workspace)(&g, threads), 1);
    for (int k = 2; k < 5; k++) both[k] = room(sizes[k], sizeof(AG_REAL));
    AG_NAME(agk_conv2d_backward)(threads, &g, x, gy, w, both[2], both[3], both[4], other);
    for (int k = 2; k < 5; k++) {
      ASSERT_EACH_BIT(sizes[k], both[k], out[team][k], "result %d together and alone, %d threads", k,
                      threads);
      free(both[k]);
    }
    free(other);
    for (int k = 0; k < 3; k++) free(workspace[k]);
  }
  AG_NAME(define)(&g, x, w, gy, y, gx, gw, gb);
  AG_NAME(assert_near)("y", &g, ny, out[0][0], y, tolerance);
  for (int64_t i = 0; i < ny; i++) y[i] += (double)bias[i / g.h_out / g.w_out % g.c_out];
  AG_NAME(assert_near)("y with bias", &g, ny, out[0][1], y, tolerance);
  AG_NAME(assert_near)("gx", &g, nx, out[0][2], gx, tolerance);
  AG_NAME(assert_near)("gw", &g, nw, out[0][3], gw, tolerance);
  AG_NAME(assert_near)("gb", &g, g.c_out, out[0][4], gb, tolerance);
  for (int k = 0; k < 5; k++) {
    ASSERT_EACH_BIT(sizes[k], out[0][k], out[1][k], "result %d in 1 and 3 threads", k);
    free(out[0][k]), free(out[1][k]);
  }
  free(x), free(w), free(gy), free(bias), free(y), free(gx), free(gw), free(gb);
}
#endif

#ifndef AG_REAL

START_TEST(patches_agree_in_every_geometry) {
  for (int i = 0; i < LENGTH(others); i++) {
    ck_assert(!agk_winograd_suits(&others[i]));
    assert_conv2d_f32(sized(others[i]), 1e-6);
    assert_conv2d_f64(sized(others[i]), 3e-15);
  }
}
END_TEST

START_TEST(output_sizes_follow_the_formula) {
  ck_assert_int_eq(agk_conv2d_output(16, 3, 1, 0, 1), 14);
  ck_assert_int_eq(agk_conv2d_output(17, 3, 2, 1, 1), 9);
  ck_assert_int_eq(agk_conv2d_output(7, 3, 1, 0, 3), 1);
  ck_assert_int_eq(agk_conv2d_output(6, 3, 1, 0, 3), 0);
  ck_assert_int_eq(agk_conv2d_output(2, 5, 4, 1, 1), 0);
}
END_TEST

TCase *conv2d_kernel_tests(void) {
  TCase *t = tcase_create("conv2d");
  tcase_set_timeout(t, 120);
  tcase_add_test(t, patches_agree_in_every_geometry);
  tcase_add_test(t, output_sizes_follow_the_formula);
  return t;
}
#endif
