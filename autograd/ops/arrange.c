/* Arrangements that are made of views and joins: nothing here touches an element itself, so gradients of any
 * order follow from those of reshape, slice, concat and expand.
 *
 *   squeeze, unsqueeze   axes of size 1 go or come
 *   flip                 y[i] = x[n - 1 - i]
 *   roll                 y[i] = x[(i - shift) mod n]
 *   repeat, tile         y[i] = x[i mod n]
 *   split                consecutive parts along an axis */
#include <inttypes.h>

#include "ops/check.h"

/* Stores the error of a function that is given a value that does not fit x; returns the nil tensor. */
static ag_tensor *refuse(ag_site at, ag_tensor *x, const char *text, int64_t value) {
  ag_fail(x->c, AG_EVALUE, at, text, value, ag_shape_text(x->c, ag_shape_of(x)));
  return &x->c->nil;
}

/* 0 .. rank - 1, or -1 and the error. */
static int axis_of(ag_site at, const char *what, ag_tensor *x, int axis) {
  const int found = ag_axis(x->rank, axis);
  if (found < 0)
    ag_fail(x->c, AG_EVALUE, at, "%s: axis %d does not exist in %s", what, axis,
            ag_shape_text(x->c, ag_shape_of(x)));
  return found;
}

ag_tensor *(ag_squeeze)(ag_squeeze_args a) {
  ag_tensor *result;
  bool in_set[AG_MAX_RANK];
  if (!ag_ready(a.at, "squeeze", 1, &a.x, &result)) return result;
  if (!ag_axis_set(a.x->c, a.at, "squeeze", ag_shape_of(a.x), a.axes, in_set)) return result;
  ag_shape shape = {0};
  for (int i = 0; i < a.x->rank; i++)
    if (!in_set[i] || a.x->dim[i] != 1) shape.dim[shape.rank++] = a.x->dim[i];
  return (ag_reshape)(a.at, a.x, shape);
}

ag_tensor *(ag_unsqueeze)(ag_site at, ag_tensor *x, int axis) {
  ag_tensor *result;
  if (!ag_ready(at, "unsqueeze", 1, &x, &result)) return result;
  const int place = ag_axis(x->rank + 1, axis);
  if (place < 0) return refuse(at, x, "unsqueeze: there is no place for axis %" PRId64 " in %s", axis);
  if (x->rank == AG_MAX_RANK)
    return refuse(at, x, "unsqueeze: axis %" PRId64 " would be one too many for %s", axis);
  ag_shape shape = {.rank = x->rank + 1};
  for (int i = 0; i < shape.rank; i++) shape.dim[i] = i == place ? 1 : x->dim[i > place ? i - 1 : i];
  return (ag_reshape)(at, x, shape);
}

ag_tensor *(ag_flip)(ag_site at, ag_tensor *x, ag_axes axes) {
  ag_tensor *result;
  bool in_set[AG_MAX_RANK];
  if (!ag_ready(at, "flip", 1, &x, &result)) return result;
  if (!ag_axis_set(x->c, at, "flip", ag_shape_of(x), axes, in_set)) return result;
  for (int i = 0, rank = x->rank; i < rank; i++)
    if (in_set[i]) x = (ag_slice)(at, x, i, -1, INT64_MIN, -1);
  return x;
}

ag_tensor *(ag_roll)(ag_site at, ag_tensor *x, int64_t shift, int axis) {
  ag_tensor *result;
  if (!ag_ready(at, "roll", 1, &x, &result)) return result;
  const int along = axis_of(at, "roll", x, axis);
  if (along < 0) return result;
  const int64_t n = x->dim[along], cut = n ? (n - shift % n) % n : 0; /* the place that becomes the first */
  if (cut == 0) return x;
  ag_tensor *halves[] = {(ag_slice)(at, x, along, cut, n, 1), (ag_slice)(at, x, along, 0, cut, 1)};
  return (ag_concat)(at, 2, halves, along);
}

/* An axis (n) becomes (times, n) by an expansion, then (times n) by a reshape, which copies once. The other
 * axes are seen as one before and one behind, so that the rank in between stays small. */
