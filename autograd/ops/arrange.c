/* Arrangements that are made of views and joins: nothing here touches an element itself, so gradients of any
 * order follow from those of reshape, slice, concat and expand.
 *
 *   squeeze, unsqueeze   axes of size 1 go or come
 *   flip                 y[i] = x[n - 1 - i]
 *   roll                 y[i] = x[(i - shift) mod n]
 *   repeat, tile         y[i] = x[i mod n]
 *   narrow, select       a part of an axis; one place of it, without the axis
 *   split, chunk, unbind all parts of an axis; all places of it
 *   movedim              axes at other places, the others in their order */
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

/* A part of an axis that is known to be there. */
static ag_tensor *part(ag_site at, ag_tensor *x, int axis, int64_t start, int64_t length) {
  return (ag_slice)(at, x, axis, start, start + length, 1);
}

/* x (.., 1, ..) without that axis. */
static ag_tensor *drop(ag_site at, ag_tensor *x, int axis) {
  ag_shape shape = ag_shape_of(x);
  if (x->c->status != AG_OK) return x;
  for (int i = axis + 1; i < shape.rank; i++) shape.dim[i - 1] = shape.dim[i];
  shape.rank--;
  return (ag_reshape)(at, x, shape);
}

ag_tensor *(ag_narrow)(ag_site at, ag_tensor *x, int axis, int64_t start, int64_t length) {
  ag_tensor *result;
  if (!ag_ready(at, "narrow", 1, &x, &result)) return result;
  const int along = axis_of(at, "narrow", x, axis);
  if (along < 0) return result;
  const int64_t n = x->dim[along], first = start < 0 ? start + n : start;
  if (first < 0 || first > n || length < 0 || length > n - first) {
    ag_fail(x->c, AG_EVALUE, at, "narrow: %" PRId64 " elements from %" PRId64 " on are not in axis %d of %s",
            length, start, along, ag_shape_text(x->c, ag_shape_of(x)));
    return result;
  }
  return part(at, x, along, first, length);
}

ag_tensor *(ag_select)(ag_site at, ag_tensor *x, int axis, int64_t index) {
  ag_tensor *result;
  if (!ag_ready(at, "select", 1, &x, &result)) return result;
  const int along = axis_of(at, "select", x, axis);
  if (along < 0) return result;
  const int64_t n = x->dim[along];
  if (index < -n || index >= n) {
    ag_fail(x->c, AG_EVALUE, at,
            "select: index %" PRId64 " is not in %" PRId64 " .. %" PRId64 ", axis %d of %s", index, -n, n - 1,
            along, ag_shape_text(x->c, ag_shape_of(x)));
    return result;
  }
  return drop(at, part(at, x, along, index < 0 ? index + n : index, 1), along);
}

/* Whether `parts` may be filled with parts of x along an axis, 0 .. rank - 1 in *along. They are nil until
 * then. */
static bool parts_ready(ag_site at, const char *what, ag_tensor *x, int axis, int room, ag_tensor **parts,
                        int *along) {
  ag_tensor *result;
  for (int i = 0; parts && i < room; i++) parts[i] = x ? &x->c->nil : NULL;
  if (!ag_ready(at, what, 1, &x, &result)) return false;
  if (!parts) {
    ag_fail(x->c, AG_EVALUE, at, "%s: parts is NULL", what);
    return false;
  }
  *along = axis_of(at, what, x, axis);
  return *along >= 0;
}

/* Fills parts with `count` parts of `size` elements, the last of what is left; returns how many they are. */
static int cut(ag_site at, const char *what, ag_tensor *x, int axis, int64_t size, int64_t count, int room,
               ag_tensor **parts) {
  if (count > room) {
    ag_fail(x->c, AG_EVALUE, at, "%s: %s gives %" PRId64 " parts, there is room for %d", what,
            ag_shape_text(x->c, ag_shape_of(x)), count, room);
    return 0;
  }
  for (int i = 0; i < count; i++) parts[i] = part(at, x, axis, i * size, size);
  return x->c->status == AG_OK ? (int)count : 0;
}

int(ag_split)(ag_site at, ag_tensor *x, int64_t size, int axis, int room, ag_tensor **parts) {
  int along;
  if (!parts_ready(at, "split", x, axis, room, parts, &along)) return 0;
  const int64_t n = x->dim[along];
  if (size < 0 || (size == 0 && n > 0)) {
    refuse(at, x, "split: parts of %" PRId64 " do not divide %s", size);
    return 0;
  }
  size = size < n ? size : n;
  return cut(at, "split", x, along, size, n ? (n - 1) / size + 1 : 1, room, parts);
}

int(ag_chunk)(ag_site at, ag_tensor *x, int chunks, int axis, ag_tensor **parts) {
  int along;
  if (!parts_ready(at, "chunk", x, axis, chunks, parts, &along)) return 0;
  if (chunks < 1) {
    refuse(at, x, "chunk: %" PRId64 " parts cannot be made of %s", chunks);
    return 0;
  }
  const int64_t n = x->dim[along], size = n / chunks + (n % chunks != 0);
  return cut(at, "chunk", x, along, size, n ? (n - 1) / size + 1 : chunks, chunks, parts);
}

int(ag_unbind)(ag_site at, ag_tensor *x, int axis, int room, ag_tensor **parts) {
  int along;
  if (!parts_ready(at, "unbind", x, axis, room, parts, &along)) return 0;
  const int count = cut(at, "unbind", x, along, 1, x->dim[along], room, parts);
  for (int i = 0; i < count; i++) parts[i] = drop(at, parts[i], along);
  return x->c->status == AG_OK ? count : 0;
}

ag_tensor *(ag_movedim)(ag_site at, ag_tensor *x, ag_axes source, ag_axes destination) {
  ag_tensor *result;
  bool moved[AG_MAX_RANK], taken[AG_MAX_RANK];
  if (!ag_ready(at, "movedim", 1, &x, &result)) return result;
  if (source.count != destination.count) {
    ag_fail(x->c, AG_EVALUE, at, "movedim: %d axes cannot be moved to %d places", source.count,
            destination.count);
    return result;
  }
  if (!ag_axis_set(x->c, at, "movedim", ag_shape_of(x), source, moved) ||
      !ag_axis_set(x->c, at, "movedim", ag_shape_of(x), destination, taken))
    return result;
  if (source.count == 0 || x->rank == 0) return x;
  ag_axes axes = {.count = x->rank};
  for (int place = 0, next = 0; place < x->rank; place++) {
    if (taken[place]) continue;
    while (moved[next]) next++;
    axes.axis[place] = next++;
  }
  for (int i = 0; i < source.count; i++)
    axes.axis[ag_axis(x->rank, destination.axis[i])] = ag_axis(x->rank, source.axis[i]);
  return (ag_permute)(at, x, axes);
}
