/* Layers between normalisations against the same layers one after the other: values, gradients and running
 * statistics, in training and in evaluation. */
#include "tests/test_nn.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCKS = 3, PARAMETERS = 4 * BLOCKS };

/* Convolutions of channels-last images, each with a normalisation behind it: of grey images, with few
 * channels, and with as many as Winograd's way wants. */
typedef struct {
  ag_conv2d_layer conv[BLOCKS];
  ag_batch_norm_layer norm[BLOCKS];
  int pool;
  bool fused, training;
} network;

static const int widths[BLOCKS + 1] = {1, 16, 17, 5};

static network network_new(int pool) {
  network net = {.pool = pool, .training = true};
  for (int i = 0; i < BLOCKS; i++) {
    char name[16];
    snprintf(name, sizeof name, "conv%d", i);
    net.conv[i] = ag_conv2d_layer_new(c, name, widths[i], widths[i + 1], 3, .padding = i,
                                      .channels_last = true, .no_bias = i == 1);
    snprintf(name, sizeof name, "norm%d", i);
    net.norm[i] = ag_batch_norm_layer_new(c, name, widths[i + 1]);
    net.norm[i].momentum = 0.3, net.norm[i].eps = 1e-3;
    ag_init_uniform(net.norm[i].weight, -1, 1);
    ag_init_uniform(net.norm[i].bias, -1, 1);
  }
  return net;
}

/* With pooling behind the last normalisation, whose weights have both signs, or without. */
static ag_tensor *network_call(const network *net, ag_tensor *x) {
  ag_tensor *norm = NULL;
  for (int i = 0; i < BLOCKS; i++) {
    if (net->fused) {
      x = ag_conv2d_norm_layer_call(&net->conv[i], &net->norm[i], x, i == BLOCKS - 1 ? net->pool : 1,
                                    net->training, &norm);
      continue;
    }
    x = ag_conv2d_layer_call(&net->conv[i], x);
    ag_tensor *rows = ag_reshape(x, AG_SHAPE(-1, ag_dim(x, 3)));
    x = ag_reshape(ag_batch_norm_relu_layer_call(&net->norm[i], rows, net->training), ag_shape_of(x));
  }
  if (net->fused) return ag_norm_relu(x, norm);
  return net->pool > 1 ? ag_max_pool2d(x, net->pool, .channels_last = true) : x;
}

static void assert_near(const ag_tensor *x, const ag_tensor *y) {
  ck_assert_int_eq(ag_numel(x), ag_numel(y));
  double most = 1e-3, *found = elements(x), *expected = elements(y);
  for (int64_t i = 0; i < ag_numel(y); i++) most = fmax(most, fabs(expected[i]));
  ASSERT_EACH(i, ag_numel(x), found[i], expected[i], 1e-10 * most, "%s", ag_shape_text(c, ag_shape_of(x)));
  free(found), free(expected);
}

/* The parameters that there are. */
static int parameters_of(const network *net, ag_tensor **p) {
  int n = 0;
  for (int i = 0; i < BLOCKS; i++) {
    ag_tensor *const all[] = {net->conv[i].weight, net->conv[i].bias, net->norm[i].weight, net->norm[i].bias};
    for (int k = 0; k < LENGTH(all); k++)
      if (all[k]) p[n++] = all[k];
  }
  return n;
}

/* Starts with the running values of `other`. */
static void take_running(const network *net, const network *other) {
  for (int i = 0; i < BLOCKS; i++) {
    ag_assign(net->norm[i].running_mean, ag_data(other->norm[i].running_mean));
    ag_assign(net->norm[i].running_var, ag_data(other->norm[i].running_var));
  }
}

static void assert_running(const network *net, const network *other) {
  for (int i = 0; i < BLOCKS; i++) {
    assert_near(net->norm[i].running_mean, other->norm[i].running_mean);
    assert_near(net->norm[i].running_var, other->norm[i].running_var);
  }
}

