/* The benchmark: measures the rows that are asked for, in turns with PyTorch, and writes the table and what
 * is drawn from it. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "bench/growth.h"
#include "bench/options.h"
#include "bench/report.h"
#include "bench/serve.h"
#include "bench/text.h"

typedef struct {
  machine machine;
  side sides[SIDES];
  result *results;
  size_t n;
} benchmark;

/* ---- The sides ---- */

static bool start(side *s, char about[256]) {
  if (!side_start(s) || !side_ask(s, "hello")) {
    char why[sizeof s->reply];
    memcpy(why, s->reply, sizeof why);
    side_end(s);
    memcpy(s->reply, why, sizeof why);
    return false;
  }
  snprintf(about, 256, "%.255s", s->reply);
  return true;
}

/* Ours must be there; without PyTorch there is a table all the same. */
static bool start_sides(benchmark *b, const options *o) {
  char again[256];
  if (!start(&b->sides[OURS], b->machine.ours) || !start(&b->sides[BOUND], again)) {
    fprintf(stderr, "bench: our side does not start: %s%s\n", b->sides[OURS].reply, b->sides[BOUND].reply);
    return false;
  }
  if (!o->python[0] || !o->twin[0])
    fprintf(stderr,
            "bench: PyTorch is left out: configure found no Python that has it (Debian: apt-get install "
            "python3-torch)\n");
  else if (!start(&b->sides[THEIRS], b->machine.theirs))
    fprintf(stderr, "bench: PyTorch is left out: %s\n", b->sides[THEIRS].reply);
  return true;
}

/* ---- The rows ---- */

static void list_rows(const options *o) {
  for (int i = 0; workload_at(i); i++)
    if (options_want(o, workload_at(i))) puts(workload_at(i)->name);
}

/* Every row with every number of threads. */
static void plan(benchmark *b, const options *o) {
  for (int i = 0; workload_at(i); i++) {
    const workload *w = workload_at(i);
    for (int j = 0; options_want(o, w) && j < (w->serial ? 1 : o->counts); j++) {
      b->results = realloc(b->results, (b->n + 1) * sizeof *b->results);
      if (!b->results) abort();
      b->results[b->n++] = (result){.row = w, .threads = w->serial ? 1 : o->threads[j]};
    }
  }
}

static void progress(const benchmark *b, size_t done, const result *r, double left) {
  const measurement how = r->row->measured;
  fprintf(stderr, "bench: %3zu/%zu, about %3.0f s left  %s, %d thread%s: %s", done, b->n, left, r->row->name,
          r->threads, r->threads == 1 ? "" : "s", text_of(r->of[OURS].median, how).text);
  if (r->of[THEIRS].n) fprintf(stderr, ", PyTorch %s", text_of(r->of[THEIRS].median, how).text);
  if (r->error[0]) fprintf(stderr, "; %s", r->error);
  fputc('\n', stderr);
}

/* From the last row to the first: the small ones leave the time that they do not need to the large ones. */
static void measure_all(benchmark *b, double seconds) {
  const double end = seconds_now() + seconds;
  for (size_t i = b->n; i-- > 0;) {
    const double left = end - seconds_now();
    b->results[i] = measure(b->results[i].row, b->results[i].threads, b->sides, left / (double)(i + 1));
    progress(b, b->n - i, &b->results[i], left > 0 ? left : 0);
  }
}

/* ---- What is written ---- */

static FILE *create(const options *o, const char *name, bool *well) {
  char path[1024];
  snprintf(path, sizeof path, "%s/%s", o->out, name);
  FILE *file = fopen(path, "w");
  if (!file) {
    fprintf(stderr, "bench: cannot write %s: %s\n", path, strerror(errno));
    *well = false;
  }
  return file;
}

static void finish(FILE *file, bool *well) {
  if (fclose(file) == 0) return;
  fprintf(stderr, "bench: cannot write the results: %s\n", strerror(errno));
  *well = false;
}

static bool write_all(const benchmark *b, const options *o) {
  bool well = true;
  FILE *file;
  report_table(stdout, &b->machine, b->results, b->n);
  if ((file = create(o, "bench.md", &well)) != NULL) {
    report_table(file, &b->machine, b->results, b->n);
    finish(file, &well);
  }
  if ((file = create(o, "bench.json", &well)) != NULL) {
    report_json(file, &b->machine, b->results, b->n);
    finish(file, &well);
  }
  if ((file = create(o, "speed.csv", &well)) != NULL) {
    report_speed(file, b->results, b->n);
    finish(file, &well);
  }
  if ((file = create(o, "growth.csv", &well)) != NULL) {
    growth_csv(file, b->results, b->n);
    finish(file, &well);
  }
  return well;
}

/* 0, or 1 when something could not be measured or written. */
static int run(const options *o) {
  char *const ours[] = {"/proc/self/exe", "--serve", NULL};
  char *const theirs[] = {(char *)o->python, (char *)o->twin, NULL};
  benchmark b = {.machine = machine_here(),
                 .sides = {{.command = ours}, {.command = theirs}, {.command = ours}}};
  bool well = start_sides(&b, o);
  if (well) {
    plan(&b, o);
    measure_all(&b, o->seconds);
    well = write_all(&b, o);
  }
  for (size_t i = 0; i < b.n; i++) well = well && !b.results[i].error[0];
  for (int i = 0; i < SIDES; i++) side_end(&b.sides[i]);
  free(b.results);
  return well ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv) {
  options o;
  signal(SIGPIPE, SIG_IGN); /* a side that ends is noticed when it does not answer */
  if (!options_read(&o, argc, argv)) return 2;
  if (o.serve) return serve();
  if (o.help) fputs(options_usage, stdout);
  if (o.list) list_rows(&o);
  return o.help || o.list ? EXIT_SUCCESS : run(&o);
}
