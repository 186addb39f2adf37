/* Checkpoints: the same numbers from less memory. */
#include "tests/test_engine.h"

#include <math.h>

#define GIVEN(...) .n_inputs = (int)(sizeof((ag_tensor *[]){__VA_ARGS__}) / sizeof(ag_tensor *)), .inputs = (ag_tensor *[]){__VA_ARGS__}

/* fn(inputs), with or without a checkpoint. */
static ag_tensor *call(bool checkpointed, ag_function *fn, void *user, ag_tensor *x) {
  return checkpointed ? ag_checkpoint(.fn = fn, .user = user, GIVEN(x)) : fn(&x, user);
}

/* ---- A network of blocks ---- */

enum { BLOCKS = 4, WIDTH = 6, BATCH = 5 };

typedef struct {
  ag_tensor *weight, *bias, *scale, *shift, *mean, *var;
} block;

typedef struct {
  block block[BLOCKS];
} network;

static ag_tensor *named(ag_ctx *k, int i, const char *name, ag_shape shape, bool trained) {
  char whole[32];
  snprintf(whole, sizeof whole, "%d.%s", i, name);
  ag_tensor *x = trained ? ag_parameter(k, whole, shape) : ag_buffer(k, whole, shape);
  ag_init_uniform(x, trained ? -0.5 : 0.5, 1);
  return x;
}

static network network_new(ag_ctx *k) {
  network net;
  for (int i = 0; i < BLOCKS; i++) {
    net.block[i] = (block){named(k, i, "weight", AG_SHAPE(WIDTH, WIDTH), true), named(k, i, "bias", AG_SHAPE(WIDTH), true),
                           named(k, i, "scale", AG_SHAPE(WIDTH), true),         named(k, i, "shift", AG_SHAPE(WIDTH), true),
                           named(k, i, "mean", AG_SHAPE(WIDTH), false),         named(k, i, "var", AG_SHAPE(WIDTH), false)};
  }
  return net;
}

/* Everything that has a state: dropout draws, batch normalisation remembers. */
static ag_tensor *block_call(ag_tensor *const *in, void *user) {
  const block *b = user;
  ag_tensor *y = ag_batch_norm(ag_linear(in[0], b->weight, b->bias), b->scale, b->shift, b->mean, b->var, .training = true);
  return ag_dropout(ag_tanh(y), 0.3, true);
}

static ag_tensor *pair_call(ag_tensor *const *in, void *user) {
  block *b = user;
  ag_tensor *y = ag_checkpoint(.fn = block_call, .user = b, .n_inputs = 1, .inputs = in);
  return ag_add(in[0], ag_checkpoint(.fn = block_call, .user = b + 1, GIVEN(y)));
}

typedef enum { PLAIN, EACH, NESTED } way;

static ag_tensor *network_call(network *net, ag_tensor *x, way w) {
  for (int i = 0; i < BLOCKS; i += 2) {
    if (w == NESTED) {
      x = call(true, pair_call, &net->block[i], x);
    } else {
      ag_tensor *y = call(w == EACH, block_call, &net->block[i], x);
      x = ag_add(x, call(w == EACH, block_call, &net->block[i + 1], y));
    }
  }
  return ag_mean(ag_square(x));
}

/* Two training steps; the loss of the second, everything registered, and the next number of the stream of dropout. */
static void train(ag_ctx *k, way w, double *loss, ag_tensor **gradient) {
  ag_seed(k, 3);
  network net = network_new(k);
  ag_optim *optim = ag_optim_new(k, ag_sgd, .lr = 0.1, .momentum = 0.9);
  for (int step = 0; step < 2; step++) {
    ag_scope_begin(k);
    ag_tensor *x = trained_leaf(k, AG_SHAPE(BATCH, WIDTH), (uint64_t)step, -1, 1), *y = network_call(&net, x, w);
    ag_backward(y);
    *gradient = step ? ag_keep(ag_gradient(x)) : NULL;
    ag_optim_step(optim);
    *loss = ag_item(y);
    ag_scope_end(k);
  }
  ck_assert_msg(ag_error(k) == AG_OK, "%s", ag_error_message(k));
}

START_TEST(bits_are_those_without_checkpoints) {
  ag_ctx *plain = ag_ctx_new();
  double expected, loss;
  ag_tensor *gradient[2];
  train(plain, PLAIN, &expected, &gradient[0]);
  for (way w = EACH; w <= NESTED; w++) {
    ag_ctx *k = ag_ctx_new();
    train(k, w, &loss, &gradient[1]);
    ck_assert_double_eq(loss, expected);
    assert_same_bits(gradient[1], gradient[0]);
    for (int i = 0; ag_registered(plain, i); i++) assert_same_bits(ag_registered(k, i), ag_registered(plain, i));
    ck_assert_uint_eq(ag_random(k, "dropout"), ag_random(plain, "dropout"));
    ag_ctx_free(k);
    ag_ctx_free(plain);
    plain = ag_ctx_new();
    train(plain, PLAIN, &expected, &gradient[0]);
  }
  ag_ctx_free(plain);
}
END_TEST

