/* Operators that work along one axis: what grows there, and what is in order. Each element of a result is found anew,
 * from its definition. */
#include <math.h>
#include <string.h>

#include "ops/sample.h"
#include "tests/operators/walk.h"

/* An array seen along an axis; a number is a lane of its own. */
typedef struct {
  const array *a;
  int axis;
  int64_t n;
} lanes;

static lanes lanes_of(const array *a, int axis) {
  const int place = axis_of(a->shape.rank, axis);
  return (lanes){a, place, a->shape.rank ? a->shape.dim[place] : 1};
}

static int64_t step_of(const lanes *l, const int64_t *index) { return l->a->shape.rank ? index[l->axis] : 0; }

/* Element r of the lane that an index lies in. */
static double *along(const lanes *l, const int64_t *index, int64_t r) {
  int64_t at[AG_MAX_RANK];
  memcpy(at, index, sizeof at);
  if (l->a->shape.rank) at[l->axis] = r;
  return l->a->data + place_of(l->a->shape, at);
}

/* ---- What grows ---- */

static void cumsum(oracle_call *k) {
  const ag_cumulate_attributes *a = k->attributes;
  const lanes x = lanes_of(&k->in[0], a->axis);
  k->out[k->n_out++] = array_new(k->in[0].shape);
  double *y = k->out[0].data;
  EACH_INDEX(k->in[0].shape, index) {
    const int64_t i = step_of(&x, index);
    for (int64_t r = a->reverse ? i : 0; r < (a->reverse ? x.n : i + 1); r++) *y += *along(&x, index, r);
    y++;
  }
}

static void cumprod(oracle_call *k) {
  const ag_axis_attributes *a = k->attributes;
  const lanes x = lanes_of(&k->in[0], a->axis);
  k->out[k->n_out++] = array_new(k->in[0].shape);
  double *y = k->out[0].data;
  EACH_INDEX(k->in[0].shape, index) {
    *y = 1;
    for (int64_t r = step_of(&x, index); r >= 0; r--) *y *= *along(&x, index, r);
    y++;
  }
}

static void logcumsumexp(oracle_call *k) {
  const ag_axis_attributes *a = k->attributes;
  const lanes x = lanes_of(&k->in[0], a->axis);
  k->out[k->n_out++] = array_new(k->in[0].shape);
  double *y = k->out[0].data;
  EACH_INDEX(k->in[0].shape, index) {
    double most = -INFINITY, sum = 0;
    for (int64_t r = 0; r <= step_of(&x, index); r++) most = fmax(most, *along(&x, index, r));
    for (int64_t r = 0; r <= step_of(&x, index); r++) sum += exp(*along(&x, index, r) - most);
    *y++ = most + log(sum);
  }
}

/* b[j] arrives at y[i] multiplied by all links between them. */
static void recurrence(oracle_call *k) {
  const ag_cumulate_attributes *attributes = k->attributes;
  const lanes a = lanes_of(&k->in[0], attributes->axis), b = lanes_of(&k->in[1], attributes->axis);
  k->out[k->n_out++] = array_new(k->in[1].shape);
  double *y = k->out[0].data;
  EACH_INDEX(k->in[1].shape, index) {
    const int64_t i = step_of(&b, index), end = attributes->reverse ? b.n - 1 : 0, step = attributes->reverse ? 1 : -1;
    double links = 1;
    for (int64_t j = i;; j += step) {
      *y += links * *along(&b, index, j);
      if (j == end) break;
      links *= *along(&a, index, attributes->reverse ? j : j - 1);
    }
    y++;
  }
}

/* The last place so far that no earlier or later one beats; NaN beats every number. */
static void cumulative_extreme(oracle_call *k, double sign) {
  const ag_axis_attributes *a = k->attributes;
  const lanes x = lanes_of(&k->in[0], a->axis);
  k->n_out = 2;
  for (int i = 0; i < 2; i++) k->out[i] = array_new(k->in[0].shape);
  double *y = k->out[0].data, *place = k->out[1].data;
  EACH_INDEX(k->in[0].shape, index) {
    int64_t best = 0;
    for (int64_t r = 0; r <= step_of(&x, index); r++) {
      const double candidate = sign * *along(&x, index, r), champion = sign * *along(&x, index, best);
      if (isnan(candidate) || candidate >= champion) best = r;
    }
    *y++ = *along(&x, index, best);
    *place++ = (double)best;
  }
}

