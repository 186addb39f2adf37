/* Choosing and placing elements: every one is moved by its index. */
#include <string.h>

#include "ops/sample.h"
#include "tests/operators/walk.h"

static array *result(oracle_call *k, ag_shape shape) {
  k->n_out = 1;
  k->out[0] = array_new(shape);
  return &k->out[0];
}

/* A result that begins as a copy of the first operand. */
static array *copied(oracle_call *k) {
  array *y = result(k, k->in[0].shape);
  memcpy(y->data, k->in[0].data, (size_t)numel_of(y->shape) * sizeof *y->data);
  return y;
}

/* ---- index_select ---- */

/* Moves every element of what an index selects, to or from its place in the larger array. */
static void select_all(const array *large, const array *small, int attribute, const double *index, bool adding) {
  EACH_INDEX(small->shape, at) {
    const int axis = axis_of(small->shape.rank, attribute);
    int64_t there[AG_MAX_RANK];
    memcpy(there, at, sizeof there);
    there[axis] = (int64_t)index[at[axis]];
    double *few = &small->data[place_of(small->shape, at)], *many = &large->data[place_of(large->shape, there)];
    if (adding) *many += *few;
    if (!adding) *few = *many;
  }
}

static void index_select(oracle_call *k) {
  const ag_axis_attributes *a = k->attributes;
  ag_shape shape = k->in[0].shape;
  shape.dim[axis_of(shape.rank, a->axis)] = numel_of(k->in[1].shape);
  select_all(&k->in[0], result(k, shape), a->axis, k->in[1].data, false);
}

static void index_select_grad(oracle_call *k) {
  const ag_gather_grad_attributes *a = k->attributes;
  select_all(result(k, a->shape), &k->in[0], a->axis, k->in[1].data, true);
}

static void index_add(oracle_call *k) {
  const ag_axis_attributes *a = k->attributes;
  select_all(copied(k), &k->in[2], a->axis, k->in[1].data, true);
}

/* ---- scatter ---- */

/* The place in the larger array that an element of the index points to. */
static int64_t pointed(const array *large, int attribute, const array *index, const int64_t *at) {
  int64_t there[AG_MAX_RANK];
  memcpy(there, at, sizeof there);
  there[axis_of(large->shape.rank, attribute)] = (int64_t)index->data[place_of(index->shape, at)];
  return place_of(large->shape, there);
}

static void scatter(oracle_call *k) {
  const ag_axis_attributes *a = k->attributes;
  array *y = copied(k);
  EACH_INDEX(k->in[1].shape, at) y->data[pointed(y, a->axis, &k->in[1], at)] = k->in[2].data[place_of(k->in[2].shape, at)];
}

static void scatter_add(oracle_call *k) {
  const ag_axis_attributes *a = k->attributes;
  array *y = copied(k);
  EACH_INDEX(k->in[1].shape, at) y->data[pointed(y, a->axis, &k->in[1], at)] += k->in[2].data[place_of(k->in[2].shape, at)];
}

/* Every element is compared with all others. */
static void scatter_grad(oracle_call *k) {
  const ag_axis_attributes *a = k->attributes;
  const array *index = &k->in[1];
  array *y = result(k, index->shape);
  EACH_INDEX(index->shape, at) {
    const int64_t there = pointed(&k->in[0], a->axis, index, at), here = place_of(index->shape, at);
    bool later = false;
    EACH_INDEX(index->shape, other) {
      later = later || (place_of(index->shape, other) > here && pointed(&k->in[0], a->axis, index, other) == there);
    }
    y->data[here] = later ? 0 : k->in[0].data[there];
  }
}

/* ---- pad ---- */

/* The place of x that lands at k - before, where elements from..to - 1 of n are left; -1 for none. */
static int64_t padded_from(ag_pad_mode mode, int64_t k, int64_t n, int64_t from, int64_t to) {
  if (mode == AG_CONSTANT) return k < 0 || k >= n ? -1 : k;
  if (mode == AG_REPLICATE) return k < 0 ? 0 : k >= n ? n - 1 : k;
  while (mode == AG_REFLECT && (k < 0 || k >= n)) k = k < 0 ? -k : 2 * (n - 1) - k;
  while (mode == AG_CIRCULAR && k < from) k += to - from;
  while (mode == AG_CIRCULAR && k >= to) k -= to - from;
  return k;
}

