/* Which runs are wanted, each once, in the order in which they are trained.
 *
 *   key = sha256(canonical config, seed, data digest, engine version)
 *
 * Cells of different rows with the same key share one run. Order: seed by seed, so that the whole report
 * exists after the first seed; within a seed the longest first, so that the last worker does not finish long
 * after the others. */
#ifndef EXPERIMENTS_PLAN_H
#define EXPERIMENTS_PLAN_H

#include "experiments/catalogue.h"
#include "experiments/store.h"

/* Says which engine made a number: a new release may change bits. */
const char *plan_engine(void);

/* The key of a run: what the report looks up for each cell and seed, with the digest from store_data(). */
void plan_key(const config *c, int64_t seed, const char *data_digest, char key[STORE_KEY]);

typedef struct {
  char key[STORE_KEY];
  config config;
  int64_t seed;            /* 1, 2, ... */
  const char *data_digest; /* the caller's */
  char *label;          /* the first row and cell that wants it: "table1 conv.layers=2 loss=cross_entropy" */
  char **rows;          /* ids of all rows that want it, NULL at the end */
  bool diverges;        /* a cell that wants it expects it to */
  double multiply_adds; /* one sample, forward */
  int64_t parameters, steps;
  double work; /* estimated multiply-adds of the whole run: orders the list and feeds the ETA */
} plan_job;

typedef struct {
  plan_job *jobs;
  size_t count;
} plan;

/* What to plan. Rows NULL: all of the catalogue, unless `settings` is all there is (custom): then one run of
 * that config. */
typedef struct {
  const catalogue_row *const *rows; /* NULL at the end */
  const catalogue_profile *profile;
  const char *const *settings; /* of the user, NULL at the end, or NULL */
  bool custom;                 /* no row: the preset with the settings */
  int64_t seeds;               /* seeds 1..seeds */
  const char *digits_digest, *houses_digest;
} plan_request;

int plan_make(plan *p, const plan_request *request, message *m);
void plan_free(plan *p);

#endif
