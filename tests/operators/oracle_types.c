/* Conversions: what becomes of a double that stands for an element of any type. */
#include <math.h>

#include "ops/attributes.h"
#include "tests/operators/array.h"

/* The number without its fraction, between the bounds of the type; NaN counts as 0. */
static double whole(double x, double least, double most) {
  const double nearest = isnan(x) ? 0 : x < 0 ? ceil(x) : floor(x);
  return fmin(fmax(nearest, least), most);
}

static double converted(double x, ag_dtype to) {
  if (to == AG_F32) return (double)(float)x;
  if (to == AG_I64) return whole(x, -0x1p63, 0x1p63);
  if (to == AG_I32) return whole(x, -0x1p31, 0x1p31 - 1);
  if (to == AG_U8) return whole(x, 0, 255);
  return to == AG_BOOL ? x < 0 || x > 0 || isnan(x) : x;
}

static void cast(oracle_call *k) {
  const ag_cast_attributes *a = k->attributes;
  k->n_out = 1;
  k->out[0] = array_new(k->in[0].shape);
  for (int64_t i = 0; i < numel_of(k->in[0].shape); i++) k->out[0].data[i] = converted(k->in[0].data[i], a->dtype);
}

const oracle type_oracles[] = {{"cast", NULL, cast}, {NULL, NULL, NULL}};
