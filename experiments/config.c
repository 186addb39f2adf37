#include "experiments/config.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the models of one problem share. */
#define DIGITS                                                                                               \
  .problem = PROBLEM_DIGITS, .activation = ACTIVATION_RELU, .optimizer = OPTIMIZER_ADAM,                     \
  .schedule = SCHEDULE_STEP, .schedule_step = 10, .schedule_gamma = 0.1, .batch = 50, .epochs = 30,          \
  .split_train = 0.8, .split_validation = 0.2, .record_every = 1
#define HOUSES                                                                                               \
  .problem = PROBLEM_HOUSES, .activation = ACTIVATION_RELU, .features = FEATURES_STANDARDISED,               \
  .optimizer = OPTIMIZER_ADAM, .lr = 0.0003, .schedule = SCHEDULE_NONE, .schedule_step = 1000,               \
  .schedule_gamma = 0.1, .batch = 100, .epochs = 2000, .split_train = 0.7, .split_validation = 0.15,         \
  .split_test = 0.15, .record_every = 10

/* The final models as published; where the text is silent, see catalogue_choices. The first preset of a
 * problem is its default model. */
/* clang-format off */
static const config presets[] = {
    {DIGITS, .model = MODEL_CNN, .loss = LOSS_MSE_SOFTMAX, .lr = 0.01, .conv_layers = 3, .conv_channels = 64,
     .conv_kernel = 3, .conv_batch_norm = 1, .conv_pool = 2, .conv_dropout = 0.1,
     .init_head = INIT_ZEROS},
    {DIGITS, .model = MODEL_MLP, .loss = LOSS_CROSS_ENTROPY, .lr = 0.001, .mlp_layers = 1, .mlp_width = 128},
    {HOUSES, .model = MODEL_MLP, .loss = LOSS_MSE, .mlp_layers = 3, .mlp_width = 128, .target = TARGET_DOLLARS},
    {HOUSES, .model = MODEL_GAUSSIAN, .loss = LOSS_GAUSSIAN_NLL, .mlp_layers = 1, .mlp_width = 128,
     .target = TARGET_STANDARDISED},
};
/* clang-format on */
enum { PRESETS = sizeof presets / sizeof presets[0] };

static const config *preset_of(int64_t problem, int64_t model) {
  for (int i = 0; i < PRESETS; i++)
    if (presets[i].problem == problem && (model < 0 || presets[i].model == model)) return &presets[i];
  return NULL;
}

static int64_t *integer_at(config *c, const config_field *f) {
  return (int64_t *)(void *)((char *)c + f->offset);
}
static double *real_at(config *c, const config_field *f) { return (double *)(void *)((char *)c + f->offset); }
static int64_t integer_of(const config *c, const config_field *f) {
  return *integer_at((config *)(uintptr_t)c, f);
}
static double real_of(const config *c, const config_field *f) { return *real_at((config *)(uintptr_t)c, f); }

const config_field *config_find(const char *key) {
  for (const config_field *f = config_fields; f->key; f++)
    if (strcmp(f->key, key) == 0) return f;
  return NULL;
}

/* A setting taken apart: its field and where its value begins. */
static const config_field *setting_field(const char *setting, const char **value) {
  const char *equals = strchr(setting, '=');
  if (!equals) return NULL;
  *value = equals + 1;
  size_t length = (size_t)(equals - setting);
  for (const config_field *f = config_fields; f->key; f++)
    if (strlen(f->key) == length && strncmp(f->key, setting, length) == 0) return f;
  return NULL;
}

/* ", "-separated lists for messages, written at the end of a line. */
static void append(char *line, size_t size, const char *word, bool first) {
  size_t used = strlen(line);
  snprintf(line + used, size - used, "%s%s", first ? "" : ", ", word);
}

static int no_such_key(const config *c, const char *setting, const char *why, message *m) {
  char list[768] = "";
  for (const config_field *f = config_fields; f->key; f++)
    if (f->applies(c)) append(list, sizeof list, f->key, list[0] == '\0');
  return message_fail(m, "%s: %s; the keys are %s", setting, why, list);
}

static int no_such_choice(const config *c, const config_field *f, const char *setting, message *m) {
  char list[256] = "";
  for (int64_t i = 0; f->choices[i]; i++) {
    bool offered =
        strcmp(f->key, "model") == 0 ? preset_of(c->problem, i) != NULL : !f->offers || f->offers(c, i);
    if (offered) append(list, sizeof list, f->choices[i], list[0] == '\0');
  }
  return message_fail(m, "%s: not a choice for problem=%s; choose one of %s", setting,
                      config_find("problem")->choices[c->problem], list);
}

static int64_t choice_index(const config_field *f, const char *value) {
  for (int64_t i = 0; f->choices[i]; i++)
    if (strcmp(f->choices[i], value) == 0) return i;
  return -1;
}

static int out_of_range(const config_field *f, const char *setting, message *m) {
  return message_fail(m, "%s: out of range, from %.10g to %.10g", setting, f->low, f->high);
}

