/* Winograd's way against the definition in double, by the code for each instruction set that the processor
 * has. */
#ifndef AG_REAL
#include "core/isa.h"
#include "kernels/conv2d_winograd.h"
#include "kernels/conv2d_winograd_passes.h"
#include "tests/test_kernels.h"

#define EACH_ISA_OF(name) AG_EACH_ISA(name)

static agk_conv2d_geometry shaped(int64_t n, int64_t in, int64_t out, int64_t h, int64_t w, int64_t padding) {
  return (agk_conv2d_geometry){.n = n,
                               .c_in = in,
                               .h = h,
                               .w = w,
                               .c_out = out,
                               .kh = 3,
                               .kw = 3,
                               .stride = {1, 1},
                               .padding = {padding, padding},
                               .dilation = {1, 1},
                               .groups = 1,
                               .h_out = agk_conv2d_output(h, 3, 1, padding, 1),
                               .w_out = agk_conv2d_output(w, 3, 1, padding, 1)};
}

/* Numbers of y, gx, gw and gb. */
static void sizes_of(const agk_conv2d_geometry *g, int64_t size[4]) {
  size[0] = g->n * g->c_out * g->h_out * g->w_out;
  size[1] = g->n * g->c_in * g->h * g->w;
  size[2] = g->c_out * g->c_in * 9;
  size[3] = g->c_out;
}

#define AG_SELF "tests/test_kernels_winograd.c"
#include "core/each_real.h"
#else

/* What goes in: the operands of a geometry, and y + bias, gx, gw and gb of the direct way in double. */
typedef struct {
  AG_REAL *x, *w, *gy, *bias;
  double *expected[4];
} AG_NAME(task);

static double *AG_NAME(widened)(const AG_REAL *x, int64_t n) {
  double *d = room(n, sizeof *d);
  for (int64_t i = 0; i < n; i++) d[i] = (double)x[i];
  return d;
}

static AG_NAME(task) AG_NAME(task_of)(agk_conv2d_geometry g) {
  int64_t size[4];
  sizes_of(&g, size);
  AG_NAME(task)
  t = {.x = AG_NAME(numbers)(1, size[1]),
       .w = AG_NAME(numbers)(2, size[2]),
       .gy = AG_NAME(numbers)(3, size[0]),
       .bias = AG_NAME(numbers)(4, g.c_out)};
  double *x = AG_NAME(widened)(t.x, size[1]), *w = AG_NAME(widened)(t.w, size[2]),
         *gy = AG_NAME(widened)(t.gy, size[0]), *bias = AG_NAME(widened)(t.bias, g.c_out);
  g.direct = true;
  void *workspace[] = {room((int64_t)agk_conv2d_forward_workspace_f64(&g, 1), 1),
                       room((int64_t)agk_conv2d_grad_input_workspace_f64(&g, 1), 1),
                       room((int64_t)agk_conv2d_grad_weight_workspace_f64(&g, 1), 1)};
  for (int k = 0; k < 4; k++) t.expected[k] = room(size[k], sizeof(double));
  agk_conv2d_forward_f64(1, &g, x, w, bias, t.expected[0], workspace[0]);
  agk_conv2d_grad_input_f64(1, &g, gy, w, t.expected[1], workspace[1]);
  agk_conv2d_grad_weight_f64(1, &g, x, gy, t.expected[2], t.expected[3], workspace[2]);
  for (int k = 0; k < 3; k++) free(workspace[k]);
  free(x), free(w), free(gy), free(bias);
  return t;
}

static void AG_NAME(free_task)(AG_NAME(task) * t) {
  free(t->x), free(t->w), free(t->gy), free(t->bias);
  for (int k = 0; k < 4; k++) free(t->expected[k]);
}

/* y, gx, gw and gb by the code for one instruction set. The gradients have the same bits together and alone.
 */
