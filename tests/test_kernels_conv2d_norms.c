/* Convolutions between normalisations against the same in single steps: images mapped, convolved by the
 * direct way in double, moments summed in two passes, and results pooled. */
#ifndef AG_REAL
#include <float.h>

#include "core/isa.h"
#include "kernels/conv2d_winograd.h"
#include "kernels/conv2d_winograd_passes.h"
#include "tests/test_kernels.h"

#define EACH_ISA_OF(name) AG_EACH_ISA(name)

/* The results, in the order in which they are made. */
enum { Y, MOMENTS, Q, GX, GW, GB, GNORM, RESULTS };

static const char *const names[RESULTS] = {"y", "moments", "q", "gx", "gw", "gb", "gnorm"};

/* The public functions, which choose for themselves, after the instruction sets of Winograd's. */
enum { CHOSEN = AG_ISAS, WAYS };

static bool has_way(const agk_conv2d_geometry *g, int way) {
  return way == CHOSEN || (agk_winograd_suits(g) && ag_isa_available((ag_isa)way));
}

static agk_conv2d_geometry shaped(int64_t n, int64_t in, int64_t out, int64_t h, int64_t w, int64_t kernel,
                                  int64_t stride, int64_t padding, int64_t groups) {
  return (agk_conv2d_geometry){.n = n,
                               .c_in = in,
                               .h = h,
                               .w = w,
                               .c_out = out,
                               .kh = kernel,
                               .kw = kernel,
                               .stride = {stride, stride},
                               .padding = {padding, padding},
                               .dilation = {1, 1},
                               .groups = groups,
                               .h_out = agk_conv2d_output(h, kernel, stride, padding, 1),
                               .w_out = agk_conv2d_output(w, kernel, stride, padding, 1),
                               .channels_last = true};
}

/* One that Winograd's way serves. */
static agk_conv2d_geometry plain(int64_t n, int64_t in, int64_t out, int64_t h, int64_t w, int64_t padding) {
  return shaped(n, in, out, h, w, 3, 1, padding, 1);
}

static void sizes_of(const agk_conv2d_geometry *g, int64_t pool, int64_t size[RESULTS]) {
  const agk_norm_windows windows = agk_conv2d_windows(g, pool ? pool : 1);
  size[Q] = pool ? g->n * agk_norm_pooled(&windows) : 0;
  size[Y] = g->n * g->c_out * g->h_out * g->w_out;
  size[MOMENTS] = 2 * g->c_out;
  size[GX] = g->n * g->c_in * g->h * g->w;
  size[GW] = g->c_out * (g->c_in / g->groups) * g->kh * g->kw;
  size[GB] = g->c_out;
  size[GNORM] = AGK_NORM_ROWS * g->c_in;
}

#define AG_SELF "tests/test_kernels_conv2d_norms.c"
#include "core/each_real.h"
#else

/* The operands. of_y is a y that the gradient is taken at; gy is that of q where there is pooling. */
typedef struct {
  int64_t pool;
  AG_REAL *x, *w, *bias, *norm, *gy, *of_y, *line;
} AG_NAME(task);

static AG_NAME(task) AG_NAME(task_of)(const agk_conv2d_geometry *g, int64_t pool, AG_REAL bias) {
  int64_t size[RESULTS];
  sizes_of(g, pool, size);
  AG_NAME(task)
  t = {pool,
       AG_NAME(numbers)(1, size[GX]),
       AG_NAME(numbers)(2, size[GW]),
       AG_NAME(numbers)(3, g->c_out),
       AG_NAME(numbers)(4, size[GNORM]),
       AG_NAME(numbers)(5, size[Y]),
       AG_NAME(numbers)(6, size[Y]),
       AG_NAME(numbers)(7, (AGK_LINE_ROWS + 1) * g->c_out)};
  for (int64_t o = 0; o < g->c_out; o++) t.bias[o] += bias;
  return t;
}

static void AG_NAME(free_task)(AG_NAME(task) * t) {
  free(t->x), free(t->w), free(t->bias), free(t->norm), free(t->gy), free(t->of_y), free(t->line);
}

/* z, or the x that it is without a norm. What is rounded to 0 is a matter of the type, so it is made in it.
 */
static double *AG_NAME(mapped)(const agk_conv2d_geometry *g, const AG_REAL *x, const AG_REAL *norm) {
  const int64_t n = g->n * g->h * g->w * g->c_in, channels = g->c_in;
  double *z = room(n, sizeof *z);
  for (int64_t i = 0; i < n; i++) {
    const AG_REAL v =
        norm ? (x[i] - norm[i % channels]) * norm[channels + i % channels] + norm[2 * channels + i % channels]
             : x[i];
    z[i] = norm && v <= 0 ? 0 : (double)v;
  }
  return z;
}