/* ---- Settings ---- */

static ag_tensor *constant_times(ag_tensor *const *in, void *user) {
  (void)user;
  ag_tensor *noise = ag_uniform(ag_context(in[0]), AG_SHAPE(3), "its own", 0, 1);
  return ag_mul(ag_square(in[0]), ag_dropout(noise, 0.5, true));
}

/* "its own" is a stream that fn makes, after the seed of the first call. */
START_TEST(settings_of_the_first_call_hold_in_the_second) {
  ag_ctx *k[2];
  ag_tensor *g[2];
  for (int i = 0; i < 2; i++) {
    k[i] = ag_ctx_new();
    ag_set_dtype(k[i], AG_F64);
    ag_seed(k[i], 5);
    ag_seed_stream(k[i], "dropout", 7);
    ag_tensor *x = trained_leaf(k[i], AG_SHAPE(3), 1, 1, 2), *y = ag_sum(call(i > 0, constant_times, NULL, x));
    ag_seed(k[i], 6);
    ag_set_dtype(k[i], AG_F32);
    ck_assert(ag_grad(.n_outputs = 1, .outputs = &y, .n_inputs = 1, .inputs = &x, .grads = &g[i]));
    ck_assert_int_eq(ag_default_dtype(k[i]), AG_F32);
  }
  assert_same_bits(g[1], g[0]);
  ck_assert_uint_eq(ag_random(k[1], "its own"), ag_random(k[0], "its own"));
  ck_assert_uint_eq(ag_random(k[1], "dropout"), ag_random(k[0], "dropout"));
  ck_assert_uint_eq(ag_random(k[1], "new"), ag_random(k[0], "new"));
  for (int i = 0; i < 2; i++) ag_ctx_free(k[i]);
}
END_TEST

static ag_tensor *power(ag_tensor *const *in, void *user) { return ag_pow_scalar(in[0], *(const double *)user); }

START_TEST(a_copy_of_user_may_be_kept) {
  double exponent = 3;
  ag_tensor *x = trained_leaf(c, AG_SCALAR, 1, 1, 2);
  ag_tensor *y = ag_checkpoint(.fn = power, .user = &exponent, .user_size = sizeof exponent, GIVEN(x));
  exponent = 2;
  ag_backward(y);
  ASSERT_ELEMENTS(ag_gradient(x), AG_SCALAR, 3 * pow(irregular(1, 0, 1, 2), 2));
}
END_TEST

/* ---- What is differentiated ---- */

static ag_tensor *product_with(ag_tensor *const *in, void *user) { return ag_tanh(ag_mul(ag_mul(in[0], user), in[0])); }

START_TEST(what_fn_uses_besides_its_inputs_has_gradients) {
  ag_tensor *x = trained_leaf(c, AG_SHAPE(2, 3), 1, -1, 1), *w = trained_leaf(c, AG_SHAPE(3), 2, -1, 1), *g[2][5];
  for (int i = 0; i < 2; i++) {
    ag_tensor *a = ag_exp(w), *h = ag_sigmoid(x); /* the first is found, the second given */
    ag_tensor *m = call(i > 0, product_with, a, h), *y = ag_sum(ag_mul(m, ag_mul(h, a)));
    ag_tensor *inputs[] = {w, a, x, h, m};
    ck_assert(ag_grad(.n_outputs = 1, .outputs = &y, .n_inputs = 5, .inputs = inputs, .grads = g[i]));
    if (i > 0) ag_backward(y);
  }
  for (int j = 0; j < 5; j++) assert_close(g[1][j], g[0][j], 1e-15);
  assert_close(ag_gradient(w), g[0][0], 1e-15);
  assert_close(ag_gradient(x), g[0][2], 1e-15);
}
END_TEST

static ag_tensor *half_used(ag_tensor *const *in, void *user) {
  ag_exp(in[1]); /* leads nowhere */
  (void)user;
  return ag_square(in[0]);
}

START_TEST(inputs_without_influence_are_named) {
  ag_tensor *x = trained_leaf(c, AG_SCALAR, 1, 1, 2), *z = trained_leaf(c, AG_SCALAR, 2, 1, 2), *inputs[] = {x, z}, *g[2];
  ag_tensor *y = ag_checkpoint(.fn = half_used, .n_inputs = 2, .inputs = inputs);
  ag_grad(.n_outputs = 1, .outputs = &y, .n_inputs = 2, .inputs = inputs, .grads = g);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "grad: no output depends on input 1; .allow_unused = true makes its gradient NULL");
  ck_assert(ag_grad(.n_outputs = 1, .outputs = &y, .n_inputs = 2, .inputs = inputs, .grads = g, .allow_unused = true));
  ASSERT_ELEMENTS(g[0], AG_SCALAR, 2 * irregular(1, 0, 1, 2));
  ck_assert_ptr_null(g[1]);
}
END_TEST

