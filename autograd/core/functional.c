/* Transforms of functions, as torch.autograd.functional: products with the Jacobian J of y = fn(x1, .., xn),
 * and J itself.
 *
 *   vjp        J' v       one pass
 *   jvp        J v        J' u is linear in u, so its own vjp is J v: two passes, the first one recorded
 *   hvp        H v        H is symmetric: the vjp of the recorded gradient
 *   jacobian   J          one pass for each element of y, with a unit vector
 *   hessian    H          the Jacobian of the recorded gradient
 *
 * fn does not see the inputs but stand-ins for them, so that inputs need not require gradients, and what they
 * depend on is left alone: leaves over the same elements, or recorded views where the results are to be
 * differentiated again. Otherwise all happens in a scope of its own, from which results alone are kept. */
#include <inttypes.h>

#include "core/function.h"

typedef struct {
  const char *what;
  const ag_transform_args *a;
  ag_ctx *c;
  int64_t n_results;
  int no_grad;
  bool scoped;
  ag_tensor **x; /* the stand-ins */
  ag_tensor *y;  /* fn of them; NULL after an error */
} transform;

static const char *text_of(const ag_tensor *x) { return ag_shape_text(x->c, ag_shape_of(x)); }

/* The sizes of `first`, then those of x. */
static ag_shape joined(ag_shape first, const ag_tensor *x) {
  for (int i = 0; i < x->rank; i++) first.dim[first.rank++] = x->dim[i];
  return first;
}

/* Room for `rows` times n tensors, all NULL; NULL after an error. */
static ag_tensor **row_of(const transform *t, int64_t rows, int n) {
  if (!t->c || t->c->status != AG_OK) return NULL;
  if (n > 0 && rows > INT32_MAX / n) {
    ag_fail(t->c, AG_EVALUE, t->a->at, "%s: %" PRId64 " elements have too many derivatives", t->what, rows);
    return NULL;
  }
  const int64_t count = rows * n;
  ag_tensor **row = ag_scope_bytes(t->c, (size_t)(count + 1) * sizeof *row, t->a->at);
  for (int64_t i = 0; row && i < count; i++) row[i] = NULL;
  return row;
}

/* ---- Beginning and end ---- */

/* Whether the inputs can be differentiated for, and there is room for what is found. */
static bool acceptable(const transform *t) {
  const ag_transform_args *a = t->a;
  if (!a->results) ag_fail(t->c, AG_EVALUE, a->at, "%s: results is NULL", t->what);
  for (int j = 0; j < a->n_inputs; j++) {
    const ag_tensor *x = a->inputs[j];
    if (!x) {
      ag_fail(t->c, AG_EVALUE, a->at, "%s: input %d is NULL", t->what, j);
    } else if (x->c != t->c) {
      ag_fail(t->c, AG_ESTATE, a->at, "%s: input %d belongs to another context", t->what, j);
    } else if (ag_usable(a->at, t->what, j, x) && x->dtype != AG_F32 && x->dtype != AG_F64) {
      ag_fail(t->c, AG_EDTYPE, a->at,
              "%s: input %d is %s and has no derivative; hand it to fn through .user instead", t->what, j,
              ag_dtype_name(x->dtype));
    }
  }
  return t->c->status == AG_OK;
}

static ag_tensor *stand_in(const transform *t, ag_tensor *x) {
  if (t->a->create_graph && x->requires_grad) return (ag_expand)(t->a->at, x, ag_shape_of(x));
  ag_tensor *leaf = ag_new_view(t->a->at, x);
  if (leaf) leaf->requires_grad = true;
  return leaf;
}

/* Checks the arguments and calls fn; t.y is NULL after an error. */
static transform begin(const char *what, const ag_transform_args *a, int64_t n_results) {
  transform t = {.what = what, .a = a, .n_results = n_results};
  for (int j = 0; a->inputs && j < a->n_inputs && !t.c; j++) t.c = ag_context(a->inputs[j]);
  ag_ctx *c = t.c;
  for (int64_t k = 0; a->results && k < n_results; k++) a->results[k] = c ? &c->nil : NULL;
  if (c) t.no_grad = c->no_grad;
  if (!c || c->status != AG_OK || !acceptable(&t)) return t;
  c->no_grad = 0;
  t.scoped = !a->create_graph;
  if (t.scoped) ag_scope_begin(c);
  t.x = row_of(&t, a->n_inputs, 1);
  for (int j = 0; t.x && j < a->n_inputs; j++) t.x[j] = stand_in(&t, a->inputs[j]);
  t.y = ag_evaluate(a->at, what, c, a->fn, t.x, a->user);
  return t;
}

