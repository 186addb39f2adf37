/* Elementwise loops over broadcast operands.
 *
 * Each operand is seen in the shape of the result, with stride 0 along broadcast axes. Adjacent axes that
 * every operand walks through evenly are merged; the last axis is the inner loop, the others are counted in
 * rows, and pieces of rows are shared among threads. */
#include <string.h>

#include "core/internal.h"
#include "core/parallel.h"

#define OPERANDS 5 /* the result first */
#define ROW 16384  /* elements of an inner loop that one piece takes */

typedef struct {
  int rank;
  int64_t dim[AG_MAX_RANK];
  int64_t stride[OPERANDS][AG_MAX_RANK];
} walk;

static void add_operand(walk *w, int k, const ag_tensor *x) {
  const int missing = w->rank - x->rank;
  for (int i = 0; i < w->rank; i++) {
    w->stride[k][i] =
        i < missing || (x->dim[i - missing] == 1 && w->dim[i] != 1) ? 0 : x->stride[i - missing];
  }
}

/* Whether axis i can be merged into axis i - 1 for all operands. */
static bool mergeable(const walk *w, int n, int i) {
  for (int k = 0; k < n; k++) {
    if (w->stride[k][i - 1] != w->stride[k][i] * w->dim[i]) return false;
  }
  return true;
}

static void merge(walk *w, int n) {
  int rank = 0;
  for (int i = 0; i < w->rank; i++) {
    if (w->dim[i] == 1) continue;
    w->dim[rank] = w->dim[i];
    for (int k = 0; k < n; k++) w->stride[k][rank] = w->stride[k][i];
    rank++;
    if (rank > 1 && mergeable(w, n, rank - 1)) {
      w->dim[rank - 2] *= w->dim[rank - 1];
      for (int k = 0; k < n; k++) w->stride[k][rank - 2] = w->stride[k][rank - 1];
      rank--;
    }
  }
  w->rank = rank;
}

/* The addresses and steps of one application. */
typedef struct {
  walk w;
  int n, outer; /* operands with the result, and axes before the inner one */
  int64_t inner, pieces, size[OPERANDS], step[OPERANDS];
  char *data[OPERANDS];
  ag_loop *loop;
  const double *parameters;
} job;

/* Computes units begin .. end - 1: pieces of rows. */
static void run_units(const job *j, int64_t begin, int64_t end) {
  for (int64_t unit = begin; unit < end; unit++) {
    char *place[OPERANDS];
    const int64_t first = unit % j->pieces * ROW, left = j->inner - first;
    for (int k = 0; k < j->n; k++) place[k] = j->data[k] + first * j->step[k] * j->size[k];
    int64_t rest = unit / j->pieces;
    for (int i = j->outer - 1; i >= 0; i--) {
      const int64_t index = rest % j->w.dim[i];
      rest /= j->w.dim[i];
      for (int k = 0; k < j->n; k++) place[k] += index * j->w.stride[k][i] * j->size[k];
    }
    j->loop(left < ROW ? left : ROW, place[0], (const void *const *)(place + 1), j->step + 1, j->parameters);
  }
}

/* Whether out and all operands are elements of one shape in row-major order, or single numbers. */
static bool one_row(const ag_tensor *out, int n_in, ag_tensor *const *in) {
  if (out->numel == 1) return true;
  if (!ag_is_contiguous(out)) return false;
  for (int i = 0; i < n_in; i++) {
    if (!ag_alike(in[i], out) || !ag_is_contiguous(in[i])) return false;
  }
  return true;
}

void ag_run_loop(ag_loop *loop, ag_tensor *out, int n_in, ag_tensor *const *in, const void *attributes) {
  if (out->numel == 0) return;
  if (out->numel < 2 * ROW &&
      one_row(out, n_in, in)) { /* what the general way comes to, without finding out */
    static const int64_t step[] = {1, 1, 1, 1};
    const void *data[OPERANDS - 1];
    for (int i = 0; i < n_in; i++) data[i] = in[i]->data;
    loop(out->numel, out->data, data, step, attributes);
    return;
  }
  job j = {.n = n_in + 1, .loop = loop, .parameters = attributes};
  j.w.rank = out->rank;
  memcpy(j.w.dim, out->dim, sizeof out->dim);
  add_operand(&j.w, 0, out);
  for (int i = 0; i < n_in; i++) add_operand(&j.w, i + 1, in[i]);
  merge(&j.w, j.n);

  j.outer = j.w.rank > 0 ? j.w.rank - 1 : 0;
  j.inner = j.w.rank > 0 ? j.w.dim[j.outer] : 1;
  for (int k = 0; k < j.n; k++) {
    const ag_tensor *x = k == 0 ? out : in[k - 1];
    j.step[k] = j.w.rank > 0 ? j.w.stride[k][j.outer] : 0;
    j.size[k] = (int64_t)ag_dtype_size(x->dtype);
    j.data[k] = x->data;
  }
  j.pieces = ag_chunks(j.inner, ROW);
  const int64_t units = out->numel / j.inner * j.pieces;
  const int64_t chunks = units < 256 ? units : 256;
  const int team = ag_team(out->c->threads, chunks, out->numel); /* most operators are as fast as memory */
  if (team == 1) {
    run_units(&j, 0, units);
    return;
  }
  AG_PARALLEL_FOR(team)
  for (int64_t chunk = 0; chunk < chunks; chunk++) {
    const ag_range r = ag_chunk_range(chunk, chunks, units);
    run_units(&j, r.begin, r.end);
  }
}
