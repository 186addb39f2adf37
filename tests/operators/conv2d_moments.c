/* Convolutions between normalisations against the chain that they stand for, of convolutions and batch
 * normalisations: values, gradients by the operator that makes them in one go and by a recorded pass, their
 * derivatives, and what is refused. */
#include "tests/operators/walk.h"

#include <math.h>

/* ---- One convolution ---- */

/* Images, kernels and what lies around them, for Winograd's way, in place and padded, and for the others. */
typedef struct {
  int64_t n, h, w, in, out, groups;
  int stride, padding;
} geometry;

static const geometry geometries[] = {{2, 6, 5, 1, 3, 1, 1, 0},
                                      {3, 5, 6, 4, 2, 2, 2, 1},
                                      {2, 8, 8, 16, 16, 1, 1, 0},
                                      {2, 12, 7, 17, 16, 1, 1, 1},
                                      {1, 30, 34, 16, 17, 1, 1, 0}};

enum { IMAGES, WEIGHT, BIAS, NORM, OPERANDS };

/* Bits of what takes part in the loss, and of the operands whose gradients are asked for. */
enum { OF_Y = 1, OF_MOMENTS = 2, OF_BOTH = 3, ALL = (1 << OPERANDS) - 1 };

typedef struct {
  const geometry *g;
  bool with_norm, fused;
  int uses, pool;
} single;

static ag_tensor *row(ag_tensor *rows, int i) { return ag_slice(rows, 0, i, i + 1, 1); }

static ag_tensor *mapped(ag_tensor *x, ag_tensor *norm) {
  return ag_relu(ag_add(ag_mul(ag_sub(x, row(norm, 0)), row(norm, 1)), row(norm, 2)));
}

/* x as rows of channels. */
static ag_tensor *as_rows(ag_tensor *x) { return ag_reshape(x, AG_SHAPE(-1, ag_dim(x, 3))); }

static ag_tensor *moments_of(ag_tensor *y) {
  ag_tensor *rows = as_rows(y);
  return ag_stack(
      2,
      ((ag_tensor *[]){ag_mean(rows, .axes = AG_AXES(0)), ag_var(rows, .axes = AG_AXES(0), .biased = true)}),
      0);
}

/* The greatest of each window, or the least where the sign is negative. */
static ag_tensor *pooled(ag_tensor *y, ag_tensor *sign, int pool) {
  ag_tensor *turn = ag_add_scalar(ag_mul_scalar(ag_cast(ag_lt_scalar(sign, 0), AG_F64), -2), 1);
  return ag_mul(ag_max_pool2d(ag_mul(y, turn), pool, .channels_last = true), turn);
}

/* A loss that depends on every element of what is used. */
static ag_tensor *single_loss(ag_tensor *const *in, void *user) {
  const single *s = user;
  ag_tensor *norm = s->with_norm ? in[NORM] : NULL, *moments = NULL, *y, *loss = ag_scalar(c, 0),
            *sign = irregular_leaf(c, AG_SHAPE(s->g->out), 23, -1, 1);
  if (s->fused) {
    y = ag_conv2d(in[IMAGES], in[WEIGHT], in[BIAS], .stride = s->g->stride, .padding = s->g->padding,
                  .groups = (int)s->g->groups, .channels_last = true, .norm = norm,
                  .moments = s->uses & OF_MOMENTS ? &moments : NULL, .pool = s->pool,
                  .pool_sign = s->pool ? sign : NULL);
  } else {
    y = ag_conv2d(norm ? mapped(in[IMAGES], norm) : in[IMAGES], in[WEIGHT], in[BIAS], .stride = s->g->stride,
                  .padding = s->g->padding, .groups = (int)s->g->groups, .channels_last = true);
    moments = moments_of(y);
    if (s->pool) y = pooled(y, sign, s->pool);
  }
  if (s->uses & OF_Y) loss = ag_add(loss, ag_sum(ag_mul(y, irregular_leaf(c, ag_shape_of(y), 21, -1, 1))));
  if (s->uses & OF_MOMENTS) {
    ag_tensor *weights = irregular_leaf(c, ag_shape_of(moments), 22, -1, 1);
    loss = ag_add(loss, ag_sum(ag_mul(ag_square(moments), weights)));
  }
  return loss;
}

