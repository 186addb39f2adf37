/* Which runs a command is about, as its arguments say it: rows of the catalogue and of the store, settings,
 * profile, seeds. */
#ifndef EXPERIMENTS_REQUEST_H
#define EXPERIMENTS_REQUEST_H

#include "experiments/command.h"
#include "experiments/custom.h"
#include "experiments/dataset.h"
#include "experiments/plan.h"

enum { MOST_SETTINGS = 48 };

typedef struct {
  const char *settings[MOST_SETTINGS + 1];
  size_t setting_count;
  const catalogue_row **rows; /* NULL: all */
  const catalogue_profile *profile;
  const char *store;
  int64_t seeds;
  custom_rows added; /* of the store: rows may be among them */
} request;

/* Everything of the full profile, with seed 1. */
request request_new(void);
void request_free(request *q);

/* For a command's list of long options; all take a value. */
/* clang-format off */
#define REQUEST_OPTIONS                                                                                      \
  {"set", required_argument, NULL, 's'}, {"seeds", required_argument, NULL, 'n'},                            \
  {"profile", required_argument, NULL, 'p'}, {"store", required_argument, NULL, 'o'}
/* clang-format on */

/* What they say in a command's help. */
#define REQUEST_HELP                                                                                         \
  "  --set key=value   changes a configuration (agx list --keys); without a row, it is about that one\n"     \
  "                    configuration\n"                                                                      \
  "  --seeds N         seeds 1 to N, one after the other (1)\n"                                              \
  "  --profile NAME    full: as published; quick: a rehearsal on little data (full)\n"                       \
  "  --store FILE      the store of runs (results.db)\n"

/* Takes one of these options: 0, or AGX_ERROR and a line on stderr. */
int request_option(const command *c, request *q, int option, const char *value);

/* Takes the names of rows: of the catalogue, or added to the store. 0, or AGX_ERROR and a line on stderr. */
int request_rows(const command *c, request *q, char **names, int count);

/* Loads the data that the runs need and plans them. A plan without data comes first: it finds the user's
 * mistakes before any data are fetched or warned about. */
int request_plan(plan *p, dataset *d, const request *q, message *m);

#endif
