/* Runs jobs in worker processes, so many at a time, and sees each of them through to its end: done, failed,
 * crashed or hung.
 *
 * A worker is forked before the supervisor has any thread, and shows what it is doing through a page of
 * shared memory: no pipe to fill, and the last step is known even after a crash. The supervisor knows nothing
 * of training, stores or terminals; those are the functions that it is given. */
#ifndef EXPERIMENTS_SUPERVISOR_H
#define EXPERIMENTS_SUPERVISOR_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "experiments/message.h"

/* What a worker shows. It counts `beats` up with every sign of life; `first` is the step of the first of
 * them, which is not 1 where it goes on with what another worker began. */
typedef struct {
  _Atomic int64_t beats, first, step, steps, epoch, epochs;
  _Atomic double loss;
  char message[256]; /* why the job failed; written by the worker before it ends */
} worker_page;

/* In the worker: one sign of life. */
void worker_beat(worker_page *page, int64_t step, int64_t epoch, double loss);
/* In the worker: whether it has been asked to end, with its job put off. */
bool worker_interrupted(void);

/* How a worker's job ends. */
typedef enum {
  WORK_DONE,     /* its result is safe */
  WORK_FAILED,   /* the page holds the reason */
  WORK_PUT_OFF,  /* it was asked to end, and the job can be gone on with */
  WORK_HOPELESS, /* no other job would do better: the page holds the reason, and everything ends */
} work_end;

typedef enum {
  JOB_WAITING,
  JOB_RUNNING,
  JOB_OK,      /* the worker said WORK_DONE */
  JOB_FAILED,  /* it said WORK_FAILED: its page holds the reason */
  JOB_CRASHED, /* a signal killed it */
  JOB_HUNG,    /* it gave no sign of life for `patience` seconds and was killed */
  JOB_PUT_OFF, /* the worker said WORK_PUT_OFF: the job waits again */
  JOB_SKIPPED  /* `begin` said that nothing is to be done */
} job_state;

typedef enum { BEGIN_NOW, BEGIN_NEVER, BEGIN_LATER, BEGIN_ERROR } job_begin;

typedef struct {
  job_state state;
  const worker_page *page; /* of a running or ended worker, else NULL */
  double seconds;          /* since the worker was started; until it ended */
  char reason[320]; /* of one that did not end well: "killed by signal 11 (Segmentation fault) after step 12"
                     */
} job_view;

typedef struct {
  size_t count;
  int workers;     /* at a time */
  double patience; /* seconds */
  double
      grace; /* seconds that workers have to end by themselves after an interruption; then they are killed */
  void *user;
  /* In the supervisor, before the fork: begin now, never (it is done already), or later (somebody else has
   * it). */
  job_begin (*begin)(void *user, size_t job, message *m);
  /* In the worker. */
  work_end (*work)(void *user, size_t job, worker_page *page);
  /* In the supervisor, once for each job that ended or was put off. -1 ends everything. */
  int (*end)(void *user, size_t job, const job_view *view, message *m);
  /* In the supervisor, about five times a second; may be NULL. */
  void (*show)(void *user, const job_view *views);
} supervisor;

typedef enum { SUPERVISED = 0, SUPERVISED_ERROR = -1, SUPERVISED_INTERRUPTED = 1 } supervised;

/* Runs all jobs in their order. SIGINT and SIGTERM ask the workers to end and give SUPERVISED_INTERRUPTED; a
 * second one kills them. Jobs that did not end by then are not handed to `end`. */
supervised supervise(const supervisor *s, message *m);

#endif
