#include "report/template.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static size_t line_of(const char *source, const char *at) {
  size_t line = 1;
  for (const char *c = source; c < at; c++) line += *c == '\n';
  return line;
}

static const template_value *find(const template_value values[], const char *name, size_t length) {
  for (const template_value *v = values; v->name; v++)
    if (strlen(v->name) == length && strncmp(v->name, name, length) == 0) return v;
  return NULL;
}

static int unknown(const char *file, size_t line, int length, const char *name, const template_value values[],
                   message *m) {
  page names = {.text = NULL};
  for (const template_value *v = values; v->name; v++)
    page_add(&names, "%s%s", v == values ? "" : ", ", v->name);
  message_fail(m, "%s:%zu: {{%.*s}} is no part of the report; the parts are %s", file, line, length, name,
               page_text(&names));
  page_free(&names);
  return -1;
}

static int all_asked_for(const char *file, const char *source, const template_value values[], message *m) {
  for (const template_value *v = values; v->name; v++) {
    char wanted[64];
    snprintf(wanted, sizeof wanted, "{{%s}}", v->name);
    if (!strstr(source, wanted)) return message_fail(m, "%s: the part %s is missing", file, wanted);
  }
  return 0;
}

int template_fill(const char *file, const char *source, const template_value values[], page *out,
                  message *m) {
  const char *rest = source;
  for (const char *open; (open = strstr(rest, "{{")) != NULL;) {
    const char *name = open + 2, *close = strstr(name, "}}");
    if (!close) return message_fail(m, "%s:%zu: {{ without }}", file, line_of(source, open));
    const template_value *value = find(values, name, (size_t)(close - name));
    if (!value) return unknown(file, line_of(source, open), (int)(close - name), name, values, m);
    page_add(out, "%.*s%s", (int)(open - rest), rest, value->text);
    rest = close + 2;
  }
  page_add(out, "%s", rest);
  return all_asked_for(file, source, values, m);
}
