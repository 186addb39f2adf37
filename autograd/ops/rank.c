#include "ops/rank.h"

#include <float.h>
#include <math.h>

#include "ops/matrices.h"

static void exchange_indices(int64_t *index, int64_t i, int64_t j, bool *odd) {
  const int64_t t = index[i];
  index[i] = index[j];
  index[j] = t;
  *odd ^= i != j;
}

/* The place, behind the first k rows and columns, of the greatest element. */
static double greatest(int64_t n, const double *a, const ag_pivots *r, int64_t k, int64_t *row,
                       int64_t *column) {
  double most = -1;
  for (int64_t i = k; i < n; i++) {
    for (int64_t j = k; j < n; j++) {
      const double size = fabs(a[r->row[i] * n + r->column[j]]);
      if (!(size > most)) continue;
      most = size;
      *row = i;
      *column = j;
    }
  }
  return most;
}

/* Eliminates a, whose rows and columns stay where they are. What is left below epsilon n times the first
 * pivot is rounding. */
static void eliminate(int64_t n, double *a, double epsilon, ag_pivots *r) {
  double first = 0;
  for (int64_t i = 0; i < n; i++) r->row[i] = r->column[i] = i;
  r->odd = false;
  for (r->rank = 0; r->rank < n; r->rank++) {
    const int64_t k = r->rank;
    int64_t row = k, column = k;
    const double most = greatest(n, a, r, k, &row, &column);
    if (k == 0) first = most;
    if (most <= first * epsilon * (double)n) return;
    exchange_indices(r->row, k, row, &r->odd);
    exchange_indices(r->column, k, column, &r->odd);
    const double *top = a + r->row[k] * n;
    for (int64_t i = k + 1; i < n; i++) {
      double *other = a + r->row[i] * n;
      const double factor = other[r->column[k]] / top[r->column[k]];
      for (int64_t j = k + 1; j < n; j++) other[r->column[j]] -= factor * top[r->column[j]];
    }
  }
}

const ag_pivots *ag_ranks(ag_site at, ag_tensor *x, bool *singular) {
  ag_ctx *c = x->c;
  const int64_t n = x->dim[x->rank - 1], count = ag_matrix_count(ag_shape_of(x));
  ag_pivots *ranks = ag_scope_bytes(c, (size_t)count * sizeof *ranks, at);
  int64_t *index = ag_scope_bytes(c, (size_t)(2 * n * count) * sizeof *index, at);
  ag_tensor *copy = ag_new_like(at, AG_F64, x);
  *singular = false;
  if (!ranks || !index || !copy) return NULL;
  double *a = ag_data(copy);
  ag_to_double(x, a);
  for (int64_t i = 0; i < count; i++, a += n * n, index += 2 * n) {
    bool finite = true;
    for (int64_t j = 0; j < n * n; j++) finite &= isfinite(a[j]) != 0;
    ranks[i] = (ag_pivots){.rank = n, .row = index, .column = index + n};
    if (finite) eliminate(n, a, x->dtype == AG_F32 ? FLT_EPSILON : DBL_EPSILON, &ranks[i]);
    *singular |= ranks[i].rank < n;
  }
  ag_drop(copy);
  return ranks;
}
