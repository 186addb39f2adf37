/* Views, joining and choosing: every element of the result is fetched by its index. */
#include <string.h>

#include "ops/attributes.h"
#include "tests/operators/array.h"

static array *result(oracle_call *k, ag_shape shape) {
  k->n_out = 1;
  k->out[0] = array_new(shape);
  return &k->out[0];
}

static void copy(oracle_call *k, ag_shape shape) {
  array *y = result(k, shape);
  memcpy(y->data, k->in[0].data, (size_t)numel_of(shape) * sizeof *y->data);
}

static void contiguous(oracle_call *k) { copy(k, k->in[0].shape); }

static void reshape(oracle_call *k) {
  const ag_shape_attributes *a = k->attributes;
  ag_shape shape = a->shape;
  int64_t known = 1;
  for (int i = 0; i < shape.rank; i++) known *= shape.dim[i] == -1 ? 1 : shape.dim[i];
  for (int i = 0; i < shape.rank; i++) {
    if (shape.dim[i] == -1) shape.dim[i] = numel_of(k->in[0].shape) / known;
  }
  copy(k, shape);
}

static void permute(oracle_call *k) {
  const ag_permute_attributes *a = k->attributes;
  const ag_shape from = k->in[0].shape;
  ag_shape shape = {.rank = from.rank};
  for (int i = 0; i < from.rank; i++) shape.dim[i] = from.dim[axis_of(from.rank, a->axes.axis[i])];
  array *y = result(k, shape);
  EACH_INDEX(shape, index) {
    int64_t of_x[AG_MAX_RANK] = {0};
    for (int i = 0; i < from.rank; i++) of_x[axis_of(from.rank, a->axes.axis[i])] = index[i];
    y->data[place_of(shape, index)] = k->in[0].data[place_of(from, of_x)];
  }
}

static void expand(oracle_call *k) {
  const ag_shape_attributes *a = k->attributes;
  const ag_shape from = k->in[0].shape;
  ag_shape shape = a->shape;
  const int added = shape.rank - from.rank;
  for (int i = added; i < shape.rank; i++) shape.dim[i] = shape.dim[i] == -1 ? from.dim[i - added] : shape.dim[i];
  array *y = result(k, shape);
  EACH_INDEX(shape, index) {
    int64_t of_x[AG_MAX_RANK] = {0};
    for (int i = 0; i < from.rank; i++) of_x[i] = from.dim[i] == 1 ? 0 : index[i + added];
    y->data[place_of(shape, index)] = k->in[0].data[place_of(from, of_x)];
  }
}

/* The places that Python's x[start:stop:step] takes of `size` ones; returns how many. */
static int64_t taken(const ag_slice_attributes *a, int64_t size, int64_t *first) {
  int64_t count = 0;
  const int64_t start = a->start < 0 ? a->start + size : a->start, stop = a->stop < 0 ? a->stop + size : a->stop;
  *first = a->step > 0 ? (start < 0 ? 0 : start) : start >= size ? size - 1 : start;
  for (int64_t i = *first; a->step > 0 ? i < stop && i < size : i > stop && i >= 0; i += a->step) count++;
  return count;
}

static void slice(oracle_call *k) {
  const ag_slice_attributes *a = k->attributes;
  ag_shape shape = k->in[0].shape;
  const int axis = axis_of(shape.rank, a->axis);
  int64_t first;
  shape.dim[axis] = taken(a, shape.dim[axis], &first);
  array *y = result(k, shape);
  EACH_INDEX(shape, index) {
    int64_t of_x[AG_MAX_RANK];
    memcpy(of_x, index, sizeof of_x);
    of_x[axis] = first + index[axis] * a->step;
    y->data[place_of(shape, index)] = k->in[0].data[place_of(k->in[0].shape, of_x)];
  }
}

static void slice_grad(oracle_call *k) {
  const ag_slice_grad_attributes *a = k->attributes;
  const int axis = axis_of(a->shape.rank, a->slice.axis);
  int64_t first;
  taken(&a->slice, a->shape.dim[axis], &first);
  array *y = result(k, a->shape);
  EACH_INDEX(k->in[0].shape, index) {
    int64_t to[AG_MAX_RANK];
    memcpy(to, index, sizeof to);
    to[axis] = first + index[axis] * a->slice.step;
    y->data[place_of(a->shape, to)] = k->in[0].data[place_of(k->in[0].shape, index)];
  }
}

static void concat(oracle_call *k) {
  const ag_axis_attributes *a = k->attributes;
  ag_shape shape = k->in[0].shape;
  const int axis = axis_of(shape.rank, a->axis);
  for (int i = 1; i < k->n_in; i++) shape.dim[axis] += k->in[i].shape.dim[axis];
  array *y = result(k, shape);
  int64_t before = 0;
  for (int i = 0; i < k->n_in; i++) {
    EACH_INDEX(k->in[i].shape, index) {
      int64_t to[AG_MAX_RANK];
      memcpy(to, index, sizeof to);
      to[axis] += before;
      y->data[place_of(shape, to)] = k->in[i].data[place_of(k->in[i].shape, index)];
    }
    before += k->in[i].shape.dim[axis];
  }
}

/* The place in the larger array that an index of the smaller one points to. */
static int64_t pointed(ag_shape large, int axis, const array *indices, const int64_t *index) {
  int64_t to[AG_MAX_RANK];
  memcpy(to, index, sizeof to);
  to[axis] = (int64_t)indices->data[place_of(indices->shape, index)];
  return place_of(large, to);
}

static void gather(oracle_call *k) {
  const ag_axis_attributes *a = k->attributes;
  const ag_shape shape = k->in[1].shape;
  array *y = result(k, shape);
  EACH_INDEX(shape, index) {
    const int64_t from = pointed(k->in[0].shape, axis_of(shape.rank, a->axis), &k->in[1], index);
    y->data[place_of(shape, index)] = k->in[0].data[from];
  }
}

static void gather_grad(oracle_call *k) {
  const ag_gather_grad_attributes *a = k->attributes;
  const ag_shape shape = k->in[1].shape;
  array *y = result(k, a->shape);
  EACH_INDEX(shape, index) {
    const int64_t to = pointed(a->shape, axis_of(shape.rank, a->axis), &k->in[1], index);
    y->data[to] += k->in[0].data[place_of(shape, index)];
  }
}

const oracle view_oracles[] = {{"contiguous", NULL, contiguous}, {"reshape", NULL, reshape},       {"permute", NULL, permute},
                               {"expand", NULL, expand},         {"slice", NULL, slice},           {"slice_grad", NULL, slice_grad},
                               {"concat", NULL, concat},         {"gather", NULL, gather},         {"gather_grad", NULL, gather_grad},
                               {NULL, NULL, NULL}};
