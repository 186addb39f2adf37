#include "bench/serve.h"

#include <config.h>

#include <cblas.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench/workload.h"
#include "core/isa.h"

typedef struct {
  ag_ctx *c;
  const kind *kind;
  void *state;
} work;

double seconds_now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void forget(work *w) {
  free(w->state);
  ag_ctx_free(w->c);
  *w = (work){NULL, NULL, NULL};
}

/* "ok", or what went wrong in the engine. */
static void answer(const work *w, const char *text) {
  if (ag_error(w->c))
    printf("error %s\n", ag_error_message(w->c));
  else
    printf("ok %s\n", text);
}

static void make(work *w, char *line) {
  const char *name;
  sizes s;
  forget(w);
  const char *unknown = sizes_read(line, &name, &s);
  const kind *k = unknown ? NULL : kind_find(name);
  if (!k) {
    printf("error there is no %s\n", unknown ? unknown : name);
    return;
  }
  w->c = ag_ctx_new();
  if (!w->c) {
    printf("error out of memory\n");
    return;
  }
  ag_set_threads(w->c, s.threads);
  w->kind = k;
  w->state = k->make(w->c, &s);
  answer(w, "");
}

static void run(const work *w, long long times) {
  if (!w->kind) {
    printf("error nothing was made\n");
    return;
  }
  const double start = seconds_now();
  for (long long i = 0; i < times; i++) w->kind->run(w->state);
  char text[32];
  snprintf(text, sizeof text, "%.9g", seconds_now() - start);
  answer(w, text);
}

/* Linux keeps the most memory that a process had in pages, in kB. */
static void peak(void) {
  char line[256];
  long long kilobytes = 0;
  FILE *file = fopen("/proc/self/status", "r");
  while (file && fgets(line, sizeof line, file)) sscanf(line, "VmHWM: %lld", &kilobytes);
  if (file) fclose(file);
  printf("ok %lld\n", kilobytes * 1024);
}

static void hello(void) {
  printf("ok libautograd %s, %s kernels, OpenBLAS for %s, %s\n", AG_VERSION, ag_isa_name(ag_isa_here()),
         openblas_get_corename(), AG_CC_VERSION);
}

int serve(void) {
  char line[512];
  work w = {NULL, NULL, NULL};
  while (fgets(line, sizeof line, stdin)) {
    line[strcspn(line, "\n")] = '\0';
    if (strncmp(line, "make ", 5) == 0)
      make(&w, line + 5);
    else if (strncmp(line, "run ", 4) == 0)
      run(&w, atoll(line + 4));
    else if (strcmp(line, "peak") == 0)
      peak();
    else if (strcmp(line, "hello") == 0)
      hello();
    else
      printf("error there is no request %s\n", line);
    fflush(stdout);
  }
  forget(&w);
  return EXIT_SUCCESS;
}
