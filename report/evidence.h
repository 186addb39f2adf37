/* What the store knows about every cell of the catalogue: the runs of each cell, seed by seed, with their
 * histories and metrics, and of the final models the tensors of one run. Read once, then only looked at;
 * every part of the report is a function of it. */
#ifndef REPORT_EVIDENCE_H
#define REPORT_EVIDENCE_H

#include "experiments/catalogue.h"
#include "experiments/custom.h"
#include "experiments/store.h"

typedef struct {
  catalogue_cell cell;
  const run_result **runs; /* in the order of their seeds */
  size_t count;
} evidence_cell;

typedef struct {
  const catalogue_row *row;
  int width, height;    /* swept values; crossed values, at least 1 each */
  evidence_cell *cells; /* height x width */
  bool added;           /* by the user, in the store: no row of the catalogue */
} evidence_row;

enum { EVIDENCE_PROBLEMS = 2 }; /* digits, houses */

typedef struct {
  const catalogue_profile *profile;
  store_dataset data[EVIDENCE_PROBLEMS]; /* by config_problem; an empty digest: nothing was trained on that
                                            problem yet */
  run_result *runs;                      /* all runs of the store */
  size_t run_count;
  custom_rows custom; /* of the user */
  evidence_row *rows; /* in the order of the catalogue, then those of the user */
  size_t row_count;
  int64_t seeds; /* the largest seed among the runs of the cells, 0 without any */
} evidence;

/* Reads the store, for these rows (NULL at the end) and those that the user added. The runs of a cell are
 * those with the key that the plan would give them for the data last used; where the cells of a row were run
 * with different seeds, only the seeds that they share are kept, so that a row compares like with like. */
int evidence_load(evidence *e, const char *store_path, const catalogue_row *const rows[],
                  const catalogue_profile *profile, message *m);
void evidence_free(evidence *e);

/* The row of an id; the catalogue has it. */
const evidence_row *evidence_find(const evidence *e, const char *id);

/* The cell of a swept value (NULL: the first), in the line `cross` of crossed values; NULL when nothing of
 * that name is swept. */
const evidence_cell *evidence_at(const evidence_row *row, int cross, const char *sweep_value);

/* The run of the cell with this seed, or NULL. */
const run_result *evidence_run(const evidence_cell *c, int64_t seed);

/* A final number of a run; NaN where it has none of this name, or is not done. */
double evidence_value(const run_result *r, const char *name);

/* The first run of the cell that is done; NULL without one. */
const run_result *evidence_done(const evidence_cell *c);

/* A tensor of that run, for the rows that are shown as a model: what it predicted, and its parameters. NULL
 * where the store has none of this name. */
const run_tensor *evidence_tensor(const evidence_cell *c, const char *name);

/* How many runs of the cell have this status. */
size_t evidence_count(const evidence_cell *c, run_status status);

/* How a run diverged, in a few words, from its message "NaN loss at step 3: exp: element 0 of ...": "NaN at
 * step 3 (exp)". To be freed. */
char *evidence_divergence(const run_result *r);

/* Why a cell has no number, in a few words: "not run", "NaN at step 3 (exp)" (of its first seed), "2 of 3
 * diverged", "failed: out of memory". To be freed. */
char *evidence_state(const evidence_cell *c);

#endif
