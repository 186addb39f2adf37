/* Gradients against differences.
 *
 * For y = fn(x) and a fixed random v, L = <v, y> is a number, whose gradient the engine gives as a
 * vector-Jacobian product and central differences give element by element:
 *
 *   dL/dx_i  ~  <v, fn(x + h e_i) - fn(x - h e_i)> / 2h.
 *
 * The gradients of the gradients are checked as the gradients of another function, of x and v:
 *
 *   fn2(x, v) = <w, d<v, fn(x)>/dx>  with a second fixed random w.
 *
 * Random streams are put back before each evaluation, so that functions which draw (dropout) always draw the
 * same, and the user's streams are afterwards as they were. */
#include "core/function.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "kernels/random.h"

/* Keys of the private random numbers: digits of pi and e. */
#define KEY_V 0x243f6a8885a308d3u
#define KEY_W 0xb7e151628aed2a6au

/* One comparison, of any order. */
typedef struct {
  const char *what;
  ag_gradcheck_args a;
  ag_stream_state stream[AG_MAX_STREAMS];
  int n_streams;
  int n_own;       /* how many inputs are the caller's; one more is v, in order 2 */
  int64_t total;   /* elements of all inputs that have gradients */
  ag_shape result; /* of fn, known after the analytic pass */
} check;

static bool is_checked(const ag_tensor *x) { return x->requires_grad; }

/* ---- Evaluating ---- */

/* Numbers of magnitude 1/2 to 1 and random sign: none is so small that it would hide a wrong element. */
static void fill_projection(uint64_t key, uint64_t counter, int64_t n, double *out) {
  agk_random_uniform_f64(1, key, counter, n, out);
  for (int64_t i = 0; i < n; i++) out[i] = out[i] < 0.5 ? out[i] - 1 : out[i];
}

static ag_tensor *projection(const check *k, uint64_t key, uint64_t counter, ag_shape shape) {
  ag_tensor *v = ag_new_tensor(k->a.c, k->a.at, AG_F64, shape);
  if (v) fill_projection(key, counter, v->numel, (double *)(void *)v->data);
  return v;
}

/* fn(inputs) with the streams as they were at the start; NULL after an error. */
static ag_tensor *evaluate(const check *k) {
  ag_ctx *c = k->a.c;
  memcpy(c->stream, k->stream, sizeof c->stream);
  c->n_streams = k->n_streams;
  ag_tensor *y = ag_evaluate(k->a.at, k->what, c, k->a.fn, k->a.inputs, k->a.user);
  if (y && y->dtype != AG_F64) {
    ag_fail(c, AG_EDTYPE, k->a.at,
            "%s: fn returned %s, wanted is float64; call ag_set_dtype(c, AG_F64) first", k->what,
            ag_dtype_name(y->dtype));
  }
  return ag_error(c) == AG_OK ? y : NULL;
}

/* Writes fn(inputs) as numbers. */
static bool values(const check *k, double *out) {
  ag_scope_begin(k->a.c);
  const ag_tensor *y = evaluate(k);
  const bool same = y && ag_shape_equal(ag_shape_of(y), k->result);
  if (same) ag_to_double(y, out);
  if (y && !same) {
    ag_fail(k->a.c, AG_ESHAPE, k->a.at, "%s: fn returned %s first and %s later", k->what,
            ag_shape_text(k->a.c, k->result), ag_shape_text(k->a.c, ag_shape_of(y)));
  }
  ag_scope_end(k->a.c);
  return same;
}

/* Gradients of <v, y> with respect to the checked inputs; NULL for the others and where there is none. */
static bool gradients(const check *k, ag_tensor *y, ag_tensor *v, bool create_graph, ag_tensor **dx) {
  ag_ctx *c = k->a.c;
  const int n = k->a.n_inputs;
  ag_tensor **wanted = ag_scope_bytes(c, (size_t)n * sizeof *wanted, k->a.at);
  ag_tensor **found = wanted ? ag_scope_bytes(c, (size_t)n * sizeof *found, k->a.at) : NULL;
  if (!found || !v) return false;
  int m = 0;
  for (int j = 0; j < n; j++) {
    dx[j] = NULL;
    if (is_checked(k->a.inputs[j])) wanted[m++] = k->a.inputs[j];
  }
  if (!y->requires_grad) return true;
  const bool done = (ag_grad)((ag_grad_args){.at = k->a.at,
                                             .n_outputs = 1,
                                             .outputs = &y,
                                             .n_inputs = m,
                                             .inputs = wanted,
                                             .grads = found,
                                             .grad_outputs = &v,
                                             .create_graph = create_graph,
                                             .allow_unused = true});
  for (int j = n; done && j-- > 0;) dx[j] = is_checked(k->a.inputs[j]) ? found[--m] : NULL;
  return done;
}

