/* What the files of the suite on models share. */
#ifndef TESTS_TEST_MODELS_H
#define TESTS_TEST_MODELS_H

#include <autograd.h>

#include <check.h>

#include "models/cnn.h"
#include "models/gaussian_regressor.h"
#include "models/mlp.h"

#define LENGTH(array) ((int)(sizeof(array) / sizeof *(array)))

/* The context of the running test, made before it in float64 with seed 3, and freed after it. */
extern ag_ctx *c;

/* The classifier as published. */
extern const cnn_config published;

void assert_shape(const ag_tensor *x, int64_t rows, int64_t columns);

/* Forward passes against naive loops. */
void add_value_tests(TCase *t);
/* What a step takes from the system. */
void add_steady_tests(TCase *t);

#endif
