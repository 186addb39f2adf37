/* Pooling. The greatest of 2x2 windows side by side against the definition, in planes of every small width;
 * and windows of all kinds where channels lie beside each other against the same channels as planes, bit by
 * bit. Among ties, zeros of both signs, infinities and NaN. */
#ifndef AG_REAL
#include "kernels/pool2d.h"
#include "tests/test_kernels.h"

#define AG_SELF "tests/test_kernels_pool.c"
#include "core/each_real.h"
#else

/* Numbers of which many are equal, and some are special. */
static AG_REAL *AG_NAME(few_numbers)(uint64_t seed, int64_t n) {
  static const double special[] = {0, -0.0, 1, -1, 0.5, INFINITY, -INFINITY, NAN};
  AG_REAL *x = AG_NAME(numbers)(seed, n);
  for (int64_t i = 0; i < n; i++) {
    const int64_t place = (int64_t)(fabs((double)x[i]) * 1e6) % 20;
    if (place < LENGTH(special)) x[i] = (AG_REAL)special[place];
  }
  return x;
}

/* The place of the first greatest of a window, or of its last NaN, in reading order. */
static int64_t AG_NAME(place_of)(const agk_pool2d_geometry *g, int64_t oy, int64_t ox, const AG_REAL *x) {
  int64_t place = 2 * oy * g->w + 2 * ox;
  for (int k = 1; k < 4; k++) {
    const int64_t p = (2 * oy + k / 2) * g->w + 2 * ox + k % 2;
    if (x[p] > x[place] || isnan(x[p])) place = p;
  }
  return place;
}

static void AG_NAME(assert_two)(int64_t planes, int64_t h, int64_t w) {
  const agk_pool2d_geometry g = {.planes = planes,
                                 .channels = 1,
                                 .h = h,
                                 .w = w,
                                 .kernel = {2, 2},
                                 .stride = {2, 2},
                                 .dilation = {1, 1},
                                 .h_out = h / 2,
                                 .w_out = w / 2};
  const int64_t in = h * w, out = g.h_out * g.w_out;
  AG_REAL *x = AG_NAME(few_numbers)(1, planes * in), *gy = AG_NAME(numbers)(2, planes * out);
  AG_REAL *y = room(planes * out, sizeof *y), *gx = room(planes * in, sizeof *gx),
          *greatest = room(planes * out, sizeof *y), *wanted = room(planes * in, sizeof *gx);
  for (int64_t i = 0; i <= planes * in; i++) gx[i] = 7; /* whatever is not written shows, or is too much */
  y[planes * out] = 7;
  AG_NAME(agk_max_pool2d_forward)(1, &g, x, y);
  AG_NAME(agk_max_pool2d_backward)(1, &g, x, gy, gx);
  for (int64_t i = 0; i < planes * in; i++) wanted[i] = 0;
  for (int64_t i = 0; i < planes * out; i++) {
    const AG_REAL *plane = x + i / out * in;
    const int64_t place = AG_NAME(place_of)(&g, i % out / g.w_out, i % g.w_out, plane);
    wanted[i / out * in + place] = gy[i];
    greatest[i] = plane[place];
  }
  ASSERT_EACH_BIT(planes * out, y, greatest, "maxima of %dx%d", (int)h, (int)w);
  ASSERT_EACH(i, planes * in, gx[i], wanted[i], 0, "gradient of %dx%d", (int)h, (int)w);
  ck_assert(y[planes * out] == 7 && gx[planes * in] == 7);
  free(x), free(gy), free(y), free(gx), free(greatest), free(wanted);
}

/* Elements (n, h w, c) of elements (n, c, h w). */
static void AG_NAME(turn)(const agk_pool2d_geometry *g, int64_t plane, const AG_REAL *from, AG_REAL *to) {
  for (int64_t n = 0; n < g->planes; n++)
    for (int64_t p = 0; p < plane; p++)
      for (int64_t k = 0; k < g->channels; k++)
        to[(n * plane + p) * g->channels + k] = from[(n * g->channels + k) * plane + p];
}

