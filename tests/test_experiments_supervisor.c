/* Fake jobs that end in every way there is. */
#include "tests/test_experiments.h"

#include <stdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "experiments/supervisor.h"

enum { MOST = 16 };

/* What a test asks of each job, and what came of it. Shared with the workers. */
typedef struct {
  enum { GOOD, BAD, CRASH, HANG, QUIT, NEVER, LATER, SLOW, POLITE, HOPELESS } kind[MOST];
  int begun[MOST], ended[MOST], asked[MOST];
  job_state state[MOST];
  char reason[MOST][320];
  _Atomic int running, most_running, polite;
} script;

static script *shared(void) {
  script *s = mmap(NULL, sizeof *s, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  ck_assert(s != MAP_FAILED);
  return s;
}

static job_begin begin(void *user, size_t job, message *m) {
  script *s = user;
  (void)m;
  s->asked[job]++;
  if (s->kind[job] == LATER && s->asked[job] == 1) return BEGIN_LATER;
  return s->kind[job] == NEVER ? BEGIN_NEVER : BEGIN_NOW;
}

static work_end work(void *user, size_t job, worker_page *page) {
  script *s = user;
  int running = ++s->running;
  if (running > s->most_running) s->most_running = running;
  s->begun[job]++;
  worker_beat(page, 7, 1, 0.5);
  usleep(50000);
  switch (s->kind[job]) {
  case BAD: strcpy(page->message, "matmul: 2x3 and 4x5 do not fit"); break;
  case CRASH:
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    signal(SIGSEGV, SIG_DFL);
    raise(SIGSEGV);
    break;
  case HANG:
  case SLOW:
    for (;;) pause();
  case POLITE:
    while (!worker_interrupted()) usleep(1000);
    s->polite++;
    return WORK_PUT_OFF;
  case HOPELESS: strcpy(page->message, "the disk is full"); return WORK_HOPELESS;
  default: break;
  }
  s->running--;
  return s->kind[job] == BAD || s->kind[job] == QUIT ? WORK_FAILED : WORK_DONE;
}

static int end(void *user, size_t job, const job_view *view, message *m) {
  script *s = user;
  (void)m;
  s->ended[job]++;
  s->state[job] = view->state;
  memcpy(s->reason[job], view->reason, sizeof s->reason[job]);
  return 0;
}

static supervised run(script *s, size_t count, int workers, double patience) {
  supervisor v = {.count = count,
                  .workers = workers,
                  .patience = patience,
                  .user = s,
                  .begin = begin,
                  .work = work,
                  .end = end};
  return supervise(&v, &line);
}

START_TEST(every_end_is_seen) {
  script *s = shared();
  s->kind[0] = CRASH, s->kind[1] = GOOD, s->kind[2] = HANG, s->kind[3] = BAD, s->kind[4] = NEVER,
  s->kind[5] = LATER, s->kind[6] = QUIT;
  ck_assert_int_eq(run(s, 8, 3, 1), SUPERVISED);
  static const job_state states[] = {JOB_CRASHED, JOB_OK, JOB_HUNG,   JOB_FAILED,
                                     JOB_SKIPPED, JOB_OK, JOB_FAILED, JOB_OK};
  static const char *const reasons[] = {"killed by signal 11 (Segmentation fault) after step 7",
                                        "",
                                        "no sign of life for 1 s after step 7",
                                        "matmul: 2x3 and 4x5 do not fit",
                                        "",
                                        "",
                                        "the worker ended with status 1 after step 7",
                                        ""};
  for (int i = 0; i < 8; i++) {
    ck_assert_int_eq(s->ended[i], 1);
    ck_assert_int_eq(s->begun[i], i == 4 ? 0 : 1);
    ck_assert_int_eq(s->state[i], states[i]);
    ck_assert_str_eq(s->reason[i], reasons[i]);
  }
  ck_assert_int_eq(s->asked[5], 2);
  ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1); /* nobody is left */
}
END_TEST

START_TEST(no_more_workers_than_asked_for) {
  script *s = shared();
  ck_assert_int_eq(run(s, 12, 3, 60), SUPERVISED);
  ck_assert_int_eq(s->most_running, 3);
  script *one = shared();
  ck_assert_int_eq(run(one, 4, 1, 60), SUPERVISED);
  ck_assert_int_eq(one->most_running, 1);
}
END_TEST

