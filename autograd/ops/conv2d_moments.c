/* Convolution between two batch normalisations: it makes the map of the one before as it reads x, and sums
 * the moments for the one behind as it writes y, and pools it for the pooling behind that.
 *
 *   z = max((x - norm[0]) norm[1] + norm[2], 0), or x where there is no norm
 *   y = conv2d(z, weight) + bias,   moments (2, o) = mean and biased variance of each channel of y
 *   q = the y of each window of pool x pool, side by side, that the normalisation behind makes greatest: the
 *       greatest, or the least where the channel's sign is negative
 *
 * The result is y, or q where there is a pool: y comes third then, for the gradient, unless nothing is
 * recorded. The gradient of q is that of y where q was found, and 0 elsewhere. With m values in each channel,
 * g the gradient of y so far and (gm, gv) that of the moments, y has in all the gradient
 *
 *   t = g + offset + (y - mean) slope,   line (3, o) = mean, offset, slope = mean, gm / m, 2 gv / m
 *
 * and with (gz, gw, gb) = conv2d_backward(t, z, weight) and h = gz where z > 0, else 0,
 *
 *   gx = h norm[1],   gnorm = -norm[1] sum(h), sum(h (x - norm[0])), sum(h).
 *
 * conv2d_moments_grad makes all of that in one go, for training. A pass that is recorded has the same from
 * operators that can be differentiated again. */
#ifndef AG_REAL
#include <inttypes.h>

#include "kernels/conv2d_norms.h"
#include "ops/catalogue.h"
#include "ops/check.h"
#include "ops/conv2d.h"
#include "ops/conv2d_moments.h"
#include "ops/norm_relu.h"
#include "ops/pool2d.h"
#include "ops/sample.h"

bool ag_conv2d_moments_geometry(const ag_call *call, int x, int norm, int64_t pool,
                                const ag_conv2d_attributes *a, agk_conv2d_geometry *g) {
  if (!a->channels_last)
    return ag_reject(call, AG_EVALUE, "norm and moments want images with their channels last");
  if (!ag_conv2d_geometry(call, ag_shape_of(call->in[x]), ag_shape_of(call->in[x + 1]), a, g)) return false;
  if (g->n * g->h_out * g->w_out == 0)
    return ag_reject(call, AG_ESHAPE, "there are no moments of %s images",
                     ag_shape_text(call->c, ag_shape_of(call->in[x])));
  if (pool < 0 || pool > g->h_out || pool > g->w_out)
    return ag_reject(call, AG_EVALUE,
                     "pool %" PRId64 " must be at least 1 and fit into the result, %" PRId64 "x%" PRId64
                     ", or 0 for none",
                     pool, g->h_out, g->w_out);
  return norm == AG_NO_OPERAND || ag_check_shape(call, norm, "norm", AG_SHAPE(AGK_NORM_ROWS, g->c_in),
                                                 "mean, scale and shift of each channel of x");
}

/* Where norm and sign are among the operands. */
static int norm_of(int n_in, int64_t pool) { return n_in - (pool != 0) == 4 ? 3 : AG_NO_OPERAND; }

static bool conv2d_moments_shape(ag_call *call) {
  const ag_conv2d_moments_attributes *a = call->attributes;
  const bool pools = a->pool != 0;
  if (call->n_in - pools < 3 || call->n_in - pools > 4)
    return ag_reject(
        call, AG_EVALUE,
        "%d operands given; x, weight, bias, optionally norm and, with pool alone, sign are wanted",
        call->n_in);
  agk_conv2d_geometry g;
  if (!ag_conv2d_moments_geometry(call, 0, norm_of(call->n_in, a->pool), a->pool, &a->conv, &g)) return false;
  const ag_shape y = ag_conv2d_images(&a->conv, g.n, g.c_out, g.h_out, g.w_out), each = AG_SHAPE(g.c_out);
  call->shape[0] = pools ? ag_conv2d_images(&a->conv, g.n, g.c_out, g.h_out / a->pool, g.w_out / a->pool) : y;
  call->shape[1] = a->no_moments ? AG_SHAPE(0) : AG_SHAPE(2, g.c_out);
  call->shape[2] = pools && !a->not_kept ? y : AG_SHAPE(0);
  return ag_check_shape(call, 2, "bias", each, "one number for each output channel") &&
         (!pools || ag_check_shape(call, call->n_in - 1, "sign", each, "one number for each output channel"));
}

#define AG_SELF "ops/conv2d_moments.c"
#include "core/each_real.h"
#else