/* Takes the results out of the transform's scope, and returns y. */
static ag_tensor *end(transform *t, bool done) {
  ag_ctx *c = t->c;
  if (!c) return NULL;
  for (int64_t k = 0; t->scoped && done && k < t->n_results; k++) {
    t->a->results[k] = (ag_keep)(t->a->at, t->a->results[k]);
  }
  ag_tensor *y = t->scoped && done ? (ag_keep)(t->a->at, t->y) : t->y;
  if (t->scoped) ag_scope_end(c);
  c->no_grad = t->no_grad;
  if (done && c->status == AG_OK) return y;
  for (int64_t k = 0; t->a->results && k < t->n_results; k++) t->a->results[k] = &c->nil;
  return &c->nil;
}

/* ---- Passes ---- */

/* g[j] = sum over i of the vjp of outputs[i] with v[i], NULL where nothing depends on inputs[j]. Outputs
 * that depend on nothing, and those without v, are left out. */
static bool pass(const transform *t, int n_outputs, ag_tensor *const *outputs, ag_tensor *const *v,
                 int n_inputs, ag_tensor *const *inputs, bool create_graph, ag_tensor **g) {
  ag_tensor **y = row_of(t, n_outputs, 1), **u = row_of(t, n_outputs, 1);
  if (!y || !u) return false;
  int n = 0;
  for (int i = 0; i < n_outputs; i++) {
    if (!outputs[i] || !outputs[i]->requires_grad || !v[i]) continue;
    y[n] = outputs[i];
    u[n++] = v[i];
  }
  for (int j = 0; j < n_inputs; j++) g[j] = NULL;
  return n == 0 || (ag_grad)((ag_grad_args){.at = t->a->at,
                                            .n_outputs = n,
                                            .outputs = y,
                                            .n_inputs = n_inputs,
                                            .inputs = inputs,
                                            .grads = g,
                                            .grad_outputs = u,
                                            .create_graph = create_graph,
                                            .allow_unused = true});
}

/* Puts zeros of the shape (first, then like[j]) where there is no g[j], unless that is an error. */
static bool complete(const transform *t, ag_shape first, int n, ag_tensor *const *like, ag_tensor **g) {
  for (int j = 0; j < n; j++) {
    if (g[j]) continue;
    const ag_shape shape = joined(first, like[j]);
    if (t->a->strict && ag_shape_numel(shape) != 0) {
      ag_fail(t->c, AG_EVALUE, t->a->at, "%s: the result does not depend on input %d", t->what, j);
      return false;
    }
    g[j] = ag_filled(t->a->at, t->c, like[j]->dtype, shape, 0);
    if (!g[j]) return false;
  }
  return true;
}

/* Whether v[i] fits x. */
static bool fits(const transform *t, int i, const ag_tensor *x, const char *whose) {
  const ag_tensor *v = t->a->v[i];
  if (v->c != t->c) {
    ag_fail(t->c, AG_ESTATE, t->a->at, "%s: v[%d] belongs to another context", t->what, i);
  } else if (ag_usable(t->a->at, t->what, i, v) && (!ag_alike(v, x) || v->dtype != x->dtype)) {
    ag_fail(t->c, AG_ESHAPE, t->a->at, "%s: v[%d] is %s %s, wanted is %s %s, as %s", t->what, i,
            ag_dtype_name(v->dtype), text_of(v), ag_dtype_name(x->dtype), text_of(x), whose);
  }
  return t->c->status == AG_OK;
}

/* The n tensors v, each like that of `like`, or a one for a single number; NULL after an error. */
static ag_tensor **directions(const transform *t, int n, ag_tensor *const *like, const char *whose) {
  ag_tensor **v = row_of(t, n, 1);
  if (!v) return NULL;
  if (!t->a->v && n == 1 && like[0]->numel == 1) {
    v[0] = ag_filled(t->a->at, t->c, like[0]->dtype, ag_shape_of(like[0]), 1);
    return v[0] ? v : NULL;
  }
  if (!t->a->v) {
    ag_fail(t->c, AG_ESHAPE, t->a->at, "%s: there is no v, which a single number alone can do without",
            t->what);
    return NULL;
  }
  for (int i = 0; i < n; i++) {
    v[i] = t->a->v[i];
    if (v[i] && !fits(t, i, like[i], whose)) return NULL;
  }
  return v;
}

/* ---- Products ---- */

ag_tensor *(ag_vjp)(ag_transform_args a) {
  transform t = begin("vjp", &a, a.n_inputs);
  ag_tensor **v = t.y ? directions(&t, 1, &t.y, "the result of fn") : NULL;
  const bool done = v && pass(&t, 1, &t.y, v, a.n_inputs, t.x, a.create_graph, a.results) &&
                    complete(&t, AG_SCALAR, a.n_inputs, t.x, a.results);
  return end(&t, done);
}

ag_tensor *(ag_jvp)(ag_transform_args a) {
  transform t = begin("jvp", &a, 1);
  ag_tensor **v = t.y ? directions(&t, a.n_inputs, t.x, "its input") : NULL;
  ag_tensor **g = row_of(&t, a.n_inputs, 1), *u = NULL;
  if (v && g) u = ag_filled(a.at, t.c, t.y->dtype, ag_shape_of(t.y), 0);
  if (u) u->requires_grad = true;
  const bool done = u && pass(&t, 1, &t.y, &u, a.n_inputs, t.x, true, g) &&
                    pass(&t, a.n_inputs, g, v, 1, &u, a.create_graph, a.results) &&
                    complete(&t, AG_SCALAR, 1, &t.y, a.results);
  return end(&t, done);
}