/* The same network, with running values of its own. */
static network twin_of(const network *net) {
  network twin = *net;
  for (int i = 0; i < BLOCKS; i++) {
    const ag_shape each = AG_SHAPE(widths[i + 1]);
    twin.norm[i].running_mean = ag_zeros(c, each);
    twin.norm[i].running_var = ag_full(c, each, 1);
  }
  take_running(&twin, net);
  twin.fused = true;
  return twin;
}

/* Values, gradients and running values of one step. */
static void assert_step(const network *net, const network *twin, uint64_t salt) {
  ag_tensor *p[PARAMETERS], *g[2][PARAMETERS], *x = leaf(AG_SHAPE(4, 12, 11, 1), salt), *y[2];
  const int n = parameters_of(net, p);
  for (int fused = 0; fused < 2; fused++) {
    y[fused] = network_call(fused ? twin : net, x);
    ag_tensor *loss = ag_sum(ag_mul(y[fused], leaf(ag_shape_of(y[fused]), salt + 1)));
    ck_assert_msg(ag_grad(.n_outputs = 1, .outputs = &loss, .n_inputs = n, .inputs = p, .grads = g[fused]),
                  "%s", ag_error_message(c));
  }
  assert_near(y[1], y[0]);
  for (int i = 0; i < n; i++) assert_near(g[1][i], g[0][i]);
  assert_running(twin, net);
}

static const int pools[] = {0, 1, 2, 3};

START_TEST(layers_between_normalisations_train_alike) {
  const network net = network_new(pools[_i]), twin = twin_of(&net);
  for (uint64_t step = 0; step < 3; step++) {
    ag_scope_begin(c);
    assert_step(&net, &twin, 10 + 2 * step);
    ag_scope_end(c);
  }
  ck_assert(at(net.norm[0].running_mean, 0) != 0 && at(net.norm[1].running_var, 0) != 1);
}
END_TEST

/* The running values are used, and stay; what is not recorded has the same numbers. */
START_TEST(layers_between_normalisations_evaluate_alike) {
  network net = network_new(pools[_i]), twin = twin_of(&net);
  for (int i = 0; i < 5; i++) network_call(&net, leaf(AG_SHAPE(4, 12, 11, 1), 20 + (uint64_t)i));
  take_running(&twin, &net);
  net.training = twin.training = false;
  const double mean = at(twin.norm[1].running_mean, 3), var = at(twin.norm[1].running_var, 3);
  assert_step(&net, &twin, 30);
  ck_assert(at(twin.norm[1].running_mean, 3) == mean && at(twin.norm[1].running_var, 3) == var);
  ck_assert(mean != 0 && var != 1);
  ag_tensor *x = leaf(AG_SHAPE(4, 12, 11, 1), 50), *y = network_call(&twin, x);
  ag_no_grad_begin(c);
  ag_tensor *unrecorded = network_call(&twin, x);
  ag_no_grad_end(c);
  ASSERT_EACH(i, ag_numel(y), at(unrecorded, i), at(y, i), 0, "what is not recorded");
}
END_TEST

/* What is refused leaves the nil tensor in the place of the norm. */
START_TEST(layers_between_normalisations_refuse_large_windows) {
  const network net = network_new(2);
  ag_tensor *norm = NULL;
  ag_conv2d_norm_layer_call(&net.conv[0], &net.norm[0], leaf(AG_SHAPE(2, 6, 5, 1), 60), 4, true, &norm);
  ck_assert_msg(strstr(ag_error_message(c), "conv2d_moments: pool 4 must be at least 1 and fit into the result, "
                                            "4x3, or 0 for none"),
                "%s", ag_error_message(c));
  ck_assert(ag_is_nil(norm));
  ag_clear_error(c);
}
END_TEST

TCase *moments_layer_tests(void) {
  TCase *t = tcase_create("moments");
  with_context(t);
  tcase_add_loop_test(t, layers_between_normalisations_train_alike, 0, LENGTH(pools));
  tcase_add_loop_test(t, layers_between_normalisations_evaluate_alike, 0, LENGTH(pools));
  tcase_add_test(t, layers_between_normalisations_refuse_large_windows);
  return t;
}