/* The operands, of which those in the set require gradients. */
static void operands_of(const geometry *g, int set, ag_tensor **in) {
  const ag_shape shapes[] = {AG_SHAPE(g->n, g->h, g->w, g->in), AG_SHAPE(g->out, g->in / g->groups, 3, 3),
                             AG_SHAPE(g->out), AG_SHAPE(3, g->in)};
  for (int i = 0; i < OPERANDS; i++) {
    in[i] = irregular_leaf(c, shapes[i], 1 + (uint64_t)i, -1, 1);
    ag_set_requires_grad(in[i], set >> i & 1);
  }
}

static bool gradients(ag_tensor *loss, int n, ag_tensor *const *in, ag_tensor **g, bool recorded) {
  return ag_grad(.n_outputs = 1, .outputs = &loss, .n_inputs = n, .inputs = in, .grads = g,
                 .create_graph = recorded, .allow_unused = true);
}

/* The sum of the tensors that are there, each weighted irregularly. */
static ag_tensor *combined(int n, ag_tensor *const *x) {
  ag_tensor *sum = ag_scalar(c, 0);
  for (int i = 0; i < n; i++)
    if (x[i])
      sum = ag_add(sum, ag_sum(ag_mul(x[i], irregular_leaf(c, ag_shape_of(x[i]), 31 + (uint64_t)i, -1, 1))));
  return sum;
}

/* Where nothing depends on an operand, a pass may give zeros or nothing. */
static void fill(int n, ag_tensor *const *in, ag_tensor **g) {
  for (int i = 0; i < n; i++) g[i] = g[i] ? g[i] : ag_zeros_like(in[i]);
}

/* Up to rounding of the greatest number of each. */
static void assert_alike(int n, ag_tensor *const *ours, ag_tensor *const *expected) {
  for (int i = 0; i < n; i++) {
    ck_assert_int_eq(ours[i] != NULL, expected[i] != NULL);
    if (!ours[i]) continue;
    array a = array_of(ours[i]), b = array_of(expected[i]);
    double most = 1e-3;
    ck_assert_int_eq(numel_of(a.shape), numel_of(b.shape));
    for (int64_t k = 0; k < numel_of(b.shape); k++) most = fmax(most, fabs(b.data[k]));
    const char *difference = differ(numel_of(a.shape), a.data, b.data, 0, 1e-10 * most);
    ck_assert_msg(!difference, "operand %d: %s", i, difference);
    array_free(&a);
    array_free(&b);
  }
}

/* With and without a norm, and with pooling. */
static const struct {
  bool with_norm;
  int pool;
} ways[] = {{false, 0}, {true, 0}, {false, 2}, {true, 3}};

/* Whatever set of operands needs gradients, and whatever of the results is used. */
START_TEST(each_operand_has_its_gradient) {
  const geometry *g = &geometries[_i];
  for (int set = 1; set <= ALL; set++) {
    for (int way = 0; way < LENGTH(ways); way++) {
      const int n = ways[way].with_norm ? OPERANDS : NORM, pool = ways[way].pool;
      const bool with_norm = ways[way].with_norm;
      if (set >> n) continue;
      for (int uses = OF_Y; uses <= OF_BOTH; uses++) {
        ag_scope_begin(c);
        ag_tensor *in[OPERANDS], *wanted[OPERANDS], *of[3][OPERANDS];
        int m = 0;
        operands_of(g, set, in);
        for (int i = 0; i < n; i++)
          if (set >> i & 1) wanted[m++] = in[i];
        single fused = {g, with_norm, true, uses, pool}, plain = {g, with_norm, false, uses, pool};
        ag_tensor *loss = single_loss(in, &fused), *expected = single_loss(in, &plain);
        assert_alike(1, &loss, &expected);
        ck_assert(gradients(loss, m, wanted, of[0], false));
        ck_assert(gradients(loss, m, wanted, of[1], true));
        ck_assert(gradients(expected, m, wanted, of[2], false));
        assert_alike(m, of[0], of[2]);
        assert_alike(m, of[1], of[2]);
        ag_scope_end(c);
      }
    }
  }
}
END_TEST

