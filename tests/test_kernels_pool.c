/* The greatest of 2x2 windows side by side against the definition, in planes of every small width, among ties, zeros of
 * both signs, infinities and NaN. */
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
  const agk_pool2d_geometry g = {.planes = planes, .h = h, .w = w, .kernel = {2, 2}, .stride = {2, 2}, .dilation = {1, 1},
                                 .h_out = h / 2, .w_out = w / 2};
  const int64_t in = h * w, out = g.h_out * g.w_out;
  AG_REAL *x = AG_NAME(few_numbers)(1, planes * in), *gy = AG_NAME(numbers)(2, planes * out);
  AG_REAL *y = room(planes * out, sizeof *y), *gx = room(planes * in, sizeof *gx), *wanted = room(planes * in, sizeof *gx);
  for (int64_t i = 0; i <= planes * in; i++) gx[i] = 7; /* whatever is not written shows, or is too much */
  y[planes * out] = 7;
  AG_NAME(agk_max_pool2d_forward)(1, &g, x, y);
  AG_NAME(agk_max_pool2d_backward)(1, &g, x, gy, gx);
  for (int64_t i = 0; i < planes * in; i++) wanted[i] = 0;
  for (int64_t i = 0; i < planes * out; i++) {
    const AG_REAL *plane = x + i / out * in;
    const int64_t place = AG_NAME(place_of)(&g, i % out / g.w_out, i % g.w_out, plane);
    wanted[i / out * in + place] = gy[i];
    ck_assert_msg(memcmp(&y[i], &plane[place], sizeof *y) == 0, "%dx%d: window %d is %g, expected %g", (int)h, (int)w, (int)i,
                  (double)y[i], (double)plane[place]);
  }
  for (int64_t i = 0; i < planes * in; i++)
    ck_assert_msg(gx[i] == wanted[i], "%dx%d: gradient %d is %g, expected %g", (int)h, (int)w, (int)i, (double)gx[i],
                  (double)wanted[i]);
  ck_assert(y[planes * out] == 7 && gx[planes * in] == 7);
  free(x), free(gy), free(y), free(gx), free(wanted);
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

TCase *pool_kernel_tests(void) {
  TCase *t = tcase_create("pool");
  tcase_add_test(t, windows_of_two_by_two_agree_with_their_definition);
  return t;
}
#endif
