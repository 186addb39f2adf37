/* The public side of differentiation: ag_backward for training, ag_grad for everything else. */
#include <string.h>

#include "core/pass.h"

void ag_no_grad_begin(ag_ctx *c) { c->no_grad++; }

void ag_no_grad_end(ag_ctx *c) {
  if (c->no_grad > 0) {
    c->no_grad--;
  } else {
    ag_fail(c, AG_ESTATE, "ag_no_grad_end", "there is no open ag_no_grad_begin");
  }
}

/* Whether x can start a pass. */
static bool differentiable(ag_site at, const char *what, int i, const ag_tensor *x) {
  if (!ag_usable(at, what, i, x)) return false;
  if (x->requires_grad) return true;
  ag_fail(x->c, AG_ESTATE, at, "%s: the output depends on nothing that requires a gradient%s", what,
          x->c->no_grad ? "; it may have been computed after ag_no_grad_begin" : "");
  return false;
}

void(ag_backward)(ag_site at, ag_tensor *loss) {
  if (ag_is_nil(loss) || loss->c->status != AG_OK || !differentiable(at, "backward", 0, loss)) return;
  ag_ctx *c = loss->c;
  if (loss->numel != 1) {
    ag_fail(c, AG_ESHAPE, at,
            "backward: the loss has shape %s, one element is wanted; take its ag_mean or ag_sum",
            ag_shape_text(c, ag_shape_of(loss)));
    return;
  }
  if (!ag_pass_begin(c, at, false)) return;
  const size_t length = c->tape_length;
  ag_tensor *one = ag_filled(at, c, loss->dtype, ag_shape_of(loss), 1);
  if (one) ag_deliver(at, loss, one);
  ag_walk_back(c, 0, length);
  ag_pass_end(c, at);
}

/* ---- ag_grad ---- */

/* The context of the first tensor that is there. */
static ag_ctx *context_of(const ag_grad_args *a) {
  for (int i = 0; a->outputs && i < a->n_outputs; i++) {
    if (a->outputs[i]) return a->outputs[i]->c;
  }
  for (int j = 0; a->inputs && j < a->n_inputs; j++) {
    if (a->inputs[j]) return a->inputs[j]->c;
  }
  return NULL;
}

/* Whether x, which is number i of what was given, is a tensor of context c. */
static bool belongs(const ag_grad_args *a, ag_ctx *c, const char *what, int i, const ag_tensor *x) {
  if (!x) ag_fail(c, AG_EVALUE, a->at, "grad: %s %d is NULL", what, i);
  if (x && x->c != c) ag_fail(c, AG_ESTATE, a->at, "grad: %s %d belongs to another context", what, i);
  return x && x->c == c;
}

/* Whether outputs and inputs can be the ends of a pass. */
static bool acceptable(const ag_grad_args *a, ag_ctx *c) {
  if (a->n_outputs < 1) ag_fail(c, AG_EVALUE, a->at, "grad: there is no output");
  const char *absent = !a->outputs ? "outputs" : !a->inputs ? "inputs" : !a->grads ? "grads" : NULL;
  if (absent && (!a->outputs || a->n_inputs > 0)) ag_fail(c, AG_EVALUE, a->at, "grad: %s is NULL", absent);
  if (c->status != AG_OK) return false;
  for (int i = 0; i < a->n_outputs; i++) {
    if (!belongs(a, c, "output", i, a->outputs[i]) || !differentiable(a->at, "grad", i, a->outputs[i]))
      return false;
  }
  for (int j = 0; j < a->n_inputs; j++) {
    const ag_tensor *x = a->inputs[j];
    if (!belongs(a, c, "input", j, x) || !ag_usable(a->at, "grad: input", j, x)) return false;
    if (x->requires_grad) continue;
    ag_fail(c, AG_ESTATE, a->at,
            "grad: input %d does not require a gradient; call ag_set_requires_grad before it is used", j);
  }
  return c->status == AG_OK;
}

/* What is delivered to output i: the given tensor, or one for an output of one element; NULL after an error.
 */
