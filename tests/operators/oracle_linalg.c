/* Factorisations of matrices and what is solved with them, by plain elimination and expansion; large samples of these. */
#include <math.h>

#include "ops/sample.h"
#include "tests/operators/walk.h"

/* ---- Oracles ---- */

enum { SMALL = 4 }; /* matrices of samples are no larger */

static array *result(oracle_call *k, ag_shape shape) {
  k->n_out = 1;
  k->out[0] = array_new(shape);
  return &k->out[0];
}

static int64_t size_of(const array *a) { return a->shape.dim[a->shape.rank - 1]; }

static int64_t count_of(ag_shape shape) {
  int64_t count = 1;
  for (int i = 0; i < shape.rank - 2; i++) count *= shape.dim[i];
  return count;
}

/* Solves a x = b for one vector by exchanges and elimination of everything beside the diagonal; a is overwritten. Of a
 * triangle, what is 0 already is left alone, so that NaN reaches only what follows from it. */
static void eliminate(int64_t n, bool triangle, double a[SMALL][SMALL], double *b) {
  for (int64_t k = 0; k < n; k++) {
    int64_t pivot = k;
    for (int64_t i = k; i < n; i++) pivot = fabs(a[i][k]) > fabs(a[pivot][k]) ? i : pivot;
    for (int64_t j = 0; j < n; j++) {
      const double t = a[k][j];
      a[k][j] = a[pivot][j];
      a[pivot][j] = t;
    }
    const double t = b[k];
    b[k] = b[pivot];
    b[pivot] = t;
    for (int64_t i = 0; i < n; i++) {
      if (triangle && a[i][k] == 0) continue;
      const double factor = i == k ? 0 : a[i][k] / a[k][k];
      for (int64_t j = 0; j < n; j++) a[i][j] -= factor * a[k][j];
      b[i] -= factor * b[k];
    }
  }
  for (int64_t k = 0; k < n; k++) b[k] /= a[k][k];
}

/* What is read of an element of a, as ones and zeros where nothing is. */
static double read_element(const ag_triangular_attributes *t, int64_t i, int64_t j, double a) {
  if (t->unitriangular && i == j) return 1;
  return (t->upper ? j >= i : j <= i) ? a : 0;
}

/* The place of the matrix that belongs to place i of the batch of `all`. */
static int64_t matrix_place(ag_shape all, ag_shape own, int64_t i) {
  int64_t index[AG_MAX_RANK] = {0}, mine[AG_MAX_RANK] = {0};
  for (int axis = all.rank - 3; axis >= 0; axis--) {
    index[axis] = i % all.dim[axis];
    i /= all.dim[axis];
  }
  const int added = all.rank - own.rank;
  for (int axis = 0; axis < own.rank - 2; axis++) mine[axis] = own.dim[axis] == 1 ? 0 : index[axis + added];
  return place_of(own, mine);
}

/* Solves with every matrix of operand 0 for every column, or row, of operand 1. t may be NULL. */
static void solve_any(oracle_call *k, const ag_triangular_attributes *t, bool transposed, bool right) {
  const array a = k->in[0], b = k->in[1];
  const int64_t n = size_of(&a);
  ag_shape shape = {.rank = a.shape.rank > b.shape.rank ? a.shape.rank : b.shape.rank};
  for (int axis = 0; axis < shape.rank - 2; axis++) {
    const int p = axis - (shape.rank - a.shape.rank), q = axis - (shape.rank - b.shape.rank);
    shape.dim[axis] = p >= 0 && a.shape.dim[p] != 1 ? a.shape.dim[p] : q >= 0 ? b.shape.dim[q] : 1;
  }
  shape.dim[shape.rank - 2] = b.shape.dim[b.shape.rank - 2];
  shape.dim[shape.rank - 1] = b.shape.dim[b.shape.rank - 1];
  array *y = result(k, shape);
  const int64_t rows = shape.dim[shape.rank - 2], columns = shape.dim[shape.rank - 1];
  const int64_t step = right ? 1 : columns, sides = right ? rows : columns;
  for (int64_t m = 0; m < count_of(shape); m++) {
    const double *matrix = a.data + matrix_place(shape, a.shape, m), *side = b.data + matrix_place(shape, b.shape, m);
    for (int64_t s = 0; s < sides; s++) {
      const int64_t first = right ? s * columns : s;
      double left[SMALL][SMALL], x[SMALL];
      for (int64_t i = 0; i < n; i++) {
        x[i] = side[first + i * step];
        for (int64_t j = 0; j < n; j++) {
          const double element = matrix[i * n + j];
          *(transposed == right ? &left[i][j] : &left[j][i]) = t ? read_element(t, i, j, element) : element;
        }
      }
      eliminate(n, t != NULL, left, x);
      for (int64_t i = 0; i < n; i++) y->data[m * rows * columns + first + i * step] = x[i];
    }
  }
}

static void solve_triangular(oracle_call *k) {
  const ag_triangular_attributes *t = k->attributes;
  solve_any(k, t, t->transposed, t->right);
}

static void solve(oracle_call *k) { solve_any(k, NULL, ((const ag_solve_attributes *)k->attributes)->transposed, false); }

