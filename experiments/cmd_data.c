#include <inttypes.h>
#include <stdio.h>

#include "experiments/command.h"
#include "experiments/dataset.h"

static void print_counts(const digit_set *set, const char *part) {
  int64_t counts[10] = {0};
  for (int64_t i = 0; i < set->n; i++) counts[set->label[i]]++;
  printf("  %-10s %" PRId64 " images; of the digits 0 to 9:", part, set->n);
  for (int digit = 0; digit < 10; digit++) printf(" %" PRId64, counts[digit]);
  putchar('\n');
}

static void print_prices(const houses *set) {
  double sum = 0, low = set->price[0], high = set->price[0];
  for (int64_t i = 0; i < set->n; i++) {
    sum += set->price[i];
    if (set->price[i] < low) low = set->price[i];
    if (set->price[i] > high) high = set->price[i];
  }
  printf("  %" PRId64 " houses; prices from %.0f to %.0f dollars, mean %.0f\n", set->n, low, high,
         sum / (double)set->n);
}

static int run(int argc, char **argv) {
  static const struct option options[] = {{"help", no_argument, NULL, 'h'}, {0}};
  int option;
  while ((option = command_option(&command_data, argc, argv, options)) != -1)
    return option == COMMAND_HELP ? AGX_FINE : AGX_ERROR;
  if (optind < argc)
    return command_error(&command_data, "%s: takes no arguments; see agx data --help", argv[optind]);
  dataset d = {.has = {false, false}};
  message m;
  int status = AGX_FINE;
  for (config_problem problem = PROBLEM_DIGITS; problem <= PROBLEM_HOUSES; problem++) {
    if (dataset_load(&d, problem, command_warn, &m) != 0) {
      status = command_error(&command_data, "%s", m.text);
      continue;
    }
    store_dataset s = dataset_describe(&d, problem);
    printf("%s\n  source     %s\n  place      %s\n  sha-256    %s\n", s.problem, s.source, s.place, s.digest);
    if (problem == PROBLEM_DIGITS) {
      print_counts(&d.digits.train, "training");
      print_counts(&d.digits.test, "test");
    } else {
      print_prices(&d.houses);
    }
  }
  dataset_free(&d);
  return status;
}

const command command_data = {
    .name = "data",
    .usage = "data",
    .summary = "Which data the runs use, where they come from, and their digests; fetches them if need be",
    .help = "Data are looked for in the folder AUTOGRAD_DATA alone, if that is set; else in the cache, "
            "~/.cache/libautograd; else they\n"
            "are fetched from upstream, unless AUTOGRAD_OFFLINE is set; else generated ones are used, and "
            "the report says so.\n",
    .run = run,
};
