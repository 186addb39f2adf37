/* How much of the scatter between seeds comes from which use of randomness: rows that move one stream and
 * leave the others to the run's seed. Two cheap models stand for the two problems; the value 0 is the run's
 * own seed and so the same run in all rows of a problem. */
#include "experiments/catalogue_rows.h"

#define MOVED(stream)                                                                                        \
  {                                                                                                          \
    "seed." stream, { "0", "101", "102", "103" }                                                             \
  }

/* A small classifier with the schedule of the final one, three times as fast. */
#define DIGITS                                                                                               \
  { "conv.layers=2", "conv.channels=16", "loss=cross_entropy", "epochs=9", "schedule.step=3" }

/* The Gaussian model as it is. */
#define HOUSES                                                                                               \
  { "problem=houses", "model=gaussian" }

#define ROW(problem, base_settings, of, stream, what)                                                        \
  {                                                                                                          \
    .id = "vary-" problem "-" stream, .name = "Variation of " of, .title = what,                             \
    .shape = SHOWN_AS_VARIATION, .base = base_settings, .sweep = MOVED(stream),                              \
    .statement = "Not in the published report.", .appendix = true                                            \
  }

const catalogue_row row_vary_p1_split = ROW("p1", DIGITS, "problem 1", "split", "split of the data");
const catalogue_row row_vary_p1_init = ROW("p1", DIGITS, "problem 1", "init", "initialisation");
const catalogue_row row_vary_p1_shuffle = ROW("p1", DIGITS, "problem 1", "shuffle", "order of the samples");
const catalogue_row row_vary_p1_dropout = ROW("p1", DIGITS, "problem 1", "dropout", "dropout");
const catalogue_row row_vary_p2_split = ROW("p2", HOUSES, "problem 2", "split", "split of the data");
const catalogue_row row_vary_p2_init = ROW("p2", HOUSES, "problem 2", "init", "initialisation");
const catalogue_row row_vary_p2_shuffle = ROW("p2", HOUSES, "problem 2", "shuffle", "order of the samples");
