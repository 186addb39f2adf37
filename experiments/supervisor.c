#include "experiments/supervisor.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { TICK_MS = 200 };        /* between two looks at the workers */
static const double again = 1; /* seconds before a job that somebody else has is tried again */

typedef struct {
  pid_t process; /* 0: none */
  worker_page *page;
  double started, seen; /* seen: when `beats` last moved */
  int64_t beats;
  double not_before; /* of a job that was put off */
} worker;

typedef struct {
  const supervisor *s;
  job_view *views;
  worker *workers; /* one for each job; most have no process */
  int running, signals, interruptions;
  sigset_t caught, before;
} state;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void worker_beat(worker_page *page, int64_t step, int64_t epoch, double loss) {
  if (page->beats == 0) page->first = step;
  page->step = step;
  page->epoch = epoch;
  page->loss = loss;
  page->beats++;
}

/* SIGTERM stays blocked in a worker, so it waits until it is asked for: no handler, nothing shared. */
bool worker_interrupted(void) {
  sigset_t waiting;
  return sigpending(&waiting) == 0 && sigismember(&waiting, SIGTERM) == 1;
}

/* The worker's side of the fork. */
static _Noreturn void become_worker(const state *st, size_t job, pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL); /* a worker without its supervisor would train for nobody */
  if (getppid() != parent) _exit(EXIT_FAILURE);
  signal(SIGINT, SIG_IGN); /* Ctrl-C reaches the whole group; the supervisor decides */
  sigset_t blocked = st->before;
  sigaddset(&blocked, SIGTERM);
  sigprocmask(SIG_SETMASK, &blocked, NULL);
  close(st->signals);
  work_end how = st->s->work(st->s->user, job, st->workers[job].page);
  fflush(NULL);
  _exit((int)how);
}

