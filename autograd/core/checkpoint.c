/* Checkpoints (Griewank 1992; Chen et al. 2016): a part of a graph of which only the ends are kept.
 *
 * Forward calls fn in a scope of its own, keeps a copy of its result alone, and records one node. Its
 * operands are the tensors from outside that the tape of fn shows to matter: inputs and whatever else fn
 * uses, such as parameters. So the rest of the engine sees an operator like any other, and nothing captured
 * is missed.
 *
 * Backward calls fn once more, on the same tensors and with the random streams as they were. The nodes that
 * this puts on the end of the tape are walked back within the same pass, which brings the gradients to the
 * operands, and are taken off again. What fn made is dropped by then, as all that a vjp makes, unless the
 * pass is recorded: then the nodes stay, for they are what the second derivatives are made of. */
#include <string.h>

#include "core/function.h"
#include "core/pass.h"
#include "core/tool.h"
#include "ops/check.h"

/* What fn has to find again, and the settings that its numbers depend on. */
typedef struct {
  ag_function *fn;
  void *user;
  ag_tensor **inputs;
  ag_stream_state *stream;
  int n_inputs, n_streams;
  uint64_t seed;
  ag_dtype dtype;
  bool direct;
} replay;

/* ---- Backward ---- */

/* Calls fn as it was called before; NULL after an error. */
static ag_tensor *call_again(const ag_node *node) {
  const replay *r = node->attributes;
  ag_ctx *c = node->c;
  ag_stream_state stream[AG_MAX_STREAMS];
  const int n_streams = c->n_streams, no_grad = c->no_grad;
  const uint64_t seed = c->seed;
  const ag_dtype dtype = c->dtype;
  const bool direct = c->direct, transient = c->transient;
  const bool repeats = c->repeats, checkpointed = c->checkpointed;
  memcpy(stream, c->stream, sizeof stream);

  if (r->n_streams) memcpy(c->stream, r->stream, (size_t)r->n_streams * sizeof *r->stream);
  c->n_streams = r->n_streams;
  c->seed = r->seed;
  c->dtype = r->dtype;
  c->direct = r->direct;
  c->no_grad = 0;
  c->transient = false;
  c->repeats = c->checkpointed = true;
  c->pulled = NULL;
  ag_tensor *y = ag_evaluate(node->at, "checkpoint", c, r->fn, r->inputs, r->user);

  memcpy(c->stream, stream, sizeof stream);
  c->n_streams = n_streams;
  c->seed = seed;
  c->dtype = dtype;
  c->direct = direct;
  c->no_grad = no_grad;
  c->transient = transient;
  c->repeats = repeats;
  c->checkpointed = checkpointed;
  return y;
}

/* Whether fn would read what it read before, as far as one can see. */
static bool all_intact(const ag_node *node) {
  const replay *r = node->attributes;
  for (int i = 0; i < node->n_in; i++) {
    if (!ag_intact(node, i)) return false;
  }
  for (int j = 0; j < r->n_inputs; j++) {
    if (r->inputs[j]->storage->written <= node->writes) continue;
    ag_fail(node->c, AG_ESTATE, node->at,
            "checkpoint, backward: input %d was overwritten after fn had read it", j);
    return false;
  }
  return true;
}

/* Whether fn has returned what it returned before, as far as one can see. */
static bool same_again(const ag_node *node, const ag_tensor *y) {
  const ag_tensor *before = node->out[0];
  if (ag_alike(y, before) && y->dtype == before->dtype && y->requires_grad) return true;
  ag_ctx *c = node->c;
  ag_fail(c, AG_EVALUE, node->at, "checkpoint: fn returned %s %s first, and %s %s%s when it was called again",
          ag_dtype_name(before->dtype), ag_shape_text(c, ag_shape_of(before)), ag_dtype_name(y->dtype),
          ag_shape_text(c, ag_shape_of(y)), y->requires_grad ? "" : " without history");
  return false;
}

/* Delivers all gradients itself, so dx stays NULL. */
static void checkpoint_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  ag_ctx *c = node->c;
  const size_t begin = c->tape_length;
  (void)dx;
  ag_tensor *y = all_intact(node) ? call_again(node) : NULL;
  if (y && same_again(node, y)) {
    const size_t end = c->tape_length;
    ag_mark_needed(c, begin);
    if (c->pass == 0 || y->pass == c->pass) ag_deliver(node->at, y, g[0]);
    ag_walk_back(c, begin, end);
  }
  if (c->transient) c->tape_length = begin;
}