/* Whether the elements are those, bit for bit (of a sum that is NaN neither C nor the processor says which
 * NaN), and the one behind them is the guard that was there. */
static void AG_NAME(assert_turned)(const char *what, const agk_pool2d_geometry *g, int64_t plane,
                                   const AG_REAL *wanted, const AG_REAL *found) {
  const int64_t n = g->planes * g->channels * plane;
  AG_REAL *turned = room(n, sizeof *turned);
  AG_NAME(turn)(g, plane, wanted, turned);
  for (int64_t i = 0; i < n; i++)
    if (isnan(turned[i]) && isnan(found[i])) turned[i] = found[i];
  ASSERT_EACH_BIT(n, found, turned, "%s of %dx%dx%d, kernel %dx%d, stride %d, padding %d, dilation %d", what,
                  (int)g->h, (int)g->w, (int)g->channels, (int)g->kernel[0], (int)g->kernel[1],
                  (int)g->stride[0], (int)g->padding[0], (int)g->dilation[0]);
  ck_assert(found[n] == 7);
  free(turned);
}

/* The places of the greatest, which are theirs to the last bit. */
static void AG_NAME(assert_places)(const agk_pool2d_geometry *planes, const agk_pool2d_geometry *last,
                                   const AG_REAL *x, const AG_REAL *x_last, const AG_REAL *y,
                                   const AG_REAL *y_last) {
  const int64_t in = last->h * last->w, out = last->h_out * last->w_out, n = planes->planes * out;
  int64_t *places = room(n, sizeof *places), *places_last = room(n, sizeof *places),
          *turned = room(n, sizeof *turned);
  AG_REAL *there = room(n, sizeof *y), *y_there = room(n, sizeof *y);
  AG_NAME(agk_max_pool2d_places)(1, planes, x, places);
  AG_NAME(agk_max_pool2d_places)(1, last, x_last, places_last);
  for (int64_t i = 0; i < n; i++) {
    const int64_t plane = i / out, image = plane / last->channels;
    const int64_t at = (image * out + i % out) * last->channels + plane % last->channels;
    turned[i] = places_last[at];
    there[i] = places[i] < 0 ? y[i] : x[plane * in + places[i]];
    y_there[i] = places[i] < 0 ? y[i] : y_last[at];
  }
  ASSERT_EACH_BIT(n, turned, places, "places of %dx%dx%d", (int)last->h, (int)last->w, (int)last->channels);
  ASSERT_EACH_BIT(n, y, there, "maxima of %dx%dx%d", (int)last->h, (int)last->w, (int)last->channels);
  ASSERT_EACH_BIT(n, y_there, y, "maxima of %dx%dx%d, channels last", (int)last->h, (int)last->w,
                  (int)last->channels);
  free(places), free(places_last), free(turned), free(there), free(y_there);
}

