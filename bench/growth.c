#include "bench/growth.h"

#include <string.h>

#include "models/mlp.h"

static double batch(const result *r) { return (double)r->row->sizes.batch; }
static double channels(const result *r) { return (double)r->row->sizes.channels; }
static double layers(const result *r) { return (double)r->row->sizes.layers; }
static double side_of(const result *r) { return (double)r->row->sizes.side; }
static double threads_of(const result *r) { return (double)r->threads; }
static double parameters(const result *r) {
  return (double)mlp_parameters(&(mlp_config){4, r->row->sizes.layers, r->row->sizes.width, 1, "relu"});
}

static const struct {
  const char *name;
  double (*size)(const result *r);
  const char *rows[GROWTH_MOST];
} sizes_varied[] = {
    {"batch", batch, {"cnn/batch=10", "cnn/layers=3", "cnn/batch=100", "cnn/batch=200", "cnn/batch=500"}},
    {"channels",
     channels,
     {"cnn/width=16", "cnn/width=32", "cnn/layers=3", "cnn/width=128", "cnn/width=256"}},
    {"layers", layers, {"cnn/layers=1", "cnn/layers=2", "cnn/layers=3", "cnn/layers=4"}},
    {"image side", side_of, {"cnn/side=8", "cnn/layers=3", "cnn/side=32"}},
    {"parameters",
     parameters,
     {"mlp/width=32", "mlp/width=64", "mlp/width=128", "mlp/width=256", "mlp/width=512", "mlp/width=1024"}},
    {"threads", threads_of, {"cnn/layers=3"}},
};

enum { VARIED = sizeof sizes_varied / sizeof *sizes_varied };
static const char *const names[] = {[OURS] = "ours", [THEIRS] = "PyTorch"};

static growth_curve curve_of(int index, int whose, int threads, const result *results, size_t n) {
  growth_curve c = {.n = 0};
  for (int i = 0; i < GROWTH_MOST && sizes_varied[index].rows[i]; i++)
    for (size_t j = 0; j < n; j++) {
      const result *r = &results[j];
      if (strcmp(r->row->name, sizes_varied[index].rows[i]) != 0 || r->of[whose].n == 0) continue;
      if ((threads && r->threads != threads) || c.n == GROWTH_MOST) continue;
      c.size[c.n] = sizes_varied[index].size(r);
      c.seconds[c.n++] = r->of[whose].median;
    }
  return c;
}

growth_curve growth_of(const char *varied, int whose, int threads, const result *results, size_t n) {
  for (int i = 0; i < VARIED; i++)
    if (strcmp(sizes_varied[i].name, varied) == 0) return curve_of(i, whose, threads, results, n);
  return (growth_curve){.n = 0};
}

double growth_exponent(const growth_curve *c) { return exponent_of(c->n, c->size, c->seconds); }

/* ---- All curves, in order ---- */

/* The numbers of threads in ascending order, from the one after `last`; 0 past the largest. */
static int threads_after(int last, const result *results, size_t n) {
  int next = 0;
  for (size_t i = 0; i < n; i++)
    if (results[i].threads > last && (!next || results[i].threads < next)) next = results[i].threads;
  return next;
}

typedef void visitor(FILE *out, const char *size, const char *name, int threads, const growth_curve *c);

/* Both return how many curves there are; without a visitor they only count. */
static int visit_curve(FILE *out, const result *results, size_t n, int index, int threads, visitor *visit) {
  int count = 0;
  for (int whose = OURS; whose <= THEIRS; whose++) {
    const growth_curve c = curve_of(index, whose, threads, results, n);
    if (c.n < 2) continue;
    if (visit) visit(out, sizes_varied[index].name, names[whose], threads, &c);
    count++;
  }
  return count;
}

static int each_curve(FILE *out, const result *results, size_t n, visitor *visit) {
  int count = 0;
  for (int i = 0; i < VARIED; i++) {
    if (sizes_varied[i].size == threads_of) {
      count += visit_curve(out, results, n, i, 0, visit);
      continue;
    }
    for (int threads = 0; (threads = threads_after(threads, results, n)) != 0;)
      count += visit_curve(out, results, n, i, threads, visit);
  }
  return count;
}

static void table_row(FILE *out, const char *size, const char *name, int threads, const growth_curve *c) {
  char count[16] = "";
  if (threads) snprintf(count, sizeof count, "%d", threads);
  fprintf(out, "| %-10s | %-7s | %7s | %7.0f to %-7.0f | %8.2f |\n", size, name, count, c->size[0],
          c->size[c->n - 1], growth_exponent(c));
}

void growth_table(FILE *out, const result *results, size_t n) {
  if (!each_curve(out, results, n, NULL)) return;
  fprintf(out, "\nTime grows as size^exponent:\n\n"
               "| size       | side    | threads | from, to           | exponent |\n"
               "| :--------- | :------ | ------: | :----------------- | -------: |\n");
  each_curve(out, results, n, table_row);
}

static void csv_rows(FILE *out, const char *size, const char *name, int threads, const growth_curve *c) {
  for (size_t i = 0; i < c->n; i++)
    fprintf(out, "%s,%s,%d,%g,%.6g,%.4f\n", size, name, threads, c->size[i], c->seconds[i],
            growth_exponent(c));
}

void growth_csv(FILE *out, const result *results, size_t n) {
  fprintf(out, "varied,side,threads,size,seconds,exponent\n");
  each_curve(out, results, n, csv_rows);
}
