/* Choosing between two tensors, element by element.
 *
 *   y = condition ? a : b       da = condition ? g : 0,   db = condition ? 0 : g
 */
#ifndef AG_TYPE
#include "core/multiversion.h"
#include "ops/catalogue.h"
#include "ops/check.h"
#include "ops/sample.h"

#define AG_SELF "ops/where.c"
#include "core/each_dtype.h"
#else

AG_MULTIVERSION static void AG_NAME(where)(int64_t n, void *out, const void *const *in, const int64_t *step,
                                           const double *parameters) {
  const bool *condition = in[0];
  const AG_TYPE *a = in[1], *b = in[2];
  AG_TYPE *y = out;
  (void)parameters;
  for (int64_t i = 0; i < n; i++) y[i] = condition[i * step[0]] ? a[i * step[1]] : b[i * step[2]];
}
#endif

#ifndef AG_TYPE

static void where_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  ag_tensor *condition = node->in[0], *zero = ag_filled(AG_HERE, node->c, g[0]->dtype, AG_SCALAR, 0);
  if (!zero) return;
  if (ag_needs(node, 1)) dx[1] = ag_where(condition, g[0], zero);
  if (ag_needs(node, 2)) dx[2] = ag_where(condition, zero, g[0]);
}

static const ag_sample where_samples[] = {
    AG_WORKS_UP_TO(1, -2, 2, NULL, AG_LIST(2, 3), AG_LIST(2, 3), AG_LIST(2, 3)),
    AG_WORKS_UP_TO(1, -2, 2, NULL, AG_LIST(2, 1, 4), AG_LIST(3, 1), AG_POINT),
    {.in = {AG_LIST(2, 3), AG_LIST(3), AG_LIST(2, 1)}, .n_in = 3, .below = 3, .dtype = AG_I64},
    {.in = {AG_LIST(2, 3), AG_LIST(3), AG_LIST(2, 1)}, .n_in = 3, .below = 3, .dtype = AG_I32},
    {.in = {AG_LIST(2, 3), AG_LIST(3), AG_LIST(2, 1)}, .n_in = 3, .below = 3, .dtype = AG_U8},
    {.in = {AG_LIST(2, 3), AG_LIST(3), AG_LIST(2, 1)}, .n_in = 3, .below = 2, .dtype = AG_BOOL},
    AG_REFUSED("where: 2x3 and 0x3 do not broadcast", NULL, AG_LIST(3), AG_LIST(2, 1), AG_LIST(0, 3)),
    AG_NO_MORE,
};

const ag_op ag_op_where = {.name = "where",
                           .formula = "condition ? x : y",
                           .shapes = "condition, x, y broadcast",
                           .n_in = 3,
                           .in_dtype = {AG_BOOL, AG_ALIKE, AG_ALIKE},
                           .loop = AG_EACH_DTYPE(where),
                           .vjp = where_vjp,
                           .low = -2,
                           .high = 2,
                           .samples = where_samples};

ag_tensor *(ag_where)(ag_site at, ag_tensor *condition, ag_tensor *x, ag_tensor *y) {
  return ag_apply(at, &ag_op_where, 3, (ag_tensor *[]){condition, x, y}, NULL);
}
#endif
