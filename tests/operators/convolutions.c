/* Convolutions, poolings and what else works on images: large samples, and the functions that are made of operators. */
#include "ops/sample.h"
#include "tests/operators/walk.h"

#define POOL(k, s, p) &(const ag_pool2d_attributes){{k, k}, {s, s}, {p, p}, {1, 1}}

#define CONV_GRAD(...) &(const ag_conv2d_grad_attributes){__VA_ARGS__}
#define SHARES(h, w) &(const ag_pool2d_attributes){.adaptive = true, .output = {h, w}}

/* ---- Large samples ---- */

const large_sample convolution_large[] = {
    {"adaptive_avg_pool2d", {.in = {AG_LIST(8, 16, 33, 27)}, .attributes = SHARES(7, 7)}},
    {"adaptive_max_pool2d", {.in = {AG_LIST(8, 16, 33, 27)}, .attributes = SHARES(7, 7)}},
    {"conv_transpose2d", {.in = {AG_LIST(6, 16, 12, 12), AG_LIST(16, 8, 3, 3), AG_LIST(8)}, .attributes = CONV_GRAD({{2, 2}, {1, 1}, {1, 1}, 1}, {24, 24})}},
    {"conv_transpose2d", {.in = {AG_LIST(5, 16, 11, 18), AG_LIST(16, 17, 3, 3), AG_LIST(17)}, .attributes = CONV_GRAD({{1, 1}, {1, 1}, {1, 1}, 1}, {11, 18})}},
    {"max_pool2d_indices", {.in = {AG_LIST(8, 16, 24, 24)}, .attributes = POOL(3, 2, 1)}},
    {NULL, {.n_in = 0}},
};
