/* Convolutions of grey images with the channels last against the definition, by the code for each instruction
 * set that the processor has. */
#ifndef AG_REAL
#include "core/isa.h"
#include "kernels/conv2d_depthwise.h"
#include "kernels/conv2d_grey_last.h"
#include "tests/test_kernels.h"

static agk_conv2d_geometry grey(int64_t n, int64_t h, int64_t w, int64_t out, int64_t kh, int64_t kw) {
  return (agk_conv2d_geometry){.n = n,
                               .c_in = 1,
                               .h = h,
                               .w = w,
                               .c_out = out,
                               .kh = kh,
                               .kw = kw,
                               .stride = {1, 1},
                               .dilation = {1, 1},
                               .groups = 1,
                               .h_out = h - kh + 1,
                               .w_out = w - kw + 1,
                               .channels_last = true};
}

/* The same with other steps and paddings, by the formula of equal ones. */
static agk_conv2d_geometry moved(agk_conv2d_geometry g, int64_t stride, int64_t padding, int64_t dilation) {
  g.stride[0] = stride, g.stride[1] = stride > 1 ? stride + 1 : 1;
  g.padding[0] = padding, g.padding[1] = padding > 1 ? padding - 1 : padding;
  g.dilation[0] = dilation, g.dilation[1] = dilation > 1 ? dilation - 1 : 1;
  g.h_out = agk_conv2d_output(g.h, g.kh, g.stride[0], g.padding[0], g.dilation[0]);
  g.w_out = agk_conv2d_output(g.w, g.kw, g.stride[1], g.padding[1], g.dilation[1]);
  return g;
}

#define AG_SELF "tests/test_kernels_grey_last.c"
#include "core/each_real.h"
#else

/* y, gw and gb by the definition, in double. */
static void AG_NAME(define)(const agk_conv2d_geometry *g, const AG_REAL *x, const AG_REAL *w,
                            const AG_REAL *gy, double *y, double *gw, double *gb) {
  const int64_t taps = g->kh * g->kw;
  for (int64_t i = 0; i < g->n * g->h_out * g->w_out * g->c_out; i++) {
    const int64_t o = i % g->c_out, q = i / g->c_out % g->w_out, p = i / g->c_out / g->w_out % g->h_out,
                  n = i / g->c_out / g->w_out / g->h_out;
    gb[o] += (double)gy[i];
    for (int64_t k = 0; k < taps; k++) {
      const int64_t row = p * g->stride[0] - g->padding[0] + k / g->kw * g->dilation[0],
                    column = q * g->stride[1] - g->padding[1] + k % g->kw * g->dilation[1];
      if (row < 0 || row >= g->h || column < 0 || column >= g->w) continue;
      const double pixel = (double)x[(n * g->h + row) * g->w + column];
      y[i] += pixel * (double)w[o * taps + k];
      gw[o * taps + k] += pixel * (double)gy[i];
    }
  }
}

static void AG_NAME(assert_near)(const char *what, ag_isa isa, const agk_conv2d_geometry *g, int64_t n,
                                 const AG_REAL *found, const double *expected, double tolerance) {
  double most = 0;
  for (int64_t i = 0; i < n; i++) most = fmax(most, fabs(expected[i]));
  ASSERT_EACH(i, n, found[i], expected[i], tolerance * most, "%s of %dx%d to %d channels by %s", what,
              (int)g->h, (int)g->w, (int)g->c_out, ag_isa_name(isa));
}

/* y, y + bias, gw and gb. The numbers behind them stay what they are. */
static void AG_NAME(compute)(ag_isa isa, int threads, const agk_conv2d_geometry *g, const int64_t *size,
                             const AG_REAL *x, const AG_REAL *w, const AG_REAL *gy, const AG_REAL *bias,
                             AG_REAL **out) {
  void *workspace[] = {room((int64_t)AG_NAME(agk_grey_last_forward_workspace)(g, threads), 1),
                       room((int64_t)AG_NAME(agk_grey_last_grad_weight_workspace)(g, threads), 1)};
  for (int k = 0; k < 4; k++) {
    out[k] = room(size[k], sizeof(AG_REAL));
    out[k][size[k]] = 7;
  }
  AG_NAME(agk_grey_last_forward_by)(isa, threads, g, x, w, NULL, out[0], workspace[0]);
  AG_NAME(agk_grey_last_forward_by)(isa, threads, g, x, w, bias, out[1], workspace[0]);
  AG_NAME(agk_grey_last_grad_weight_by)(isa, threads, g, x, gy, out[2], out[3], workspace[1]);
  for (int k = 0; k < 4; k++) ck_assert(out[k][size[k]] == 7);
  free(workspace[0]), free(workspace[1]);
}

