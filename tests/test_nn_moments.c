/* Layers between normalisations against the same layers one after the other: values, gradients and running
 * statistics, in training and in evaluation. */
#include "tests/test_nn.h"

#include <math.h>

enum { BLOCKS = 3, PARAMETERS = 4 * BLOCKS };

/* Convolutions of channels-last images, each with a normalisation behind it: of grey images, with few
 * channels, and with as many as Winograd's way wants. */
typedef struct {
  ag_conv2d_layer conv[BLOCKS];
  ag_batch_norm_layer norm[BLOCKS];
  bool fused, training;
} network;

static const int widths[BLOCKS + 1] = {1, 16, 17, 5};

static network network_new(void) {
  network net = {.training = true};
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

/* The last normalisation is made in the usual way in both, of rows of channels. */
static ag_tensor *network_call(const network *net, ag_tensor *x) {
  ag_tensor *norm = NULL, *moments;
  for (int i = 0; i < BLOCKS; i++) {
    const bool last = i == BLOCKS - 1;
    x = net->fused ? ag_conv2d_moments_layer_call(&net->conv[i], x, norm, &moments)
                   : ag_conv2d_layer_call(&net->conv[i], x);
    if (net->fused && !last) {
      norm = ag_batch_norm_map_layer_call(&net->norm[i], x, moments, net->training);
      continue;
    }
    ag_tensor *rows = ag_reshape(x, AG_SHAPE(-1, ag_dim(x, 3)));
    x = ag_reshape(ag_batch_norm_relu_layer_call(&net->norm[i], rows, net->training), ag_shape_of(x));
  }
  return x;
}

static void assert_near(const ag_tensor *x, const ag_tensor *y) {
  ck_assert_int_eq(ag_numel(x), ag_numel(y));
  double most = 1e-3;
  for (int64_t i = 0; i < ag_numel(y); i++) most = fmax(most, fabs(at(y, i)));
  for (int64_t i = 0; i < ag_numel(x); i++) ck_assert_double_eq_tol(at(x, i), at(y, i), 1e-10 * most);
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

START_TEST(layers_between_normalisations_train_alike) {
  const network net = network_new(), twin = twin_of(&net);
  for (uint64_t step = 0; step < 3; step++) {
    ag_scope_begin(c);
    assert_step(&net, &twin, 10 + 2 * step);
    ag_scope_end(c);
  }
  ck_assert(at(net.norm[0].running_mean, 0) != 0 && at(net.norm[1].running_var, 0) != 1);
}
END_TEST

/* The running values are used, and stay. */
START_TEST(layers_between_normalisations_evaluate_alike) {
  network net = network_new(), twin = twin_of(&net);
  for (int i = 0; i < 5; i++) network_call(&net, leaf(AG_SHAPE(4, 12, 11, 1), 20 + (uint64_t)i));
  take_running(&twin, &net);
  net.training = twin.training = false;
  const double mean = at(twin.norm[1].running_mean, 3), var = at(twin.norm[1].running_var, 3);
  assert_step(&net, &twin, 30);
  ck_assert(at(twin.norm[1].running_mean, 3) == mean && at(twin.norm[1].running_var, 3) == var);
  ck_assert(mean != 0 && var != 1);
}
END_TEST

/* Without a norm and moments it is the layer itself. */
START_TEST(layers_without_normalisations_are_themselves) {
  const network net = network_new();
  ag_tensor *x = leaf(AG_SHAPE(2, 9, 8, 16), 40), *moments, *y = ag_conv2d_layer_call(&net.conv[1], x);
  ag_tensor *alone = ag_conv2d_moments_layer_call(&net.conv[1], x, NULL, NULL),
            *with = ag_conv2d_moments_layer_call(&net.conv[1], x, NULL, &moments);
  for (int64_t i = 0; i < ag_numel(y); i++) ck_assert(at(alone, i) == at(y, i));
  assert_near(with, y);
  ag_tensor *rows = ag_reshape(y, AG_SHAPE(-1, 17));
  assert_near(ag_slice(moments, 0, 0, 1, 1), ag_mean(rows, .axes = AG_AXES(0)));
  assert_near(ag_slice(moments, 0, 1, 2, 1), ag_var(rows, .axes = AG_AXES(0), .biased = true));
}
END_TEST

TCase *moments_layer_tests(void) {
  TCase *t = tcase_create("moments");
  with_context(t);
  tcase_add_test(t, layers_between_normalisations_train_alike);
  tcase_add_test(t, layers_between_normalisations_evaluate_alike);
  tcase_add_test(t, layers_without_normalisations_are_themselves);
  return t;
}