static ag_tensor *itself(ag_tensor *const *in, void *user) { return user ? user : in[0]; }
static ag_tensor *made(ag_tensor *const *in, void *user) {
  (void)user;
  return ag_full(ag_context(in[0]), AG_SHAPE(2), 4);
}

START_TEST(results_may_be_anything) {
  ag_tensor *x = trained_leaf(c, AG_SHAPE(2, 3), 1, 1, 2), *w = ag_square(x);
  ck_assert_ptr_eq(call(true, itself, NULL, x), x);
  ck_assert_ptr_eq(call(true, itself, w, x), w);
  ag_tensor *y = call(true, made, NULL, x);
  ASSERT_ELEMENTS(y, AG_SHAPE(2), 4, 4);
  ck_assert(!ag_requires_grad(y));
  ag_no_grad_begin(c);
  y = call(true, product_with, w, x);
  ag_no_grad_end(c);
  ck_assert(!ag_requires_grad(y));
  ag_tensor *plain = ag_detach(x);
  y = call(true, product_with, plain, plain);
  ck_assert(!ag_requires_grad(y));
  assert_same_bits(y, call(false, product_with, plain, plain));
  ag_tensor *empty = trained_leaf(c, AG_SHAPE(0, 3), 1, 1, 2);
  ag_backward(ag_sum(call(true, product_with, empty, empty)));
  ASSERT_ELEMENTS(ag_gradient(empty), AG_SHAPE(0, 3), 0);
}
END_TEST

/* ---- Higher orders ---- */

static ag_tensor *inner(ag_tensor *const *in, void *user) { return ag_mul(ag_tanh(ag_matmul(in[0], user)), in[0]); }
static ag_tensor *outer(ag_tensor *const *in, void *user) {
  return ag_exp(ag_checkpoint(.fn = inner, .user = user, .n_inputs = 1, .inputs = in));
}
static ag_tensor *checked(ag_tensor *const *in, void *user) {
  ag_tensor *y = ag_checkpoint(.fn = *(const bool *)user ? outer : inner, .user = in[1], GIVEN(in[0]));
  return ag_mul(ag_checkpoint(.fn = inner, .user = in[1], GIVEN(y)), in[0]);
}

START_TEST(derivatives_agree_with_differences) {
  ag_tensor *in[] = {irregular_leaf(c, AG_SHAPE(2, 2), 1, -1, 1), irregular_leaf(c, AG_SHAPE(2, 2), 2, -1, 1)};
  for (int nested = 0; nested < 2; nested++) {
    bool user = nested != 0;
    ck_assert_msg(ag_gradcheck(.c = c, .fn = checked, .user = &user, .n_inputs = 2, .inputs = in, .order = 2), "%s", ag_error_message(c));
  }
}
END_TEST

START_TEST(third_derivatives_are_exact) {
  double exponent = 4;
  ag_tensor *x = trained_leaf(c, AG_SCALAR, 1, 1, 2), *y = call(true, power, &exponent, x);
  const double v = irregular(1, 0, 1, 2), expected[] = {4 * v * v * v, 12 * v * v, 24 * v};
  for (int order = 0; order < 3; order++) {
    ag_tensor *g;
    ck_assert(ag_grad(.n_outputs = 1, .outputs = &y, .n_inputs = 1, .inputs = &x, .grads = &g, .create_graph = true));
    y = g;
    ASSERT_ELEMENTS(y, AG_SCALAR, expected[order]);
  }
}
END_TEST

START_TEST(transforms_go_through) {
  ag_tensor *in[] = {irregular_leaf(c, AG_SHAPE(2, 2), 1, -1, 1), irregular_leaf(c, AG_SHAPE(2, 2), 2, -1, 1)}, *out[2];
  ag_tensor *w = in[1], *y;
  ag_jacobian(.fn = outer, .user = w, GIVEN(in[0]), .results = &out[0]);
  y = ag_jacobian(.fn = inner, .user = w, GIVEN(in[0]), .results = &out[1]);
  const ag_shape column = AG_SHAPE(2, 2, 1, 1);
  assert_close(out[0], ag_mul(out[1], ag_exp(ag_reshape(y, column))), 1e-14);
}
END_TEST

TCase *checkpoint_tests(void) {
  TCase *t = tcase_create("checkpoint");
  with_context(t);
  tcase_add_test(t, bits_are_those_without_checkpoints);
  tcase_add_test(t, settings_of_the_first_call_hold_in_the_second);
  tcase_add_test(t, a_copy_of_user_may_be_kept);
  tcase_add_test(t, what_fn_uses_besides_its_inputs_has_gradients);
  tcase_add_test(t, inputs_without_influence_are_named);
  tcase_add_test(t, results_may_be_anything);
  tcase_add_test(t, derivatives_agree_with_differences);
  tcase_add_test(t, third_derivatives_are_exact);
  tcase_add_test(t, transforms_go_through);
  return t;
}