static ag_tensor *cotangent_of(const ag_grad_args *a, int i) {
  const ag_tensor *y = a->outputs[i];
  ag_ctx *c = y->c;
  ag_tensor *g = a->grad_outputs ? a->grad_outputs[i] : NULL;
  if (!g && y->numel == 1) return ag_filled(a->at, c, y->dtype, ag_shape_of(y), 1);
  if (!g) {
    ag_fail(c, AG_ESHAPE, a->at,
            "grad: output %d has shape %s and no grad_output; only one-element outputs need none", i,
            ag_shape_text(c, ag_shape_of(y)));
    return NULL;
  }
  if (!belongs(a, c, "grad_output", i, g) || !ag_usable(a->at, "grad: grad_output", i, g)) return NULL;
  if (ag_alike(g, y) && g->dtype == y->dtype) return g;
  ag_fail(c, AG_ESHAPE, a->at, "grad: grad_output %d is %s %s, its output %s %s", i, ag_dtype_name(g->dtype),
          ag_shape_text(c, ag_shape_of(g)), ag_dtype_name(y->dtype), ag_shape_text(c, ag_shape_of(y)));
  return NULL;
}

/* Marks what depends on the inputs: everything else needs no gradient. */
static void mark_needed(const ag_grad_args *a, ag_ctx *c) {
  c->pass = ++c->passes;
  for (int j = 0; j < a->n_inputs; j++) {
    a->inputs[j]->pass = c->pass;
    a->inputs[j]->wanted = true;
  }
  ag_mark_needed(c, 0);
}

/* Delivers the cotangents of the outputs. */
static void start(const ag_grad_args *a, const ag_ctx *c) {
  for (int i = 0; i < a->n_outputs; i++) {
    ag_tensor *g = cotangent_of(a, i);
    if (!g) return;
    if (a->outputs[i]->pass == c->pass) ag_deliver(a->at, a->outputs[i], g);
  }
}

/* Hands the cotangents of the inputs to the caller. An input may be listed twice. */
static void collect(const ag_grad_args *a) {
  for (int j = 0; j < a->n_inputs; j++) {
    ag_tensor *x = a->inputs[j];
    a->grads[j] = x->cotangent;
    if (!x->cotangent && !a->allow_unused) {
      ag_fail(x->c, AG_EVALUE, a->at,
              "grad: no output depends on input %d; .allow_unused = true makes its gradient NULL", j);
    }
  }
}

bool(ag_grad)(ag_grad_args a) {
  ag_ctx *c = context_of(&a);
  for (int j = 0; a.grads && j < a.n_inputs; j++) a.grads[j] = NULL;
  if (!c || c->status != AG_OK || !acceptable(&a, c)) return false;
  if (!ag_pass_begin(c, a.at, a.create_graph)) return false;
  const size_t length = c->tape_length;
  mark_needed(&a, c);
  start(&a, c);
  ag_walk_back(c, 0, length);
  if (c->status == AG_OK) collect(&a);
  for (int j = 0; j < a.n_inputs; j++) {
    a.inputs[j]->wanted = false;
    a.inputs[j]->cotangent = NULL;
  }
  ag_pass_end(c, a.at);
  return c->status == AG_OK;
}

ag_tensor *(ag_detach)(ag_site at, ag_tensor *x) {
  if (ag_is_nil(x) || x->c->status != AG_OK || !ag_usable(at, "detach", 0, x)) return x ? &x->c->nil : NULL;
  ag_tensor *view = ag_new_view(at, x);
  return view ? view : &x->c->nil;
}

void(ag_set_requires_grad)(ag_site at, ag_tensor *x, bool on) {
  if (ag_is_nil(x) || x->c->status != AG_OK || !ag_usable(at, "set_requires_grad", 0, x)) return;
  if (x->node) {
    ag_fail(x->c, AG_ESTATE, at,
            "set_requires_grad: the result of an operator cannot be changed; take ag_detach first");
  } else if (x->dtype != AG_F32 && x->dtype != AG_F64) {
    ag_fail(x->c, AG_EDTYPE, at, "set_requires_grad: %s tensors have no gradients", ag_dtype_name(x->dtype));
  } else {
    x->requires_grad = on;
  }
}

void ag_zero_grad(ag_ctx *c) {
  for (int i = 0; i < c->n_registered; i++) {
    ag_tensor *p = c->registered[i];
    if (!p->requires_grad) continue;
    if (p->gradient) {
      memset(p->gradient->data, 0, (size_t)p->numel * ag_dtype_size(p->dtype));
      ag_overwritten(p->gradient);
      continue;
    }
    ag_tensor *zero = ag_filled("ag_zero_grad", c, p->dtype, ag_shape_of(p), 0);
    if (!zero || !ag_own_gradient(p, zero, "ag_zero_grad")) return;
  }
}