static void AG_NAME(assert_last)(const agk_pool2d_geometry *last) {
  agk_pool2d_geometry planes = *last;
  planes.planes *= planes.channels, planes.channels = 1;
  const int64_t in = last->h * last->w, out = last->h_out * last->w_out;
  const int64_t all_in = planes.planes * in, all_out = planes.planes * out;
  AG_REAL *x = AG_NAME(few_numbers)(1, all_in), *x_last = room(all_in, sizeof *x);
  AG_REAL *h = AG_NAME(few_numbers)(2, all_in), *h_last = room(all_in, sizeof *x);
  AG_REAL *gy = AG_NAME(few_numbers)(3, all_out), *gy_last = room(all_out, sizeof *x);
  AG_REAL *y = room(all_out, sizeof *x), *y_last = room(all_out, sizeof *x);
  AG_REAL *gx = room(all_in, sizeof *x), *gx_last = room(all_in, sizeof *x);
  AG_NAME(turn)(last, in, x, x_last);
  AG_NAME(turn)(last, in, h, h_last);
  AG_NAME(turn)(last, out, gy, gy_last);
  y_last[all_out] = gx_last[all_in] = 7;
  if (last->dilation[0] == 1) { /* averages have no other */
    AG_NAME(agk_avg_pool2d_forward)(1, &planes, x, y);
    AG_NAME(agk_avg_pool2d_forward)(1, last, x_last, y_last);
    AG_NAME(assert_turned)("mean", last, out, y, y_last);
    AG_NAME(agk_avg_pool2d_backward)(1, &planes, gy, gx);
    AG_NAME(agk_avg_pool2d_backward)(1, last, gy_last, gx_last);
    AG_NAME(assert_turned)("mean's gradient", last, in, gx, gx_last);
  }
  AG_NAME(agk_max_pool2d_backward)(1, &planes, x, gy, gx);
  AG_NAME(agk_max_pool2d_backward)(1, last, x_last, gy_last, gx_last);
  AG_NAME(assert_turned)("gradient", last, in, gx, gx_last);
  AG_NAME(agk_max_pool2d_gather)(1, &planes, x, h, y);
  AG_NAME(agk_max_pool2d_gather)(1, last, x_last, h_last, y_last);
  AG_NAME(assert_turned)("gather", last, out, y, y_last);
  AG_NAME(agk_max_pool2d_forward)(1, &planes, x, y);
  AG_NAME(agk_max_pool2d_forward)(1, last, x_last, y_last);
  AG_NAME(assert_turned)("maximum", last, out, y, y_last);
  AG_NAME(assert_places)(&planes, last, x, x_last, y, y_last);
  free(x), free(h), free(gy), free(x_last), free(h_last), free(gy_last);
  free(y), free(y_last), free(gx), free(gx_last);
}
#endif

#ifndef AG_REAL
START_TEST(windows_of_two_by_two_agree_with_their_definition) {
  for (int64_t w = 2; w <= 37; w++)
    for (int64_t h = 2; h <= 9; h++) {
      assert_two_f32(3, h, w);
      assert_two_f64(3, h, w);
    }
}
END_TEST

static void assert_last(agk_pool2d_geometry g) {
  static const int64_t channels[] = {2, 3, 4, 5, 7, 8, 9, 15, 17, 33, 64, 65, 130};
  for (int i = 0; i < LENGTH(channels); i++) {
    g.channels = channels[i];
    assert_last_f32(&g);
    assert_last_f64(&g);
  }
}

START_TEST(two_by_two_agrees_with_planes) {
  for (int64_t w = 2; w <= 5; w++)
    for (int64_t h = 2; h <= 5; h++)
      assert_last((agk_pool2d_geometry){.planes = 2,
                                        .h = h,
                                        .w = w,
                                        .kernel = {2, 2},
                                        .stride = {2, 2},
                                        .dilation = {1, 1},
                                        .h_out = h / 2,
                                        .w_out = w / 2});
}
END_TEST

/* The width has a kernel one larger. The last window reaches beyond the padding, and the windows of dilation
 * 3 may see padding alone. */
START_TEST(windows_agree_with_planes) {
  for (int64_t kernel = 1; kernel <= 3; kernel++)
    for (int64_t stride = 1; stride <= 3; stride++)
      for (int64_t padding = 0; padding <= kernel / 2; padding++)
        for (int64_t dilation = 1; dilation <= 3; dilation += 2) {
          agk_pool2d_geometry g = {.planes = 2,
                                   .h = 9,
                                   .w = 12,
                                   .kernel = {kernel, kernel + 1},
                                   .stride = {stride, stride},
                                   .padding = {padding, padding},
                                   .dilation = {dilation, dilation}};
          g.h_out = (g.h + 2 * padding - dilation * (kernel - 1) - 1 + stride - 1) / stride + 1;
          g.w_out = (g.w + 2 * padding - dilation * kernel - 1) / stride + 1;
          g.inside_only = stride == 1;
          g.divisor = stride == 3 ? 5 : 0;
          assert_last(g);
        }
}
END_TEST

TCase *pool_kernel_tests(void) {
  TCase *t = tcase_create("pool");
  tcase_add_test(t, two_by_two_agrees_with_planes);
  tcase_add_test(t, windows_agree_with_planes);
  tcase_add_test(t, windows_of_two_by_two_agree_with_their_definition);
  return t;
}
#endif
