/* What the files of the suite on layers, optimisers, archives and gradient checks share. */
#ifndef TESTS_TEST_NN_H
#define TESTS_TEST_NN_H

#include <autograd.h>

#include <check.h>

#include "tests/each.h"

#define LENGTH(array) ((int)(sizeof(array) / sizeof *(array)))

/* The context of the running test, made before it in float64 with seed 1, and freed after it. */
extern ag_ctx *c;

/* Adds the fixture that makes c. */
void with_context(TCase *t);

/* n distinct irregular numbers in (-1, 1), the same for the same salt. */
void irregular(double *out, int64_t n, uint64_t salt);

/* A leaf of irregular numbers. */
ag_tensor *leaf(ag_shape shape, uint64_t salt);

/* The elements of x in row-major order, to be freed, and element i alone. */
double *elements(const ag_tensor *x);
double at(const ag_tensor *x, int64_t i);

/* Asserts that context k holds this error, "site: text" with the site in the given file (or the name of the
 * function, where it takes no site), and clears it. */
void expect_error(ag_ctx *k, ag_status status, const char *site, const char *text);

/* One group of tests a file. */
TCase *layer_tests(void);
TCase *moments_layer_tests(void);
TCase *optim_tests(void);
TCase *npz_tests(void);
TCase *gradcheck_tests(void);
TCase *second_order_tests(void);

#endif