static void AG_NAME(compute)(ag_isa isa, int threads, const agk_conv2d_geometry *g, const AG_NAME(task) * t,
                             AG_REAL *out[4]) {
  typedef size_t forward_bytes(const agk_conv2d_geometry *, int, bool);
  typedef size_t backward_bytes(const agk_conv2d_geometry *, int, bool, bool, bool);
  typedef void forward(int, const agk_conv2d_geometry *, const AG_NAME(agk_conv2d_norms) *, const AG_REAL *,
                       const AG_REAL *, const AG_REAL *, AG_REAL *, void *);
  typedef void backward(int, const agk_conv2d_geometry *, const AG_NAME(agk_conv2d_norms) *, const AG_REAL *,
                        const AG_REAL *, const AG_REAL *, AG_REAL *, AG_REAL *, AG_REAL *, void *);
  static forward_bytes *const forward_room[] = EACH_ISA_OF(AG_NAME(winograd_forward_bytes));
  static backward_bytes *const backward_room[] = EACH_ISA_OF(AG_NAME(winograd_backward_bytes));
  static forward *const forwards[] = EACH_ISA_OF(AG_NAME(winograd_forward));
  static backward *const backwards[] = EACH_ISA_OF(AG_NAME(winograd_backward));
  int64_t size[4];
  sizes_of(g, size);
  void *workspace[] = {room((int64_t)forward_room[isa](g, threads, false), 1),
                       room((int64_t)backward_room[isa](g, threads, false, true, false), 1),
                       room((int64_t)backward_room[isa](g, threads, false, false, true), 1),
                       room((int64_t)backward_room[isa](g, threads, false, true, true), 1)};
  AG_REAL *both[4];
  for (int k = 0; k < 4; k++)
    out[k] = room(size[k], sizeof(AG_REAL)), both[k] = room(size[k], sizeof(AG_REAL));
  forwards[isa](threads, g, NULL, t->x, t->w, t->bias, out[0], workspace[0]);
  backwards[isa](threads, g, NULL, NULL, t->gy, t->w, out[1], NULL, NULL, workspace[1]);
  backwards[isa](threads, g, NULL, t->x, t->gy, NULL, NULL, out[2], out[3], workspace[2]);
  backwards[isa](threads, g, NULL, t->x, t->gy, t->w, both[1], both[2], both[3], workspace[3]);
  for (int k = 1; k < 4; k++)
    ASSERT_EACH_BIT(size[k], out[k], both[k], "gradient %d by %s, alone and together", k, ag_isa_name(isa));
  for (int k = 0; k < 4; k++) free(workspace[k]), free(both[k]);
}

/* The root of the mean square of the errors by that of the numbers, and the greatest by the greatest. */
static void AG_NAME(errors)(int64_t n, const AG_REAL *found, const double *expected, double *root,
                            double *worst) {
  double error = 0, size = 0, most_error = 0, most = 0;
  for (int64_t i = 0; i < n; i++) {
    const double e = fabs((double)found[i] - expected[i]);
    error += e * e, size += expected[i] * expected[i];
    most_error = fmax(most_error, e), most = fmax(most, fabs(expected[i]));
  }
  *root = sqrt(error / size), *worst = most_error / most;
}

/* Images turned from planes to channels last, or with `back` the other way. */
static void AG_NAME(turn)(int64_t n, int64_t channels, int64_t pixels, bool back, const AG_REAL *from,
                          AG_REAL *to) {
  for (int64_t i = 0; i < n * channels * pixels; i++) {
    const int64_t image = i / (channels * pixels), channel = i / pixels % channels,
                  last = (image * pixels + i % pixels) * channels + channel;
    to[back ? i : last] = from[back ? last : i];
  }
}

/* Where the channels are last, all comes out with the same bits, in the places of that order. */
static void AG_NAME(assert_last)(ag_isa isa, agk_conv2d_geometry g, const AG_NAME(task) * t,
                                 AG_REAL *const planar[4]) {
  int64_t size[4];
  sizes_of(&g, size);
  AG_NAME(task)
  last = {
      .x = room(size[1], sizeof(AG_REAL)), .w = t->w, .gy = room(size[0], sizeof(AG_REAL)), .bias = t->bias};
  AG_NAME(turn)(g.n, g.c_in, g.h * g.w, false, t->x, last.x);
  AG_NAME(turn)(g.n, g.c_out, g.h_out * g.w_out, false, t->gy, last.gy);
  g.channels_last = true;
  AG_REAL *out[4], *y = room(size[0], sizeof *y), *gx = room(size[1], sizeof *gx);
  AG_NAME(compute)(isa, 2, &g, &last, out);
  AG_NAME(turn)(g.n, g.c_out, g.h_out * g.w_out, true, out[0], y);
  AG_NAME(turn)(g.n, g.c_in, g.h * g.w, true, out[1], gx);
  const AG_REAL *found[] = {y, gx, out[2], out[3]};
  for (int k = 0; k < 4; k++) {
    ASSERT_EACH_BIT(size[k], found[k], planar[k], "result %d by %s, channels last and planar", k,
                    ag_isa_name(isa));
    free(out[k]);
  }
  free(y), free(gx), free(last.x), free(last.gy);
}

