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

const oracle indexing_oracles[] = {{"index_add", NULL, index_add},
                                   {"index_select", NULL, index_select},
                                   {"index_select_grad", NULL, index_select_grad},
                                   {NULL, NULL, NULL}};

#define ALONG(axis) &(const ag_axis_attributes){axis}
#define INTO(axis, ...) &(const ag_gather_grad_attributes){axis, AG_LIST(__VA_ARGS__)}
const large_sample indexing_large[] = {
    {"index_add", {.in = {AG_LIST(30, 40, 170), AG_LIST(90), AG_LIST(30, 90, 170)}, .attributes = ALONG(1), .below = 40}},
    {"index_select", {.in = {AG_LIST(30, 40, 70), AG_LIST(90)}, .attributes = ALONG(1), .below = 40}},
    {"index_select", {.in = {AG_LIST(3, 50000), AG_LIST(7)}, .attributes = ALONG(0), .below = 3}},
    {"index_select_grad", {.in = {AG_LIST(30, 90, 170), AG_LIST(90)}, .attributes = INTO(1, 30, 40, 170), .below = 40}},
    {"index_select_grad", {.in = {AG_LIST(900, 190), AG_LIST(900)}, .attributes = INTO(0, 7, 190), .below = 7}},
    {NULL, {.n_in = 0}},
};
