/* Images and sequences of another size. Along each axis, output o is a weighted sum of a few elements around
 * the source place s(o):
 *
 *   nearest        the element floor(o in / out)             nearest-exact  floor((o + 1/2) in / out)
 *   linear, cubic  those around s = (o + 1/2) in / out - 1/2, or s = o (in - 1) / (out - 1) with
 * align_corners
 *
 * with 1 / scale in place of in / out where a scale is given; cubic is Keys' kernel with a = -3/4 (Keys
 * 1981).
 *
 *   interpolate  y = A x       dx = interpolate_grad(g)
 *   interpolate_grad  y = A' x    dx = interpolate(g)
 *
 * Places beyond the ends are those at the ends. As in PyTorch, an axis that keeps its size is interpolated,
 * too: 0 times an infinity is NaN. */
#ifndef AG_REAL
#include <inttypes.h>
#include <math.h>

#include "kernels/interpolate.h"
#include "ops/catalogue.h"
#include "ops/check.h"
#include "ops/sample.h"

/* ---- Where output o comes from ---- */

/* The sizes of one axis. `scale` is 0 unless the user gave it. */
typedef struct {
  ag_interpolation mode;
  bool align_corners;
  int64_t in, out;
  double scale;
} axis;

static int taps_of(const axis *a) {
  switch (a->mode) {
  case AG_LINEAR: return 2;
  case AG_CUBIC: return 4;
  default: return 1;
  }
}

static int64_t clamped(double place, int64_t size) {
  return place < 0 ? 0 : place < (double)(size - 1) ? (int64_t)place : size - 1;
}

/* Exact for sizes; a given scale's place is rounded to float32 before it is cut off, as in PyTorch. */
static int64_t nearest(const axis *a, int64_t o) {
  const bool centred = a->mode == AG_NEAREST_EXACT;
  if (a->scale == 0) return centred ? (2 * o + 1) * a->in / (2 * a->out) : o * a->in / a->out;
  return clamped((double)(float)(((double)o + (centred ? 0.5 : 0)) * (1 / a->scale)), a->in);
}

/* The source place; below 0 in front of the first centre. */
static double source(const axis *a, int64_t o) {
  if (a->align_corners) return a->out > 1 ? (double)(a->in - 1) / (double)(a->out - 1) * (double)o : 0;
  const double step = a->scale != 0 ? 1 / a->scale : (double)a->in / (double)a->out;
  return step * ((double)o + 0.5) - 0.5;
}

static void linear(const axis *a, int64_t o, int64_t *index, double *weight) {
  const bool same = a->in == a->out;
  const double s = same ? (double)o : fmax(source(a, o), 0);
  index[0] = clamped(s, a->in);
  index[1] = index[0] + (!same && index[0] < a->in - 1);
  weight[1] = fmin(s - (double)index[0], 1);
  weight[0] = 1 - weight[1];
}

static void cubic(const axis *a, int64_t o, int64_t *index, double *weight) {
  const double s = source(a, o), k = -0.75, first = floor(s);
  for (int t = 0; t < 4; t++) {
    const double d = fabs(s - first + 1 - t);
    index[t] = clamped(first - 1 + t, a->in);
    weight[t] = d <= 1 ? ((k + 2) * d - (k + 3)) * d * d + 1 : ((k * d - 5 * k) * d + 8 * k) * d - 4 * k;
  }
}

static void find_taps(const axis *a, int64_t o, int64_t *index, double *weight) {
  if (a->mode == AG_LINEAR)
    linear(a, o, index, weight);
  else if (a->mode == AG_CUBIC)
    cubic(a, o, index, weight);
  else
    index[0] = nearest(a, o);
}

/* ---- Shape rules ---- */

static bool check_axis(const ag_call *call, const axis *a) {
  if (a->scale != 0 && !(a->scale >= 0x1p-31 && a->scale <= 0x1p31))
    return ag_reject(call, AG_EVALUE, "scale %g must be in 2^-31 .. 2^31", a->scale);
  if (a->in >= 1 && a->in <= INT32_MAX && a->out >= 1 && a->out <= INT32_MAX) return true;
  return ag_reject(call, AG_ESHAPE, "sizes %" PRId64 " and %" PRId64 " must be at least 1 and below 2^31",
                   a->in, a->out);
}