static void AG_NAME(conv2d_moments)(const ag_call *call) {
  const ag_conv2d_moments_attributes *a = call->attributes;
  const int norm = norm_of(call->n_in, a->pool);
  agk_conv2d_geometry g;
  if (!ag_conv2d_moments_geometry(call, 0, norm, a->pool, &a->conv, &g)) return;
  void *workspace = ag_scratch(call, AG_NAME(agk_conv2d_norms_forward_workspace)(&g, call->threads));
  if (!workspace) return;
  const AG_NAME(agk_conv2d_norms) norms = {.norm = norm == AG_NO_OPERAND ? NULL : ag_data(call->in[norm]),
                                           .moments = a->no_moments ? NULL : ag_data(call->out[1]),
                                           .pool = a->pool,
                                           .sign = a->pool ? ag_data(call->in[call->n_in - 1]) : NULL,
                                           .pooled = a->pool ? ag_data(call->out[0]) : NULL};
  const ag_tensor *y = call->out[a->pool ? 2 : 0];
  AG_NAME(agk_conv2d_norms_forward)
  (call->threads, &g, &norms, ag_data(call->in[0]), ag_data(call->in[1]), ag_data(call->in[2]),
   y->numel ? ag_data(y) : NULL, workspace);
}
#endif

#ifndef AG_REAL

/* Row i of (k, c), as (1, c). */
static ag_tensor *row(ag_tensor *rows, int i) { return ag_slice(rows, 0, i, i + 1, 1); }

/* What of a node its gradients are made of. norm and sign are NULL where there are none. */
typedef struct {
  const ag_conv2d_moments_attributes *a;
  ag_tensor *x, *weight, *y, *norm, *sign;
} parts;

/* What was pooled and is not kept. */
static ag_tensor *made_again(const ag_node *node) {
  ag_conv2d_moments_attributes a = *(const ag_conv2d_moments_attributes *)node->attributes;
  ag_tensor *out[3];
  a.not_kept = false;
  ag_apply_all(AG_HERE, &ag_op_conv2d_moments, node->n_in, node->in, &a, out);
  return out[2];
}

static parts parts_of(const ag_node *node) {
  const ag_conv2d_moments_attributes *a = node->attributes;
  const int norm = norm_of(node->n_in, a->pool);
  return (parts){.a = a,
                 .x = node->in[0],
                 .weight = node->in[1],
                 .y = !a->pool      ? node->out[0]
                      : a->not_kept ? made_again(node)
                                    : node->out[2],
                 .norm = norm == AG_NO_OPERAND ? NULL : node->in[norm],
                 .sign = a->pool ? node->in[node->n_in - 1] : NULL};
}

/* Mean, offset and slope. */
static ag_tensor *line_of(const ag_node *node, const parts *p, ag_tensor *g) {
  if (!g || p->a->no_moments)
    return ag_filled(AG_HERE, node->c, p->y->dtype, AG_SHAPE(AGK_LINE_ROWS, p->y->dim[3]), 0);
  const double share = (double)p->y->dim[3] / (double)p->y->numel;
  ag_tensor *rows[] = {row(node->out[1], 0), ag_mul_scalar(row(g, 0), share),
                       ag_mul_scalar(row(g, 1), 2 * share)};
  return ag_concat(AGK_LINE_ROWS, rows, 0);
}

/* The gradient of y where that of q is g: max pooling's, of y with the signs. */
static ag_tensor *spread(const parts *p, ag_tensor *g) {
  const int64_t k = p->a->pool;
  const ag_pool2d_attributes pool = {{k, k}, {k, k}, {0, 0}, {1, 1}, .channels_last = true};
  ag_tensor *negative = ag_cast(ag_lt_scalar(p->sign, 0), p->sign->dtype);
  ag_tensor *turned = ag_mul(ag_detach(p->y), ag_add_scalar(ag_mul_scalar(negative, -2), 1));
  return ag_apply(AG_HERE, &ag_op_max_pool2d_grad, 2, (ag_tensor *[]){g, turned}, &pool);
}

/* The gradients in one go, from that of y or, where `pooled`, of q. */
static void fused(const ag_node *node, const parts *p, ag_tensor *g, bool pooled, ag_tensor *line,
                  ag_tensor **dx) {
  const bool only_weight = !ag_needs(node, 0) && !(p->norm && ag_needs(node, 3));
  const ag_conv2d_moments_grad_attributes a = {p->a->conv, pooled ? p->a->pool : 0, only_weight};
  if (pooled)
    line = ag_concat(2, ((ag_tensor *[]){line, ag_reshape(p->sign, AG_SHAPE(1, p->sign->numel))}), 0);
  ag_tensor *in[] = {g, p->x, p->weight, p->y, line, p->norm}, *out[4] = {NULL};
  if (!ag_apply_all(AG_HERE, &ag_op_conv2d_moments_grad, p->norm ? 6 : 5, in, &a, out)) return;
  for (int i = 0; i < (p->norm ? 4 : 3); i++)
    if (ag_needs(node, i)) dx[i] = out[i];
}