START_TEST(gradients_of_gradients_are_those_of_the_chain) {
  const geometry *g = &geometries[_i];
  for (int way = 0; way < LENGTH(ways); way++) {
    for (int uses = OF_Y; uses <= OF_BOTH; uses++) {
      ag_scope_begin(c);
      const bool with_norm = ways[way].with_norm;
      const int n = with_norm ? OPERANDS : NORM;
      ag_tensor *in[OPERANDS], *first[2][OPERANDS], *second[2][OPERANDS];
      operands_of(g, ALL, in);
      for (int fused = 0; fused < 2; fused++) {
        single s = {g, with_norm, fused, uses, ways[way].pool};
        ck_assert(gradients(single_loss(in, &s), n, in, first[fused], true));
        ag_tensor *sum = combined(n, first[fused]);
        ck_assert(gradients(sum, n, in, second[fused], false));
        fill(n, in, second[fused]);
      }
      assert_alike(n, second[1], second[0]);
      ag_scope_end(c);
    }
  }
}
END_TEST

/* ---- A chain ---- */

enum { X, W1, B1, SCALE, SHIFT, W2, B2, LAST_SCALE, LAST_SHIFT, CHAIN };

static void chain_of(int64_t grey, int64_t channels, ag_tensor **in) {
  const ag_shape shapes[CHAIN] = {
      AG_SHAPE(3, 10, 10, grey), AG_SHAPE(channels, grey, 3, 3),     AG_SHAPE(channels), AG_SHAPE(channels),
      AG_SHAPE(channels),        AG_SHAPE(channels, channels, 3, 3), AG_SHAPE(channels), AG_SHAPE(channels),
      AG_SHAPE(channels)};
  for (int i = 0; i < CHAIN; i++) in[i] = trained_leaf(c, shapes[i], 41 + (uint64_t)i, -1, 1);
}

/* Convolution, normalisation, rectifier, twice; then pooling. */
static ag_tensor *fused_chain(ag_tensor *const *in, void *user) {
  (void)user;
  ag_tensor *moments[2], *norm[2],
      *y = ag_conv2d(in[X], in[W1], in[B1], .channels_last = true, .moments = &moments[0]);
  norm[0] = ag_batch_norm_map(y, moments[0], in[SCALE], in[SHIFT], .training = true);
  ag_tensor *z = ag_conv2d(y, in[W2], in[B2], .channels_last = true, .norm = norm[0], .moments = &moments[1],
                           .pool = 2, .pool_sign = in[LAST_SCALE]);
  norm[1] = ag_batch_norm_map(z, moments[1], in[LAST_SCALE], in[LAST_SHIFT], .training = true);
  return ag_norm_relu(z, norm[1]);
}

static ag_tensor *plain_chain(ag_tensor *const *in, void *user) {
  (void)user;
  ag_tensor *y = ag_conv2d(in[X], in[W1], in[B1], .channels_last = true);
  ag_tensor *h = ag_batch_norm(as_rows(y), in[SCALE], in[SHIFT], .training = true, .relu = true);
  ag_tensor *z = ag_conv2d(ag_reshape(h, ag_shape_of(y)), in[W2], in[B2], .channels_last = true);
  z = ag_reshape(ag_batch_norm(as_rows(z), in[LAST_SCALE], in[LAST_SHIFT], .training = true, .relu = true),
                 ag_shape_of(z));
  return ag_max_pool2d(z, 2, .channels_last = true);
}

static ag_tensor *weighted(ag_tensor *y) { return combined(1, &y); }

START_TEST(a_chain_is_that_of_batch_normalisations) {
  const int64_t sizes[][2] = {{1, 5}, {3, 16}, {16, 16}};
  for (int k = 0; k < LENGTH(sizes); k++) {
    ag_tensor *in[CHAIN], *of[2][CHAIN], *first[2][CHAIN], *second[2][CHAIN], *y[2];
    chain_of(sizes[k][0], sizes[k][1], in);
    for (int way = 0; way < 2; way++) {
      y[way] = (way ? fused_chain : plain_chain)(in, NULL);
      ck_assert(gradients(weighted(y[way]), CHAIN, in, of[way], false));
      ck_assert(gradients(weighted(y[way]), CHAIN, in, first[way], true));
      ck_assert(gradients(combined(CHAIN, first[way]), CHAIN, in, second[way], false));
      fill(CHAIN, in, second[way]);
    }
    assert_alike(1, &y[1], &y[0]);
    assert_alike(CHAIN, of[1], of[0]);
    assert_alike(CHAIN, first[1], of[0]);
    assert_alike(CHAIN, second[1], second[0]);
  }
}
END_TEST