/* The gradient, recorded, of fn's result, which must be one number; NULL after an error. */
static ag_tensor **gradient_of(const transform *t) {
  if (!t->y) return NULL;
  if (t->y->numel != 1) {
    ag_fail(t->c, AG_ESHAPE, t->a->at,
            "%s: fn returned %s, wanted is one element; take its ag_sum or ag_mean", t->what, text_of(t->y));
    return NULL;
  }
  ag_tensor **g = row_of(t, t->a->n_inputs, 1);
  ag_tensor *one = g ? ag_filled(t->a->at, t->c, t->y->dtype, ag_shape_of(t->y), 1) : NULL;
  return one && pass(t, 1, &t->y, &one, t->a->n_inputs, t->x, true, g) ? g : NULL;
}

ag_tensor *(ag_hvp)(ag_transform_args a) {
  transform t = begin("hvp", &a, a.n_inputs);
  ag_tensor **g = gradient_of(&t), **v = g ? directions(&t, a.n_inputs, t.x, "its input") : NULL;
  const bool done = v && pass(&t, a.n_inputs, g, v, a.n_inputs, t.x, a.create_graph, a.results) &&
                    complete(&t, AG_SCALAR, a.n_inputs, t.x, a.results);
  return end(&t, done);
}

/* ---- Matrices ---- */

/* Whether the derivatives of y by all inputs are tensors that can be. */
static bool representable(const transform *t, const ag_tensor *y) {
  for (int j = 0; j < t->a->n_inputs; j++) {
    if (y->rank + t->x[j]->rank <= AG_MAX_RANK) continue;
    ag_fail(t->c, AG_ESHAPE, t->a->at, "%s: the derivative of %s by input %d, %s, has more than %d axes",
            t->what, text_of(y), j, text_of(t->x[j]), AG_MAX_RANK);
    return false;
  }
  return true;
}

/* A tensor like y of zeros, with a one at place i in row-major order. */
static ag_tensor *unit(const transform *t, const ag_tensor *y, int64_t i) {
  ag_tensor *e = ag_filled(t->a->at, t->c, y->dtype, ag_shape_of(y), 0);
  if (e && e->dtype == AG_F32) ((float *)(void *)e->data)[i] = 1;
  if (e && e->dtype == AG_F64) ((double *)(void *)e->data)[i] = 1;
  return e;
}

/* The gradients of element i of y by all inputs. */
static bool gradients_of_element(const transform *t, ag_tensor *y, int64_t i, ag_tensor **g) {
  ag_tensor *e = unit(t, y, i);
  const bool done = e && pass(t, 1, &y, &e, t->a->n_inputs, t->x, t->a->create_graph, g);
  if (done && !t->a->create_graph && e->holds == 0) ag_drop(e);
  return done;
}

/* J[j] = dy / dx[j], of shape (y, x[j]). The rows of one input are there for all elements of y or for none.
 */
static bool matrices(const transform *t, ag_tensor *y, ag_tensor **J) {
  const int n = t->a->n_inputs, m = (int)y->numel;
  ag_tensor **row = representable(t, y) ? row_of(t, y->numel, n) : NULL;
  ag_tensor **column = row ? row_of(t, y->numel, 1) : NULL;
  if (!column) return false;
  for (int i = 0; i < m; i++) {
    if (!gradients_of_element(t, y, i, row + (ptrdiff_t)i * n)) return false;
  }
  for (int j = 0; j < n; j++) {
    J[j] = NULL;
    if (m == 0 || !row[j]) continue;
    for (int i = 0; i < m; i++) column[i] = row[(ptrdiff_t)i * n + j];
    J[j] = (ag_reshape)(t->a->at, (ag_stack)(t->a->at, m, column, 0), joined(ag_shape_of(y), t->x[j]));
  }
  return t->c->status == AG_OK && complete(t, ag_shape_of(y), n, t->x, J);
}

ag_tensor *(ag_jacobian)(ag_transform_args a) {
  transform t = begin("jacobian", &a, a.n_inputs);
  return end(&t, t.y && matrices(&t, t.y, a.results));
}

ag_tensor *(ag_hessian)(ag_transform_args a) {
  transform t = begin("hessian", &a, (int64_t)a.n_inputs * a.n_inputs);
  ag_tensor **g = gradient_of(&t);
  bool done = g && complete(&t, AG_SCALAR, a.n_inputs, t.x, g);
  for (int j = 0; done && j < a.n_inputs; j++)
    done = matrices(&t, g[j], a.results + (ptrdiff_t)j * a.n_inputs);
  return end(&t, done);
}
