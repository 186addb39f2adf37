/* A training step of the two regressors of houses: forward, loss, backward, Adam. Their bound are their
 * matrix products, done by BLAS: a layer's result, the gradient of its weights, and, but for the first layer,
 * that of its input. */
#include <cblas.h>

#include "bench/kinds.h"
#include "models/gaussian_regressor.h"
#include "models/mlp.h"

enum { INPUTS = 4 };

typedef struct {
  ag_ctx *c;
  mlp mlp;
  gaussian_regressor gaussian;
  ag_optim *adam;
  ag_tensor *x, *y;
} state;

static state *new_state(ag_ctx *c, const sizes *s) {
  state *t = state_new(sizeof *t);
  t->c = c;
  t->x = numbers(c, AG_SHAPE(s->batch, INPUTS));
  t->y = numbers(c, AG_SHAPE(s->batch, 1));
  return t;
}

static void *mlp_make(ag_ctx *c, const sizes *s) {
  state *t = new_state(c, s);
  t->mlp = mlp_new(c, &(mlp_config){INPUTS, s->layers, s->width, 1, "relu"});
  t->adam = ag_optim_new(c, ag_adam, .lr = 0.001);
  return t;
}

static void mlp_step(void *data) {
  state *t = data;
  ag_scope_begin(t->c);
  ag_backward(ag_mse_loss(mlp_forward(&t->mlp, t->x), t->y));
  ag_optim_step(t->adam);
  ag_scope_end(t->c);
}

static void *gaussian_make(ag_ctx *c, const sizes *s) {
  state *t = new_state(c, s);
  t->gaussian = gaussian_regressor_new(c, &(gaussian_regressor_config){INPUTS, s->layers, s->width, "relu"});
  t->adam = ag_optim_new(c, ag_adam, .lr = 0.001);
  return t;
}

static void gaussian_step(void *data) {
  state *t = data;
  ag_scope_begin(t->c);
  gaussian_prediction p = gaussian_regressor_forward(&t->gaussian, t->x);
  ag_backward(ag_gaussian_nll_loss(p.mu, p.log_variance, t->y));
  ag_optim_step(t->adam);
  ag_scope_end(t->c);
}

/* ---- The products alone ---- */

typedef struct {
  int layers, batch, width, outputs;
  float *input, *inner, *weight, *result; /* shared by all layers: what is multiplied does not matter */
} products;

static float *matrix(ag_ctx *c, int64_t rows, int64_t columns) {
  return ag_data(numbers(c, AG_SHAPE(rows, columns)));
}

static void *gemms_make(ag_ctx *c, const sizes *s) {
  products *p = state_new(sizeof *p);
  openblas_set_num_threads(s->threads);
  p->layers = (int)s->layers, p->batch = (int)s->batch, p->width = (int)s->width, p->outputs = (int)s->n;
  p->input = matrix(c, s->batch, INPUTS);
  p->inner = matrix(c, s->batch, s->width);
  p->weight = matrix(c, s->width, s->width > INPUTS ? s->width : INPUTS);
  p->result = matrix(c, s->batch > s->width ? s->batch : s->width, s->width > INPUTS ? s->width : INPUTS);
  return p;
}

/* y = x w', and for y's gradient in place of y: dw = y' x, dx = y w. */
static void layer(const products *p, const float *x, int in, int out, bool grad_input) {
  cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, p->batch, out, in, 1, x, in, p->weight, in, 0,
              p->result, out);
  cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, out, in, p->batch, 1, p->inner, out, x, in, 0,
              p->result, in);
  if (grad_input)
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, p->batch, in, out, 1, p->inner, out, p->weight, in,
                0, p->result, in);
}

static void gemms_run(void *data) {
  const products *p = data;
  layer(p, p->input, INPUTS, p->width, false);
  for (int i = 1; i < p->layers; i++) layer(p, p->inner, p->width, p->width, true);
  for (int i = 0; i < p->outputs; i++) layer(p, p->inner, p->width, 1, true);
}

static bound gemms_of(const sizes *s, int64_t outputs) {
  bound b = {"gemms", *s, 1, "its GEMMs"};
  b.sizes.n = outputs;
  return b;
}

static bound mlp_gemms(const sizes *s) { return gemms_of(s, 1); }
static bound gaussian_gemms(const sizes *s) { return gemms_of(s, 2); }

const kind kind_mlp = {"mlp", mlp_make, mlp_step, mlp_gemms, false};
const kind kind_gaussian = {"gaussian", gaussian_make, gaussian_step, gaussian_gemms, false};
const kind kind_gemms = {"gemms", gemms_make, gemms_run, NULL, false};
