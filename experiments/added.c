#include "experiments/added.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *joined(const request *q) {
  char *text = memory_text("");
  for (size_t i = 0; i < q->setting_count; i++) {
    char *longer = memory_format("%s%s\n", text, q->settings[i]);
    free(text);
    text = longer;
  }
  return text;
}

/* "lr=0.1,0.01" as its key and its values. */
static int split_grid(const char *grid, char **key, char **values, message *m) {
  const char *equals = strchr(grid, '=');
  if (!equals || equals == grid || !equals[1])
    return message_fail(m, "--grid %s: not of the form key=value,value", grid);
  *key = memory_format("%.*s", (int)(equals - grid), grid);
  *values = memory_text(equals + 1);
  return 0;
}

static int describe(store_custom *t, const request *q, const char *name, const char *const *grids, int count,
                    message *m) {
  *t = (store_custom){.settings = joined(q)};
  snprintf(t->name, sizeof t->name, "%s", name);
  snprintf(t->profile, sizeof t->profile, "%s", q->profile->name);
  int status = count > 0 ? split_grid(grids[0], &t->sweep_key, &t->sweep_values, m) : 0;
  if (status == 0 && count > 1) status = split_grid(grids[1], &t->cross_key, &t->cross_values, m);
  char **texts[] = {&t->sweep_key, &t->sweep_values, &t->cross_key, &t->cross_values};
  for (int i = 0; i < 4; i++)
    if (!*texts[i]) *texts[i] = memory_text("");
  return status;
}

static int keep_text(const char *path, const store_custom *text, message *m) {
  store *s = store_open(path, STORE_WRITE, m);
  int status = s ? store_custom_save(s, text, m) : -1;
  store_close(s);
  return status;
}

/* The row is made before its text is kept: what makes no sense is not. Making it cuts its text up. */
static int add(request *q, const char *name, const char *const *grids, int count, bool keep, message *m) {
  store_custom text, cut = {.settings = NULL};
  custom_row *row = memory_new(1, sizeof *row);
  int status = describe(&text, q, name, grids, count, m) | describe(&cut, q, name, grids, count, m);
  if (status == 0 && strlen(name) >= sizeof text.name)
    status = message_fail(m, "%.20s...: too long a name, at most 40 characters", name);
  if (status == 0) status = custom_row_make(row, &cut, m);
  if (status == 0 && keep && keep_text(q->store, &text, m) != 0) {
    custom_row_free(row);
    status = -1;
  }
  store_custom_free(&text);
  store_custom_free(&cut);
  if (status != 0) {
    free(row);
    return -1;
  }
  q->added = (custom_rows){.rows = row, .count = 1, .list = memory_new(2, sizeof *q->added.list)};
  q->added.list[0] = &row->row;
  q->rows = memory_new(2, sizeof *q->rows);
  q->rows[0] = &row->row;
  return 0;
}

int added_row(const command *c, request *q, const char *name, const char *const *grids, int count,
              bool keep) {
  message m = {.text = ""};
  if (add(q, name, grids, count, keep, &m) != 0) return command_error(c, "%s", m.text);
  memset(q->settings, 0, sizeof q->settings); /* they are the row's now */
  q->setting_count = 0;
  return 0;
}