/* The axes of an x of this shape; sequences have a height that stays 1. */
static bool find_axes(const ag_call *call, ag_shape x, const ag_interpolate_attributes *a, axis *height,
                      axis *width) {
  if (x.rank != 3 && x.rank != 4) {
    return ag_reject(call, AG_ESHAPE, "x must be (n, c, l) or (n, c, h, w), found %s",
                     ag_shape_text(call->c, x));
  }
  const bool image = x.rank == 4;
  if (a->align_corners && a->mode != AG_LINEAR && a->mode != AG_CUBIC)
    return ag_reject(call, AG_EVALUE, "align_corners is for linear and cubic interpolation alone");
  if ((int)a->mode < AG_NEAREST || (int)a->mode > (image ? AG_CUBIC : AG_LINEAR)) {
    return ag_reject(call, AG_EVALUE, "there is no mode %d for %s %s", (int)a->mode,
                     image ? "the images" : "the sequences", ag_shape_text(call->c, x));
  }
  *width = (axis){a->mode, a->align_corners, x.dim[x.rank - 1], a->size[1], a->scale[1]};
  *height = image ? (axis){a->mode, a->align_corners, x.dim[2], a->size[0], a->scale[0]}
                  : (axis){AG_NEAREST, false, 1, 1, 0};
  return check_axis(call, height) && check_axis(call, width);
}

static ag_shape resized(ag_shape x, int64_t h, int64_t w) {
  if (x.rank == 4) x.dim[2] = h;
  x.dim[x.rank - 1] = w;
  return x;
}

static bool interpolate_shape(ag_call *call) {
  const ag_interpolate_attributes *a = call->attributes;
  const ag_shape x = ag_shape_of(call->in[0]);
  axis height, width;
  if (!find_axes(call, x, a, &height, &width)) return false;
  call->shape[0] = resized(x, a->size[0], a->size[1]);
  return true;
}

static bool interpolate_grad_shape(ag_call *call) {
  const ag_interpolate_grad_attributes *a = call->attributes;
  const ag_shape g = ag_shape_of(call->in[0]);
  axis height, width;
  if (g.rank != 3 && g.rank != 4) {
    return ag_reject(call, AG_ESHAPE, "g must be (n, c, l) or (n, c, h, w), found %s",
                     ag_shape_text(call->c, g));
  }
  call->shape[0] = resized(g, a->from[0], a->from[1]);
  return find_axes(call, call->shape[0], &a->interpolate, &height, &width) &&
         ag_check_shape(call, 0, "g", resized(g, a->interpolate.size[0], a->interpolate.size[1]),
                        "the shape of the interpolation");
}

#define AG_SELF "ops/interpolate.c"
#include "core/each_real.h"
#else

/* Numbers of the table of an axis, in bytes that end with whole elements. */
static size_t AG_NAME(table_bytes)(const axis *a) {
  return (size_t)(a->out * taps_of(a)) * (sizeof(int64_t) + sizeof(AG_REAL) + sizeof(AG_REAL) % 8);
}

/* Fills in the table of an axis: indices, then weights. */
static AG_NAME(agk_axis) AG_NAME(tabulate)(const axis *a, char *memory) {
  const int taps = taps_of(a);
  int64_t *index = (int64_t *)(void *)memory;
  AG_REAL *weight = (AG_REAL *)(void *)(index + a->out * taps);
  for (int64_t o = 0; o < a->out; o++) {
    double exact[AGK_MOST_TAPS] = {1};
    find_taps(a, o, index + o * taps, exact);
    for (int t = 0; t < taps; t++) weight[o * taps + t] = (AG_REAL)exact[t];
  }
  return (AG_NAME(agk_axis)){a->in, a->out, taps, index, weight};
}

typedef void AG_NAME(kernel)(int threads, int64_t planes, const AG_NAME(agk_axis) * height,
                             const AG_NAME(agk_axis) * width, const AG_REAL *from, AG_REAL *to,
                             AG_REAL *rows);

/* Runs a kernel between x, of the shape that is interpolated, and its result. */
static void AG_NAME(run)(const ag_call *call, ag_shape x, const ag_interpolate_attributes *a,
                         AG_NAME(kernel) * kernel) {
  axis height = {0}, width = {0};
  if (!find_axes(call, x, a, &height, &width)) return;
  const size_t tables = AG_NAME(table_bytes)(&height) + AG_NAME(table_bytes)(&width);
  char *memory = ag_scratch(call, tables + (size_t)(call->threads * width.in) * sizeof(AG_REAL));
  if (!memory) return;
  const AG_NAME(agk_axis) rows = AG_NAME(tabulate)(&height, memory),
                          columns = AG_NAME(tabulate)(&width, memory + AG_NAME(table_bytes)(&height));
  kernel(call->threads, x.dim[0] * x.dim[1], &rows, &columns, ag_data(call->in[0]), ag_data(call->out[0]),
         (AG_REAL *)(void *)(memory + tables));
}

static void AG_NAME(interpolate)(const ag_call *call) {
  AG_NAME(run)(call, ag_shape_of(call->in[0]), call->attributes, AG_NAME(agk_interpolate));
}