/* ---- Comparing ---- */

/* Writes the engine's gradients of all checked inputs in a row, and learns the shape of the result. */
static bool analytic(check *k, double *out) {
  ag_ctx *c = k->a.c;
  ag_scope_begin(c);
  ag_tensor *y = evaluate(k);
  ag_tensor **dx = y ? ag_scope_bytes(c, (size_t)k->a.n_inputs * sizeof *dx, k->a.at) : NULL;
  bool done = false;
  if (dx) {
    k->result = ag_shape_of(y);
    done = gradients(k, y, projection(k, KEY_V, 0, k->result), false, dx);
  }
  for (int j = 0; done && j < k->a.n_inputs; j++) {
    const ag_tensor *x = k->a.inputs[j];
    if (!is_checked(x)) continue;
    if (dx[j]) {
      ag_to_double(dx[j], out);
    } else {
      memset(out, 0, (size_t)x->numel * sizeof *out);
    }
    out += x->numel;
  }
  ag_scope_end(c);
  return done;
}

/* Writes one element, in row-major order, of an input; also after an error, to put it back. */
static void put(ag_tensor *x, int64_t i, double value) {
  int64_t offset = 0;
  for (int axis = x->rank - 1; axis >= 0; axis--) {
    offset += i % x->dim[axis] * x->stride[axis];
    i /= x->dim[axis];
  }
  ((double *)(void *)x->data)[offset] = value;
}

/* <v, y+ - y-> / 2h for element i of an input, which is x there. room holds the result twice. */
static bool difference(const check *k, ag_tensor *input, int64_t i, double x, const double *v, double *room,
                       double *slope) {
  const int64_t n = ag_shape_numel(k->result);
  const double above = x + k->a.eps, below = x - k->a.eps;
  put(input, i, above);
  bool done = values(k, room);
  put(input, i, below);
  done = done && values(k, room + n);
  put(input, i, x);
  *slope = 0;
  for (int64_t j = 0; done && j < n; j++) *slope += v[j] * (room[j] - room[n + j]);
  *slope /= above - below;
  return done;
}

static void disagree(const check *k, int input, int64_t element, double ours, double numerical) {
  char name[32] = "grad_output";
  if (input < k->n_own) snprintf(name, sizeof name, "input %d", input);
  ag_fail(k->a.c, AG_EVALUE, k->a.at,
          "%s: %s (%s), element %" PRId64 ": the gradient is %.9g, differences give %.9g", k->what, name,
          ag_shape_text(k->a.c, ag_shape_of(k->a.inputs[input])), element, ours, numerical);
}

/* Compares input j, whose gradient is in `ours`. memory holds its values, v, and twice the result. */
static bool compare_input(const check *k, int j, const double *ours, double *memory) {
  ag_tensor *input = k->a.inputs[j];
  const int64_t n = ag_shape_numel(k->result);
  double *x = memory, *v = x + input->numel, *room = v + n;
  ag_to_double(input, x);
  fill_projection(KEY_V, 0, n, v);
  for (int64_t i = 0; i < input->numel; i++) {
    double slope;
    if (!difference(k, input, i, x[i], v, room, &slope)) return false;
    if (fabs(ours[i] - slope) <= k->a.atol + k->a.rtol * fabs(slope)) continue;
    disagree(k, j, i, ours[i], slope);
    return false;
  }
  return true;
}

/* Compares all inputs. */
static bool compare(check *k) {
  ag_ctx *c = k->a.c;
  ag_scope_begin(c);
  double *ours = ag_scope_bytes(c, (size_t)k->total * sizeof *ours, k->a.at);
  bool agree = ours && analytic(k, ours);
  const size_t room = (size_t)(k->total + 3 * (agree ? ag_shape_numel(k->result) : 0));
  double *memory = agree ? ag_scope_bytes(c, room * sizeof *memory, k->a.at) : NULL;
  agree = memory != NULL;
  for (int j = 0; agree && j < k->a.n_inputs; j++) {
    if (!is_checked(k->a.inputs[j])) continue;
    agree = compare_input(k, j, ours, memory);
    ours += k->a.inputs[j]->numel;
  }
  ag_scope_end(c);
  return agree;
}

/* ---- Order 2 ---- */

