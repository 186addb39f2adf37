/* What one run is: every choice that changes a number, as a plain struct that is described by one table of
 * fields.
 *
 * A configuration is made from settings, "key=value" strings. `problem` and `model` among them choose a
 * preset (the final model of that problem, as published); the other settings change it, the last one of a key
 * wins. A key that says nothing about the chosen model (conv.layers of a regressor, momentum of Adam) is an
 * error when it is set, and is left out of the canonical text, so that two configurations that train the same
 * thing have the same text and thus the same run key. */
#ifndef EXPERIMENTS_CONFIG_H
#define EXPERIMENTS_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "experiments/message.h"

typedef enum { PROBLEM_DIGITS, PROBLEM_HOUSES } config_problem;
typedef enum { MODEL_CNN, MODEL_MLP, MODEL_GAUSSIAN } config_model;
typedef enum { LOSS_MSE_SOFTMAX, LOSS_CROSS_ENTROPY, LOSS_MSE_RAW, LOSS_MSE, LOSS_GAUSSIAN_NLL } config_loss;
typedef enum {
  ACTIVATION_RELU,
  ACTIVATION_SIGMOID,
  ACTIVATION_TANH,
  ACTIVATION_LEAKY_RELU,
  ACTIVATION_GELU,
  ACTIVATION_SOFTPLUS
} config_activation;
typedef enum { OPTIMIZER_SGD, OPTIMIZER_RMSPROP, OPTIMIZER_ADAM } config_optimizer;
typedef enum { SCHEDULE_NONE, SCHEDULE_STEP } config_schedule;
typedef enum { TARGET_DOLLARS, TARGET_STANDARDISED } config_target;
typedef enum { FEATURES_STANDARDISED, FEATURES_RAW } config_features;
typedef enum { INIT_UNIFORM, INIT_ZEROS } config_init;
typedef enum { DTYPE_FLOAT32, DTYPE_FLOAT64 } config_dtype;
typedef enum { TEST_EVERY, TEST_END } config_record_test;

/* Choices hold the enumerators above, flags hold 0 or 1. All fields are int64_t or double so that one table
 * can reach them. */
typedef struct {
  int64_t problem, model, activation, loss, dtype;
  int64_t conv_layers, conv_channels, conv_kernel, conv_padding, conv_batch_norm, conv_pool;
  double conv_dropout;
  int64_t init_head;
  int64_t mlp_layers, mlp_width;
  int64_t features, target;
  int64_t optimizer;
  double lr, momentum, weight_decay;
  int64_t schedule, schedule_step;
  double schedule_gamma;
  int64_t batch, epochs;
  double split_train, split_validation, split_test;
  int64_t limit_train, limit_evaluate; /* at most so many samples of each part; 0: all of them */
  int64_t record_every;                /* epochs between two points of the history */
  int64_t record_test;                 /* whether each of them has the test part, or the last one alone */
  int64_t seed_split, seed_init, seed_shuffle, seed_dropout; /* of one stream alone; 0: the run's own */
} config;

typedef enum { FIELD_CHOICE, FIELD_FLAG, FIELD_INTEGER, FIELD_REAL } config_kind;

typedef struct {
  const char *key;     /* as in --set key=value */
  const char *label;   /* as on an axis or in a table head: "convolution layers" */
  const char *meaning; /* one sentence, for --help and the report's list of choices */
  config_kind kind;
  size_t offset;                    /* of the int64_t or the double in `config` */
  const char *const *choices;       /* FIELD_CHOICE: names in the order of the enumerators, NULL at the end */
  double low, high;                 /* FIELD_INTEGER and FIELD_REAL: both ends are allowed */
  bool (*applies)(const config *c); /* whether the field says anything about this configuration */
  bool (*offers)(const config *c,
                 int64_t choice); /* FIELD_CHOICE: whether the choice makes sense there; NULL: all do */
  bool silent; /* FIELD_INTEGER and FIELD_CHOICE: 0, the first choice, says nothing and is left out of the
                  canonical text, so that a field which came later changes no key */
} config_field;

/* All fields, sorted by key; a NULL key ends the table. */
extern const config_field config_fields[];

/* The field of a key, or NULL. */
const config_field *config_find(const char *key);

/* The preset that the settings choose, with the settings applied in their order, checked. On an error *c is
 * unchanged. config_make(&c, (const char *const[]){"conv.layers=2", "lr=0.001"}, 2, &m); No settings at all
 * give the final digit classifier as published. Errors (all begin with the setting): "conv.layer=2: no such
 * key; keys of problem=digits model=cnn are activation, batch, ..." "loss=mae: not a choice; choose one of
 * mse_softmax, cross_entropy, mse_raw" "lr=fast: not a number", "batch=0: out of range, from 1 to 1000000"
 * and the like. */
int config_make(config *c, const char *const settings[], size_t count, message *m);

/* The value of one field as text: the name of a choice, true/false, an integer, or a real in the fewest
 * digits that read back to the same double ("0.01"). `buffer` of at least 32 bytes; returns it. */
const char *config_value(const config *c, const config_field *field, char buffer[32]);

/* Canonical text: "key=value\n" of every field that applies and is not silent, sorted by key, values as
 * config_value writes them: equal configurations have equal texts, and a text reads back to the same bits. To
 * be freed. */
char *config_text(const config *c);

/* Reads a canonical text back (as the store keeps it). */
int config_parse(config *c, const char *text, message *m);

/* One line for people: problem and model, then what differs from the preset: "digits cnn, conv.layers=2
 * lr=0.001". To be freed. */
char *config_summary(const config *c);

#endif
