#include "experiments/custom.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int check_name(const char *name, message *m) {
  static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-_.";
  size_t length = strlen(name);
  if (length == 0 || length > 40 || strspn(name, letters) != length)
    return message_fail(m, "%s: a name has 1 to 40 of the letters a to z, digits, '-', '_' and '.'", name);
  if (catalogue_find(name))
    return message_fail(m, "%s: a row of the catalogue has this name; choose another", name);
  return 0;
}

/* Cuts a text at a separator into at most `most` words, which stay where they are. -1 when there are more. */
static int cut(char *text, const char *separator, const char **words, int most) {
  char *rest = text;
  int count = 0;
  for (char *word = strtok_r(text, separator, &rest); word; word = strtok_r(NULL, separator, &rest)) {
    if (count == most) return -1;
    words[count++] = word;
  }
  return count;
}

static int make_sweep(catalogue_sweep *sweep, const char *key, char *values, message *m) {
  if (!key[0]) return 0;
  const config_field *f = config_find(key);
  if (!f) return message_fail(m, "%s: no such key; see agx list --keys", key);
  sweep->key = f->key;
  int count = cut(values, ",", sweep->values, CATALOGUE_VALUES);
  if (count < 0) return message_fail(m, "%s: too many values, at most %d", key, CATALOGUE_VALUES);
  if (count == 0) return message_fail(m, "%s: no values", key);
  for (int i = 0; i < count; i++)
    for (int j = 0; j < i; j++)
      if (strcmp(sweep->values[i], sweep->values[j]) == 0)
        return message_fail(m, "%s=%s: this value is there twice", key, sweep->values[i]);
  return 0;
}

/* "learning rate and batch size", or the settings of a row that sweeps nothing. */
static char *title_of(const catalogue_row *row, const char *settings) {
  if (row->cross.key)
    return memory_format("%s and %s", config_find(row->sweep.key)->label, config_find(row->cross.key)->label);
  if (row->sweep.key) return memory_text(config_find(row->sweep.key)->label);
  char *title = memory_text(settings[0] ? settings : "the final digit classifier");
  for (char *p = title; *p; p++)
    if (*p == '\n') *p = ' ';
  size_t length = strlen(title);
  if (title[length - 1] == ' ') title[length - 1] = '\0';
  return title;
}

static char *choice_of(const catalogue_row *row) {
  char *text = memory_text(row->base[0] ? "With" : "The final digit classifier");
  for (int i = 0; i < CATALOGUE_SETTINGS && row->base[i]; i++) {
    char *longer = memory_format("%s%s %s", text, i ? "," : "", row->base[i]);
    free(text);
    text = longer;
  }
  char *whole = memory_format("%s%s.", text, row->sweep.key ? "; everything else as in the final model" : "");
  free(text);
  return whole;
}

/* Every cell must be a configuration; the profile changes nothing about that. */
static int check_cells(const catalogue_row *row, message *m) {
  for (int i = 0; i < catalogue_cells(row); i++) {
    catalogue_cell cell;
    if (catalogue_cell_make(&cell, row, i, &catalogue_profiles[0], NULL, m) != 0) return -1;
  }
  return 0;
}

static int fill(custom_row *r, message *m) {
  store_custom *t = &r->text;
  catalogue_row *row = &r->row;
  r->id = memory_text(t->name);
  *row = (catalogue_row){
      .id = r->id, .statement = "Not in the published report.", .appendix = true, .custom = true};
  if (check_name(t->name, m) != 0) return -1;
  char *settings = memory_text(t->settings); /* for the title, since it is cut */
  int count = cut(t->settings, "\n", row->base, CATALOGUE_SETTINGS);
  int status =
      count < 0 ? message_fail(m, "%s: too many settings, at most %d", t->name, CATALOGUE_SETTINGS) : 0;
  if (status == 0) status = make_sweep(&row->sweep, t->sweep_key, t->sweep_values, m);
  if (status == 0) status = make_sweep(&row->cross, t->cross_key, t->cross_values, m);
  if (status == 0 && row->cross.key && (!row->sweep.key || strcmp(row->cross.key, row->sweep.key) == 0))
    status = message_fail(m, "%s: swept twice", row->cross.key);
  if (status == 0) status = check_cells(row, m);
  if (status == 0) {
    row->shape = row->sweep.key ? SHOWN_AS_CURVES : SHOWN_AS_MODEL;
    row->name = r->name = memory_format("Added: %s", t->name);
    row->title = r->title = title_of(row, settings);
    row->choice = r->choice = choice_of(row);
  }
  free(settings);
  return status;
}

int custom_row_make(custom_row *r, store_custom *text, message *m) {
  *r = (custom_row){.text = *text};
  *text = (store_custom){.settings = NULL};
  if (fill(r, m) == 0) return 0;
  custom_row_free(r);
  return -1;
}

void custom_row_free(custom_row *r) {
  store_custom_free(&r->text);
  free(r->id);
  free(r->name);
  free(r->title);
  free(r->choice);
  *r = (custom_row){.name = NULL};
}

int custom_rows_read(custom_rows *rows, store *s, const catalogue_profile *profile, message *m) {
  store_custom *list = NULL;
  size_t count = 0;
  *rows = (custom_rows){.rows = NULL};
  int status = s && store_customs(s, profile->name, &list, &count, m) < 0 ? -1 : 0;
  rows->rows = memory_new(count, sizeof *rows->rows);
  rows->list = memory_new(count + 1, sizeof *rows->list);
  for (size_t i = 0; i < count; i++) {
    if (status == 0) status = custom_row_make(&rows->rows[i], &list[i], m);
    if (status == 0) rows->count++;
    store_custom_free(&list[i]);
  }
  for (size_t i = 0; i < rows->count; i++) rows->list[i] = &rows->rows[i].row;
  free(list);
  if (status != 0) custom_rows_free(rows);
  return status;
}

void custom_rows_free(custom_rows *rows) {
  for (size_t i = 0; i < rows->count; i++) custom_row_free(&rows->rows[i]);
  free(rows->rows);
  free(rows->list);
  *rows = (custom_rows){.rows = NULL};
}