/* fn2 of the head comment; user is the check of order 1, and inputs are its inputs and v. */
static ag_tensor *gradient_function(ag_tensor *const *inputs, void *user) {
  const check *k = user;
  ag_ctx *c = k->a.c;
  ag_tensor *y = evaluate(k);
  ag_tensor **dx = y ? ag_scope_bytes(c, (size_t)k->a.n_inputs * sizeof *dx, k->a.at) : NULL;
  if (!dx || !gradients(k, y, inputs[k->a.n_inputs], true, dx)) return NULL;
  ag_tensor *sum = ag_filled(k->a.at, c, AG_F64, AG_SCALAR, 0);
  uint64_t counter = 0;
  for (int j = 0; j < k->a.n_inputs; j++) {
    if (!dx[j]) continue;
    ag_tensor *w = projection(k, KEY_W, counter, ag_shape_of(dx[j]));
    sum = (ag_add)(k->a.at, sum, (ag_sum)((ag_reduce_args){.at = k->a.at, .x = (ag_mul)(k->a.at, w, dx[j])}));
    counter += (uint64_t)ag_numel(dx[j]);
  }
  return sum;
}

static bool compare_order_2(check *k) {
  ag_ctx *c = k->a.c;
  ag_scope_begin(c);
  const int n = k->a.n_inputs;
  ag_tensor **inputs = ag_scope_bytes(c, (size_t)(n + 1) * sizeof *inputs, k->a.at);
  ag_tensor *v = projection(k, KEY_V, 0, k->result);
  bool agree = inputs && v;
  if (agree) {
    memcpy(inputs, k->a.inputs, (size_t)n * sizeof *inputs);
    inputs[n] = v;
    v->requires_grad = true;
    check second = *k;
    second.what = "gradcheck of order 2";
    second.a.fn = gradient_function;
    second.a.user = k;
    second.a.n_inputs = n + 1;
    second.a.inputs = inputs;
    second.total += v->numel;
    agree = compare(&second);
  }
  ag_scope_end(c);
  return agree;
}

/* ---- The public function ---- */

/* Whether the arguments make sense; counts the elements to check. */
static bool acceptable(check *k) {
  const ag_gradcheck_args *a = &k->a;
  if (a->n_inputs > 0 && !a->inputs) {
    ag_fail(a->c, AG_EVALUE, a->at, "gradcheck: inputs is NULL");
    return false;
  }
  for (int j = 0; j < a->n_inputs; j++) {
    const ag_tensor *x = a->inputs[j];
    if (!x) ag_fail(a->c, AG_EVALUE, a->at, "gradcheck: input %d is NULL", j);
    if (!x || !ag_usable(a->at, "gradcheck", j, x)) return false;
    if (x->dtype == AG_F32) {
      ag_fail(
          a->c, AG_EDTYPE, a->at,
          "gradcheck: input %d is float32, too coarse for differences; call ag_set_dtype(c, AG_F64) first",
          j);
      return false;
    }
    if (x->node) {
      ag_fail(a->c, AG_ESTATE, a->at,
              "gradcheck: input %d is the result of an operator; only leaves can be moved", j);
      return false;
    }
    if (x->dtype == AG_F64) k->total += x->numel;
  }
  if (a->order < 1 || a->order > 2)
    ag_fail(a->c, AG_EVALUE, a->at, "gradcheck: order is %d, not 1 or 2", a->order);
  if (k->total == 0) ag_fail(a->c, AG_EVALUE, a->at, "gradcheck: there is no float64 input to check");
  return ag_error(a->c) == AG_OK;
}

bool(ag_gradcheck)(ag_gradcheck_args a) {
  ag_ctx *c = a.c;
  if (a.eps == 0) a.eps = 1e-6;
  if (a.atol == 0) a.atol = 1e-5;
  if (a.rtol == 0) a.rtol = 1e-3;
  if (a.order == 0) a.order = 1;
  check k = {.what = "gradcheck", .a = a, .n_own = a.n_inputs, .n_streams = c->n_streams};
  memcpy(k.stream, c->stream, sizeof k.stream);
  if (ag_error(c) != AG_OK || !acceptable(&k)) return false;

  ag_scope_begin(c);
  const int no_grad = c->no_grad;
  bool *required = ag_scope_bytes(c, (size_t)a.n_inputs * sizeof *required, a.at);
  bool agree = required != NULL;
  c->no_grad = 0;
  for (int j = 0; required && j < a.n_inputs; j++) {
    required[j] = a.inputs[j]->requires_grad;
    a.inputs[j]->requires_grad = a.inputs[j]->dtype == AG_F64;
  }
  agree = agree && compare(&k) && (a.order < 2 || compare_order_2(&k));
  for (int j = a.n_inputs; required && j-- > 0;) a.inputs[j]->requires_grad = required[j];
  c->no_grad = no_grad;
  memcpy(c->stream, k.stream, sizeof c->stream);
  c->n_streams = k.n_streams;
  ag_scope_end(c);
  return agree;
}