static void inverse(oracle_call *k) {
  const array a = k->in[0];
  const int64_t n = size_of(&a);
  array *y = result(k, a.shape);
  for (int64_t at = 0; at < numel_of(a.shape); at += n * n) {
    for (int64_t column = 0; column < n; column++) {
      double left[SMALL][SMALL], x[SMALL];
      for (int64_t i = 0; i < n; i++) {
        x[i] = i == column;
        for (int64_t j = 0; j < n; j++) left[i][j] = a.data[at + i * n + j];
      }
      eliminate(n, false, left, x);
      for (int64_t i = 0; i < n; i++) y->data[at + i * n + column] = x[i];
    }
  }
}

/* A matrix that holds NaN has no factor. */
static void cholesky(oracle_call *k) {
  const ag_triangular_attributes *t = k->attributes;
  const array a = k->in[0];
  const int64_t n = size_of(&a);
  array *y = result(k, a.shape);
  for (int64_t at = 0; at < numel_of(a.shape); at += n * n) {
    double lost = 0; /* NaN where one of them is */
    for (int64_t i = 0; i < n * n; i++) lost += 0 * a.data[at + i];
    for (int64_t i = 0; i < n; i++) {
      for (int64_t j = 0; j <= i; j++) {
        double sum = lost + (a.data[at + i * n + j] + a.data[at + j * n + i]) / 2;
        double *l = y->data + at, *to = t->upper ? &l[j * n + i] : &l[i * n + j];
        for (int64_t m = 0; m < j; m++) sum -= t->upper ? l[m * n + i] * l[m * n + j] : l[i * n + m] * l[j * n + m];
        *to = i == j ? sqrt(sum) : sum / (t->upper ? l[j * n + j] : l[j * n + j]);
      }
    }
  }
}

/* Laplace's expansion along the first of the rows, over the columns that are left. */
static double expanded(int64_t n, const double *a, int64_t row, unsigned left) {
  double sum = 0, sign = 1;
  if (row == n) return 1;
  for (int64_t j = 0; j < n; j++) {
    if (!(left & 1U << j)) continue;
    sum += sign * a[row * n + j] * expanded(n, a, row + 1, left & ~(1U << j));
    sign = -sign;
  }
  return sum;
}

static void det(oracle_call *k) {
  const array a = k->in[0];
  const int64_t n = size_of(&a);
  ag_shape shape = a.shape;
  shape.rank -= 2;
  array *y = result(k, shape);
  for (int64_t i = 0; i < numel_of(shape); i++) y->data[i] = expanded(n, a.data + i * n * n, 0, ~0U);
}

static void slogdet(oracle_call *k) {
  det(k);
  const array sign = k->out[0];
  k->n_out = 2;
  k->out[1] = array_new(sign.shape);
  for (int64_t i = 0; i < numel_of(sign.shape); i++) {
    k->out[1].data[i] = log(fabs(sign.data[i]));
    if (!isnan(sign.data[i])) sign.data[i] = sign.data[i] > 0 ? 1 : -1;
  }
}

const oracle linalg_oracles[] = {{"cholesky", NULL, cholesky},
                                 {"det", NULL, det},
                                 {"inverse", NULL, inverse},
                                 {"slogdet", NULL, slogdet},
                                 {"solve", NULL, solve},
                                 {"solve_triangular", NULL, solve_triangular},
                                 {NULL, NULL, NULL}};

/* ---- Large samples ---- */

#define SQUARE .low = -0.5, .high = 0.5, .dominant = true
#define TRIANGLE(...) &(const ag_triangular_attributes){__VA_ARGS__}
/* Many small ones, for our threads; few large ones, of which BLAS would make threads of its own. */
#define MATRICES(name, with)                                                                                 \
  {name, {.in = {AG_LIST(50, 20, 20)}, .attributes = with, SQUARE}}, {name, {.in = {AG_LIST(3, 150, 150)}, .attributes = with, SQUARE}}
#define SYSTEMS(name, with)                                                                                  \
  {name, {.in = {AG_LIST(50, 20, 20), AG_LIST(20, 9)}, .attributes = with, SQUARE}},                         \
      {name, {.in = {AG_LIST(150, 150), AG_LIST(2, 150, 120)}, .attributes = with, SQUARE}}
const large_sample linalg_large[] = {
    MATRICES("cholesky", TRIANGLE(.upper = false)),
    MATRICES("cholesky", TRIANGLE(.upper = true)),
    MATRICES("inverse", NULL),
    MATRICES("slogdet", NULL),
    {"det", {.in = {AG_LIST(50, 20, 20)}, SQUARE}},
    SYSTEMS("solve", &(const ag_solve_attributes){false}),
    SYSTEMS("solve", &(const ag_solve_attributes){true}),
    SYSTEMS("solve_triangular", TRIANGLE(.upper = false)),
    {"solve_triangular", {.in = {AG_LIST(150, 150), AG_LIST(2, 120, 150)}, .attributes = TRIANGLE(.right = true), SQUARE}},
    {NULL, {.n_in = 0}},
};