static ag_tensor *repeat_axis(ag_site at, ag_tensor *x, int axis, int64_t times) {
  ag_shape rows = {.rank = 3, .dim = {1, 1, 1}}, shape = ag_shape_of(x);
  for (int i = 0; i < axis; i++) rows.dim[0] *= x->dim[i];
  for (int i = axis; i < x->rank; i++) rows.dim[2] *= x->dim[i];
  x = (ag_reshape)(at, x, rows);
  rows.dim[1] = times;
  shape.dim[axis] *= times;
  return (ag_reshape)(at, (ag_expand)(at, x, rows), shape);
}

/* x with as many axes as there are numbers, and more than one of it along some of them. */
static ag_tensor *repeat_all(ag_site at, ag_tensor *x, const char *what, ag_shape times) {
  const ag_shape given = ag_shape_of(x);
  ag_shape longer = times, repeated = times;
  bool fits = times.rank <= AG_MAX_RANK;
  for (int i = 0; fits && i < times.rank; i++) {
    const int of_x = i - (times.rank - given.rank);
    longer.dim[i] = of_x < 0 ? 1 : given.dim[of_x];
    fits = longer.dim[i] == 0 || times.dim[i] <= INT64_MAX / longer.dim[i];
    if (fits) repeated.dim[i] = longer.dim[i] == 0 ? 0 : times.dim[i] * longer.dim[i];
    fits = fits && times.dim[i] >= 0;
  }
  const int64_t numel = fits ? ag_shape_numel(repeated) : -1;
  if (numel < 0) {
    ag_fail(x->c, AG_EVALUE, at, "%s: %s cannot be repeated %s times", what, ag_shape_text(x->c, given),
            ag_shape_text(x->c, times));
    return &x->c->nil;
  }
  if (numel == 0) { /* none of its elements */
    x = (ag_reshape)(at, x, AG_SHAPE(x->numel));
    return (ag_reshape)(at, (ag_slice)(at, x, 0, 0, 0, 1), repeated);
  }
  x = (ag_reshape)(at, x, longer);
  for (int i = 0; i < times.rank && x->c->status == AG_OK; i++)
    if (times.dim[i] != 1) x = repeat_axis(at, x, i, times.dim[i]);
  return x;
}

ag_tensor *(ag_repeat)(ag_site at, ag_tensor *x, ag_shape times) {
  ag_tensor *result;
  if (!ag_ready(at, "repeat", 1, &x, &result)) return result;
  if (times.rank < x->rank)
    return refuse(at, x, "repeat: %" PRId64 " numbers are given for the axes of %s; ag_tile takes fewer",
                  times.rank);
  return repeat_all(at, x, "repeat", times);
}

ag_tensor *(ag_tile)(ag_site at, ag_tensor *x, ag_shape times) {
  ag_tensor *result;
  if (!ag_ready(at, "tile", 1, &x, &result)) return result;
  ag_shape all = {.rank = times.rank > x->rank ? times.rank : x->rank};
  for (int i = 0; i < all.rank && i < AG_MAX_RANK; i++) {
    const int given = i - (all.rank - times.rank);
    all.dim[i] = given < 0 ? 1 : times.dim[given];
  }
  return repeat_all(at, x, "tile", all);
}

int(ag_split)(ag_site at, ag_tensor *x, int64_t size, int axis, int room, ag_tensor **parts) {
  ag_tensor *result;
  for (int i = 0; i < room; i++) parts[i] = x ? &x->c->nil : NULL;
  if (!ag_ready(at, "split", 1, &x, &result)) return 0;
  const int along = axis_of(at, "split", x, axis);
  if (along < 0) return 0;
  const int64_t n = x->dim[along];
  if (size < 0 || (size == 0 && n > 0)) {
    refuse(at, x, "split: parts of %" PRId64 " do not divide %s", size);
    return 0;
  }
  const int64_t length = size < n ? size : n, count = n ? (n - 1) / length + 1 : 1;
  if (count > room) {
    ag_fail(x->c, AG_EVALUE, at, "split: %s gives %" PRId64 " parts, there is room for %d",
            ag_shape_text(x->c, ag_shape_of(x)), count, room);
    return 0;
  }
  for (int i = 0; i < count; i++) parts[i] = (ag_slice)(at, x, along, i * length, (i + 1) * length, 1);
  return x->c->status == AG_OK ? (int)count : 0;
}