/* All are near the direct sums; they have the same bits in 1 and 3 threads, and by every set that fuses
 * multiplications with additions. */
static void AG_NAME(assert_winograd)(agk_conv2d_geometry g, double tolerance) {
  static const char *const names[] = {"y", "gx", "gw", "gb"};
  ck_assert(agk_winograd_suits(&g));
  int64_t size[4];
  sizes_of(&g, size);
  AG_NAME(task) t = AG_NAME(task_of)(g);
  AG_REAL *fused[4] = {NULL};
  for (ag_isa isa = 0; isa < AG_ISAS; isa++) {
    if (!ag_isa_available(isa)) continue;
    AG_REAL *one[4], *three[4];
    AG_NAME(compute)(isa, 1, &g, &t, one);
    AG_NAME(compute)(isa, 3, &g, &t, three);
    AG_NAME(assert_last)(isa, g, &t, one);
    for (int k = 0; k < 4; k++) {
      double root, worst;
      AG_NAME(errors)(size[k], one[k], t.expected[k], &root, &worst);
      ck_assert_msg(worst <= tolerance, "%s of %dx%d by %s: error %g", names[k], (int)g.h, (int)g.w,
                    ag_isa_name(isa), worst);
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
  for (int k = 0; k < 4; k++) free(fused[k]);
  AG_NAME(free_task)(&t);
}
#endif

#ifndef AG_REAL

/* By the tolerances that kernels/conv2d_winograd.h states for few channels. */
START_TEST(winograd_agrees_around_its_tiles) {
  const int64_t sides[][2] = {{6, 6}, {7, 6}, {8, 9}, {10, 12}, {13, 11}, {16, 7}, {5, 21}};
  for (int s = 0; s < LENGTH(sides); s++) {
    for (int64_t padding = 0; padding <= 2; padding++) {
      const agk_conv2d_geometry g = shaped(3, 17, 19, sides[s][0], sides[s][1], padding);
      if (g.h_out < 4) continue;
      assert_winograd_f32(g, 1e-5);
      assert_winograd_f64(g, 2e-14);
    }
  }
}
END_TEST

/* More images than a block of tiles holds, then images of which a block holds some rows. */
START_TEST(winograd_agrees_over_many_blocks) {
  assert_winograd_f32(shaped(37, 17, 19, 10, 10, 1), 1e-5);
  assert_winograd_f64(shaped(37, 33, 16, 10, 10, 1), 2e-14);
  assert_winograd_f32(shaped(2, 17, 19, 45, 27, 1), 1e-5);
  assert_winograd_f64(shaped(2, 16, 18, 23, 150, 0), 2e-14);
}
END_TEST

/* As many channels as make panels and blocks of several kinds, in numbers that fill vectors and do not. */
START_TEST(winograd_agrees_with_many_channels) {
  assert_winograd_f32(shaped(3, 128, 145, 8, 8, 1), 2e-5);
  assert_winograd_f32(shaped(9, 48, 256, 6, 6, 0), 2e-5);
  assert_winograd_f64(shaped(2, 150, 80, 8, 8, 1), 4e-14);
}
END_TEST

/* Tiles that cover the image, or the output alone, and channels that fill whole lines: with the channels last
 * these are transformed where they lie. */
START_TEST(winograd_agrees_in_place) {
  for (int64_t tile = 4; tile <= 6; tile++) {
    assert_winograd_f32(shaped(9, 32, 16, 2 * tile + 2, tile + 2, 0), 1e-5);
    assert_winograd_f64(shaped(3, 16, 24, 2 * tile, tile, 1), 2e-14);
    assert_winograd_f32(shaped(2, 16, 32, 8 * tile + 2, 5 * tile + 2, 0), 1e-5);
  }
}
END_TEST

START_TEST(winograd_serves_its_geometries) {
  for (int64_t side = 4; side <= 6; side++)
    for (int64_t padding = 0; padding <= 3; padding++) {
      const agk_conv2d_geometry g = shaped(2, 16, 16, side, side, padding);
      ck_assert_int_eq(agk_winograd_suits(&g), g.h_out >= 4 && padding <= 2);
    }
  agk_conv2d_geometry g = shaped(2, 16, 15, 8, 8, 1);
  ck_assert(!agk_winograd_suits(&g));
  g.c_out = 16;
  ck_assert(agk_winograd_suits(&g));
  g.direct = true;
  ck_assert(!agk_winograd_suits(&g));
}
END_TEST

/* Nothing goes in: the sums are empty. */
START_TEST(winograd_sums_no_images_to_zero) {
  const agk_conv2d_geometry g = shaped(0, 16, 17, 8, 8, 1);
  task_f64 t = task_of_f64(g);
  for (ag_isa isa = 0; isa < AG_ISAS; isa++) {
    if (!ag_isa_available(isa)) continue;
    double *out[4];
    compute_f64(isa, 2, &g, &t, out);
    ASSERT_EACH(i, 16 * 17 * 9, out[2][i], 0, 0, "gw by %s", ag_isa_name(isa));
    ASSERT_EACH(i, 17, out[3][i], 0, 0, "gb by %s", ag_isa_name(isa));
    for (int k = 0; k < 4; k++) free(out[k]);
  }
  free_task_f64(&t);
}
END_TEST

/* The errors of float32 that kernels/conv2d_winograd.h states for 64 channels, for tiles of each size, and
 * the direct way's. */
static void assert_errors(int64_t side, bool direct, double least, double most, double worst_of_all) {
  agk_conv2d_geometry g = shaped(4, 64, 64, side, side, 1);
  int64_t size[4];
  sizes_of(&g, size);
  task_f32 t = task_of_f32(g);
  g.direct = direct;
  void *workspace[] = {room((int64_t)agk_conv2d_forward_workspace_f32(&g, 1), 1),
                       room((int64_t)agk_conv2d_grad_input_workspace_f32(&g, 1), 1),
                       room((int64_t)agk_conv2d_grad_weight_workspace_f32(&g, 1), 1)};
  float *out[4];
  for (int k = 0; k < 4; k++) out[k] = room(size[k], sizeof(float));
  agk_conv2d_forward_f32(1, &g, t.x, t.w, t.bias, out[0], workspace[0]);
  agk_conv2d_grad_input_f32(1, &g, t.gy, t.w, out[1], workspace[1]);
  agk_conv2d_grad_weight_f32(1, &g, t.x, t.gy, out[2], out[3], workspace[2]);
  for (int k = 0; k < 3; k++) {
    double root, worst;
    errors_f32(size[k], out[k], t.expected[k], &root, &worst);
    ck_assert_double_gt(root, least);
    ck_assert_double_lt(root, most);
    ck_assert_double_lt(worst, worst_of_all);
    free(out[k]), free(workspace[k]);
  }
  free(out[3]);
  free_task_f32(&t);
}

START_TEST(float32_errors_are_as_stated) {
  assert_errors(16, true, 0, 4e-7, 1e-6);
  assert_errors(16, false, 8e-7, 2.5e-6, 1e-5);
  assert_errors(10, false, 1e-6, 4e-6, 1e-5);
  assert_errors(12, false, 1.5e-6, 5e-6, 1e-5);
}
END_TEST

TCase *winograd_kernel_tests(void) {
  TCase *t = tcase_create("winograd");
  tcase_set_timeout(t, 120);
  tcase_add_test(t, winograd_agrees_around_its_tiles);
  tcase_add_test(t, winograd_agrees_over_many_blocks);
  tcase_add_test(t, winograd_agrees_with_many_channels);
  tcase_add_test(t, winograd_agrees_in_place);
  tcase_add_test(t, winograd_serves_its_geometries);
  tcase_add_test(t, winograd_sums_no_images_to_zero);
  tcase_add_test(t, float32_errors_are_as_stated);
  return t;
}
#endif