/* All are near the definition; they have the same bits in 1 and 3 threads, and by every set that fuses
 * multiplications with additions. */
static void AG_NAME(assert_grey)(agk_conv2d_geometry g, double tolerance) {
  ck_assert(agk_grey_last_suits(&g));
  const int64_t nx = g.n * g.h * g.w, nw = g.c_out * g.kh * g.kw, ny = g.n * g.h_out * g.w_out * g.c_out,
                size[] = {ny, ny, nw, g.c_out};
  AG_REAL *x = AG_NAME(numbers)(1, nx), *w = AG_NAME(numbers)(2, nw), *gy = AG_NAME(numbers)(3, ny),
          *bias = AG_NAME(numbers)(4, g.c_out), *fused[4] = {NULL};
  double *expected[4];
  for (int k = 0; k < 4; k++) ck_assert(expected[k] = calloc((size_t)size[k] + 1, sizeof(double)));
  AG_NAME(define)(&g, x, w, gy, expected[0], expected[2], expected[3]);
  for (int64_t i = 0; i < ny; i++) expected[1][i] = expected[0][i] + (double)bias[i % g.c_out];
  for (ag_isa isa = 0; isa < AG_ISAS; isa++) {
    static const char *const names[] = {"y", "y with bias", "gw", "gb"};
    if (!ag_isa_available(isa)) continue;
    AG_REAL *one[4], *three[4];
    AG_NAME(compute)(isa, 1, &g, size, x, w, gy, bias, one);
    AG_NAME(compute)(isa, 3, &g, size, x, w, gy, bias, three);
    for (int k = 0; k < 4; k++) {
      AG_NAME(assert_near)(names[k], isa, &g, size[k], one[k], expected[k], tolerance);
      ASSERT_EACH_BIT(size[k], one[k], three[k], "%s by %s in 1 and 3 threads", names[k], ag_isa_name(isa));
      if (fused[k])
        ASSERT_EACH_BIT(size[k], one[k], fused[k], "%s by %s and another set", names[k], ag_isa_name(isa));
      free(three[k]);
      if (isa != AG_ISA_PORTABLE && !fused[k])
        fused[k] = one[k];
      else
        free(one[k]);
    }
  }
  for (int k = 0; k < 4; k++) free(fused[k]), free(expected[k]);
  free(x), free(w), free(gy), free(bias);
}
#endif

#ifndef AG_REAL

static void assert_both(agk_conv2d_geometry g) {
  assert_grey_f32(g, 1e-6);
  assert_grey_f64(g, 3e-15);
}

/* Fewer channels than a vector, vectors, blocks of them and what is left. */
START_TEST(grey_agrees_with_every_number_of_channels) {
  const int64_t channels[] = {1, 2, 5, 8, 15, 16, 17, 31, 32, 45, 64, 67};
  for (int i = 0; i < LENGTH(channels); i++) {
    assert_both(grey(3, 9, 11, channels[i], 3, 3));
    assert_both(moved(grey(5, 6, 7, channels[i], 3, 3), 1, 1, 1));
  }
}
END_TEST

/* One piece of taps, several, and the most; one pixel, less than a tile, and a row. */
START_TEST(grey_agrees_with_every_kernel) {
  const int64_t kernels[][2] = {{1, 2}, {2, 1}, {2, 2}, {1, 5}, {2, 3}, {4, 4}, {5, 5}, {4, 8}};
  for (int i = 0; i < LENGTH(kernels); i++) {
    const int64_t kh = kernels[i][0], kw = kernels[i][1];
    assert_both(grey(2, kh, kw, 19, kh, kw));
    assert_both(grey(2, kh, kw + 2, 5, kh, kw));
    assert_both(grey(2, 13, 10, 35, kh, kw));
  }
}
END_TEST

