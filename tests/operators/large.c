/* Large samples of the operators that the models of this tree are made of, on which threads are worth their while. */
#include "ops/sample.h"
#include "tests/operators/walk.h"

#define OVER(...) &(const ag_reduce_attributes){.axes = AG_LIST(__VA_ARGS__)}
#define ALL &(const ag_reduce_attributes){.keepdim = false}
#define ALONG(axis) &(const ag_axis_attributes){axis}
#define CONV(...) &(const ag_conv2d_attributes){__VA_ARGS__}
#define MOMENTS(pool, ...) &(const ag_conv2d_moments_attributes){{__VA_ARGS__, .channels_last = true}, pool}
#define MOMENTS_GRAD(pool, ...) &(const ag_conv2d_moments_grad_attributes){{__VA_ARGS__, .channels_last = true}, pool}
#define CONV_GRAD(...) &(const ag_conv2d_grad_attributes){__VA_ARGS__}
#define LINEAR(only_weight) &(const ag_linear_backward_attributes){only_weight}
#define WINDOWS(k, s, p) {k, k}, {s, s}, {p, p}, {1, 1}
#define POOL(k, s, p) &(const ag_pool2d_attributes){WINDOWS(k, s, p)}
#define LAST(k, s, p) &(const ag_pool2d_attributes){WINDOWS(k, s, p), .channels_last = true}
#define EPS(...) &(const ag_batch_norm_attributes){__VA_ARGS__}
#define REDUCTIONS(name)                                                                                     \
  {name, {.in = {AG_LIST(30, 33, 170)}, .attributes = OVER(1)}}, {name, {.in = {AG_LIST(64, 3001)}, .attributes = OVER(1)}},              \
      {name, {.in = {AG_LIST(2000, 70)}, .attributes = OVER(0)}}, {name, {.in = {AG_LIST(500, 401)}, .attributes = ALL}}
#define VARIANCE(...) &(const ag_var_attributes){.axes = AG_LIST(__VA_ARGS__)}
#define VARIANCES(name)                                                                                      \
  {name, {.in = {AG_LIST(30, 33, 170)}, .attributes = VARIANCE(1)}}, {name, {.in = {AG_LIST(2000, 70)}, .attributes = VARIANCE(0)}},      \
      {name, {.in = {AG_LIST(500, 401)}, .attributes = VARIANCE(0, 1)}}
#define LOSS(...) &(const ag_loss_attributes){__VA_ARGS__}
#define SCATTERED(name) {name, {.in = {AG_LIST(40, 30, 20, 7)}, .attributes = OVER(0, 2)}}
#define LANES(name)                                                                                          \
  {name, {.in = {AG_LIST(300, 500)}, .attributes = ALONG(1)}}, {name, {.in = {AG_LIST(50, 40, 70)}, .attributes = ALONG(1)}}
#define LANE_GRADS(name)                                                                                     \
  {name, {.in = {AG_LIST(300, 500), AG_LIST(300, 500)}, .attributes = ALONG(1)}},                            \
      {name, {.in = {AG_LIST(50, 40, 70), AG_LIST(50, 40, 70)}, .attributes = ALONG(1)}}