static int start(state *st, size_t job, message *m) {
  worker *w = &st->workers[job];
  w->page = mmap(NULL, sizeof *w->page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (w->page == MAP_FAILED) {
    w->page = NULL;
    return message_fail(m, "no shared memory for a worker: %s", strerror(errno));
  }
  fflush(NULL);
  pid_t parent = getpid();
  w->process = fork();
  if (w->process < 0) {
    w->process = 0;
    return message_fail(m, "a worker cannot be started: %s; lower --jobs", strerror(errno));
  }
  if (w->process == 0) become_worker(st, job, parent);
  w->started = w->seen = now();
  st->views[job] = (job_view){.state = JOB_RUNNING, .page = w->page};
  st->running++;
  return 0;
}

/* Hands the job's end to the caller and lets the page go. */
static int finish(state *st, size_t job, job_state how, message *m) {
  worker *w = &st->workers[job];
  job_view *view = &st->views[job];
  view->state = how;
  int status = st->s->end(st->s->user, job, view, m);
  view->page = NULL;
  if (w->page) munmap(w->page, sizeof *w->page);
  w->page = NULL;
  return status;
}

/* It is still to be done: by this program, where only its worker was told to end. */
static int put_off(state *st, size_t job, message *m) {
  int status = finish(st, job, JOB_PUT_OFF, m);
  st->views[job].state = JOB_WAITING;
  return status;
}

/* Starts jobs while there is room, in their order. 1 when a job is waiting that could not be started yet. */
static int fill(state *st, message *m) {
  int waiting = 0;
  for (size_t job = 0; job < st->s->count; job++) {
    if (st->views[job].state != JOB_WAITING) continue;
    waiting = 1;
    if (st->running >= st->s->workers) break;
    if (now() < st->workers[job].not_before) continue;
    switch (st->s->begin(st->s->user, job, m)) {
    case BEGIN_NOW:
      if (start(st, job, m) != 0) return -1;
      break;
    case BEGIN_NEVER:
      if (finish(st, job, JOB_SKIPPED, m) != 0) return -1;
      break;
    case BEGIN_LATER: st->workers[job].not_before = now() + again; break;
    case BEGIN_ERROR: return -1;
    }
  }
  return waiting;
}

static int reap(state *st, size_t job, message *m) {
  worker *w = &st->workers[job];
  job_view *view = &st->views[job];
  int status;
  bool hung = now() - w->seen > st->s->patience;
  pid_t ended = waitpid(w->process, &status, WNOHANG);
  if (ended == 0 && !hung) return 0;
  if (ended == 0) {
    kill(w->process, SIGKILL);
    waitpid(w->process, &status, 0);
  }
  view->seconds = now() - w->started;
  w->process = 0;
  st->running--;
  int64_t step = w->page->step;
  if (hung && ended == 0) {
    snprintf(view->reason, sizeof view->reason, "no sign of life for %.0f s after step %" PRId64,
             st->s->patience, step);
    return finish(st, job, JOB_HUNG, m);
  }
  if (WIFSIGNALED(status)) {
    snprintf(view->reason, sizeof view->reason, "killed by signal %d (%s) after step %" PRId64,
             WTERMSIG(status), strsignal(WTERMSIG(status)), step);
    return finish(st, job, JOB_CRASHED, m);
  }
  w->page->message[sizeof w->page->message - 1] = '\0';
  switch (WEXITSTATUS(status)) {
  case WORK_DONE: return finish(st, job, JOB_OK, m);
  case WORK_HOPELESS: return message_fail(m, "%s", w->page->message);
  case WORK_PUT_OFF: return put_off(st, job, m);
  default: break;
  }
  if (w->page->message[0])
    snprintf(view->reason, sizeof view->reason, "%s", w->page->message);
  else
    snprintf(view->reason, sizeof view->reason, "the worker ended with status %d after step %" PRId64,
             WEXITSTATUS(status), step);
  return finish(st, job, JOB_FAILED, m);
}

/* Looks at every worker once. */
static int watch(state *st, message *m) {
  for (size_t job = 0; job < st->s->count; job++) {
    worker *w = &st->workers[job];
    if (!w->process) continue;
    int64_t beats = w->page->beats;
    if (beats != w->beats) {
      w->beats = beats;
      w->seen = now();
    }
    st->views[job].seconds = now() - w->started;
    if (reap(st, job, m) != 0) return -1;
  }
  return 0;
}

/* Waits for a signal (a worker that ended, an interruption) or for the next tick. */
static void rest(state *st) {
  struct pollfd wait = {.fd = st->signals, .events = POLLIN};
  struct signalfd_siginfo info;
  if (poll(&wait, 1, TICK_MS) != 1) return;
  while (read(st->signals, &info, sizeof info) == (ssize_t)sizeof info)
    if (info.ssi_signo == SIGINT || info.ssi_signo == SIGTERM) st->interruptions++;
}

/* Asks the workers to end and waits until they have, or may no longer be waited for. */
static int wind_up(state *st, message *m) {
  double last = now() + st->s->grace;
  for (size_t job = 0; job < st->s->count; job++)
    if (st->workers[job].process) kill(st->workers[job].process, SIGTERM);
  while (st->running > 0 && st->interruptions < 2 && now() < last) {
    rest(st);
    if (watch(st, m) != 0) return -1;
  }
  return 0;
}

static int loop(state *st, message *m) {
  for (;;) {
    int waiting = fill(st, m);
    if (waiting < 0) return -1;
    if (st->s->show) st->s->show(st->s->user, st->views);
    if (!waiting && st->running == 0) return 0;
    rest(st);
    if (st->interruptions > 0) return wind_up(st, m);
    if (watch(st, m) != 0) return -1;
  }
}

static void end_workers(state *st) {
  for (size_t job = 0; job < st->s->count; job++)
    if (st->workers[job].process) kill(st->workers[job].process, SIGKILL);
  for (size_t job = 0; job < st->s->count; job++) {
    if (st->workers[job].process) waitpid(st->workers[job].process, NULL, 0);
    if (st->workers[job].page) munmap(st->workers[job].page, sizeof *st->workers[job].page);
  }
}

supervised supervise(const supervisor *s, message *m) {
  state st = {.s = s, .signals = -1};
  sigemptyset(&st.caught);
  sigaddset(&st.caught, SIGINT);
  sigaddset(&st.caught, SIGTERM);
  sigaddset(&st.caught, SIGCHLD);
  sigprocmask(SIG_BLOCK, &st.caught, &st.before);
  st.signals = signalfd(-1, &st.caught, SFD_NONBLOCK | SFD_CLOEXEC);
  st.views = memory_new(s->count, sizeof *st.views);
  st.workers = memory_new(s->count, sizeof *st.workers);
  int status =
      st.signals < 0 ? message_fail(m, "signals cannot be watched: %s", strerror(errno)) : loop(&st, m);
  end_workers(&st);
  free(st.views);
  free(st.workers);
  if (st.signals >= 0) close(st.signals);
  sigprocmask(SIG_SETMASK, &st.before, NULL);
  return status != 0 ? SUPERVISED_ERROR : st.interruptions > 0 ? SUPERVISED_INTERRUPTED : SUPERVISED;
}
