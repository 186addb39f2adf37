#include "tests/operators/array.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

int64_t numel_of(ag_shape shape) {
  int64_t n = 1;
  for (int i = 0; i < shape.rank; i++) n *= shape.dim[i];
  return n;
}

array array_new(ag_shape shape) {
  array a = {shape, calloc((size_t)numel_of(shape) + 1, sizeof(double))};
  if (!a.data) ck_abort_msg("no memory for %lld numbers", (long long)numel_of(shape));
  return a;
}

array array_of(const ag_tensor *x) {
  array a = array_new(ag_shape_of(x));
  ag_to_double(x, a.data);
  return a;
}

void array_free(array *a) {
  free(a->data);
  *a = (array){0};
}

void next_index(ag_shape shape, int64_t *index) {
  index[AG_MAX_RANK]++;
  for (int i = shape.rank - 1; i >= 0; i--) {
    if (++index[i] < shape.dim[i]) return;
    index[i] = 0;
  }
}

int64_t place_of(ag_shape shape, const int64_t *index) {
  int64_t place = 0;
  for (int i = 0; i < shape.rank; i++) place = place * shape.dim[i] + index[i];
  return place;
}

double *at4(const array *a, int64_t i, int64_t j, int64_t k, int64_t l) {
  const int64_t index[] = {i, j, k, l};
  return a->data + place_of(a->shape, index);
}

int axis_of(int rank, int axis) { return axis >= 0 ? axis : rank > 0 ? axis + rank : axis + 1; }

/* ---- Oracles ---- */

/* Each operand is read at the index of the result, without its leading axes, and at 0 where its size is 1. */
static void apply_to_elements(const oracle *o, oracle_call *k) {
  ag_shape shape = {0};
  for (int i = 0; i < k->n_in; i++) {
    if (k->in[i].shape.rank > shape.rank) shape.rank = k->in[i].shape.rank;
  }
  for (int axis = 0; axis < shape.rank; axis++) {
    shape.dim[axis] = 1;
    for (int i = 0; i < k->n_in; i++) {
      const int own = axis - (shape.rank - k->in[i].shape.rank);
      if (own >= 0 && k->in[i].shape.dim[own] != 1) shape.dim[axis] = k->in[i].shape.dim[own];
    }
  }
  k->n_out = 1;
  k->out[0] = array_new(shape);
  double *y = k->out[0].data;
  EACH_INDEX(shape, index) {
    double v[4];
    for (int i = 0; i < k->n_in; i++) {
      int64_t own[AG_MAX_RANK] = {0};
      const ag_shape s = k->in[i].shape;
      for (int axis = 0; axis < s.rank; axis++)
        own[axis] = s.dim[axis] == 1 ? 0 : index[axis + shape.rank - s.rank];
      v[i] = k->in[i].data[place_of(s, own)];
    }
    *y++ = o->element(v, k->attributes);
  }
}

bool consult_oracle(const char *name, oracle_call *k) {
  const oracle *const tables[] = {
      comparison_oracles, convolution_oracles, elementwise_oracles,   image_oracles,
      indexing_oracles,   lane_oracles,        layer_norm_oracles,    linalg_oracles,
      mask_oracles,       moments_oracles,     normalisation_oracles, pooling_oracles,
      product_oracles,    reduction_oracles,   type_oracles,          view_oracles,
  };
  for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
    for (const oracle *o = tables[i]; o->name; o++) {
      if (strcmp(o->name, name) != 0) continue;
      if (o->element) {
        apply_to_elements(o, k);
      } else {
        o->whole(k);
      }
      return true;
    }
  }
  return false;
}
