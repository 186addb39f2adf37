/* Large samples of the reductions that large.c has not. */
#include "ops/sample.h"
#include "tests/operators/walk.h"

#define OVER(...) &(const ag_reduce_attributes){.axes = AG_LIST(__VA_ARGS__)}
#define ALL &(const ag_reduce_attributes){.keepdim = false}
#define CHOICES(name)                                                                                        \
  {name, {.in = {AG_LIST(30, 33, 170)}, .attributes = OVER(1)}}, {name, {.in = {AG_LIST(64, 3001)}, .attributes = OVER(1)}},              \
      {name, {.in = {AG_LIST(500, 401)}, .attributes = ALL}}

const large_sample lane_large[] = {
    CHOICES("min"), CHOICES("argmin"), CHOICES("max_along"), CHOICES("min_along"),
    {"min", {.in = {AG_LIST(40, 30, 20, 7)}, .attributes = OVER(0, 2)}},
    {NULL, {.n_in = 0}},
};
