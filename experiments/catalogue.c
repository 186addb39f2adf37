#include "experiments/catalogue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "experiments/catalogue_rows.h"

const catalogue_row *const catalogue_rows[] = {
    &row_p1_final,
    &row_table1,
    &row_p1_neurons,
    &row_table3,
    &row_figure1,
    &row_figure3a,
    &row_figure4,
    &row_figure5a,
    &row_p2_final,
    &row_p2_gauss,
    &row_table2,
    &row_figure2,
    &row_figure3b,
    &row_p2_optim,
    &row_figure5b,
    &row_p2_depth,
    &row_p2_activation,
    &row_padding1,
    &row_init,
    &row_vary_p1_split,
    &row_vary_p1_init,
    &row_vary_p1_shuffle,
    &row_vary_p1_dropout,
    &row_vary_p2_split,
    &row_vary_p2_init,
    &row_vary_p2_shuffle,
    NULL,
};

const catalogue_choice catalogue_choices[] = {
    {"Padding of the convolutions",
     "0, PyTorch's default: it reproduces the published accuracies, padding 1 does not train",
     "conv.padding"},
    {"Where dropout sits", "Between the max-pooling and the fully connected layer", "conv.dropout"},
    {"Pooling", "One 2x2 max-pooling after the last convolution", "conv.pool"},
    {"Training, validation and test parts of the digits",
     "80 % and 20 % of the official training file at random; the official test file", "split.train"},
    {"Training, validation and test parts of the houses", "70 %, 15 % and 15 % at random", "split.test"},
    {"Scale of the prices",
     "Dollars for the squared error (SGD's NaN and errors near 1e9 say so); standardised for the Gaussian "
     "likelihood and mapped back",
     "target"},
    {"Normalisation of the features", "Mean 0 and standard deviation 1 on the training part", "features"},
    {"Weight initialisation",
     "PyTorch's default, uniform within 1 / sqrt(fan-in); but zeros in the last layer of the digit "
     "classifier, "
     "which from the default stays at chance for some seeds, in PyTorch too",
     "init.head"},
    {"Momentum of SGD and RMSprop", "0, PyTorch's default", "momentum"},
    {"Adam's betas and epsilon", "0.9, 0.999 and 1e-8, PyTorch's defaults", NULL},
    {"Batch sizes and learning rates of the figures",
     "10 to 500; 0.1 to 0.0001 for digits and 0.03 to 0.00001 for houses", NULL},
    {"Loss of the sweeps of problem 1",
     "Both: squared error on the softmax output and cross-entropy, side by side", "loss"},
    {"Learning-rate schedule of the sweeps",
     "That of the final model: divided by 10 every 10 epochs for digits, constant for houses", "schedule"},
    {"Part on which the accuracy of Tables 1 and 3 was measured", "Validation and test, side by side", NULL},
    {"When the test part is looked at",
     "When training has ended; of the final models after each record, too, for their figures show that curve",
     "record.test"},
    {"Seeds", "1, 2, ...; a seed moves the split, the initialisation, the order of the samples and dropout",
     NULL},
    {"Last batch of an epoch", "Trained on even where it is smaller, PyTorch's default", NULL},
    {.question = NULL},
};

const catalogue_profile catalogue_profiles[] = {
    {.name = "full", .meaning = "everything as published"},
    {.name = "quick",
     .meaning = "a rehearsal in minutes: few epochs on little data, its numbers mean nothing",
     .digits = {"epochs=3", "limit.train=500", "limit.evaluate=500"},
     .houses = {"epochs=40", "record.every=2"}},
    {.name = NULL},
};

const catalogue_row *catalogue_find(const char *id) {
  for (const catalogue_row *const *row = catalogue_rows; *row; row++)
    if (strcmp((*row)->id, id) == 0) return *row;
  return NULL;
}

const catalogue_profile *catalogue_profile_find(const char *name) {
  for (const catalogue_profile *p = catalogue_profiles; p->name; p++)
    if (strcmp(p->name, name) == 0) return p;
  return NULL;
}

/* A key that is not swept has one value, "as it is". */
static int value_count(const catalogue_sweep *sweep) {
  int count = 0;
  if (sweep->key)
    while (count < CATALOGUE_VALUES && sweep->values[count]) count++;
  return count ? count : 1;
}

int catalogue_cells(const catalogue_row *row) { return value_count(&row->sweep) * value_count(&row->cross); }

enum { SETTINGS = 64 };
typedef struct {
  const char *setting[SETTINGS];
  char swept[2][64]; /* the two settings that are put together here */
  size_t count;
} setting_list;

static void add(setting_list *list, const char *const settings[]) {
  for (int i = 0; i < CATALOGUE_SETTINGS && settings[i] && list->count < SETTINGS; i++)
    list->setting[list->count++] = settings[i];
}

static bool sets(const char *setting, const catalogue_sweep *sweep) {
  size_t length = sweep->key ? strlen(sweep->key) : 0;
  return length && strncmp(setting, sweep->key, length) == 0 && setting[length] == '=';
}