static int set(config *c, const config_field *f, const char *setting, const char *value, message *m) {
  char *end = NULL;
  errno = 0;
  switch (f->kind) {
  case FIELD_CHOICE: {
    int64_t index = choice_index(f, value);
    if (index < 0 || (f->offers && !f->offers(c, index))) return no_such_choice(c, f, setting, m);
    *integer_at(c, f) = index;
    return 0;
  }
  case FIELD_FLAG:
    if (strcmp(value, "true") != 0 && strcmp(value, "false") != 0)
      return message_fail(m, "%s: neither true nor false", setting);
    *integer_at(c, f) = value[0] == 't';
    return 0;
  case FIELD_INTEGER: {
    long long number = strtoll(value, &end, 10);
    if (end == value || *end || isspace((unsigned char)*value))
      return message_fail(m, "%s: not an integer", setting);
    if (errno == ERANGE || (double)number < f->low || (double)number > f->high)
      return out_of_range(f, setting, m);
    *integer_at(c, f) = number;
    return 0;
  }
  case FIELD_REAL: {
    double number = strtod(value, &end);
    if (end == value || *end || isspace((unsigned char)*value) || isnan(number))
      return message_fail(m, "%s: not a number", setting);
    if (number < f->low || number > f->high) return out_of_range(f, setting, m);
    *real_at(c, f) = number;
    return 0;
  }
  }
  return message_fail(m, "%s: a field of an unknown kind", setting);
}

/* What no single field can see. */
static int check(const config *c, message *m) {
  double whole = c->split_train + c->split_validation + (c->problem == PROBLEM_HOUSES ? c->split_test : 0);
  if (fabs(whole - 1) > 1e-9)
    return message_fail(m,
                        "split.train, split.validation%s add up to %.10g; they are fractions of the samples "
                        "and must add up to 1",
                        c->problem == PROBLEM_HOUSES ? " and split.test" : "", whole);
  if (c->model == MODEL_CNN) {
    int64_t side = 16;
    for (int64_t i = 0; i < c->conv_layers && side > 0; i++) side += 2 * c->conv_padding - c->conv_kernel + 1;
    if (side < c->conv_pool)
      return message_fail(
          m,
          "conv.layers=%" PRId64 ": with conv.kernel=%" PRId64 ", conv.padding=%" PRId64
          " and conv.pool=%" PRId64
          " nothing is left of a 16x16 image; use fewer layers, a smaller kernel or more padding",
          c->conv_layers, c->conv_kernel, c->conv_padding, c->conv_pool);
  }
  return 0;
}

int config_make(config *out, const char *const settings[], size_t count, message *m) {
  /* Problem and model first: they choose the preset that everything else changes. */
  config c = presets[0];
  const config_field *problem = config_find("problem"), *model = config_find("model");
  const char *value = NULL, *model_setting = NULL;
  for (size_t i = 0; i < count; i++)
    if (setting_field(settings[i], &value) == problem && set(&c, problem, settings[i], value, m) != 0)
      return -1;
  c.model = -1;
  for (size_t i = 0; i < count; i++)
    if (setting_field(settings[i], &value) == model) {
      model_setting = settings[i];
      c.model = choice_index(model, value);
      if (c.model < 0) return no_such_choice(&c, model, model_setting, m);
    }
  const config *preset = preset_of(c.problem, c.model);
  if (!preset) return no_such_choice(&c, model, model_setting, m);
  c = *preset;

  for (size_t i = 0; i < count; i++) {
    const config_field *f = setting_field(settings[i], &value);
    if (!f)
      return no_such_key(&c, settings[i],
                         strchr(settings[i], '=') ? "no such key" : "not of the form key=value", m);
    if (f != problem && f != model && set(&c, f, settings[i], value, m) != 0) return -1;
  }
  for (size_t i = 0; i < count; i++) /* only now: schedule.step may stand before schedule=step */
    if (!setting_field(settings[i], &value)->applies(&c))
      return no_such_key(&c, settings[i], "says nothing about this configuration", m);
  if (check(&c, m) != 0) return -1;
  *out = c;
  return 0;
}

const char *config_value(const config *c, const config_field *f, char buffer[32]) {
  switch (f->kind) {
  case FIELD_CHOICE: return f->choices[integer_of(c, f)];
  case FIELD_FLAG: return integer_of(c, f) ? "true" : "false";
  case FIELD_INTEGER: snprintf(buffer, 32, "%" PRId64, integer_of(c, f)); break;
  case FIELD_REAL: {
    double number = real_of(c, f);
    for (int digits = 1; digits <= 17; digits++) {
      snprintf(buffer, 32, "%.*g", digits, number);
      if (memcmp(&number, &(double){strtod(buffer, NULL)}, sizeof number) == 0) break;
    }
    break;
  }
  }
  return buffer;
}

/* Joins "key=value" of the fields that `wanted` accepts. */
static char *join(const config *c, const char *begin, const char *before, const char *after,
                  bool (*wanted)(const config *c, const config_field *f)) {
  char *text = memory_text(begin), buffer[32];
  for (const config_field *f = config_fields; f->key; f++) {
    if (!f->applies(c) || !wanted(c, f)) continue;
    char *longer = memory_format("%s%s%s=%s%s", text, before, f->key, config_value(c, f, buffer), after);
    free(text);
    text = longer;
  }
  return text;
}

static bool told(const config *c, const config_field *f) { return !f->silent || integer_of(c, f) != 0; }

static bool unlike_preset(const config *c, const config_field *f) {
  char mine[32], usual[32];
  return strcmp(config_value(c, f, mine), config_value(preset_of(c->problem, c->model), f, usual)) != 0;
}

char *config_text(const config *c) { return join(c, "", "", "\n", told); }

char *config_summary(const config *c) {
  char *begin = memory_format("%s %s", config_find("problem")->choices[c->problem],
                              config_find("model")->choices[c->model]);
  char *text = join(c, begin, " ", "", unlike_preset);
  free(begin);
  return text;
}

int config_parse(config *c, const char *text, message *m) {
  char *copy = memory_text(text), *rest = copy;
  const char **settings = NULL;
  size_t count = 0;
  for (char *line = strtok_r(copy, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
    settings = memory_resize(settings, count + 1, sizeof *settings);
    settings[count++] = line;
  }
  int status = config_make(c, settings, count, m);
  free(settings);
  free(copy);
  return status;
}