const large_sample basic_large[] = {
    REDUCTIONS("argmax"), REDUCTIONS("max"), REDUCTIONS("sum"), REDUCTIONS("logsumexp"), VARIANCES("var"),
    SCATTERED("max"), SCATTERED("sum"), SCATTERED("logsumexp"),
    {"cast", {.in = {AG_LIST(300, 501)}, .attributes = &(const ag_cast_attributes){AG_F64}}},
    {"mse_loss", {.in = {AG_LIST(300, 501), AG_LIST(300, 501)}, .attributes = LOSS(AG_MEAN)}},
    {"mse_loss", {.in = {AG_LIST(300, 501), AG_LIST(300, 501)}, .attributes = LOSS(AG_NONE)}},
    {"gaussian_nll_loss", {.in = {AG_LIST(300, 501), AG_LIST(300, 501), AG_LIST(300, 501)}, .attributes = LOSS(AG_MEAN, true)}},
    {"gaussian_nll_loss", {.in = {AG_LIST(300, 501), AG_LIST(300, 501), AG_LIST(300, 501)}, .attributes = LOSS(AG_NONE)}},
    {"gaussian_nll_loss_grad", {.in = {AG_LIST(300, 501), AG_LIST(300, 501), AG_LIST(300, 501), AG_LIST(300, 501)}, .attributes = &(const ag_scale_attributes){0.5}}},
    {"contiguous", {.in = {AG_LIST(300, 501)}}},
    {"slice_grad", {.in = {AG_LIST(300, 251)}, .attributes = &(const ag_slice_grad_attributes){{1, 0, 502, 2}, AG_LIST(300, 502)}}},
    {"concat", {.in = {AG_LIST(300, 130), AG_LIST(300, 251), AG_LIST(300, 3)}, .attributes = ALONG(1)}},
    {"gather", {.in = {AG_LIST(300, 70), AG_LIST(300, 190)}, .attributes = ALONG(1), .below = 70}},
    {"gather", {.in = {AG_LIST(40, 30, 70), AG_LIST(40, 60, 70)}, .attributes = ALONG(1), .below = 30}},
    {"gather_grad", {.in = {AG_LIST(300, 190), AG_LIST(300, 190)}, .attributes = &(const ag_gather_grad_attributes){1, AG_LIST(300, 70)}, .below = 70}},
    {"gather_grad", {.in = {AG_LIST(900, 190), AG_LIST(900, 190)}, .attributes = &(const ag_gather_grad_attributes){0, AG_LIST(7, 190)}, .below = 7}},
    {"where", {.in = {AG_LIST(300, 257), AG_LIST(300, 257), AG_LIST(300, 257)}, .below = 2}},
    {"where", {.in = {AG_LIST(37, 1, 129), AG_LIST(61, 1), AG_POINT}, .below = 2}},
    {"linear", {.in = {AG_LIST(150, 130), AG_LIST(120, 130), AG_LIST(120)}}},
    {"linear", {.in = {AG_LIST(50, 1000), AG_LIST(10, 1000), AG_LIST(10)}}},
    {"linear_backward", {.in = {AG_LIST(100, 128), AG_LIST(100, 128), AG_LIST(128, 128), AG_LIST(100, 128)}, .attributes = LINEAR(false)}},
    {"linear_backward", {.in = {AG_LIST(150, 121), AG_LIST(150, 130), AG_LIST(121, 130)}, .attributes = LINEAR(true)}},
    {"linear_backward", {.in = {AG_LIST(3000, 50), AG_LIST(3000, 60), AG_LIST(50, 60), AG_LIST(3000, 50)}, .attributes = LINEAR(false)}},
    {"linear_relu", {.in = {AG_LIST(150, 130), AG_LIST(120, 130), AG_LIST(120)}}},
    {"matmul", {.in = {AG_LIST(120, 140), AG_LIST(140, 110)}}},
    {"matmul", {.in = {AG_LIST(12, 40, 50), AG_LIST(12, 50, 30)}}},
    {"matmul", {.in = {AG_LIST(10, 5000), AG_LIST(5000, 10)}}},
    {"conv2d", {.in = {AG_LIST(6, 8, 20, 20), AG_LIST(16, 8, 3, 3), AG_LIST(16)}, .attributes = CONV({1, 1}, {1, 1}, {1, 1}, 1)}},
    {"conv2d", {.in = {AG_LIST(5, 17, 11, 18), AG_LIST(16, 17, 3, 3), AG_LIST(16)}, .attributes = CONV({1, 1}, {1, 1}, {1, 1}, 1)}},
    {"conv2d", {.in = {AG_LIST(5, 6, 21, 19), AG_LIST(12, 2, 3, 5)}, .attributes = CONV({2, 1}, {0, 3}, {1, 2}, 3)}},
    {"conv2d", {.in = {AG_LIST(9, 1, 20, 21), AG_LIST(20, 1, 3, 3), AG_LIST(20)}, .attributes = CONV({1, 1}, {1, 1}, {1, 1}, 1)}},
    {"conv2d", {.in = {AG_LIST(6, 14, 20, 16), AG_LIST(16, 16, 3, 3), AG_LIST(16)}, .attributes = CONV({1, 1}, {0, 0}, {1, 1}, 1, .channels_last = true)}},
    {"conv2d", {.in = {AG_LIST(9, 20, 21, 1), AG_LIST(20, 1, 3, 3), AG_LIST(20)}, .attributes = CONV({1, 1}, {1, 1}, {1, 1}, 1, .channels_last = true)}},
    {"conv2d_backward", {.in = {AG_LIST(5, 11, 18, 16), AG_LIST(5, 11, 18, 17), AG_LIST(16, 17, 3, 3)}, .attributes = CONV({1, 1}, {1, 1}, {1, 1}, 1, .channels_last = true)}},
    {"conv2d_backward", {.in = {AG_LIST(9, 20, 21, 20), AG_LIST(9, 20, 21, 1), AG_LIST(20, 1, 3, 3)}, .attributes = CONV({1, 1}, {1, 1}, {1, 1}, 1, .channels_last = true)}},
    {"conv2d_backward", {.in = {AG_LIST(5, 16, 11, 18), AG_LIST(5, 17, 11, 18), AG_LIST(16, 17, 3, 3)}, .attributes = CONV({1, 1}, {1, 1}, {1, 1}, 1)}},
    {"conv2d_backward", {.in = {AG_LIST(5, 12, 11, 18), AG_LIST(5, 10, 11, 18), AG_LIST(12, 10, 3, 3)}, .attributes = CONV({1, 1}, {1, 1}, {1, 1}, 1)}},
    {"conv2d_grad_input", {.in = {AG_LIST(6, 16, 20, 20), AG_LIST(16, 8, 3, 3)}, .attributes = CONV_GRAD({{1, 1}, {1, 1}, {1, 1}, 1}, {20, 20})}},
    {"conv2d_grad_input", {.in = {AG_LIST(5, 16, 11, 18), AG_LIST(16, 17, 3, 3)}, .attributes = CONV_GRAD({{1, 1}, {1, 1}, {1, 1}, 1}, {11, 18})}},
    {"conv2d_grad_weight", {.in = {AG_LIST(5, 17, 11, 18), AG_LIST(5, 16, 11, 18)}, .attributes = CONV_GRAD({{1, 1}, {1, 1}, {1, 1}, 1}, {3, 3})}},
    {"conv2d_grad_weight", {.in = {AG_LIST(9, 1, 20, 21), AG_LIST(9, 20, 20, 21)}, .attributes = CONV_GRAD({{1, 1}, {1, 1}, {1, 1}, 1}, {3, 3})}},
    {"conv2d_grad_weight", {.in = {AG_LIST(6, 8, 20, 20), AG_LIST(6, 16, 20, 20)}, .attributes = CONV_GRAD({{1, 1}, {1, 1}, {1, 1}, 1}, {3, 3})}},
    {"conv2d_moments", {.in = {AG_LIST(6, 14, 20, 16), AG_LIST(16, 16, 3, 3), AG_LIST(16), AG_LIST(3, 16)}, .attributes = MOMENTS(0, {1, 1}, {0, 0}, {1, 1}, 1)}},
    {"conv2d_moments", {.in = {AG_LIST(9, 11, 18, 17), AG_LIST(18, 17, 3, 3), AG_LIST(18), AG_LIST(3, 17)}, .attributes = MOMENTS(0, {1, 1}, {1, 1}, {1, 1}, 1)}},
    {"conv2d_moments", {.in = {AG_LIST(2, 62, 44, 16), AG_LIST(16, 16, 3, 3), AG_LIST(16)}, .attributes = MOMENTS(0, {1, 1}, {0, 0}, {1, 1}, 1)}},
    {"conv2d_moments", {.in = {AG_LIST(19, 20, 21, 1), AG_LIST(20, 1, 3, 3), AG_LIST(20)}, .attributes = MOMENTS(0, {1, 1}, {0, 0}, {1, 1}, 1)}},
    {"conv2d_moments", {.in = {AG_LIST(19, 20, 21, 6), AG_LIST(20, 3, 3, 5), AG_LIST(20), AG_LIST(3, 6)}, .attributes = MOMENTS(0, {2, 1}, {1, 2}, {1, 1}, 2)}},
    {"conv2d_moments", {.in = {AG_LIST(6, 14, 20, 16), AG_LIST(16, 16, 3, 3), AG_LIST(16), AG_LIST(3, 16), AG_LIST(16)}, .attributes = MOMENTS(2, {1, 1}, {0, 0}, {1, 1}, 1)}},
    {"conv2d_moments", {.in = {AG_LIST(2, 62, 45, 17), AG_LIST(16, 17, 3, 3), AG_LIST(16), AG_LIST(16)}, .attributes = MOMENTS(3, {1, 1}, {0, 0}, {1, 1}, 1)}},
    {"conv2d_moments", {.in = {AG_LIST(19, 20, 21, 1), AG_LIST(20, 1, 3, 3), AG_LIST(20), AG_LIST(20)}, .attributes = MOMENTS(2, {1, 1}, {0, 0}, {1, 1}, 1)}},
    {"conv2d_moments_grad", {.in = {AG_LIST(6, 6, 9, 16), AG_LIST(6, 14, 20, 16), AG_LIST(16, 16, 3, 3), AG_LIST(6, 12, 18, 16), AG_LIST(4, 16), AG_LIST(3, 16)}, .attributes = MOMENTS_GRAD(2, {1, 1}, {0, 0}, {1, 1}, 1)}},
    {"conv2d_moments_grad", {.in = {AG_LIST(19, 9, 9, 20), AG_LIST(19, 20, 21, 1), AG_LIST(20, 1, 3, 3), AG_LIST(19, 18, 19, 20), AG_LIST(4, 20)}, .attributes = MOMENTS_GRAD(2, {1, 1}, {0, 0}, {1, 1}, 1)}},
    {"conv2d_moments_grad", {.in = {AG_LIST(6, 12, 18, 16), AG_LIST(6, 14, 20, 16), AG_LIST(16, 16, 3, 3), AG_LIST(6, 12, 18, 16), AG_LIST(3, 16), AG_LIST(3, 16)}, .attributes = MOMENTS_GRAD(0, {1, 1}, {0, 0}, {1, 1}, 1)}},
    {"conv2d_moments_grad", {.in = {AG_LIST(9, 11, 18, 18), AG_LIST(9, 11, 18, 17), AG_LIST(18, 17, 3, 3), AG_LIST(9, 11, 18, 18), AG_LIST(3, 18), AG_LIST(3, 17)}, .attributes = MOMENTS_GRAD(0, {1, 1}, {1, 1}, {1, 1}, 1)}},
    {"conv2d_moments_grad", {.in = {AG_LIST(19, 18, 19, 20), AG_LIST(19, 20, 21, 1), AG_LIST(20, 1, 3, 3), AG_LIST(19, 18, 19, 20), AG_LIST(3, 20)}, .attributes = MOMENTS_GRAD(0, {1, 1}, {0, 0}, {1, 1}, 1)}},
    {"avg_pool2d", {.in = {AG_LIST(8, 16, 24, 24)}, .attributes = POOL(3, 2, 1)}},
    {"avg_pool2d", {.in = {AG_LIST(3, 24, 24, 70)}, .attributes = LAST(3, 2, 1)}},
    {"avg_pool2d_grad", {.in = {AG_LIST(3, 12, 12, 70)}, .attributes = &(const ag_avg_pool2d_grad_attributes){{WINDOWS(3, 2, 1), .channels_last = true}, {24, 24}}}},
    {"avg_pool2d_grad", {.in = {AG_LIST(8, 16, 12, 12)}, .attributes = &(const ag_avg_pool2d_grad_attributes){{WINDOWS(3, 2, 1)}, {24, 24}}}},
    {"max_pool2d", {.in = {AG_LIST(8, 16, 24, 24)}, .attributes = POOL(3, 2, 1)}},
    {"max_pool2d", {.in = {AG_LIST(8, 16, 33, 57)}, .attributes = POOL(2, 2, 0)}},
    {"max_pool2d_grad", {.in = {AG_LIST(8, 16, 12, 12), AG_LIST(8, 16, 24, 24)}, .attributes = POOL(3, 2, 1)}},
    {"max_pool2d_grad", {.in = {AG_LIST(8, 16, 16, 28), AG_LIST(8, 16, 33, 57)}, .attributes = POOL(2, 2, 0)}},
    {"max_pool2d", {.in = {AG_LIST(3, 33, 27, 70)}, .attributes = LAST(2, 2, 0)}},
    {"max_pool2d_grad", {.in = {AG_LIST(3, 12, 12, 70), AG_LIST(3, 24, 24, 70)}, .attributes = LAST(3, 2, 1)}},
    {"max_pool2d_grad", {.in = {AG_LIST(3, 16, 13, 70), AG_LIST(3, 33, 27, 70)}, .attributes = LAST(2, 2, 0)}},
    {"max_pool2d_gather", {.in = {AG_LIST(3, 24, 24, 70), AG_LIST(3, 24, 24, 70)}, .attributes = LAST(3, 2, 1)}},
    {"max_pool2d_gather", {.in = {AG_LIST(8, 16, 24, 24), AG_LIST(8, 16, 24, 24)}, .attributes = POOL(3, 2, 1)}},
    {"batch_norm", {.in = {AG_LIST(32, 16, 12, 12), AG_LIST(16), AG_LIST(16)}, .attributes = EPS(1e-5)}},
    {"batch_norm", {.in = {AG_LIST(9, 40, 33, 35), AG_LIST(40), AG_LIST(40)}, .attributes = EPS(1e-5, true)}},
    {"batch_norm", {.in = {AG_LIST(3000, 30), AG_LIST(30), AG_LIST(30)}, .attributes = EPS(1e-5)}},
    {"batch_norm_grad", {.in = {AG_LIST(32, 16, 12, 12), AG_LIST(32, 16, 12, 12), AG_LIST(16), AG_LIST(16), AG_LIST(2, 16)}, .attributes = EPS(1e-5), .low = 0.3, .high = 2}},
    {"norm_relu", {.in = {AG_LIST(40, 33, 70), AG_LIST(3, 70)}}},
    {"norm_relu_grad", {.in = {AG_LIST(40, 33, 70), AG_LIST(40, 33, 70), AG_LIST(3, 70)}}},
    LANES("softmax"), LANES("log_softmax"), LANE_GRADS("softmax_grad"), LANE_GRADS("log_softmax_grad"),
    {NULL, {.n_in = 0}},
};