/* The same in operators; line goes through y. */
static void recorded(const parts *p, ag_tensor *g, ag_tensor *line, ag_tensor **dx) {
  ag_tensor *z = p->norm ? ag_norm_relu(p->x, p->norm) : p->x;
  ag_tensor *total = ag_add(ag_add(g, row(line, 1)), ag_mul(ag_sub(p->y, row(line, 0)), row(line, 2)));
  ag_apply_all(AG_HERE, &ag_op_conv2d_backward, 3, (ag_tensor *[]){total, z, p->weight}, &p->a->conv, dx);
  if (!p->norm) return;
  ag_tensor *h = ag_relu_grad(dx[0], z);
  dx[0] = ag_mul(h, ag_norm_relu_row(p->norm, AGK_SCALE));
  dx[3] = ag_norm_relu_to_norm(h, ag_norm_relu_centred(p->x, p->norm), p->norm);
}

static void conv2d_moments_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  const parts p = parts_of(node);
  ag_tensor *line = line_of(node, &p, g[1]),
            *of_y = !p.sign         ? g[0]
                    : p.a->not_kept ? NULL
                                    : g[2],
            *of_q = p.sign ? g[0] : NULL;
  const bool pooled = of_q && !of_y && node->c->transient;
  if (of_q && !pooled) of_y = of_y ? ag_add(of_y, spread(&p, of_q)) : spread(&p, of_q);
  if (!of_y && !pooled) of_y = ag_mul_scalar(p.y, 0);
  if (node->c->transient)
    fused(node, &p, pooled ? of_q : of_y, pooled, line, dx);
  else
    recorded(&p, of_y, line, dx);
}

static double conv2d_moments_flops(const ag_call *call) {
  const ag_conv2d_moments_attributes *a = call->attributes;
  agk_conv2d_geometry g;
  if (!ag_conv2d_moments_geometry(call, 0, AG_NO_OPERAND, a->pool, &a->conv, &g)) return 0;
  return (double)(g.n * g.h_out * g.w_out * g.c_out) *
             (2 * ag_conv2d_window(call->in[1]) + (a->no_moments ? 0 : 4) + (a->pool ? 1 : 0)) +
         (norm_of(call->n_in, a->pool) == AG_NO_OPERAND ? 0 : 3 * (double)ag_numel(call->in[0]));
}

#define OPTIONS(sh, sw, ph, pw, dh, dw, groups, ...)                                                         \
  AG_WITH(ag_conv2d_moments_attributes, {{sh, sw}, {ph, pw}, {dh, dw}, groups, .channels_last = true},       \
          __VA_ARGS__)