static void cummax(oracle_call *k) { cumulative_extreme(k, 1); }
static void cummin(oracle_call *k) { cumulative_extreme(k, -1); }

/* ---- Order ---- */

/* Negative, 0 or positive as a is less than b, equal or greater; NaN is greater than every number. */
static double order_of(double a, double b) { return isnan(a) || isnan(b) ? isnan(a) - isnan(b) : (a > b) - (a < b); }

/* How many elements of the lane come before element r. */
static int64_t rank_of(const lanes *l, const int64_t *index, int64_t r, double sign) {
  int64_t rank = 0;
  for (int64_t s = 0; s < l->n; s++) {
    const double order = sign * order_of(*along(l, index, s), *along(l, index, r));
    rank += order < 0 || (order <= 0 && s < r);
  }
  return rank;
}

/* Values and places of the elements whose ranks are first ... first + count - 1; the results have `count` elements along
 * the axis, which is then dropped where `shape` has it no more. */
static void in_order(oracle_call *k, const array *from, int axis, int64_t first, int64_t count, double sign, ag_shape shape) {
  const lanes x = lanes_of(from, axis);
  ag_shape kept = from->shape;
  if (kept.rank) kept.dim[x.axis] = count;
  k->n_out = 2;
  for (int i = 0; i < 2; i++) k->out[i] = array_new(kept);
  const lanes y = lanes_of(&k->out[0], axis), places = lanes_of(&k->out[1], axis);
  EACH_INDEX(from->shape, index) {
    const int64_t r = step_of(&x, index), rank = rank_of(&x, index, r, sign) - first;
    if (rank < 0 || rank >= count) continue;
    *along(&y, index, rank) = *along(&x, index, r);
    *along(&places, index, rank) = (double)r;
  }
  for (int i = 0; i < 2; i++) k->out[i].shape = shape;
}

static int chosen_axis(ag_axes axes) { return axes.count ? axes.axis[0] : -1; }

static ag_shape without(ag_shape shape, int axis, bool keepdim) {
  ag_shape result = {0};
  const int place = axis_of(shape.rank, axis);
  for (int i = 0; i < shape.rank; i++) {
    if (i != place || keepdim) result.dim[result.rank++] = i == place ? 1 : shape.dim[i];
  }
  return result;
}

static void sort(oracle_call *k) {
  const ag_sort_attributes *a = k->attributes;
  const int axis = chosen_axis(a->axes);
  in_order(k, &k->in[0], axis, 0, lanes_of(&k->in[0], axis).n, a->descending ? -1 : 1, k->in[0].shape);
}

static void topk(oracle_call *k) {
  const ag_topk_attributes *a = k->attributes;
  const int axis = chosen_axis(a->axes);
  ag_shape shape = k->in[0].shape;
  if (shape.rank) shape.dim[axis_of(shape.rank, axis)] = a->k;
  in_order(k, &k->in[0], axis, 0, a->k, a->smallest ? 1 : -1, shape);
}

static void kthvalue(oracle_call *k) {
  const ag_kthvalue_attributes *a = k->attributes;
  const int axis = chosen_axis(a->axes);
  in_order(k, &k->in[0], axis, a->k - 1, 1, 1, without(k->in[0].shape, axis, a->keepdim));
}

static void median(oracle_call *k) {
  const ag_reduce_attributes *a = k->attributes;
  const bool all = a->axes.count == 0;
  const array flat = {AG_SHAPE(numel_of(k->in[0].shape)), k->in[0].data};
  const array *from = all ? &flat : &k->in[0];
  const int axis = all ? 0 : a->axes.axis[0];
  in_order(k, from, axis, (lanes_of(from, axis).n - 1) / 2, 1, 1, without(from->shape, axis, a->keepdim));
  const array values = {without(from->shape, axis, true), k->out[0].data}, places = {values.shape, k->out[1].data};
  const lanes x = lanes_of(from, axis), y = lanes_of(&values, axis), z = lanes_of(&places, axis);
  EACH_INDEX(from->shape, index) {
    const int64_t r = step_of(&x, index);
    if (isnan(*along(&x, index, r)) && !isnan(*along(&y, index, 0))) *along(&y, index, 0) = NAN, *along(&z, index, 0) = (double)r;
  }
}

const oracle lane_oracles[] = {{"cumsum", NULL, cumsum},
                               {"cumprod", NULL, cumprod},
                               {"logcumsumexp", NULL, logcumsumexp},
                               {"recurrence", NULL, recurrence},
                               {"cummax", NULL, cummax},
                               {"cummin", NULL, cummin},
                               {"sort", NULL, sort},
                               {"topk", NULL, topk},
                               {"kthvalue", NULL, kthvalue},
                               {"median", NULL, median},
                               {NULL, NULL, NULL}};