static double *AG_NAME(widened)(const AG_REAL *x, int64_t n) {
  double *d = room(n, sizeof *d);
  for (int64_t i = 0; i < n; i++) d[i] = (double)x[i];
  return d;
}

/* The gradient of y: gy, where q is that of the gradient that windows have found, and the line. */
static double *AG_NAME(total_of)(const agk_conv2d_geometry *g, const AG_NAME(task) * t) {
  const int64_t out = g->c_out, of_image = g->h_out * g->w_out * out, n = g->n * of_image, p = t->pool;
  double *total = room(n, sizeof *total);
  for (int64_t i = 0; i < n; i++) {
    const double mean = (double)t->line[i % out], offset = (double)t->line[out + i % out];
    total[i] = (p ? 0 : (double)t->gy[i]) + offset +
               ((double)t->of_y[i] - mean) * (double)t->line[2 * out + i % out];
  }
  const int64_t across = p ? g->w_out / p : 0, down = p ? g->h_out / p : 0;
  for (int64_t i = 0; i < g->n * down * across * out; i++) {
    const int64_t window = i / out, row = window / across % down * p, column = window % across * p,
                  corner = window / across / down * of_image + (row * g->w_out + column) * out + i % out;
    const double s = t->line[3 * out + i % out] < 0 ? -1 : 1;
    int64_t best = corner;
    for (int64_t k = 1; k < p * p; k++) {
      const int64_t at = corner + (k / p * g->w_out + k % p) * out;
      if (s * (double)t->of_y[at] > s * (double)t->of_y[best]) best = at;
    }
    total[best] += (double)t->gy[i];
  }
  return total;
}

/* y by the direct way, and gx, gw, gb and gnorm of its gradient with the line added. */
static void AG_NAME(define)(agk_conv2d_geometry g, const AG_NAME(task) * t, const AG_REAL *norm,
                            double *expected[RESULTS]) {
  int64_t size[RESULTS];
  sizes_of(&g, t->pool, size);
  g.direct = true;
  double *z = AG_NAME(mapped)(&g, t->x, norm), *w = AG_NAME(widened)(t->w, size[GW]),
         *bias = AG_NAME(widened)(t->bias, g.c_out), *total = AG_NAME(total_of)(&g, t);
  const int64_t in = g.c_in;
  for (int k = 0; k < RESULTS; k++) {
    expected[k] = room(size[k], sizeof(double));
    memset(expected[k], 0, (size_t)size[k] * sizeof(double));
  }
  void *workspace[] = {room((int64_t)agk_conv2d_forward_workspace_f64(&g, 1), 1),
                       room((int64_t)agk_conv2d_backward_workspace_f64(&g, 1), 1)};
  agk_conv2d_forward_f64(1, &g, z, w, bias, expected[Y], workspace[0]);
  agk_conv2d_backward_f64(1, &g, z, total, w, expected[GX], expected[GW], expected[GB], workspace[1]);
  for (int64_t i = 0; norm && i < size[GX]; i++) {
    const double h = z[i] > 0 ? expected[GX][i] : 0, scale = (double)norm[in + i % in];
    expected[GX][i] = h * scale;
    expected[GNORM][i % in] -= h * scale;
    expected[GNORM][in + i % in] += h * ((double)t->x[i] - (double)norm[i % in]);
    expected[GNORM][2 * in + i % in] += h;
  }
  free(z), free(w), free(bias), free(total), free(workspace[0]), free(workspace[1]);
}

static void AG_NAME(forward)(int way, int threads, const agk_conv2d_geometry *g,
                             const AG_NAME(agk_conv2d_norms) * norms, const AG_NAME(task) * t, AG_REAL *y) {
  typedef size_t bytes(const agk_conv2d_geometry *, int, bool);
  typedef void function(int, const agk_conv2d_geometry *, const AG_NAME(agk_conv2d_norms) *, const AG_REAL *,
                        const AG_REAL *, const AG_REAL *, AG_REAL *, void *);
  static bytes *const bytes_of[] = EACH_ISA_OF(AG_NAME(winograd_forward_bytes));
  static function *const functions[] = EACH_ISA_OF(AG_NAME(winograd_forward));
  const bool chosen = way == CHOSEN;
  void *workspace = room((int64_t)(chosen ? AG_NAME(agk_conv2d_norms_forward_workspace)(g, threads)
                                          : bytes_of[way](g, threads, true)),
                         1);
  (chosen ? AG_NAME(agk_conv2d_norms_forward) : functions[way])(threads, g, norms, t->x, t->w, t->bias, y,
                                                                workspace);
  free(workspace);
}