static void AG_NAME(interpolate_grad)(const ag_call *call) {
  const ag_interpolate_grad_attributes *a = call->attributes;
  AG_NAME(run)(call, call->shape[0], &a->interpolate, AG_NAME(agk_interpolate_adjoint));
}
#endif

#ifndef AG_REAL

static void interpolate_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  const ag_interpolate_attributes *a = node->attributes;
  const ag_interpolate_grad_attributes back = {*a, {ag_dim(node->in[0], -2), ag_dim(node->in[0], -1)}};
  dx[0] = ag_apply(AG_HERE, &ag_op_interpolate_grad, 1, g, &back);
}

static void interpolate_grad_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  const ag_interpolate_grad_attributes *a = node->attributes;
  dx[0] = ag_apply(AG_HERE, &ag_op_interpolate, 1, g, &a->interpolate);
}

/* A multiplication and an addition for each tap of the width, and as many for each row of the height. */
static double work(const ag_interpolate_attributes *a, ag_shape y, double rows) {
  const double taps = taps_of(&(axis){.mode = a->mode}), numel = (double)ag_shape_numel(y);
  return taps == 1 ? numel : 2 * taps * (numel + (y.rank == 4 ? rows : 0));
}

static double interpolate_flops(const ag_call *call) {
  const ag_shape x = ag_shape_of(call->in[0]), y = ag_shape_of(call->out[0]);
  return work(call->attributes, y,
              (double)ag_shape_numel(resized(x, ag_dim(call->out[0], 2), x.dim[x.rank - 1])));
}

static double interpolate_grad_flops(const ag_call *call) {
  const ag_interpolate_grad_attributes *a = call->attributes;
  const ag_shape g = ag_shape_of(call->in[0]);
  return work(&a->interpolate, g, (double)ag_shape_numel(resized(g, g.dim[2], a->from[1])));
}

#define TO(mode, align, ...) AG_WITH(ag_interpolate_attributes, mode, align, __VA_ARGS__)
static const ag_sample interpolate_samples[] = {
    AG_WORKS(-2, 2, TO(AG_NEAREST, false, {7, 3}), AG_LIST(2, 2, 3, 5)),
    AG_WORKS(-2, 2, TO(AG_NEAREST, false, {4, 7}, {1.5, 1.9}), AG_LIST(1, 2, 3, 4)),
    AG_WORKS(-2, 2, TO(AG_NEAREST_EXACT, false, {7, 3}), AG_LIST(2, 2, 3, 5)),
    AG_WORKS(-2, 2, TO(AG_NEAREST_EXACT, false, {1, 3}, {0, 0.6}), AG_LIST(2, 2, 5)),
    AG_WORKS(-2, 2, TO(AG_LINEAR, false, {5, 4}), AG_LIST(2, 2, 3, 6)),
    AG_WORKS(-2, 2, TO(AG_LINEAR, true, {5, 4}), AG_LIST(2, 2, 3, 6)),
    AG_WORKS(-2, 2, TO(AG_LINEAR, false, {4, 4}, {1.5, 0.7}), AG_LIST(1, 2, 3, 6)),
    AG_WORKS(-2, 2, TO(AG_LINEAR, true, {1, 1}), AG_LIST(1, 2, 3, 2)),
    AG_WORKS(-2, 2, TO(AG_LINEAR, false, {1, 7}), AG_LIST(2, 2, 4)),
    AG_WORKS(-2, 2, TO(AG_LINEAR, true, {1, 3}), AG_LIST(2, 2, 5)),
    AG_WORKS(-2, 2, TO(AG_CUBIC, false, {5, 3}), AG_LIST(2, 1, 3, 5)),
    AG_WORKS(-2, 2, TO(AG_CUBIC, true, {4, 6}), AG_LIST(1, 2, 3, 4)),
    AG_WORKS(-2, 2, TO(AG_LINEAR, false, {5, 4}), AG_LIST(0, 2, 3, 6)),
    AG_REFUSED("interpolate: x must be (n, c, l) or (n, c, h, w), found 3x4", TO(AG_NEAREST, false, {2, 2}),
               AG_LIST(3, 4)),
    AG_REFUSED("interpolate: sizes 0 and 2 must be at least 1 and below 2^31", TO(AG_NEAREST, false, {2, 2}),
               AG_LIST(1, 2, 0, 4)),
    AG_REFUSED("interpolate: sizes 4 and 2147483648 must be at least 1 and below 2^31",
               TO(AG_NEAREST, false, {2, 2147483648}), AG_LIST(1, 2, 3, 4)),
    AG_REFUSED("interpolate: align_corners is for linear and cubic interpolation alone",
               TO(AG_NEAREST, true, {2, 2}), AG_LIST(1, 2, 3, 4)),
    AG_REFUSED("interpolate: there is no mode 3 for the sequences 1x2x3", TO(AG_CUBIC, false, {1, 2}),
               AG_LIST(1, 2, 3)),
    AG_REFUSED("interpolate: there is no mode 17 for the images 1x2x3x4",
               TO((ag_interpolation)17, false, {2, 2}), AG_LIST(1, 2, 3, 4)),
    AG_REFUSED("interpolate: scale -2 must be in 2^-31 .. 2^31", TO(AG_NEAREST, false, {2, 2}, {-2, 1}),
               AG_LIST(1, 2, 3, 4)),
    AG_NO_MORE,
};