static const char *add_swept(setting_list *list, const catalogue_sweep *sweep, int index, char buffer[64]) {
  if (!sweep->key) return NULL;
  snprintf(buffer, 64, "%s=%s", sweep->key, sweep->values[index]);
  if (list->count < SETTINGS) list->setting[list->count++] = buffer;
  return sweep->values[index];
}

static int add_user(setting_list *list, const char *const *settings, message *m) {
  for (; settings && *settings; settings++) {
    if (list->count == SETTINGS)
      return message_fail(m, "%s: too many settings, at most %d", *settings, SETTINGS);
    list->setting[list->count++] = *settings;
  }
  return 0;
}

static const char *const *settings_of(const catalogue_profile *profile, const config *c) {
  return c->problem == PROBLEM_DIGITS ? profile->digits : profile->houses;
}

/* Whether a configuration is a final model, whose figure shows the test part over the epochs. */
static bool is_final_model(const config *c, const catalogue_profile *profile, const char *const *extra) {
  char *text = config_text(c);
  bool found = false;
  for (const catalogue_row *const *row = catalogue_rows; *row && !found; row++) {
    catalogue_cell model;
    if ((*row)->shape != SHOWN_AS_MODEL || catalogue_cell_make(&model, *row, 0, profile, extra, NULL) != 0)
      continue;
    char *its = config_text(&model.config);
    found = strcmp(text, its) == 0;
    free(its);
  }
  free(text);
  return found;
}

/* Everything else of the catalogue is judged by the test part in the end, so it is not looked at before,
 * unless a setting asks for that. A cell of a sweep that is a final model keeps its run. */
static bool tests_in_the_end(const catalogue_cell *cell, const setting_list *list,
                             const catalogue_profile *profile, const char *const *extra) {
  const catalogue_sweep record = {.key = "record.test"};
  if (cell->row->custom || cell->row->shape == SHOWN_AS_MODEL) return false;
  for (size_t i = 0; i < list->count; i++)
    if (sets(list->setting[i], &record)) return false;
  return !is_final_model(&cell->config, profile, extra);
}

int catalogue_cell_make(catalogue_cell *cell, const catalogue_row *row, int index,
                        const catalogue_profile *profile, const char *const *extra, message *m) {
  int width = value_count(&row->sweep);
  setting_list list = {.count = 0};
  *cell = (catalogue_cell){.row = row};
  add(&list, row->base);
  cell->cross_value = add_swept(&list, &row->cross, index / width, list.swept[0]);
  cell->sweep_value = add_swept(&list, &row->sweep, index % width, list.swept[1]);
  if (config_make(&cell->config, list.setting, list.count, m) != 0) return message_prefix(m, "%s", row->id);

  size_t own = list.count;
  add(&list, settings_of(profile, &cell->config));
  for (size_t i = 0; row->custom && i < own; i++) list.setting[list.count++] = list.setting[i];
  for (const char *const *setting = extra; setting && *setting; setting++)
    if (sets(*setting, &row->sweep) || sets(*setting, &row->cross))
      return message_fail(m, "%s: %s sweeps this key itself; leave the row out to train one configuration",
                          *setting, row->id);
  if (add_user(&list, extra, m) != 0) return -1;
  if (config_make(&cell->config, list.setting, list.count, m) != 0) return message_prefix(m, "%s", row->id);
  if (tests_in_the_end(cell, &list, profile, extra)) cell->config.record_test = TEST_END;
  return 0;
}

bool catalogue_diverges(const catalogue_cell *cell) {
  return cell->row->diverges && cell->sweep_value && strcmp(cell->row->diverges, cell->sweep_value) == 0;
}

int catalogue_custom(config *c, const catalogue_profile *profile, const char *const *settings, message *m) {
  setting_list own = {.count = 0}, list = {.count = 0};
  if (add_user(&own, settings, m) != 0 || config_make(c, own.setting, own.count, m) != 0) return -1;
  add(&list, settings_of(profile, c));
  if (add_user(&list, settings, m) != 0) return -1;
  return config_make(c, list.setting, list.count, m);
}

static bool answers(const char *published, const char *metric) {
  if (strcmp(published, metric) == 0) return true;
  return strcmp(published, "accuracy") == 0 &&
         (strcmp(metric, "validation_accuracy") == 0 || strcmp(metric, "test_accuracy") == 0);
}

bool catalogue_published(const catalogue_cell *cell, const char *metric, double *number) {
  for (int i = 0; i < CATALOGUE_NUMBERS && cell->row->published[i].metric; i++) {
    const catalogue_number *p = &cell->row->published[i];
    bool same = p->value && cell->sweep_value ? strcmp(p->value, cell->sweep_value) == 0
                                              : p->value == cell->sweep_value;
    if (!same || !answers(p->metric, metric)) continue;
    *number = p->number;
    return true;
  }
  return false;
}
