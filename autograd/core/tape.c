/* Reverse mode. The tape holds the recorded applications in the order in which they happened, which is a
 * topological order; a pass walks it backwards, asks each operator for its vector-Jacobian product and adds
 * up what arrives at each tensor.
 *
 * A pass that is not recorded drops every tensor that it made as soon as nothing refers to it, so that its
 * memory stays near that of the largest cotangents. Only this file knows of cotangents, and only here are
 * broadcasts undone, gradients added and branches without need left out. */
#include "core/pass.h"
#include "core/tool.h"
#include "ops/catalogue.h"

#define FEW 8

bool ag_needs(const ag_node *node, int i) {
  const ag_tensor *x = node->in[i];
  return x->requires_grad && (node->c->pass == 0 || x->pass == node->c->pass);
}

/* Whether the pass alone refers to g, so that it may be overwritten or given away. */
static bool exclusive(const ag_tensor *g, int holds) {
  return g->transient && g->holds == holds && g->storage->references == 1 && ag_is_contiguous(g);
}

static void let_go(ag_tensor *g) {
  if (--g->holds == 0 && g->transient) ag_drop(g);
}

/* Undoes a broadcast: the sum of g over the axes along which x was repeated. */
static ag_tensor *sum_to(ag_site at, ag_tensor *g, const ag_tensor *x) {
  ag_axes axes = {0};
  const int missing = g->rank - x->rank;
  for (int i = 0; i < g->rank; i++) {
    if (i < missing || (x->dim[i - missing] == 1 && g->dim[i] != 1)) axes.axis[axes.count++] = i;
  }
  if (axes.count) g = (ag_sum)((ag_reduce_args){.at = at, .x = g, .axes = axes, .keepdim = true});
  return missing ? (ag_reshape)(at, g, ag_shape_of(x)) : g;
}

/* into += g. It does not go through the door, so the tools are told here. */
static void add_into(ag_site at, ag_tensor *into, ag_tensor *g) {
  ag_tensor *const in[] = {into, g};
  const int64_t begun = ag_tools_begin(into->c);
  ag_run_loop(ag_op_add.loop[into->dtype], into, 2, in, NULL);
  if (!into->c->tools_on) return;
  ag_tools_applied(&(ag_call){.c = into->c, .op = &ag_op_add, .at = at, .n_in = 2, .in = in, .out = {into}},
                   begun);
}

/* into += g, where into is exclusive; else a new sum. */
static ag_tensor *add(ag_site at, ag_tensor *into, ag_tensor *g, int holds) {
  if (!exclusive(into, holds)) return (ag_add)(at, into, g);
  add_into(at, into, g);
  return into;
}

/* Adds g to the gradient of a leaf, which must own its memory: it outlives the pass. */
static void add_to_leaf(ag_site at, ag_tensor *leaf, ag_tensor *g) {
  if (leaf->gradient) {
    add_into(at, leaf->gradient, g);
    ag_overwritten(leaf->gradient);
    return;
  }
  if (!exclusive(g, 0)) g = (ag_add_scalar)(at, g, 0);
  if (leaf->c->status != AG_OK || !ag_own_gradient(leaf, g, at)) return;
  g->holds++;
}

void ag_deliver(ag_site at, ag_tensor *x, ag_tensor *g) {
  ag_ctx *c = x->c;
  if (!ag_alike(g, x)) g = sum_to(at, g, x);
  if (c->status != AG_OK) return;
  if (!x->node && c->pass == 0) {
    add_to_leaf(at, x, g);
  } else if (!x->cotangent) {
    x->cotangent = g;
    g->holds++;
    c->pending += x->node != NULL;
  } else {
    ag_tensor *sum = add(at, x->cotangent, g, 1);
    if (c->status != AG_OK || sum == x->cotangent) return;
    let_go(x->cotangent);
    x->cotangent = sum;
    sum->holds++;
  }
}

/* Whether what a vjp left for operand i can become its gradient: a tensor that is alive, of the operand's
 * type and of its shape, or of one to which that broadcasts. */