/* Copies x to y, or adds y back to x. */
static void pad_all(const array *x, const array *y, const ag_pad_attributes *a, bool back) {
  EACH_INDEX(y->shape, at) {
    int64_t from[AG_MAX_RANK] = {0};
    bool nowhere = false;
    for (int i = 0, size = 2 * x->shape.rank - 2; i < x->shape.rank; i++, size -= 2) {
      const int64_t n = x->shape.dim[i], before = size < a->padding.count ? a->padding.size[size] : 0,
                    behind = size < a->padding.count ? a->padding.size[size + 1] : 0;
      from[i] = padded_from(a->mode, at[i] - before, n, before < 0 ? -before : 0, behind < 0 ? n + behind : n);
      nowhere = nowhere || from[i] < 0;
    }
    double *outer = &y->data[place_of(y->shape, at)];
    if (back && !nowhere) x->data[place_of(x->shape, from)] += *outer;
    if (!back) *outer = nowhere ? a->value : x->data[place_of(x->shape, from)];
  }
}

static void pad(oracle_call *k) {
  const ag_pad_attributes *a = k->attributes;
  ag_shape shape = k->in[0].shape;
  for (int i = 0; i < a->padding.count; i++) shape.dim[shape.rank - 1 - i / 2] += a->padding.size[i];
  pad_all(&k->in[0], result(k, shape), a, false);
}

static void pad_grad(oracle_call *k) {
  const ag_pad_grad_attributes *a = k->attributes;
  pad_all(result(k, a->shape), &k->in[0], &a->pad, true);
}

/* ---- unfold ---- */

/* Moves the elements of windows, or adds them back. */
static void unfold_all(const array *whole, const ag_unfold_attributes *a, const array *windows, bool back) {
  EACH_INDEX(windows->shape, at) {
    const int rank = whole->shape.rank, axis = axis_of(rank, a->axis);
    int64_t there[AG_MAX_RANK];
    memcpy(there, at, sizeof there);
    there[axis] = at[axis] * a->step + at[rank];
    double *few = &whole->data[place_of(whole->shape, there)], *many = &windows->data[place_of(windows->shape, at)];
    if (back) *few += *many;
    if (!back) *many = *few;
  }
}

static void unfold(oracle_call *k) {
  const ag_unfold_attributes *a = k->attributes;
  ag_shape shape = k->in[0].shape;
  const int axis = axis_of(shape.rank, a->axis);
  shape.dim[axis] = (shape.dim[axis] - a->size) / a->step + 1;
  shape.dim[shape.rank++] = a->size;
  unfold_all(&k->in[0], a, result(k, shape), false);
}

static void unfold_grad(oracle_call *k) {
  const ag_unfold_grad_attributes *a = k->attributes;
  unfold_all(result(k, a->shape), &a->unfold, &k->in[0], true);
}

/* ---- diagonal ---- */

/* Moves the elements of diagonals, to or from their places in the matrices. */
static void diagonal_all(const array *whole, const ag_diagonal_attributes *a, const array *diagonals, bool back) {
  const int rank = whole->shape.rank, rows = axis_of(rank, a->axis1), columns = axis_of(rank, a->axis2);
  EACH_INDEX(diagonals->shape, at) {
    int64_t there[AG_MAX_RANK];
    for (int i = 0, other = 0; i < rank; i++)
      if (i != rows && i != columns) there[i] = at[other++];
    there[rows] = at[rank - 2] + (a->offset < 0 ? -a->offset : 0);
    there[columns] = at[rank - 2] + (a->offset > 0 ? a->offset : 0);
    double *many = &whole->data[place_of(whole->shape, there)], *few = &diagonals->data[place_of(diagonals->shape, at)];
    if (back) *many = *few;
    if (!back) *few = *many;
  }
}

static void diagonal(oracle_call *k) {
  const ag_diagonal_attributes *a = k->attributes;
  const ag_shape x = k->in[0].shape;
  const int rows = axis_of(x.rank, a->axis1), columns = axis_of(x.rank, a->axis2);
  ag_shape shape = {0};
  for (int i = 0; i < x.rank; i++)
    if (i != rows && i != columns) shape.dim[shape.rank++] = x.dim[i];
  int64_t n = 0;
  for (int64_t i = 0; i < x.dim[rows]; i++)
    for (int64_t j = 0; j < x.dim[columns]; j++) n += j - i == a->offset;
  shape.dim[shape.rank++] = n;
  diagonal_all(&k->in[0], a, result(k, shape), false);
}

