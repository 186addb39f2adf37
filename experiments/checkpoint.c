#include "experiments/checkpoint.h"

#include <stdlib.h>
#include <string.h>

/* ---- Out ----------------------------------------------------------------------------------------------- */

static void put_place(bytes *b, const run_place *p) {
  bytes_put_integer(b, p->epoch);
  bytes_put_integer(b, p->step);
  bytes_put_integer(b, p->at);
  bytes_put_real(b, p->loss);
  bytes_put_real(b, p->sum);
  bytes_put(b, p->first, sizeof p->first);
  bytes_put_real(b, p->started);
  bytes_put_real(b, p->seconds);
  bytes_put_real(b, p->cpu_seconds);
  bytes_put_integer(b, p->peak_kb);
}

static void put_history(bytes *b, const run_result *r) {
  bytes_put_integer(b, (int64_t)r->history_count);
  for (size_t i = 0; i < r->history_count; i++) {
    const run_point *p = &r->history[i];
    const double reals[] = {p->lr,        p->train_loss,  p->validation_loss, p->validation_metric,
                            p->test_loss, p->test_metric, p->seconds};
    bytes_put_integer(b, p->epoch);
    bytes_put_integer(b, p->step);
    bytes_put(b, reals, sizeof reals);
  }
}

static void put_streams(bytes *b, const ag_ctx *c) {
  ag_stream_state s;
  int64_t count = 0;
  while (ag_stream_get(c, (int)count, &s)) count++;
  bytes_put_integer(b, count);
  for (int i = 0; ag_stream_get(c, i, &s); i++) {
    bytes_put_text(b, s.name);
    bytes_put_integer(b, (int64_t)s.key);
    bytes_put_integer(b, (int64_t)s.counter);
  }
}

static void put_tensor(bytes *b, const ag_tensor *x) {
  bytes_put_text(b, ag_name(x));
  bytes_put_integer(b, ag_dtype_of(x));
  bytes_put_integer(b, ag_numel(x));
  bytes_put(b, ag_data(x), (size_t)ag_numel(x) * ag_dtype_size(ag_dtype_of(x))); /* leaves are contiguous */
}

bytes checkpoint_take(const run_parts *from) {
  bytes b = {.data = NULL};
  const ag_tensor *x;
  put_place(&b, from->place);
  bytes_put_integer(&b, from->samples);
  bytes_put(&b, from->order, (size_t)from->samples * sizeof *from->order);
  put_streams(&b, from->c);
  for (int i = 0; (x = ag_registered(from->c, i)) != NULL; i++) put_tensor(&b, x);
  for (int i = 0; (x = ag_optim_state(from->optim, i)) != NULL; i++) put_tensor(&b, x);
  put_history(&b, from->result);
  return b;
}

/* ---- Back: each part looks whether it fits, and takes it only when `apply` says so ----------------------
 */

static void take_place(bytes_reader *r, const run_parts *to, bool apply) {
  run_place p;
  p.epoch = bytes_take_integer(r);
  p.step = bytes_take_integer(r);
  p.at = bytes_take_integer(r);
  p.loss = bytes_take_real(r);
  p.sum = bytes_take_real(r);
  for (int i = 0; i < FIRST_LOSSES; i++) p.first[i] = bytes_take_real(r);
  p.started = bytes_take_real(r);
  p.seconds = bytes_take_real(r);
  p.cpu_seconds = bytes_take_real(r);
  p.peak_kb = bytes_take_integer(r);
  if (p.epoch < 0 || p.epoch >= to->epochs || p.step < 1 || p.at < 1 || p.at > to->samples) r->bad = true;
  if (apply) *to->place = p;
}

