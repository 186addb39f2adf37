/* The published report as a table: one row for each of its tables, figures and final models.
 *
 * A row is a base (settings on top of the preset), a sweep (one key, several values) and sometimes a second
 * one that crosses it. A row has one cell for each pair of values, in the order cross-major: cell = cross *
 * sweep count + sweep. The numbers that were published stand beside the swept value they belong to. Nothing
 * here knows about runs, seeds or stores. */
#ifndef EXPERIMENTS_CATALOGUE_H
#define EXPERIMENTS_CATALOGUE_H

#include "experiments/config.h"

enum { CATALOGUE_SETTINGS = 16, CATALOGUE_VALUES = 8, CATALOGUE_NUMBERS = 8 };

typedef struct {
  const char *key;                      /* NULL: nothing is swept */
  const char *values[CATALOGUE_VALUES]; /* as one writes them in a setting; NULL ends the list */
} catalogue_sweep;

/* A published number: metric `metric` (a name of the store) at the swept value `value` (NULL for a row
 * without a sweep). A number whose metric is "accuracy" does not say on which part it was measured.
 * Accuracies are fractions, as in the store. */
typedef struct {
  const char *value;
  const char *metric;
  double number;
} catalogue_number;

typedef enum {
  SHOWN_AS_MODEL,
  SHOWN_AS_TABLE,
  SHOWN_AS_CURVES,
  SHOWN_AS_VARIATION /* one stream of randomness is moved: a line in the table of the variation */
} catalogue_shape;

typedef struct {
  const char *id;    /* "table1", as in `agx run table1` */
  const char *name;  /* as in the published report: "Table 1" */
  const char *title; /* "Number of convolution layers" */
  catalogue_shape shape;
  const char *base[CATALOGUE_SETTINGS]; /* NULL ends the list */
  catalogue_sweep sweep, cross;
  catalogue_number published[CATALOGUE_NUMBERS]; /* a NULL metric ends the list */
  const char *statement;                         /* what the text says of it, in our words */
  const char *choice;   /* what we chose where the text is open, for this row; NULL: nothing */
  const char *diverges; /* the swept value whose runs are expected to diverge; NULL: none is */
  bool appendix;        /* ours, not in the published report */
  bool custom;          /* a user's (custom.h): what it sets goes on top of the profile */
} catalogue_row;

/* All rows in the order of the report; NULL ends the list. */
extern const catalogue_row *const catalogue_rows[];

/* The row of an id, or NULL. */
const catalogue_row *catalogue_find(const char *id);

/* Choices that hold for the whole report where the published text is open: what it leaves open, what we
 * chose, and the key by which anyone can choose otherwise (NULL: no key). A NULL question ends the table. */
typedef struct {
  const char *question, *choice, *key;
} catalogue_choice;
extern const catalogue_choice catalogue_choices[];

/* A profile is a list of settings that goes on top of every cell of a problem. "full" changes nothing;
 * "quick" trains on less for fewer epochs, so its runs have other keys and never mix with full ones. */
typedef struct {
  const char *name, *meaning;
  const char *digits[CATALOGUE_SETTINGS], *houses[CATALOGUE_SETTINGS];
} catalogue_profile;

extern const catalogue_profile catalogue_profiles[]; /* a NULL name ends the table */
const catalogue_profile *catalogue_profile_find(const char *name);

/* One cell of a row under a profile. */
typedef struct {
  const catalogue_row *row;
  const char *sweep_value, *cross_value; /* NULL where the row does not sweep */
  config config;
} catalogue_cell;

int catalogue_cells(const catalogue_row *row); /* how many cells */

/* Fills in cell `index`; `extra` settings of the user (NULL-terminated or NULL) go on top and may not touch a
 * swept key. Where no setting says otherwise, only cells that are a final model record the test part over the
 * epochs (record.test). */
int catalogue_cell_make(catalogue_cell *cell, const catalogue_row *row, int index,
                        const catalogue_profile *profile, const char *const *extra, message *m);

/* Whether the runs of a cell are expected to diverge: then that they do is a result and no mishap. */
bool catalogue_diverges(const catalogue_cell *cell);

/* One configuration of the user's own, outside of all rows: the settings on top of the profile's. */
int catalogue_custom(config *c, const catalogue_profile *profile, const char *const *settings, message *m);

/* The number published for a cell and metric; false where there is none. A metric of "accuracy" in the table
 * answers to both "validation_accuracy" and "test_accuracy". */
bool catalogue_published(const catalogue_cell *cell, const char *metric, double *number);

#endif