static void AG_NAME(backward)(int way, int threads, const agk_conv2d_geometry *g,
                              const AG_NAME(agk_conv2d_norms) * norms, const AG_NAME(task) * t, AG_REAL *gx,
                              AG_REAL *gw, AG_REAL *gb) {
  typedef size_t bytes(const agk_conv2d_geometry *, int, bool, bool, bool);
  typedef void function(int, const agk_conv2d_geometry *, const AG_NAME(agk_conv2d_norms) *, const AG_REAL *,
                        const AG_REAL *, const AG_REAL *, AG_REAL *, AG_REAL *, AG_REAL *, void *);
  static bytes *const bytes_of[] = EACH_ISA_OF(AG_NAME(winograd_backward_bytes));
  static function *const functions[] = EACH_ISA_OF(AG_NAME(winograd_backward));
  const bool chosen = way == CHOSEN;
  void *workspace = room((int64_t)(chosen ? AG_NAME(agk_conv2d_norms_backward_workspace)(g, threads, gx)
                                          : bytes_of[way](g, threads, true, gx, true)),
                         1);
  (chosen ? AG_NAME(agk_conv2d_norms_backward) : functions[way])(threads, g, norms, t->x, t->gy, t->w, gx, gw,
                                                                 gb, workspace);
  free(workspace);
}

/* Everything. */
static void AG_NAME(compute)(int way, int threads, const agk_conv2d_geometry *g, const AG_NAME(task) * t,
                             const AG_REAL *norm, AG_REAL *out[RESULTS]) {
  int64_t size[RESULTS];
  sizes_of(g, t->pool, size);
  for (int k = 0; k < RESULTS; k++) {
    out[k] = room(size[k], sizeof(AG_REAL));
    memset(out[k], 0, (size_t)size[k] * sizeof(AG_REAL));
  }
  const AG_NAME(agk_conv2d_norms) norms = {.norm = norm,
                                           .moments = out[MOMENTS],
                                           .pool = t->pool,
                                           .sign = t->line + AGK_LINE_ROWS * g->c_out,
                                           .pooled = out[Q],
                                           .y = t->of_y,
                                           .line = t->line,
                                           .gnorm = norm ? out[GNORM] : NULL};
  AG_NAME(forward)(way, threads, g, &norms, t, out[Y]);
  AG_NAME(backward)(way, threads, g, &norms, t, out[GX], out[GW], out[GB]);
}

/* The gradients of the weights have the same bits where those of x and norm are not asked for, which then has
 * no place for its own. */
static void AG_NAME(assert_alone)(int way, const agk_conv2d_geometry *g, const AG_NAME(task) * t,
                                  const AG_REAL *norm, AG_REAL *const out[RESULTS]) {
  int64_t size[RESULTS];
  sizes_of(g, t->pool, size);
  AG_REAL *alone[] = {room(size[GW], sizeof(AG_REAL)), room(size[GB], sizeof(AG_REAL))};
  const AG_NAME(agk_conv2d_norms) norms = {
      .norm = norm, .pool = t->pool, .y = t->of_y, .line = t->line};
  AG_NAME(backward)(way, 2, g, &norms, t, NULL, alone[0], alone[1]);
  for (int k = 0; k < 2; k++) {
    ck_assert_mem_eq(alone[k], out[GW + k], (size_t)size[GW + k] * sizeof(AG_REAL));
    free(alone[k]);
  }
}

/* q is made of the y that was written; where y and its moments are not wanted, it has the same bits. */
static void AG_NAME(assert_pooled)(int way, const agk_conv2d_geometry *g, const AG_NAME(task) * t,
                                   const AG_REAL *norm, AG_REAL *const out[RESULTS]) {
  int64_t size[RESULTS];
  sizes_of(g, t->pool, size);
  AG_REAL *q = room(size[Q], sizeof *q);
  const AG_REAL *sign = t->line + AGK_LINE_ROWS * g->c_out;
  const agk_norm_windows windows = agk_conv2d_windows(g, t->pool);
  for (int64_t i = 0; i < g->n; i++)
    AG_NAME(agk_norm_pool)
  (&windows, out[Y] + i * (size[Y] / g->n), sign, q + i * agk_norm_pooled(&windows));
  ck_assert_mem_eq(q, out[Q], (size_t)size[Q] * sizeof *q);
  memset(q, 0, (size_t)size[Q] * sizeof *q);
  const AG_NAME(agk_conv2d_norms) norms = {.norm = norm, .pool = t->pool, .sign = sign, .pooled = q};
  AG_NAME(forward)(way, 2, g, &norms, t, NULL);
  ck_assert_mem_eq(q, out[Q], (size_t)size[Q] * sizeof *q);
  free(q);
}