/* The order must be one: the samples are gathered by it. */
static void take_order(bytes_reader *r, const run_parts *to, bool apply) {
  size_t count = bytes_take_count(r, sizeof(int64_t));
  if (count != (size_t)to->samples) r->bad = true;
  const void *here = bytes_take(r, count * sizeof(int64_t));
  if (!here) return;
  int64_t *order = memory_new(count, sizeof *order);
  bool *seen = memory_new(count, sizeof *seen);
  memcpy(order, here, count * sizeof *order);
  for (size_t i = 0; i < count; i++) {
    if (order[i] < 0 || order[i] >= to->samples || seen[order[i]]) {
      r->bad = true;
      break;
    }
    seen[order[i]] = true;
  }
  if (apply) memcpy(to->order, order, count * sizeof *order);
  free(order);
  free(seen);
}

static void take_streams(bytes_reader *r, const run_parts *to, bool apply) {
  enum { LEAST = 3 * sizeof(int64_t), MOST = 16 };
  size_t count = bytes_take_count(r, LEAST);
  if (count > MOST) r->bad = true;
  for (size_t i = 0; i < count && !r->bad; i++) {
    ag_stream_state s;
    bytes_take_text(r, s.name, sizeof s.name);
    s.key = (uint64_t)bytes_take_integer(r);
    s.counter = (uint64_t)bytes_take_integer(r);
    if (s.name[0] == '\0') r->bad = true;
    if (apply) ag_stream_set(to->c, &s);
  }
}

static double element(const void *values, ag_dtype dtype, int64_t i) {
  switch (dtype) {
  case AG_F32: return (double)((const float *)values)[i];
  case AG_F64: return ((const double *)values)[i];
  default: return (double)((const int64_t *)values)[i];
  }
}

static void take_tensor(bytes_reader *r, ag_tensor *x, bool apply) {
  char name[128];
  int64_t count = ag_numel(x);
  size_t size = (size_t)count * ag_dtype_size(ag_dtype_of(x));
  bytes_take_text(r, name, sizeof name);
  if (strcmp(name, ag_name(x)) != 0 || bytes_take_integer(r) != (int64_t)ag_dtype_of(x) ||
      bytes_take_integer(r) != count)
    r->bad = true;
  const void *here = bytes_take(r, size);
  if (!here || !apply) return;
  void *raw = memory_new(size, 1); /* aligned, as a place in a file is not */
  double *values = memory_new((size_t)count, sizeof *values);
  memcpy(raw, here, size);
  for (int64_t i = 0; i < count; i++) values[i] = element(raw, ag_dtype_of(x), i);
  ag_assign(x, values);
  free(values);
  free(raw);
}

static void take_history(bytes_reader *r, const run_parts *to, bool apply) {
  size_t count = bytes_take_count(r, 9 * sizeof(int64_t));
  for (size_t i = 0; i < count; i++) {
    run_point p;
    p.epoch = bytes_take_integer(r);
    p.step = bytes_take_integer(r);
    p.lr = bytes_take_real(r);
    p.train_loss = bytes_take_real(r);
    p.validation_loss = bytes_take_real(r);
    p.validation_metric = bytes_take_real(r);
    p.test_loss = bytes_take_real(r);
    p.test_metric = bytes_take_real(r);
    p.seconds = bytes_take_real(r);
    if (apply) run_result_point(to->result, p);
  }
}

static bool walk(const run_parts *to, bytes_reader r, bool apply) {
  ag_tensor *x;
  take_place(&r, to, apply);
  take_order(&r, to, apply);
  take_streams(&r, to, apply);
  for (int i = 0; (x = ag_registered(to->c, i)) != NULL; i++) take_tensor(&r, x, apply);
  for (int i = 0; (x = ag_optim_state(to->optim, i)) != NULL; i++) take_tensor(&r, x, apply);
  take_history(&r, to, apply);
  return !r.bad && r.left == 0;
}

int checkpoint_put_back(const run_parts *to, bytes_reader state, message *m) {
  if (!walk(to, state, false)) return message_fail(m, "it does not fit the run");
  walk(to, state, true);
  return 0;
}