static bool becomes_gradient(const ag_node *node, int i, const ag_tensor *g) {
  const ag_tensor *x = node->in[i];
  ag_shape both;
  if (ag_is_nil(g) || g->c != x->c || !ag_alive(g)) {
    ag_fail(x->c, AG_ESTATE, node->at,
            "%s, backward: the gradient of operand %d is no tensor of an open scope", node->op->name, i);
    return false;
  }
  if (g->dtype == x->dtype && (ag_alike(g, x) || (ag_broadcast(ag_shape_of(x), ag_shape_of(g), &both) &&
                                                  ag_shape_numel(both) == g->numel)))
    return true;
  ag_fail(x->c, AG_ESHAPE, node->at, "%s, backward: the gradient of operand %d is %s %s, the operand %s %s",
          node->op->name, i, ag_dtype_name(g->dtype), ag_shape_text(x->c, ag_shape_of(g)),
          ag_dtype_name(x->dtype), ag_shape_text(x->c, ag_shape_of(x)));
  return false;
}

/* The vector-Jacobian product of one node. */
static void pull(const ag_node *node) {
  ag_ctx *c = node->c;
  ag_tensor *few[FEW] = {0}, **dx = few, *g[AG_MAX_OUTPUTS];
  const ag_tensor *before = c->scope[c->depth].newest;
  if (node->n_in > FEW) {
    dx = ag_scope_bytes(c, (size_t)node->n_in * sizeof *dx, node->at);
    if (!dx) return;
    for (int i = 0; i < node->n_in; i++) dx[i] = NULL;
  }
  for (int k = 0; k < node->n_out; k++) g[k] = node->out[k]->cotangent;
  c->pulled = node;
  node->op->vjp(node, g, dx);
  for (int i = 0; i < node->n_in && c->status == AG_OK; i++) {
    if (dx[i] && ag_needs(node, i) && becomes_gradient(node, i, dx[i]))
      ag_deliver(node->at, node->in[i], dx[i]);
  }
  for (int k = 0; k < node->n_out; k++) {
    if (!g[k]) continue;
    c->pending--;
    if (node->out[k]->wanted) continue;
    node->out[k]->cotangent = NULL;
    let_go(g[k]);
  }
  if (!c->transient) return;
  for (ag_tensor *t = c->scope[c->depth].newest; t != before; t = t->older) {
    if (t->holds == 0) ag_drop(t);
  }
}

/* Forgets all cotangents, after an error or at the end. */
static void forget(ag_ctx *c) {
  for (size_t i = 0; i < c->tape_length; i++) {
    const ag_node *node = c->tape[i];
    for (int k = 0; k < node->n_out; k++) node->out[k]->cotangent = NULL;
    for (int k = 0; k < node->n_in; k++) node->in[k]->cotangent = NULL;
  }
}

void ag_mark_needed(ag_ctx *c, size_t begin) {
  for (size_t i = begin; c->pass != 0 && i < c->tape_length; i++) {
    const ag_node *node = c->tape[i];
    bool needed = false;
    for (int k = 0; k < node->n_in && !needed; k++) needed = ag_needs(node, k);
    for (int k = 0; k < node->n_out && needed; k++) node->out[k]->pass = c->pass;
  }
}

void ag_walk_back(ag_ctx *c, size_t begin, size_t end) {
  for (size_t i = end; i-- > begin && c->pending > 0 && c->status == AG_OK;) {
    const ag_node *node = c->tape[i];
    for (int k = 0; k < node->n_out; k++) {
      if (!node->out[k]->cotangent) continue;
      pull(node);
      break;
    }
  }
  if (c->status != AG_OK) forget(c);
}

bool ag_pass_begin(ag_ctx *c, ag_site at, bool create_graph) {
  if (c->checkpointed || c->in_pass) {
    ag_fail(c, AG_ESTATE, at,
            c->checkpointed ? "a function under ag_checkpoint cannot start a pass of its own"
                            : "a vjp must be written in operators; it cannot start a pass of its own");
    return false;
  }
  c->in_pass = true;
  c->pass_begun = ag_tools_begin(c);
  c->pending = 0;
  c->transient = !create_graph;
  c->no_grad_around = c->no_grad;
  c->no_grad = !create_graph;
  return true;
}

void ag_pass_end(ag_ctx *c, ag_site at) {
  c->in_pass = c->transient = false;
  c->pulled = NULL;
  c->no_grad = c->no_grad_around;
  c->pass = 0;
  if (c->tools_on) ag_tools_stretched(c, &(ag_stretch){"pass", at, .whole = true}, c->pass_begun);
}