START_TEST(an_interruption_ends_the_workers) {
  script *s = shared();
  s->kind[1] = s->kind[2] = SLOW;
  pid_t me = getpid(), killer = fork();
  if (killer == 0) {
    while (!s->begun[1] || !s->begun[2]) usleep(1000);
    kill(me, SIGTERM);
    _exit(0);
  }
  ck_assert_int_eq(run(s, 4, 2, 60), SUPERVISED_INTERRUPTED);
  waitpid(killer, NULL, 0);
  ck_assert_int_eq(s->ended[0], 1);
  ck_assert_int_eq(s->ended[1] + s->ended[2] + s->ended[3], 0);
  ck_assert_int_eq(s->begun[3], 0);
  ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
}
END_TEST

/* What an interruption finds: workers that end by themselves, and one that must be killed. */
START_TEST(polite_workers_are_waited_for) {
  script *s = shared();
  s->kind[0] = s->kind[1] = POLITE, s->kind[2] = SLOW;
  supervisor v = {.count = 4,
                  .workers = 3,
                  .patience = 60,
                  .grace = 1,
                  .user = s,
                  .begin = begin,
                  .work = work,
                  .end = end};
  pid_t me = getpid(), killer = fork();
  if (killer == 0) {
    while (!s->begun[0] || !s->begun[1] || !s->begun[2]) usleep(1000);
    kill(me, SIGINT);
    _exit(0);
  }
  ck_assert_int_eq(supervise(&v, &line), SUPERVISED_INTERRUPTED);
  waitpid(killer, NULL, 0);
  ck_assert_int_eq(s->polite, 2);
  for (int i = 0; i < 2; i++) {
    ck_assert_int_eq(s->ended[i], 1);
    ck_assert_int_eq(s->state[i], JOB_PUT_OFF);
  }
  ck_assert_int_eq(s->ended[2], 0);
  ck_assert_int_eq(s->begun[3], 0);
  ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
}
END_TEST

START_TEST(a_second_interruption_does_not_wait) {
  script *s = shared();
  s->kind[0] = SLOW;
  supervisor v = {.count = 1,
                  .workers = 1,
                  .patience = 60,
                  .grace = 50,
                  .user = s,
                  .begin = begin,
                  .work = work,
                  .end = end};
  pid_t me = getpid(), killer = fork();
  if (killer == 0) {
    while (!s->begun[0]) usleep(1000);
    kill(me, SIGTERM);
    usleep(300000);
    kill(me, SIGTERM);
    _exit(0);
  }
  time_t begun = time(NULL);
  ck_assert_int_eq(supervise(&v, &line), SUPERVISED_INTERRUPTED);
  ck_assert_int_lt(time(NULL) - begun, 20);
  waitpid(killer, NULL, 0);
  ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
}
END_TEST

START_TEST(a_hopeless_worker_ends_everything) {
  script *s = shared();
  s->kind[0] = HOPELESS, s->kind[1] = SLOW;
  ck_assert_int_eq(run(s, 3, 2, 60), SUPERVISED_ERROR);
  ck_assert_str_eq(line.text, "the disk is full");
  ck_assert_int_eq(s->ended[0] + s->ended[1] + s->begun[2], 0);
  ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
}
END_TEST

START_TEST(nothing_to_do_is_fine) {
  script *s = shared();
  ck_assert_int_eq(run(s, 0, 2, 60), SUPERVISED);
}
END_TEST

static int refuse(void *user, size_t job, const job_view *view, message *m) {
  (void)user, (void)job, (void)view;
  return message_fail(m, "the disk is full");
}

START_TEST(an_error_of_the_caller_ends_everything) {
  script *s = shared();
  s->kind[1] = SLOW;
  supervisor v = {
      .count = 3, .workers = 2, .patience = 60, .user = s, .begin = begin, .work = work, .end = refuse};
  ck_assert_int_eq(supervise(&v, &line), SUPERVISED_ERROR);
  ck_assert_str_eq(line.text, "the disk is full");
  ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
}
END_TEST

TCase *experiments_supervisor_tests(void) {
  TCase *t = tcase_create("supervisor");
  tcase_add_test(t, every_end_is_seen);
  tcase_add_test(t, no_more_workers_than_asked_for);
  tcase_add_test(t, an_interruption_ends_the_workers);
  tcase_add_test(t, polite_workers_are_waited_for);
  tcase_add_test(t, a_second_interruption_does_not_wait);
  tcase_add_test(t, a_hopeless_worker_ends_everything);
  tcase_add_test(t, nothing_to_do_is_fine);
  tcase_add_test(t, an_error_of_the_caller_ends_everything);
  return t;
}