/* Near what is expected, by the greatest of it. */
static void AG_NAME(assert_near)(const agk_conv2d_geometry *g, int what, int way, int64_t n,
                                 const AG_REAL *found, const double *expected, double tolerance) {
  double most = 0, greatest = 0;
  int64_t worst = 0;
  for (int64_t i = 0; i < n && !isnan(greatest); i++) {
    const double error = fabs((double)found[i] - expected[i]);
    most = fmax(most, fabs(expected[i]));
    if (!(error <= greatest)) greatest = error, worst = i;
  }
  ck_assert_msg(greatest <= tolerance * most, "%s of %dx%dx%dx%d, way %d, element %d: %.17g, expected %.17g, at most %g of %g away",
                names[what], (int)g->n, (int)g->h, (int)g->w, (int)g->c_in, way, (int)worst,
                (double)found[worst], expected[worst], tolerance, most);
}

/* The moments are those of the y that was written, of which they lose no digit, wherever the mean lies. */
static void AG_NAME(assert_moments)(const agk_conv2d_geometry *g, const AG_REAL *y, const AG_REAL *moments) {
  const int64_t channels = g->c_out, m = g->n * g->h_out * g->w_out;
  for (int64_t o = 0; o < channels; o++) {
    long double sum = 0, squares = 0;
    for (int64_t i = 0; i < m; i++) sum += (long double)y[i * channels + o];
    const long double mean = sum / (long double)m;
    for (int64_t i = 0; i < m; i++)
      squares += ((long double)y[i * channels + o] - mean) * ((long double)y[i * channels + o] - mean);
    const double var = (double)(squares / (long double)m), away = fabs((double)mean);
    ck_assert_double_eq_tol((double)moments[o], (double)mean, 2 * (double)AG_EPSILON * (1 + away));
    /* Those of blocks are joined in double, in which their means were rounded. */
    ck_assert_double_eq_tol((double)moments[channels + o], var,
                            16 * ((double)AG_EPSILON * var + DBL_EPSILON * away * sqrt(var)));
  }
}

/* With and without norm, and with pooling, whose gradient is 0 at most places, so that its sums are smaller
 * against their terms: by every way that there is, near the definition and with the same bits in 1, 2, 3
 * and 7 threads; and the same for all sets that fuse multiplications with additions. */
static void AG_NAME(assert_norms)(agk_conv2d_geometry g, AG_REAL bias, double tolerance) {
  for (int with = 0; with < 3; with++) {
    int64_t size[RESULTS];
    AG_NAME(task) t = AG_NAME(task_of)(&g, with == 2 ? 2 + g.h_out % 2 : 0, bias);
    sizes_of(&g, t.pool, size);
    const AG_REAL *norm = with ? t.norm : NULL;
    double *expected[RESULTS];
    AG_REAL *fused[RESULTS] = {NULL};
    AG_NAME(define)(g, &t, norm, expected);
    for (int way = 0; way < WAYS; way++) {
      if (!has_way(&g, way)) continue;
      AG_REAL *out[RESULTS], *other[RESULTS];
      AG_NAME(compute)(way, 1, &g, &t, norm, out);
      for (int k = 0; k < RESULTS; k++)
        for (int64_t row = 0, rows = k == GNORM ? AGK_NORM_ROWS : 1; row < rows && k != MOMENTS && k != Q; row++)
          AG_NAME(assert_near)
      (&g, k, way, size[k] / rows, out[k] + row * (size[k] / rows), expected[k] + row * (size[k] / rows),
       with == 2 ? 1.5 * tolerance : tolerance);
      AG_NAME(assert_moments)(&g, out[Y], out[MOMENTS]);
      AG_NAME(assert_alone)(way, &g, &t, norm, out);
      if (t.pool) AG_NAME(assert_pooled)(way, &g, &t, norm, out);
      for (int team = 1; team < 4; team++) {
        AG_NAME(compute)(way, (int[]){1, 2, 3, 7}[team], &g, &t, norm, other);
        for (int k = 0; k < RESULTS; k++) {
          ck_assert_mem_eq(out[k], other[k], (size_t)size[k] * sizeof(AG_REAL));
          free(other[k]);
        }
      }
      for (int k = 0; k < RESULTS; k++) {
        const bool fuses = way == AG_ISA_AVX2 || way == AG_ISA_AVX512;
        if (fuses && fused[k]) ck_assert_mem_eq(out[k], fused[k], (size_t)size[k] * sizeof(AG_REAL));
        if (fuses && !fused[k])
          fused[k] = out[k];
        else
          free(out[k]);
      }
    }
    for (int k = 0; k < RESULTS; k++) free(expected[k]), free(fused[k]);
    AG_NAME(free_task)(&t);
  }
}
#endif

