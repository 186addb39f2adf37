/* What the tests of stopped runs share: sittings of small runs, with a checkpoint after every step. */
#ifndef TESTS_TEST_EXPERIMENTS_SITTING_H
#define TESTS_TEST_EXPERIMENTS_SITTING_H

#include "tests/test_experiments.h"

/* Stops a run at a step, and keeps what it warned of. */
typedef struct {
  int64_t stop, step, first; /* first: the step at which the sitting began */
  char warned[2048];
} sitter;

/* One sitting until this step, with checkpoints after every step; or to the end (0), without any. */
int sit(run_result *r, const plan_job *job, int64_t until, sitter *s);

/* A sitting until this step, without a warning. */
void stop_at(const plan_job *job, int64_t step);

/* The same, without any checkpoint on the way: the only one is that of the stop. */
void stop_seldom_at(const plan_job *job, int64_t step);

/* The run without a stop. */
run_result whole(const plan_job *job);

/* Takes its checkpoints away. */
void forget(const plan_job *job);

/* Sits on until the end, in the bits of a run without a stop, and says at which step that began. */
int64_t go_on(const plan_job *job, sitter *s);

/* "STORE-checkpoints/KEY-a"; to be freed. */
char *file_of(const plan_job *job, char which);

/* Settings of small runs: 3 epochs of 4 batches, the last one of 10 samples. The last three are of houses. */
enum { SITTING_CASES = 7, SITTING_STEPS = 12 };
extern const char *const sitting_cases[SITTING_CASES][12];

#endif