static void diagonal_grad(oracle_call *k) {
  const ag_diagonal_grad_attributes *a = k->attributes;
  diagonal_all(result(k, a->shape), &a->diagonal, &k->in[0], true);
}

const oracle indexing_oracles[] = {{"diagonal", NULL, diagonal},
                                   {"diagonal_grad", NULL, diagonal_grad},
                                   {"index_add", NULL, index_add},
                                   {"index_select", NULL, index_select},
                                   {"index_select_grad", NULL, index_select_grad},
                                   {"pad", NULL, pad},
                                   {"pad_grad", NULL, pad_grad},
                                   {"scatter", NULL, scatter},
                                   {"scatter_add", NULL, scatter_add},
                                   {"scatter_grad", NULL, scatter_grad},
                                   {"unfold", NULL, unfold},
                                   {"unfold_grad", NULL, unfold_grad},
                                   {NULL, NULL, NULL}};

#define ALONG(axis) &(const ag_axis_attributes){axis}
#define INTO(axis, ...) &(const ag_gather_grad_attributes){axis, AG_LIST(__VA_ARGS__)}
#define PAD(mode, ...) &(const ag_pad_attributes){AG_LIST(__VA_ARGS__), mode, 0.5}
#define UNPAD(mode, sizes, ...) &(const ag_pad_grad_attributes){{AG_LIST sizes, mode, 0}, AG_LIST(__VA_ARGS__)}
const large_sample indexing_large[] = {
    {"diagonal_grad", {.in = {AG_LIST(9000, 8)}, .attributes = &(const ag_diagonal_grad_attributes){{1, 1, 2}, AG_LIST(9000, 8, 9)}}},
    {"index_add", {.in = {AG_LIST(30, 40, 170), AG_LIST(90), AG_LIST(30, 90, 170)}, .attributes = ALONG(1), .below = 40}},
    {"index_select", {.in = {AG_LIST(30, 40, 70), AG_LIST(90)}, .attributes = ALONG(1), .below = 40}},
    {"index_select", {.in = {AG_LIST(3, 50000), AG_LIST(7)}, .attributes = ALONG(0), .below = 3}},
    {"index_select_grad", {.in = {AG_LIST(30, 90, 170), AG_LIST(90)}, .attributes = INTO(1, 30, 40, 170), .below = 40}},
    {"index_select_grad", {.in = {AG_LIST(900, 190), AG_LIST(900)}, .attributes = INTO(0, 7, 190), .below = 7}},
    {"pad", {.in = {AG_LIST(30, 60, 70)}, .attributes = PAD(AG_CONSTANT, 3, 2, 1, 1)}},
    {"pad", {.in = {AG_LIST(300, 401)}, .attributes = PAD(AG_REFLECT, 3, 2, 1, 1)}},
    {"pad_grad", {.in = {AG_LIST(30, 62, 75)}, .attributes = UNPAD(AG_CIRCULAR, (3, 2, 1, 1), 30, 60, 70)}},
    {"scatter", {.in = {AG_LIST(300, 70), AG_LIST(300, 190), AG_LIST(300, 190)}, .attributes = ALONG(1), .below = 70}},
    {"scatter", {.in = {AG_LIST(40, 30, 70), AG_LIST(40, 60, 70), AG_LIST(40, 60, 70)}, .attributes = ALONG(1), .below = 30}},
    {"scatter_add", {.in = {AG_LIST(300, 70), AG_LIST(300, 190), AG_LIST(300, 190)}, .attributes = ALONG(1), .below = 70}},
    {"scatter_add", {.in = {AG_LIST(7, 190), AG_LIST(900, 190), AG_LIST(900, 190)}, .attributes = ALONG(0), .below = 7}},
    {"scatter_grad", {.in = {AG_LIST(40, 30, 70), AG_LIST(40, 60, 70)}, .attributes = ALONG(1), .below = 30}},
    {"unfold_grad", {.in = {AG_LIST(30, 98, 70, 3)}, .attributes = &(const ag_unfold_grad_attributes){{1, 3, 1}, AG_LIST(30, 100, 70)}}},
    {"unfold_grad", {.in = {AG_LIST(20000, 5)}, .attributes = &(const ag_unfold_grad_attributes){{0, 5, 3}, AG_LIST(60004)}}},
    {NULL, {.n_in = 0}},
};
