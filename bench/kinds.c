#include "bench/kinds.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const kind *const kinds[] = {&kind_cnn,     &kind_epoch,         &kind_conv, &kind_mlp, &kind_gaussian,
                                    &kind_gemms,   &kind_chain,         &kind_one,  &kind_fma, &kind_copy,
                                    &kind_forward, &kind_with_gradient, &kind_adam};

const kind *kind_find(const char *name) {
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    if (strcmp(kinds[i]->name, name) == 0) return kinds[i];
  return NULL;
}

ag_tensor *numbers(ag_ctx *c, ag_shape shape) { return ag_uniform(c, shape, "numbers", 0.1, 1); }

ag_tensor *labels(ag_ctx *c, int64_t n, int64_t classes) {
  int64_t *label = state_new((size_t)n * sizeof *label);
  for (int64_t i = 0; i < n; i++) label[i] = i * 7 % classes;
  ag_tensor *y = ag_from(c, AG_I64, AG_SHAPE(n), label);
  free(label);
  return y;
}

void *state_new(size_t bytes) {
  void *state = calloc(1, bytes);
  if (state) return state;
  fputs("bench: out of memory\n", stderr);
  exit(EXIT_FAILURE);
}

/* ---- Sizes as text ---- */

/* Where the number of that name stands; NULL for a name that is none. */
static int64_t *size_of_name(sizes *s, const char *name) {
  const struct {
    const char *name;
    int64_t *value;
  } known[] = {{"layers", &s->layers},
               {"channels", &s->channels},
               {"padding", &s->padding},
               {"side", &s->side},
               {"batch", &s->batch},
               {"width", &s->width},
               {"n", &s->n}};
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (strcmp(known[i].name, name) == 0) return known[i].value;
  return NULL;
}

void sizes_write(const sizes *s, const char *name, char *line, size_t size) {
  snprintf(
      line, size,
      "%s op=%s layers=%lld channels=%lld padding=%lld side=%lld batch=%lld width=%lld n=%lld threads=%d",
      name, s->op ? s->op : "", (long long)s->layers, (long long)s->channels, (long long)s->padding,
      (long long)s->side, (long long)s->batch, (long long)s->width, (long long)s->n, s->threads);
}

const char *sizes_read(char *line, const char **name, sizes *s) {
  char *rest = NULL;
  *s = (sizes){.threads = 1};
  *name = strtok_r(line, " ", &rest);
  if (!*name) return "a kind is missing";
  for (char *word; (word = strtok_r(NULL, " ", &rest)) != NULL;) {
    char *value = strchr(word, '=');
    if (!value) return word;
    *value++ = '\0';
    int64_t *size = size_of_name(s, word);
    if (size)
      *size = strtoll(value, NULL, 10);
    else if (strcmp(word, "threads") == 0)
      s->threads = atoi(value);
    else if (strcmp(word, "op") == 0)
      s->op = value;
    else
      return word;
  }
  return NULL;
}