#define PLAIN OPTIONS(1, 1, 0, 0, 1, 1, 1, 0)
#define POOLED(pool) OPTIONS(1, 1, 0, 0, 1, 1, 1, pool)
static const ag_sample conv2d_moments_samples[] = {
    AG_WORKS(-1, 1, PLAIN, AG_LIST(2, 6, 5, 1), AG_LIST(3, 1, 3, 3), AG_LIST(3)),
    AG_WORKS(-1, 1, PLAIN, AG_LIST(2, 5, 4, 3), AG_LIST(4, 3, 3, 3), AG_LIST(4), AG_LIST(3, 3)),
    AG_WORKS(-1, 1, OPTIONS(2, 1, 2, 1, 1, 2, 2, 0), AG_LIST(2, 5, 6, 4), AG_LIST(2, 2, 3, 2), AG_LIST(2),
             AG_LIST(3, 4)),
    AG_WORKS(-1, 1, OPTIONS(1, 1, 0, 0, 1, 1, 1, 0, true), AG_LIST(2, 5, 4, 3), AG_LIST(4, 3, 3, 3),
             AG_LIST(4), AG_LIST(3, 3)),
    AG_WORKS(-1, 1, POOLED(2), AG_LIST(2, 6, 7, 1), AG_LIST(3, 1, 3, 3), AG_LIST(3), AG_LIST(3)),
    AG_WORKS(-1, 1, POOLED(2), AG_LIST(2, 6, 7, 3), AG_LIST(4, 3, 3, 3), AG_LIST(4), AG_LIST(3, 3),
             AG_LIST(4)),
    AG_WORKS(-1, 1, OPTIONS(2, 1, 2, 1, 1, 2, 2, 3, true), AG_LIST(2, 5, 6, 4), AG_LIST(2, 2, 3, 2),
             AG_LIST(2), AG_LIST(3, 4), AG_LIST(2)),
    AG_WORKS(-1, 1, OPTIONS(1, 1, 0, 0, 1, 1, 1, 2, false, true), AG_LIST(2, 6, 7, 3), AG_LIST(4, 3, 3, 3),
             AG_LIST(4), AG_LIST(4)),
    AG_WORKS(-1, 1, POOLED(1), AG_LIST(1, 3, 4, 2), AG_LIST(3, 2, 2, 2), AG_LIST(3), AG_LIST(3)),
    AG_REFUSED("conv2d_moments: norm and moments want images with their channels last",
               AG_WITH(ag_conv2d_moments_attributes, {{1, 1}, {0, 0}, {1, 1}, 1}), AG_LIST(2, 1, 5, 5),
               AG_LIST(8, 1, 3, 3), AG_LIST(8)),
    AG_REFUSED("conv2d_moments: norm is 2x3, wanted is 3x3, mean, scale and shift of each channel of x",
               PLAIN, AG_LIST(2, 5, 4, 3), AG_LIST(4, 3, 3, 3), AG_LIST(4), AG_LIST(2, 3)),
    AG_REFUSED("conv2d_moments: there are no moments of 0x5x4x3 images", PLAIN, AG_LIST(0, 5, 4, 3),
               AG_LIST(4, 3, 3, 3), AG_LIST(4)),
    AG_REFUSED("conv2d_moments: bias is 3, wanted is 4, one number for each output channel", PLAIN,
               AG_LIST(2, 5, 4, 3), AG_LIST(4, 3, 3, 3), AG_LIST(3)),
    AG_REFUSED("conv2d_moments: x must be (n, h, w, c), found 5x4x3", PLAIN, AG_LIST(5, 4, 3),
               AG_LIST(4, 3, 3, 3), AG_LIST(4)),
    AG_REFUSED("conv2d_moments: sign is 3, wanted is 4, one number for each output channel", POOLED(2),
               AG_LIST(2, 5, 4, 3), AG_LIST(4, 3, 3, 3), AG_LIST(4), AG_LIST(3)),
    AG_REFUSED("conv2d_moments: pool 3 must be at least 1 and fit into the result, 3x2, or 0 for none",
               POOLED(3), AG_LIST(2, 5, 4, 3), AG_LIST(4, 3, 3, 3), AG_LIST(4), AG_LIST(4)),
    AG_REFUSED("conv2d_moments: pool -1 must be at least 1 and fit into the result, 3x2, or 0 for none",
               POOLED(-1), AG_LIST(2, 5, 4, 3), AG_LIST(4, 3, 3, 3), AG_LIST(4), AG_LIST(4)),
    AG_REFUSED(
        "conv2d_moments: 2 operands given; x, weight, bias, optionally norm and, with pool alone, sign are "
        "wanted",
        PLAIN, AG_LIST(2, 5, 4, 3), AG_LIST(4, 3, 3, 3)),
    AG_REFUSED(
        "conv2d_moments: 3 operands given; x, weight, bias, optionally norm and, with pool alone, sign are "
        "wanted",
        POOLED(2), AG_LIST(2, 5, 4, 3), AG_LIST(4, 3, 3, 3), AG_LIST(4)),
    AG_NO_MORE,
};

const ag_op ag_op_conv2d_moments = {
    .name = "conv2d_moments",
    .formula =
        "conv2d of max((x - norm[0]) norm[1] + norm[2], 0), or of x, perhaps pooled; mean and var of it",
    .shapes =
        "(n, h, w, c), (o, c / groups, kh, kw), (o), optionally (3, c), with pool (o) -> "
        "(n, h' / pool, w' / pool, o), (2, o), (n, h', w', o), or without pool (n, h', w', o), (2, o), (0)",
    .n_in = -1,
    .n_out = 3,
    .attribute_size = sizeof(ag_conv2d_moments_attributes),
    .shape = conv2d_moments_shape,
    .forward = {conv2d_moments_f32, conv2d_moments_f64},
    .vjp = conv2d_moments_vjp,
    .flops = conv2d_moments_flops,
    .samples = conv2d_moments_samples};

ag_tensor *ag_conv2d_with_moments(const ag_conv2d_args *a, const ag_conv2d_attributes *options) {
  ag_tensor *bias = a->bias, *out[3], *result;
  if (!ag_ready(a->at, "conv2d", 2, (ag_tensor *[]){a->x, a->weight}, &result)) {
    if (a->moments) *a->moments = result;
    return result;
  }
  if (!bias) bias = ag_filled(a->at, a->x->c, a->x->dtype, AG_SHAPE(ag_dim(a->weight, 0)), 0);
  const ag_conv2d_moments_attributes attributes = {*options, a->pool, !a->moments,
                                                   a->pool && a->x->c->no_grad > 0};
  ag_tensor *in[5] = {a->x, a->weight, bias};
  int n = 3;
  if (a->norm) in[n++] = a->norm;
  if (a->pool_sign) in[n++] = a->pool_sign;
  ag_apply_all(a->at, &ag_op_conv2d_moments, n, in, &attributes, out);
  if (a->moments) *a->moments = out[1];
  return out[0];
}
#endif
