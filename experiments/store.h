/* The run store: one SQLite file (WAL) that holds what finished runs gave. A result arrives whole, in one
 * transaction, or not at all. What is being trained just now is not in here: see claim.h.
 *
 * Tables (store.c has them in SQL; application_id and user_version of the file say whose it is and of which
 * schema): run      one row for each finished run history  the points of its training history metric   its
 * final numbers tensor   its parameters, predictions and scales; little-endian, row-major data     which data
 * each problem was last trained on custom   rows that users added to the catalogue
 *
 * A file that is no store, is damaged or has a newer schema is refused in one line and never written to. One
 * of an older schema is read as it is, and brought up to date, losing nothing, when it is opened for writing.
 * An SQLite connection must not cross a fork: open, do, close; never keep one while a worker is started. */
#ifndef EXPERIMENTS_STORE_H
#define EXPERIMENTS_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "experiments/message.h"

enum { STORE_SCHEMA = 2, STORE_KEY = 65 }; /* a key is 64 hexadecimal digits */

typedef struct store store;

typedef enum {
  STORE_READ,  /* the file must exist */
  STORE_WRITE, /* made when it does not exist */
  STORE_AGAIN /* to write into a store that this program opened before: it is not read through for damage once
                 more */
} store_mode;

/* NULL and a line in `m` on an error. */
store *store_open(const char *path, store_mode mode, message *m);
/* For reading, by those who would make the store later: 1 and the store; 0 and NULL when there is no file
 * yet, or an empty one, which STORE_WRITE would take; -1 and a line in `m` on an error. */
int store_look(store **s, const char *path, message *m);
void store_close(store *s); /* NULL is fine */

typedef enum {
  RUN_DONE,
  RUN_DIVERGED,
  RUN_FAILED
} run_status; /* diverged: the loss was not finite at failed_step */
const char *run_status_name(run_status status);

/* One point of the training history. Losses are what was minimised, a mean over samples; a value that was not
 * measured is NaN. Metrics: accuracy (a fraction) for digits; squared error in dollars squared for houses. */
typedef struct {
  int64_t epoch, step; /* finished epochs and steps */
  double lr;           /* the rate in the last of those steps */
  double train_loss;   /* mean over the samples of the last epoch, as they were trained on (dropout on) */
  double validation_loss, validation_metric, test_loss, test_metric;
  double seconds; /* since the run began */
} run_point;

/* Names: "validation_accuracy", "test_accuracy" (digits); "validation_mse", "test_mse" in dollars squared
 * (houses); "train_loss", "validation_loss", "test_loss", "parameters", "multiply_adds" (one sample,
 * forward), "steps". */
typedef struct {
  char name[32];
  double value;
} run_metric;

typedef enum { TENSOR_FLOAT32, TENSOR_FLOAT64, TENSOR_INT64 } tensor_type;

/* Names: "parameter/conv1.weight" and so on (running statistics too); "train/first_losses" (float64, of the
 * first 32 steps at most); digits: "validation/index", "test/index" (positions in the official training and
 * test file, int64), "validation/label", "test/label" (int64), "validation/probability", "test/probability"
 * (n x 10, float32); houses: ".../index" (positions in the file), ".../price", ".../mean", ".../sigma" in
 * dollars (float64; sigma with the Gaussian likelihood only), "scale/feature_mean", "scale/feature_sd",
 * "scale/target_mean", "scale/target_sd" (float64). */
typedef struct {
  char name[64];
  tensor_type type;
  int rank;
  int64_t shape[4];
  void *data; /* owned by the result or by whoever read it */
} run_tensor;

/* Everything about one run. What is read by store_find and store_list has no history, metrics and tensors. */
typedef struct {
  char key[STORE_KEY];
  char *config; /* canonical text */
  int64_t seed;
  char data_digest[65];
  char engine[32];
  run_status status;
  char message[256];   /* why it failed: "NaN loss at step 3" */
  int64_t failed_step; /* 0: none */
  double started;      /* seconds since 1970, UTC */
  double seconds, cpu_seconds;
  int64_t peak_kb;
  int threads;
  char *provenance; /* a JSON object */
  run_point *history;
  size_t history_count;
  run_metric *metrics;
  size_t metric_count;
  run_tensor *tensors;
  size_t tensor_count;
} run_result;

void run_result_free(run_result *r); /* what it owns, not r itself */

/* Adds to a result that is being made. */
void run_result_point(run_result *r, run_point point);
void run_result_metric(run_result *r, const char *name, double value);
void run_result_tensor(run_result *r, const char *name, tensor_type type, int rank, const int64_t *shape,
                       const void *data);

/* Writes a result in one transaction. A done or diverged run with this key stays as it is (it is the same
 * run); a failed one is replaced. */
int store_save(store *s, const run_result *r, message *m);

/* Readers return 1 when something was found, 0 when not, -1 with a line in `m` on an error. */
int store_find(store *s, const char *key, run_result *r, message *m); /* the exact key */
int store_find_prefix(store *s, const char *prefix, run_result *r,
                      message *m); /* -1 too when several match */
int store_list(store *s, run_result **runs, size_t *count,
               message *m); /* newest last; each to be freed, then the array */
int store_history(store *s, const char *key, run_point **points, size_t *count, message *m);
int store_metric(store *s, const char *key, const char *name, double *value, message *m);
int store_metrics(store *s, const char *key, run_metric **metrics, size_t *count, message *m);
int store_tensor(store *s, const char *key, const char *name, run_tensor *tensor, message *m);
int store_tensors(store *s, const char *key, run_tensor **tensors, size_t *count, message *m);

/* What the runs say of how they were made: each name and value of their provenance, engine and data that is
 * there, once, sorted. To be freed with both texts of each. */
typedef struct {
  char *name, *value;
} store_pair;
int store_provenance(store *s, store_pair **pairs, size_t *count, message *m);

/* Seconds that a done run with this canonical configuration took (any seed, the same number of threads), the
 * mean; for estimates. */
int store_seconds(store *s, const char *config, int threads, double *seconds, message *m);

/* What the runs of a problem ("digits", "houses") were last trained on. The report asks for the runs of this
 * digest. */
typedef struct {
  char problem[16];
  char digest[65];
  char source[16];  /* "folder", "cache", "upstream", "embedded" */
  char place[4096]; /* the folder, the address or "generated" */
} store_dataset;
int store_data_used(store *s, const store_dataset *data, message *m); /* writes */
int store_data(store *s, const char *problem, store_dataset *data, message *m);

/* A row that a user added to the catalogue, as text: what custom.h makes a catalogue_row of. */
typedef struct {
  char name[48], profile[16];
  char *settings;                 /* "key=value", one a line */
  char *sweep_key, *sweep_values; /* values with commas between them; both "" where nothing is swept */
  char *cross_key, *cross_values;
} store_custom;
void store_custom_free(store_custom *c);
/* One of this name and profile that says the same stays; one that says something else is an error. */
int store_custom_save(store *s, const store_custom *c, message *m);
/* Those of a profile (NULL: all), by name; each to be freed, then the array. */
int store_customs(store *s, const char *profile, store_custom **list, size_t *count, message *m);
/* 1 when there was one. Its runs stay. */
int store_custom_forget(store *s, const char *name, const char *profile, message *m);

/* Deletes a run with all that belongs to it; 1 when it was there. */
int store_delete(store *s, const char *key, message *m);

#endif