static const ag_op checkpoint = {.name = "checkpoint",
                                 .formula = "fn(inputs), computed again in backward",
                                 .n_in = -1,
                                 .in_dtype = {AG_ANY},
                                 .attribute_size = sizeof(replay),
                                 .vjp = checkpoint_vjp};

/* ---- Forward ---- */

/* A copy of some bytes that lives in the innermost scope; NULL after an error. */
static void *copy_of(const ag_checkpoint_args *a, ag_ctx *c, const void *from, size_t bytes) {
  void *copy = ag_scope_bytes(c, bytes ? bytes : 1, a->at);
  if (copy && bytes) memcpy(copy, from, bytes);
  return copy;
}

static bool take_down(const ag_checkpoint_args *a, ag_ctx *c, replay *r) {
  *r = (replay){a->fn, a->user, NULL, NULL, a->n_inputs, c->n_streams, c->seed, c->dtype, c->direct};
  r->inputs = copy_of(a, c, a->inputs, (size_t)a->n_inputs * sizeof *a->inputs);
  r->stream = r->inputs ? copy_of(a, c, c->stream, (size_t)c->n_streams * sizeof *c->stream) : NULL;
  if (r->stream && a->user_size) r->user = copy_of(a, c, a->user, a->user_size);
  return r->stream && (r->user || !a->user_size);
}

/* Lists the tensors from around the innermost scope that the nodes from `begin` on read and that have
 * gradients, each once; returns their number. list may be NULL. */
static int list_captured(ag_ctx *c, size_t begin, ag_tensor **list) {
  int n = 0;
  for (size_t i = begin; i < c->tape_length; i++) {
    for (int k = 0; k < c->tape[i]->n_in; k++) {
      ag_tensor *x = c->tape[i]->in[k];
      if (x->depth == c->depth || !x->requires_grad || x->listed) continue;
      x->listed = true;
      if (list) list[n] = x;
      n++;
    }
  }
  for (size_t i = begin; i < c->tape_length; i++) {
    for (int k = 0; k < c->tape[i]->n_in; k++) c->tape[i]->in[k]->listed = false;
  }
  return n;
}

/* The operands of the node, in the scope around the innermost one. */
static ag_tensor **captured(const ag_checkpoint_args *a, ag_ctx *c, size_t begin, int *n) {
  *n = list_captured(c, begin, NULL);
  c->depth--;
  ag_tensor **list = ag_scope_bytes(c, (size_t)(*n + 1) * sizeof *list, a->at);
  c->depth++;
  if (list) list_captured(c, begin, list);
  return list;
}

/* fn's result, with one node in place of all that fn recorded; NULL after an error. */
static ag_tensor *evaluate(const ag_checkpoint_args *a, ag_ctx *c, const replay *r) {
  const size_t begin = c->tape_length;
  ag_scope_begin(c);
  ag_tensor *y = ag_evaluate(a->at, "checkpoint", c, r->fn, r->inputs, r->user);
  if (y && y->depth < c->depth) { /* nothing that was computed here */
    ag_scope_end(c);
    return y;
  }
  int n = 0;
  ag_tensor **in = y && y->requires_grad ? captured(a, c, begin, &n) : NULL;
  ag_tensor *kept = y ? (ag_keep)(a->at, y) : NULL;
  ag_scope_end(c);
  if (c->status != AG_OK) return NULL;
  ag_call call = {
      .c = c, .op = &checkpoint, .at = a->at, .attributes = r, .n_in = n, .in = in, .out = {kept}};
  return n == 0 || ag_record(&call, 1) ? kept : NULL;
}

ag_tensor *(ag_checkpoint)(ag_checkpoint_args a) {
  ag_tensor *result;
  replay r;
  if (!ag_ready(a.at, "checkpoint", a.n_inputs, a.inputs, &result)) return result;
  ag_ctx *c = a.inputs[0]->c;
  if (!take_down(&a, c, &r)) return result;
  const int64_t begun = ag_tools_begin(c);
  const bool checkpointed = c->checkpointed;
  c->checkpointed = true;
  ag_tensor *y = evaluate(&a, c, &r);
  c->checkpointed = checkpointed;
  if (c->tools_on) ag_tools_stretched(c, &(ag_stretch){"checkpoint", a.at, .whole = true}, begun);
  return y ? y : result;
}
