#include "report/labels.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static const struct {
  const char *key, *value, *label;
} labels[] = {
    {"loss", "mse_softmax", "squared error on the softmax"},
    {"loss", "cross_entropy", "cross-entropy"},
    {"loss", "mse_raw", "squared error on the raw outputs"},
    {"activation", "relu", "ReLU"},
    {"activation", "leaky_relu", "leaky ReLU"},
    {"activation", "gelu", "GELU"},
    {"optimizer", "sgd", "SGD"},
    {"optimizer", "rmsprop", "RMSprop"},
    {"optimizer", "adam", "Adam"},
    {"model", "cnn", "convolutional network"},
    {"model", "mlp", "MLP"},
    {"model", "gaussian", "Gaussian regressor"},
    {"target", "standardised", "standardised prices"},
    {"target", "dollars", "prices in dollars"},
};

const char *label_value(const char *key, const char *value) {
  for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++)
    if (strcmp(labels[i].key, key) == 0 && strcmp(labels[i].value, value) == 0) return labels[i].label;
  return value;
}

const char *label_key(const char *key) {
  const config_field *field = config_find(key);
  return field ? field->label : key;
}

label_heading label_key_heading(const char *key) {
  label_heading heading;
  snprintf(heading.text, sizeof heading.text, "%s", label_key(key));
  heading.text[0] = (char)toupper((unsigned char)heading.text[0]);
  return heading;
}

const char *label_cross(const evidence_row *row, int cross) {
  const catalogue_sweep *sweep = &row->row->cross;
  return sweep->key ? label_value(sweep->key, sweep->values[cross]) : "";
}

label_heading label_panel(const evidence_row *row, int cross) {
  label_heading heading = {""};
  const catalogue_sweep *sweep = &row->row->cross;
  const char *label = label_cross(row, cross);
  bool bare = sweep->key && label == sweep->values[cross] && strpbrk(label, "0123456789");
  snprintf(heading.text, sizeof heading.text, "%s%s%s", bare ? label_key(sweep->key) : "", bare ? " " : "",
           label);
  return heading;
}

const char *label_data(config_problem problem) {
  return problem == PROBLEM_DIGITS ? "USPS digits" : "Kaggle house prices";
}