#define BACK(mode, align, h, w, ...)                                                                         \
  AG_WITH(ag_interpolate_grad_attributes, {mode, align, __VA_ARGS__}, {h, w})
static const ag_sample interpolate_grad_samples[] = {
    AG_WORKS(-2, 2, BACK(AG_NEAREST, false, 3, 5, {7, 3}), AG_LIST(2, 2, 7, 3)),
    AG_WORKS(-2, 2, BACK(AG_LINEAR, false, 3, 6, {5, 4}), AG_LIST(2, 2, 5, 4)),
    AG_WORKS(-2, 2, BACK(AG_LINEAR, true, 1, 5, {1, 3}), AG_LIST(2, 2, 3)),
    AG_WORKS(-2, 2, BACK(AG_CUBIC, false, 3, 5, {5, 3}), AG_LIST(2, 1, 5, 3)),
    AG_REFUSED("interpolate_grad: g must be (n, c, l) or (n, c, h, w), found 7x3",
               BACK(AG_NEAREST, false, 3, 5, {7, 3}), AG_LIST(7, 3)),
    AG_REFUSED("interpolate_grad: g is 2x2x7x4, wanted is 2x2x7x3, the shape of the interpolation",
               BACK(AG_NEAREST, false, 3, 5, {7, 3}), AG_LIST(2, 2, 7, 4)),
    AG_NO_MORE,
};

const ag_op ag_op_interpolate = {.name = "interpolate",
                                 .formula = "x in another size, from the nearest places or those around",
                                 .shapes = "(n, c, h, w) -> (n, c, h', w')",
                                 .n_in = 1,
                                 .attribute_size = sizeof(ag_interpolate_attributes),
                                 .shape = interpolate_shape,
                                 .forward = {interpolate_f32, interpolate_f64},
                                 .vjp = interpolate_vjp,
                                 .flops = interpolate_flops,
                                 .samples = interpolate_samples};

const ag_op ag_op_interpolate_grad = {.name = "interpolate_grad",
                                      .formula =
                                          "each g added where interpolate took it from, by its weights",
                                      .shapes = "(n, c, h', w') -> (n, c, h, w)",
                                      .n_in = 1,
                                      .attribute_size = sizeof(ag_interpolate_grad_attributes),
                                      .shape = interpolate_grad_shape,
                                      .forward = {interpolate_grad_f32, interpolate_grad_f64},
                                      .vjp = interpolate_grad_vjp,
                                      .flops = interpolate_grad_flops,
                                      .samples = interpolate_grad_samples};

/* ---- The public function ---- */

/* size, or floor(in scale); 0 or less is refused later, and so is what does not fit. */
static int64_t output_size(int64_t size, int64_t in, double scale) {
  const double scaled = floor((double)in * scale);
  return size ? size : scaled >= 0 && scaled <= INT32_MAX ? (int64_t)scaled : 0;
}

ag_tensor *(ag_interpolate)(ag_interpolate_args a) {
  ag_tensor *result;
  if (!ag_ready(a.at, "interpolate", 1, &a.x, &result)) return result;
  if ((a.size == 0) == (a.scale == 0)) {
    ag_fail(a.x->c, AG_EVALUE, a.at,
            "interpolate: size is %" PRId64 " and scale %g; one of them must be given", a.size, a.scale);
    return result;
  }
  const bool image = a.x->rank == 4;
  const double scale = image && a.scale_w != 0 ? a.scale_w : a.scale;
  const int64_t size = image && a.size_w != 0 ? a.size_w : a.size;
  const ag_interpolate_attributes k = {
      a.mode,
      a.align_corners,
      {image ? output_size(a.size, ag_dim(a.x, 2), a.scale) : 1, output_size(size, ag_dim(a.x, -1), scale)},
      {image ? a.scale : 0, scale}};
  if (a.mode != AG_AREA || a.align_corners) return ag_apply(a.at, &ag_op_interpolate, 1, &a.x, &k);
  return image ? (ag_adaptive_avg_pool2d)(a.at, a.x, k.size[0], k.size[1])
               : (ag_adaptive_avg_pool1d)(a.at, a.x, k.size[1]);
}
#endif
