/* What the test programs of the engine share. */
#ifndef TESTS_SUPPORT_H
#define TESTS_SUPPORT_H

#include <autograd.h>

#include <check.h>

#include "tests/each.h"

#define LENGTH(array) ((int)(sizeof(array) / sizeof *(array)))

/* The context of the running test, made before it in float64 with seed 1, and freed after it. */
extern ag_ctx *c;
/* Adds the fixture that makes c. It fails a test that leaves an error in c. */
void with_context(TCase *t);
/* Runs a suite of these groups and returns the exit status of the program. */
int run_suite(const char *name, TCase *(*const *groups)(void), int n);

/* Number i of the sequence `salt`: irregular, in [low, high), and a float32, so that both types start from
 * the same. */
double irregular(uint64_t salt, int64_t i, double low, double high);
/* A leaf of such numbers, of the context's data type; it requires gradients where `trained` is set. */
ag_tensor *irregular_leaf(ag_ctx *k, ag_shape shape, uint64_t salt, double low, double high);
ag_tensor *trained_leaf(ag_ctx *k, ag_shape shape, uint64_t salt, double low, double high);

/* The elements in row-major order, to be freed. */
double *elements(const ag_tensor *x);
/* Element i in row-major order. */
double element(const ag_tensor *x, int64_t i);
/* NULL when |found - expected| <= atol + rtol |expected| for all n numbers (NaN and infinities must agree),
 * else what differs, in a buffer that the next call overwrites. */
const char *differ(int64_t n, const double *found, const double *expected, double rtol, double atol);
/* Asserts that x has this shape and these elements, up to rounding of the last places. */
void assert_elements(const ag_tensor *x, ag_shape shape, const double *expected);
#define ASSERT_ELEMENTS(x, shape, ...) assert_elements(x, shape, (const double[]){__VA_ARGS__})
/* Asserts that x and y have the same shape and the same bits, or elements that agree up to rtol. */
void assert_same_bits(const ag_tensor *x, const ag_tensor *y);
void assert_close(const ag_tensor *x, const ag_tensor *y, double rtol);

/* Asserts that context k holds exactly the error "site: text" and clears it. The second form takes the line
 * before the one that it stands on as the site; it must be one line, since compilers differ in the line that
 * they give longer ones. */
void assert_error(ag_ctx *k, ag_status status, const char *site, const char *text);
void assert_error_at(ag_ctx *k, ag_status status, const char *file, int line, const char *text);
#define ASSERT_ERROR_ABOVE(k, status, text) assert_error_at(k, status, __FILE__, __LINE__ - 1, text)

/* An allocator that counts, and that fails from call number fail_at on: at every call, or at that one alone.
 */
typedef struct {
  int64_t calls, live, bytes, fail_at;
  bool once;
} counter;
ag_allocator counting(counter *count);

#endif