START_TEST(grey_agrees_with_steps_paddings_and_dilation) {
  for (int64_t stride = 1; stride <= 3; stride++)
    for (int64_t padding = 0; padding <= 3; padding++)
      for (int64_t dilation = 1; dilation <= 3; dilation++)
        assert_both(moved(grey(2, 13, 17, 21, 3, 4), stride, padding, dilation));
  agk_conv2d_geometry g = moved(grey(3, 8, 9, 18, 3, 3), 1, 1, 1);
  g.h_out += 2, g.w_out -= 1; /* more padding behind the last row, less behind the last column */
  assert_both(g);
}
END_TEST

/* More images than parts; several bands of a large one. The expected sums of doubles have errors of their
 * own. */
static void assert_long_sums(agk_conv2d_geometry g) {
  assert_grey_f32(g, 1e-6);
  assert_grey_f64(g, 3e-14);
}

START_TEST(grey_agrees_over_many_bands) {
  assert_long_sums(grey(21, 16, 16, 64, 3, 3));
  assert_long_sums(moved(grey(2, 150, 250, 6, 3, 3), 1, 1, 1));
  assert_long_sums(moved(grey(1, 90, 230, 33, 5, 3), 2, 1, 1));
}
END_TEST

/* Nothing goes in: the sums are empty. */
START_TEST(grey_sums_no_images_to_zero) {
  const agk_conv2d_geometry g = grey(0, 8, 8, 20, 3, 3);
  const int64_t size[] = {0, 0, 180, 20};
  const double none = 0, w[180] = {0};
  for (ag_isa isa = 0; isa < AG_ISAS; isa++) {
    if (!ag_isa_available(isa)) continue;
    double *out[4];
    compute_f64(isa, 2, &g, size, &none, w, &none, w, out);
    for (int k = 2; k < 4; k++) ASSERT_EACH(i, size[k], out[k][i], 0, 0, "sum %d by %s", k, ag_isa_name(isa));
    for (int k = 0; k < 4; k++) free(out[k]);
  }
}
END_TEST

START_TEST(grey_sums_as_the_planar_way_does) {
  const agk_conv2d_geometry last = moved(grey(3, 12, 14, 37, 3, 3), 1, 1, 1);
  agk_conv2d_geometry planar = last;
  planar.channels_last = false;
  const int64_t pixels = 12 * 14, ny = 3 * pixels * 37;
  float *x = numbers_f32(1, 3 * pixels), *w = numbers_f32(2, 37 * 9), *bias = numbers_f32(4, 37),
        *y[] = {room(ny, sizeof(float)), room(ny, sizeof(float))};
  void *workspace[] = {room((int64_t)agk_grey_last_forward_workspace_f32(&last, 2), 1),
                       room((int64_t)agk_depthwise_forward_workspace_f32(&planar, 2), 1)};
  agk_grey_last_forward_f32(2, &last, x, w, bias, y[0], workspace[0]);
  agk_depthwise_forward_f32(2, &planar, x, w, bias, y[1], workspace[1]);
  ASSERT_EACH(i, ny, y[0][i], y[1][(i / 37 / pixels * 37 + i % 37) * pixels + i / 37 % pixels], 0, "y");
  free(x), free(w), free(bias);
  for (int k = 0; k < 2; k++) free(y[k]), free(workspace[k]);
}
END_TEST

START_TEST(grey_serves_its_geometries) {
  agk_conv2d_geometry g = grey(2, 9, 9, 4, 3, 3);
  ck_assert(agk_grey_last_suits(&g));
  g.channels_last = false;
  ck_assert(!agk_grey_last_suits(&g));
  g = grey(2, 9, 9, 4, 3, 3), g.c_in = 2;
  ck_assert(!agk_grey_last_suits(&g));
  g = grey(2, 9, 9, 4, 1, 1);
  ck_assert(!agk_grey_last_suits(&g));
  g = grey(2, 9, 9, 4, 4, 9);
  ck_assert(!agk_grey_last_suits(&g));
}
END_TEST

TCase *grey_last_kernel_tests(void) {
  TCase *t = tcase_create("grey-last");
  tcase_set_timeout(t, 120);
  tcase_add_test(t, grey_agrees_with_every_number_of_channels);
  tcase_add_test(t, grey_agrees_with_every_kernel);
  tcase_add_test(t, grey_agrees_with_steps_paddings_and_dilation);
  tcase_add_test(t, grey_agrees_over_many_bands);
  tcase_add_test(t, grey_sums_no_images_to_zero);
  tcase_add_test(t, grey_sums_as_the_planar_way_does);
  tcase_add_test(t, grey_serves_its_geometries);
  return t;
}
#endif