START_TEST(a_checkpoint_gives_the_same_bits) {
  ag_tensor *in[CHAIN], *of[2][CHAIN], *y[2];
  chain_of(16, 16, in);
  for (int kept = 0; kept < 2; kept++) {
    y[kept] =
        kept ? fused_chain(in, NULL) : ag_checkpoint(.fn = fused_chain, .n_inputs = CHAIN, .inputs = in);
    ag_scope_begin(c);
    ag_backward(weighted(y[kept]));
    for (int i = 0; i < CHAIN; i++) of[kept][i] = ag_keep(ag_gradient(in[i]));
    ag_scope_end(c);
    assert_same_bits(y[kept], y[0]);
    for (int i = 0; i < CHAIN; i++) assert_same_bits(of[kept][i], of[0][i]);
  }
}
END_TEST

/* ---- What is refused ---- */

/* Where a convolution is refused there is the nil tensor in the place of moments, too. */
START_TEST(convolutions_with_moments_want_channels_last) {
  ag_tensor *x = irregular_leaf(c, AG_SHAPE(2, 5, 4, 3), 65, -1, 1),
            *w = irregular_leaf(c, AG_SHAPE(4, 3, 3, 3), 66, -1, 1),
            *norm = irregular_leaf(c, AG_SHAPE(3, 3), 67, -1, 1), *moments = NULL;
  ag_conv2d(x, w, .norm = norm);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "conv2d_moments: norm and moments want images with their channels last");
  ag_conv2d(x, w, .moments = &moments);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "conv2d_moments: norm and moments want images with their channels last");
  ck_assert(ag_is_nil(moments));
  moments = NULL;
  ag_conv2d(x, NULL, .channels_last = true, .moments = &moments);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "conv2d: operand 1 is NULL");
  ck_assert(ag_is_nil(moments));
  moments = NULL;
  ag_conv2d(x, w, .same = true, .stride = 2, .channels_last = true, .moments = &moments);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "conv2d: same keeps the size of x with stride 1 alone, found 2x2");
  ck_assert(ag_is_nil(moments));
  ag_conv2d(x, ag_scalar(c, 1), .channels_last = true, .moments = &moments);
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "conv2d_moments: weight must be (o, c / groups, kh, kw), found scalar");
  ag_conv2d(x, w, .channels_last = true, .norm = ag_slice(norm, 0, 0, 2, 1));
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "conv2d_moments: norm is 2x3, wanted is 3x3, mean, scale and shift of each channel of x");
  ag_conv2d(x, w, .channels_last = true, .pool = 2);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "conv2d_moments: 3 operands given; x, weight, bias, optionally norm and, with pool alone, sign are wanted");
  ag_conv2d(x, w, .channels_last = true, .norm = norm, .pool_sign = ag_slice(x, 3, 0, 1, 1));
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "conv2d_moments: 5 operands given; x, weight, bias, optionally norm and, with pool alone, sign are wanted");
  ag_conv2d(x, w, .channels_last = true, .pool = 2, .pool_sign = norm);
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "conv2d_moments: sign is 3x3, wanted is 4, one number for each output channel");
  ag_conv2d(x, w, .channels_last = true, .norm = ag_cast(norm, AG_F32));
  ASSERT_ERROR_ABOVE(c, AG_EDTYPE, "conv2d_moments: operands are float64 and float32; all real operands must have one type");
}
END_TEST

TCase *conv2d_moments_tests(void) {
  TCase *t = tcase_create("conv2d_moments");
  with_context(t);
  tcase_set_timeout(t, 120);
  tcase_add_loop_test(t, each_operand_has_its_gradient, 0, LENGTH(geometries));
  tcase_add_loop_test(t, gradients_of_gradients_are_those_of_the_chain, 0, LENGTH(geometries));
  tcase_add_test(t, a_chain_is_that_of_batch_normalisations);
  tcase_add_test(t, a_checkpoint_gives_the_same_bits);
  tcase_add_test(t, convolutions_with_moments_want_channels_last);
  return t;
}