#ifndef AG_REAL
/* With the channels last, tiles that fit the images are transformed where they lie. */
START_TEST(images_are_mapped_in_place) {
  const int64_t channels[] = {64, 32};
  for (int i = 0; i < LENGTH(channels); i++) {
    assert_norms_f32(plain(6, channels[i], 64, 14, 14, 0), 0, 3e-5);
    assert_norms_f32(plain(6, channels[i], channels[i], 12, 12, 0), 0, 3e-5);
    assert_norms_f64(plain(3, channels[i], 32, 14, 14, 0), 0, 6e-14);
  }
  assert_norms_f64(plain(9, 32, 32, 12, 12, 0), 0, 6e-14);
}
END_TEST

START_TEST(images_are_mapped_into_a_grid) {
  assert_norms_f32(plain(7, 17, 40, 13, 11, 1), 0, 1e-5);
  assert_norms_f32(plain(5, 40, 17, 13, 11, 0), 0, 1e-5);
  assert_norms_f64(plain(3, 17, 40, 13, 11, 1), 0, 2e-14);
  assert_norms_f64(plain(9, 40, 17, 8, 9, 2), 0, 2e-14);
}
END_TEST

/* A block is some rows of a large image. */
START_TEST(large_images_are_mapped_in_blocks_of_rows) {
  assert_norms_f32(plain(1, 64, 32, 70, 60, 1), 0, 2e-5);
  assert_norms_f32(plain(2, 32, 32, 62, 44, 0), 0, 2e-5);
  assert_norms_f64(plain(2, 17, 16, 45, 27, 1), 0, 4e-14);
}
END_TEST

/* Grey images, groups, wide kernels, steps; fewer images than parts, several chunks of a part, and a chunk
 * that is left over. */
START_TEST(other_convolutions_are_mapped_in_chunks) {
  const int64_t images[] = {1, 3, 9, 50};
  for (int i = 0; i < LENGTH(images); i++) {
    const int64_t n = images[i];
    const agk_conv2d_geometry others[] = {
        shaped(n, 1, 70, 12, 13, 3, 1, 0, 1), shaped(n, 6, 4, 9, 11, 3, 1, 1, 2),
        shaped(n, 3, 5, 12, 10, 5, 1, 2, 1), shaped(n, 20, 18, 11, 9, 3, 2, 1, 1)};
    for (int k = 0; k < LENGTH(others); k++) {
      ck_assert(!agk_winograd_suits(&others[k]));
      assert_norms_f32(others[k], 0, 3e-6);
      assert_norms_f64(others[k], 0, 1e-14);
    }
  }
}
END_TEST

/* The bias moves y thousands of deviations away from 0, so what is written has few digits, but the moments of
 * that are none the worse. */
START_TEST(moments_do_not_cancel_far_from_zero) {
  assert_norms_f32(plain(9, 32, 16, 12, 12, 0), 4096, 1e-5);
  assert_norms_f32(plain(2, 17, 20, 45, 27, 1), -4096, 1e-4);
  assert_norms_f32(shaped(9, 1, 21, 16, 16, 3, 1, 0, 1), 4096, 1e-5);
  assert_norms_f64(plain(3, 16, 17, 13, 11, 1), 1e6, 2e-14);
  assert_norms_f64(shaped(50, 3, 5, 12, 10, 5, 1, 2, 1), 1e6, 1e-14);
}
END_TEST

TCase *conv2d_norms_kernel_tests(void) {
  TCase *t = tcase_create("conv2d_norms");
  tcase_set_timeout(t, 240);
  tcase_add_test(t, images_are_mapped_in_place);
  tcase_add_test(t, images_are_mapped_into_a_grid);
  tcase_add_test(t, large_images_are_mapped_in_blocks_of_rows);
  tcase_add_test(t, other_convolutions_are_mapped_in_chunks);
  tcase_add_test(t, moments_do_not_cancel_far_from_zero);
  return t;
}
#endif
