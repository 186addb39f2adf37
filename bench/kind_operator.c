/* One operator on a tensor of (batch, channels, side, side): its result, or its result and the gradients of
 * its operands.
 *
 * The bound is a copy that moves as many bytes, in as much memory: forward each operand is read and the
 * result is written; the gradient reads what it needs of these again, and what comes in, and writes what goes
 * out. */
#include <string.h>

#include "bench/kinds.h"

typedef struct {
  ag_tensor *x, *y, *weight, *bias, *mean, *var;
} operands;

static ag_tensor *add(const operands *o) { return ag_add(o->x, o->y); }
static ag_tensor *mul(const operands *o) { return ag_mul(o->x, o->y); }
static ag_tensor *exponential(const operands *o) { return ag_exp(o->x); }
static ag_tensor *hyperbolic(const operands *o) { return ag_tanh(o->x); }
static ag_tensor *sigmoid(const operands *o) { return ag_sigmoid(o->x); }
static ag_tensor *gelu(const operands *o) { return ag_gelu(o->x); }
static ag_tensor *relu(const operands *o) { return ag_relu(o->x); }
static ag_tensor *sum(const operands *o) { return ag_sum(o->x); }
static ag_tensor *mean(const operands *o) { return ag_mean(o->x); }
static ag_tensor *largest(const operands *o) { return ag_max(o->x); }
static ag_tensor *var(const operands *o) { return ag_var(o->x); }
static ag_tensor *softmax(const operands *o) { return ag_softmax(o->x, 1); }
static ag_tensor *batch_norm(const operands *o) {
  return ag_batch_norm(o->x, o->weight, o->bias, o->mean, o->var, .training = true);
}
static ag_tensor *max_pool2d(const operands *o) { return ag_max_pool2d(o->x, 2); }
static ag_tensor *avg_pool2d(const operands *o) { return ag_avg_pool2d(o->x, 2); }

/* How many elements an operator must move for each one of x, forward and with the gradient, and how many
 * there are with the gradient; forward none is moved twice. */
static const struct {
  const char *name;
  ag_tensor *(*apply)(const operands *o);
  double forward, gradient, elements;
  bool flat;   /* x is a matrix with rows of side x side */
  int trained; /* x, then y or weight and bias */
} operators[] = {
    {"add", add, 3, 3, 3, false, 2},
    {"mul", mul, 3, 8, 6, false, 2},
    {"exp", exponential, 2, 5, 4, false, 1},
    {"tanh", hyperbolic, 2, 5, 4, false, 1},
    {"sigmoid", sigmoid, 2, 5, 4, false, 1},
    {"gelu", gelu, 2, 5, 4, false, 1},
    {"relu", relu, 2, 5, 4, false, 1},
    {"sum", sum, 1, 2, 2, false, 1},
    {"mean", mean, 1, 2, 2, false, 1},
    {"max", largest, 1, 3, 2, false, 1},
    {"var", var, 1, 3, 2, false, 1},
    {"softmax", softmax, 2, 5, 4, true, 1},
    {"batch_norm", batch_norm, 2, 5, 4, false, 3},
    {"max_pool2d", max_pool2d, 1.25, 2.5, 2.5, false, 1},
    {"avg_pool2d", avg_pool2d, 1.25, 2.5, 2.5, false, 1},
};

static size_t index_of(const char *name) {
  size_t i = 0;
  while (i + 1 < sizeof operators / sizeof *operators && strcmp(operators[i].name, name) != 0) i++;
  return i;
}

typedef struct {
  ag_ctx *c;
  size_t op;
  operands o;
  ag_tensor *trained[3], *g;
} state;

static void *make_forward(ag_ctx *c, const sizes *s) {
  state *t = state_new(sizeof *t);
  const ag_shape shape = AG_SHAPE(s->batch, s->channels, s->side, s->side);
  t->c = c;
  t->op = index_of(s->op);
  t->o.x = operators[t->op].flat ? numbers(c, AG_SHAPE(s->batch * s->channels, s->side * s->side))
                                 : numbers(c, shape);
  t->o.y = numbers(c, ag_shape_of(t->o.x));
  t->o.weight = numbers(c, AG_SHAPE(s->channels));
  t->o.bias = numbers(c, AG_SHAPE(s->channels));
  t->o.mean = ag_zeros(c, AG_SHAPE(s->channels));
  t->o.var = ag_full(c, AG_SHAPE(s->channels), 1);
  return t;
}

static void *make_with_gradient(ag_ctx *c, const sizes *s) {
  state *t = make_forward(c, s);
  const bool pair = operators[t->op].trained == 2;
  t->trained[0] = t->o.x;
  t->trained[1] = pair ? t->o.y : t->o.weight;
  t->trained[2] = t->o.bias;
  for (int i = 0; i < operators[t->op].trained; i++) ag_set_requires_grad(t->trained[i], true);
  ag_scope_begin(c);
  const ag_shape shape = ag_shape_of(operators[t->op].apply(&t->o));
  ag_scope_end(c);
  t->g = numbers(c, shape);
  return t;
}

static void forward(void *data) {
  const state *t = data;
  ag_scope_begin(t->c);
  operators[t->op].apply(&t->o);
  ag_scope_end(t->c);
}

static void with_gradient(void *data) {
  const state *t = data;
  ag_tensor *grads[3];
  ag_scope_begin(t->c);
  ag_tensor *y = operators[t->op].apply(&t->o);
  ag_grad(.n_outputs = 1, .outputs = &y, .n_inputs = operators[t->op].trained, .inputs = t->trained,
          .grads = grads, .grad_outputs = &t->g);
  ag_scope_end(t->c);
}

static bound copy(const sizes *s, double elements, double moved) {
  const double bytes = (double)(s->batch * s->channels * s->side * s->side) * sizeof(float);
  return bound_copy(elements * bytes, moved * bytes, s->threads);
}

static bound forward_copy(const sizes *s) {
  const size_t i = index_of(s->op);
  return copy(s, operators[i].forward, operators[i].forward);
}

static bound gradient_copy(const sizes *s) {
  const size_t i = index_of(s->op);
  return copy(s, operators[i].elements, operators[i].gradient);
}

const kind kind_forward = {"forward", make_forward, forward, forward_copy, false};
const kind kind_with_gradient = {"gradient", make_with_gradient, with_gradient, gradient_copy, false};
