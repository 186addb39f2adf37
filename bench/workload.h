/* What is measured.
 *
 * A kind of work is a function that prepares it and one that does it once; the same kinds, under the same
 * names, are written for PyTorch in twin.py. A workload is a row of the table: a kind, its sizes, and how it
 * is measured. The bound of a row is the time of another kind of work, measured in the same turns:
 * multiply-adds in registers, a copy of as many bytes, or the matrix products alone. */
#ifndef BENCH_WORKLOAD_H
#define BENCH_WORKLOAD_H

#include <autograd.h>

/* Sizes have one name in all kinds; each kind reads those that it needs, the others are 0. */
typedef struct {
  const char *op; /* which one of a kind: "tanh", "grad_weight" */
  int64_t layers, channels, padding, side, batch, width;
  int64_t n; /* how many: elements, operations, images, multiply-adds */
  int threads;
} sizes;

/* At least `times` the time of one run of that work is needed. No kind: nothing is known. */
typedef struct {
  const char *kind;
  sizes sizes;
  double times;
  const char *what; /* "multiply-adds" */
} bound;

typedef struct {
  const char *name;
  /* Everything that a run needs, in one block that free releases; tensors belong to the context. */
  void *(*make)(ag_ctx *c, const sizes *s);
  void (*run)(void *state);
  bound (*bound)(const sizes *s); /* NULL: none */
  bool each;                      /* the time is that of each of the n operations of a run */
} kind;

/* The kind of that name, or NULL. */
const kind *kind_find(const char *name);

/* A kind and its sizes as one line, "conv op=forward channels=64 threads=2", and back. sizes_read splits the
 * line in place, keeps its words in *s, and returns what it does not understand, or NULL. */
void sizes_write(const sizes *s, const char *name, char *line, size_t size);
const char *sizes_read(char *line, const char **name, sizes *s);

/* How a row is measured, and so what its numbers are. */
typedef enum {
  STEADY, /* seconds of a run, when everything is warm */
  START,  /* seconds from the start of a process to the end of its first run */
  PEAK    /* the most bytes that a process had in memory when it ended a run */
} measurement;

typedef struct {
  const char *name, *kind;
  sizes sizes;
  measurement measured;
  bool serial; /* too small for a second thread to do anything */
} workload;

/* The rows in the order of the table; NULL past the last. */
const workload *workload_at(int index);
/* Whether a pattern of the shell, or a prefix, names the row. An empty text names all. */
bool workload_matches(const workload *w, const char *pattern);

/* The bounds by what hardware does best; a copy moves each of its bytes in or out once, and `moved` may be
 * more. */
bound bound_multiply_adds(double multiply_adds, int threads);
bound bound_copy(double bytes, double moved, int threads);

#endif
