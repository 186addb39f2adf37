/* A training step that looks like the one before it takes nothing from the system: no memory, no page, no
 * thread.
 *
 * This program has the functions that give memory and threads itself: they count and hand on to those of the
 * C library. The runtime of OpenMP makes a team for each region of one thread and throws it away. A small network
 * has no such region; in the convolutional one, where it costs nothing to speak of, it is not counted. Sanitizers
 * have the same functions, so a build with them has no such test.
 */
#include "tests/test_models.h"

#ifdef AG_SANITIZE
void add_steady_tests(TCase *t) { (void)t; }
#else

#include <dlfcn.h>
#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

static atomic_int allocations, by_runtime, threads_started;

static void count_for(const void *caller) {
  Dl_info info;
  const bool runtime = dladdr(caller, &info) && info.dli_fname &&
                       (strstr(info.dli_fname, "libgomp") || strstr(info.dli_fname, "libomp"));
  atomic_fetch_add(runtime ? &by_runtime : &allocations, 1);
}

/* Sets a pointer to the next function of that name after this program's. */
#define NEXT(pointer, name)                                                                                  \
  if (!(pointer)) memcpy(&(pointer), &(void *){dlsym(RTLD_NEXT, name)}, sizeof(pointer))
#define COUNT count_for(__builtin_return_address(0))

void *malloc(size_t bytes) {
  static void *(*next)(size_t);
  NEXT(next, "malloc");
  COUNT;
  return next(bytes);
}

void *calloc(size_t n, size_t bytes) {
  static void *(*next)(size_t, size_t);
  NEXT(next, "calloc");
  COUNT;
  return next(n, bytes);
}

void *realloc(void *memory, size_t bytes) {
  static void *(*next)(void *, size_t);
  NEXT(next, "realloc");
  COUNT;
  return next(memory, bytes);
}

void *memalign(size_t alignment, size_t bytes) {
  static void *(*next)(size_t, size_t);
  NEXT(next, "memalign");
  COUNT;
  return next(alignment, bytes);
}

void *aligned_alloc(size_t alignment, size_t bytes) {
  static void *(*next)(size_t, size_t);
  NEXT(next, "aligned_alloc");
  COUNT;
  return next(alignment, bytes);
}

int posix_memalign(void **memory, size_t alignment, size_t bytes) {
  static int (*next)(void **, size_t, size_t);
  NEXT(next, "posix_memalign");
  COUNT;
  return next(memory, alignment, bytes);
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                   void *argument) {
  static int (*next)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
  NEXT(next, "pthread_create");
  atomic_fetch_add(&threads_started, 1);
  return next(thread, attributes, run, argument);
}

/* ---- Steps ---- */

static void cnn_step(ag_ctx *k, const void *model, ag_optim *o) {
  static const int64_t labels[20] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
  ag_scope_begin(k);
  ag_tensor *x = ag_uniform(k, AG_SHAPE(20, 1, 16, 16), "data", -1, 1);
  ag_backward(ag_cross_entropy(cnn_forward(model, x, true), ag_from(k, AG_I64, AG_SHAPE(20), labels)));
  ag_optim_step(o);
  ag_scope_end(k);
}

static void mlp_step(ag_ctx *k, const void *model, ag_optim *o) {
  ag_scope_begin(k);
  ag_tensor *x = ag_uniform(k, AG_SHAPE(100, 4), "data", -1, 1);
  ag_backward(ag_mse_loss(mlp_forward(model, x), ag_uniform(k, AG_SHAPE(100, 1), "data", -1, 1)));
  ag_optim_step(o);
  ag_scope_end(k);
}

static int page_faults(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return (int)usage.ru_minflt;
}

/* What was allocated so far, by OpenMP's runtime too or without it. */
static int allocated_by(bool runtime) {
  return atomic_load(&allocations) + (runtime ? atomic_load(&by_runtime) : 0);
}

static void assert_steady(ag_ctx *k, void (*step)(ag_ctx *, const void *, ag_optim *), const void *model,
                          bool runtime) {
  ag_optim *o = ag_optim_new(k, ag_adam);
  for (int i = 0; i < 3; i++) step(k, model, o);
  int allocated = -allocated_by(runtime), started = -atomic_load(&threads_started);
  int least = page_faults(); /* the system may take a page away at any time, but not in each step */
  for (int i = 0; i < 10; i++) {
    const int before = page_faults();
    step(k, model, o);
    const int faults = page_faults() - before;
    if (faults < least) least = faults;
  }
  allocated += allocated_by(runtime); /* before the asserts, which allocate */
  started += atomic_load(&threads_started);
  ck_assert_msg(ag_error(k) == AG_OK, "%s", ag_error_message(k));
  ck_assert_int_eq(allocated, 0);
  ck_assert_int_eq(started, 0);
  ck_assert_int_eq(least, 0);
}

START_TEST(steps_take_nothing_from_the_system) {
  ck_assert_int_gt(atomic_load(&allocations), 0);
  static const int threads[] = {1, 2, 4};
  const mlp_config regressor = {4, 3, 128, 1, "relu"};
  for (int i = 0; i < LENGTH(threads); i++) {
    ag_ctx *k = ag_ctx_new();
    ag_set_threads(k, threads[i]);
    const cnn classifier = cnn_new(k, &published);
    assert_steady(k, cnn_step, &classifier, false);
    ag_ctx_free(k);
    k = ag_ctx_new();
    ag_set_threads(k, threads[i]);
    const mlp m = mlp_new(k, &regressor);
    assert_steady(k, mlp_step, &m, true);
    ag_ctx_free(k);
  }
#ifdef _OPENMP
  ck_assert_int_gt(atomic_load(&threads_started), 0);
#endif
}
END_TEST

void add_steady_tests(TCase *t) { tcase_add_test(t, steps_take_nothing_from_the_system); }
#endif
