/* Gradients of the first and the second order of attention and embedding layers, to what they are given and
 * to their parameters. */
#include "tests/test_nn.h"

static void assert_gradients(ag_function *fn, void *user, int n, ag_tensor *const *in) {
  const bool right = ag_gradcheck(c, fn, user, n, in, .eps = 1e-5, .rtol = 1e-6, .atol = 1e-6, .order = 2);
  ck_assert_msg(right, "%s", ag_error_message(c));
}

/* Puts irregular numbers into all parameters, of which some start as zeros, and writes them behind the n
 * inputs that are there; returns how many there are then. */
static int with_parameters(ag_tensor **in, int n, int room) {
  double values[64];
  for (int i = 0; ag_registered(c, i); i++) {
    ag_tensor *p = ag_registered(c, i);
    ck_assert(n < room && ag_numel(p) <= LENGTH(values));
    irregular(values, ag_numel(p), 40 + (uint64_t)i);
    ag_assign(p, values);
    in[n++] = p;
  }
  return n;
}

/* ---- Attention ---- */

typedef struct {
  ag_multihead_attention_layer layer;
  ag_tensor *mask, *key_padding_mask;
  bool causal;
} attention;

/* The output and the mean weights, so that both ways back are taken. */
static ag_tensor *attended(ag_tensor *const *in, void *user) {
  const attention *a = user;
  ag_tensor *weights,
      *y = ag_multihead_attention_layer_call(&a->layer, in[0], in[1], in[2], a->mask, a->key_padding_mask,
                                             a->causal, .weights = &weights);
  return ag_concat(2, ((ag_tensor *[]){ag_flatten(y, 0), ag_flatten(weights, 0)}), 0);
}

/* Keys and values of another sequence, of which a key is padding, with a mask that is added and
 * differentiated, too. */
static ag_tensor *attended_with_mask(ag_tensor *const *in, void *user) {
  attention a = *(const attention *)user;
  a.mask = in[3];
  return attended(in, &a);
}

START_TEST(attention_to_another_sequence) {
  const bool padding[] = {false, false, true, false, false, false};
  attention a = {.layer = ag_multihead_attention_layer_new(c, "a", 4, 2),
                 .key_padding_mask = ag_from(c, AG_BOOL, AG_SHAPE(2, 3), padding)};
  ag_tensor *in[8] = {leaf(AG_SHAPE(2, 2, 4), 1), leaf(AG_SHAPE(2, 3, 4), 2), leaf(AG_SHAPE(2, 3, 4), 3),
                      leaf(AG_SHAPE(2, 3), 4)};
  const int n = with_parameters(in, 4, LENGTH(in));
  ck_assert_int_eq(n, 8);
  assert_gradients(attended_with_mask, &a, n, in);
}
END_TEST

/* One tensor for queries, keys and values, in a layer without biases. */
static ag_tensor *attended_to_itself(ag_tensor *const *in, void *user) {
  return attended((ag_tensor *[]){in[0], in[0], in[0]}, user);
}

START_TEST(attention_of_a_sequence_to_its_past) {
  attention a = {.layer = ag_multihead_attention_layer_new(c, "a", 4, 2, .no_bias = true), .causal = true};
  ag_tensor *in[3] = {leaf(AG_SHAPE(3, 4), 5)};
  const int n = with_parameters(in, 1, LENGTH(in));
  ck_assert_int_eq(n, 3);
  assert_gradients(attended_to_itself, &a, n, in);
}
END_TEST

/* ---- Embedding ---- */

typedef struct {
  ag_embedding_layer layer;
  ag_tensor *index;
} embedding;

/* A function whose second derivatives mix rows: an embedding alone is linear. */
static ag_tensor *mixed(const embedding *e) {
  ag_tensor *rows = ag_embedding_layer_call(&e->layer, e->index);
  return ag_tanh(ag_matmul(rows, ag_transpose(rows, 0, 1)));
}

static ag_tensor *looked_up(ag_tensor *const *in, void *user) {
  (void)in; /* the layer's weight */
  return mixed(user);
}

START_TEST(embedding_of_rows_that_come_twice) {
  const embedding e = {ag_embedding_layer_new(c, "e", 4, 3),
                       ag_from(c, AG_I64, AG_SHAPE(4), (int64_t[]){2, 0, 2, 3})};
  ag_tensor *in[1];
  assert_gradients(looked_up, (void *)(uintptr_t)&e, with_parameters(in, 0, 1), in);
}
END_TEST

/* The gradient to the weight, and the gradient of its weighted sum. */
static void gradients_of(const embedding *e, ag_tensor *g[2]) {
  ag_tensor *weight = e->layer.weight, *y = ag_sum(mixed(e));
  ck_assert(ag_grad(.n_outputs = 1, .outputs = &y, .n_inputs = 1, .inputs = &weight, .grads = g,
                    .create_graph = true));
  ag_tensor *sum = ag_sum(ag_mul(g[0], leaf(AG_SHAPE(4, 3), 9)));
  ck_assert(ag_grad(.n_outputs = 1, .outputs = &sum, .n_inputs = 1, .inputs = &weight, .grads = g + 1));
}

/* The padding row has no gradient, of either order. Of the first order the other rows' are those of a layer
 * without padding. */
START_TEST(padding_has_no_gradient_of_any_order) {
  ag_tensor *g[2], *in[1], *index = ag_from(c, AG_I64, AG_SHAPE(4), (int64_t[]){2, 1, 2, 3});
  const embedding padded = {ag_embedding_layer_new(c, "e", 4, 3, .padded = true, .padding_idx = -3), index};
  with_parameters(in, 0, 1);
  gradients_of(&padded, g);
  for (int order = 0; order < 2; order++) {
    for (int64_t j = 0; j < 12; j++)
      ck_assert((at(g[order], j) == 0) == (j < 6)); /* row 0 is not looked up */
  }
  embedding plain = padded;
  plain.layer.padded = false;
  ag_tensor *h[2];
  gradients_of(&plain, h);
  for (int64_t j = 3; j < 6; j++) ck_assert(at(h[0], j) != 0);
  for (int64_t j = 6; j < 12; j++) ck_assert_double_eq(at(g[0], j), at(h[0], j));
}
END_TEST

TCase *second_order_tests(void) {
  TCase *t = tcase_create("second order");
  with_context(t);
  tcase_add_test(t, attention_to_another_sequence);
  tcase_add_test(t, attention_of_a_sequence_to_its_past);
  tcase_add_test(t, embedding_of_rows_that_come_twice);
  tcase_add_test(t, padding_has_no_gradient_of_any_order);
  return t;
}
