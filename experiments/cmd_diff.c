#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "experiments/command.h"
#include "experiments/compare.h"
#include "experiments/config.h"

/* ---- Provenance ---------------------------------------------------------------------------------------- */

typedef struct {
  store_pair *pairs;
  size_t count;
} pair_list;

static bool holds(const pair_list *list, const store_pair *pair) {
  for (size_t i = 0; i < list->count; i++)
    if (strcmp(list->pairs[i].name, pair->name) == 0 && strcmp(list->pairs[i].value, pair->value) == 0)
      return true;
  return false;
}

static void free_pairs(pair_list *list) {
  for (size_t i = 0; i < list->count; i++) {
    free(list->pairs[i].name);
    free(list->pairs[i].value);
  }
  free(list->pairs);
}

static size_t print_pairs(char sign, const pair_list *mine, const pair_list *other) {
  size_t count = 0;
  for (size_t i = 0; i < mine->count; i++) {
    if (holds(other, &mine->pairs[i])) continue;
    printf("%c %-12s %s\n", sign, mine->pairs[i].name, mine->pairs[i].value);
    count++;
  }
  return count;
}

static int diff_provenance(store *a, store *b, message *m) {
  pair_list left, right = {.pairs = NULL};
  int status = store_provenance(a, &left.pairs, &left.count, m) >= 0 &&
                       store_provenance(b, &right.pairs, &right.count, m) >= 0
                   ? 0
                   : -1;
  if (status == 0 && print_pairs('-', &left, &right) + print_pairs('+', &right, &left) == 0)
    puts("made alike: the provenance of all runs is the same");
  free_pairs(&left);
  free_pairs(&right);
  return status;
}

/* ---- Numbers ------------------------------------------------------------------------------------------- */

static void print_metric(const comparison *c) {
  static const char *const words[] = {"", "within noise", "BEYOND NOISE", "differs, one seed on either side"};
  config k;
  char *summary = config_parse(&k, c->config, NULL) == 0 ? config_summary(&k) : memory_text("?");
  double margin = compare_margin(&c->a, &c->b);
  printf("%s: %s %.6g (n=%zu) -> %.6g (n=%zu)", summary, c->metric, c->a.mean, c->a.n, c->b.mean, c->b.n);
  if (!isnan(margin)) printf(", by %.3g +- %.3g", c->b.mean - c->a.mean, margin);
  printf(": %s\n", words[c->verdict]);
  free(summary);
}

static int print_result(const compare_result *r, bool strict) {
  size_t counts[COMPARED_KINDS] = {0};
  for (size_t i = 0; i < r->count; i++) {
    counts[r->metrics[i].verdict]++;
    if (r->metrics[i].verdict != COMPARED_EQUAL) print_metric(&r->metrics[i]);
  }
  printf("%zu runs in both, %zu only in the first, %zu only in the second; %zu of those in both ended "
         "otherwise\n",
         r->shared, r->only_a, r->only_b, r->changed);
  printf(
      "%zu numbers: %zu with the same bits, %zu other within noise, %zu beyond noise, %zu cannot be told\n",
      r->count, counts[COMPARED_EQUAL], counts[COMPARED_WITHIN], counts[COMPARED_BEYOND],
      counts[COMPARED_UNKNOWN]);
  return strict && counts[COMPARED_BEYOND] + r->changed > 0 ? AGX_VERDICT : AGX_FINE;
}

static int diff(const char *left, const char *right, bool strict, message *m) {
  store *a = store_open(left, STORE_READ, m), *b = a ? store_open(right, STORE_READ, m) : NULL;
  compare_result r = {.metrics = NULL};
  int status = b && diff_provenance(a, b, m) == 0 && compare_stores(&r, a, b, m) == 0
                   ? print_result(&r, strict)
                   : AGX_ERROR;
  compare_free(&r);
  store_close(a);
  store_close(b);
  return status;
}

static int run(int argc, char **argv) {
  static const struct option options[] = {
      {"help", no_argument, NULL, 'h'}, {"strict", no_argument, NULL, 's'}, {0}};
  bool strict = false;
  message m = {.text = ""};
  int option;
  while ((option = command_option(&command_diff, argc, argv, options)) != -1) {
    if (option == '?') return AGX_ERROR;
    if (option == COMMAND_HELP) return AGX_FINE;
    strict = true;
  }
  if (argc - optind != 2) return command_error(&command_diff, "wants two stores; see agx diff --help");
  int status = diff(argv[optind], argv[optind + 1], strict, &m);
  return status == AGX_ERROR ? command_error(&command_diff, "%s", m.text) : status;
}

const command command_diff = {
    .name = "diff",
    .usage = "diff STORE STORE [--strict]",
    .summary = "Two stores: how they were made, then which numbers differ, and whether by more than seeds do",
    .help = "Compares runs of the same configuration and seed. A number is beyond noise when the 95 % "
            "interval of the\n"
            "difference of the means (Student's t over the seeds, pooled variance) does not hold 0.\n"
            "  --strict   exit status 2 when a number is beyond noise, or a run ended otherwise\n",
    .run = run,
};