/* ---- Large samples of these, and of the reductions that large.c has not ---- */

#define OVER(...) &(const ag_reduce_attributes){.axes = AG_LIST(__VA_ARGS__)}
#define ALL &(const ag_reduce_attributes){.keepdim = false}
#define CHOICES(name)                                                                                        \
  {name, {.in = {AG_LIST(30, 33, 170)}, .attributes = OVER(1)}}, {name, {.in = {AG_LIST(64, 3001)}, .attributes = OVER(1)}},              \
      {name, {.in = {AG_LIST(500, 401)}, .attributes = ALL}}
#define PRODUCT(shape, with) {"prod", {.in = {shape}, .attributes = with, .low = 0.9, .high = 1.1}}
#define ALONG(axis) &(const ag_axis_attributes){axis}
#define FROM(axis, reverse) &(const ag_cumulate_attributes){axis, reverse}
#define GROWING(name) {name, {.in = {AG_LIST(300, 500)}, .attributes = ALONG(1)}}, {name, {.in = {AG_LIST(50, 40, 170)}, .attributes = ALONG(1)}}
#define SORTED(...) &(const ag_sort_attributes){__VA_ARGS__}
#define TOP(...) &(const ag_topk_attributes){__VA_ARGS__}
#define KTH(...) &(const ag_kthvalue_attributes){__VA_ARGS__}
#define WHOLE(name, type, with) {name, {.in = {AG_LIST(300, 501)}, .attributes = with, .below = 3, .dtype = type}}

const large_sample lane_large[] = {
    CHOICES("min"), CHOICES("argmin"), CHOICES("max_along"), CHOICES("min_along"), CHOICES("median"),
    {"min", {.in = {AG_LIST(40, 30, 20, 7)}, .attributes = OVER(0, 2)}},
    PRODUCT(AG_LIST(30, 33, 170), OVER(1)), PRODUCT(AG_LIST(700, 301), ALL), PRODUCT(AG_LIST(2000, 70), OVER(0)),
    PRODUCT(AG_LIST(40, 30, 20, 7), OVER(0, 2)),
    GROWING("cumprod"), GROWING("logcumsumexp"), GROWING("cummax"), GROWING("cummin"),
    {"cumsum", {.in = {AG_LIST(300, 500)}, .attributes = FROM(1, false)}},
    {"cumsum", {.in = {AG_LIST(50, 40, 170)}, .attributes = FROM(1, true)}},
    {"recurrence", {.in = {AG_LIST(300, 499), AG_LIST(300, 500)}, .attributes = FROM(1, false)}},
    {"recurrence", {.in = {AG_LIST(50, 39, 170), AG_LIST(50, 40, 170)}, .attributes = FROM(1, true)}},
    {"sort", {.in = {AG_LIST(300, 500)}, .attributes = SORTED(AG_LIST(1), true)}},
    {"sort", {.in = {AG_LIST(50, 40, 70)}, .attributes = SORTED(AG_LIST(1), false)}},
    {"sort", {.in = {AG_LIST(2, 70001)}, .attributes = SORTED(AG_LIST(1), false)}},
    {"topk", {.in = {AG_LIST(300, 500)}, .attributes = TOP(17, AG_LIST(1), false)}},
    {"topk", {.in = {AG_LIST(100001)}, .attributes = TOP(50001, AG_LIST(0), true)}},
    {"kthvalue", {.in = {AG_LIST(300, 500)}, .attributes = KTH(170, AG_LIST(1), false)}},
    {"kthvalue", {.in = {AG_LIST(100001)}, .attributes = KTH(70001, AG_LIST(0), false)}},
    WHOLE("sum", AG_I64, OVER(1)), WHOLE("prod", AG_I64, OVER(0)), WHOLE("max", AG_I32, OVER(0)), WHOLE("argmin", AG_U8, OVER(1)),
    WHOLE("max_along", AG_I64, ALL), WHOLE("cumsum", AG_I64, FROM(0, false)), WHOLE("cumprod", AG_I64, ALONG(1)),
    WHOLE("sort", AG_I32, SORTED(AG_LIST(1), true)), WHOLE("median", AG_U8, OVER(1)),
    {NULL, {.n_in = 0}},
};
