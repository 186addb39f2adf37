#include <stdio.h>

#include "experiments/catalogue.h"
#include "experiments/command.h"
#include "experiments/custom.h"

static void print_sweep(const catalogue_sweep *sweep) {
  if (!sweep->key) return;
  printf("  %s=", sweep->key);
  for (int i = 0; i < CATALOGUE_VALUES && sweep->values[i]; i++)
    printf("%s%s", i ? "," : "", sweep->values[i]);
}

static void print_line(const catalogue_row *row) {
  printf("%-14s %3d  %s", row->id, catalogue_cells(row), row->title);
  print_sweep(&row->sweep);
  print_sweep(&row->cross);
  putchar('\n');
}

static void print_row(const catalogue_row *row) {
  printf("%s (%s): %s\n  base       ", row->id, row->name, row->title);
  for (int i = 0; i < CATALOGUE_SETTINGS && row->base[i]; i++) printf(" %s", row->base[i]);
  printf("%s\n  sweep     ", row->base[0] ? "" : " the final digit classifier");
  print_sweep(&row->sweep);
  print_sweep(&row->cross);
  puts(row->sweep.key ? "" : "  nothing");
  for (int i = 0; i < CATALOGUE_NUMBERS && row->published[i].metric; i++) {
    const catalogue_number *p = &row->published[i];
    printf("  published   %s %.10g", p->metric, p->number);
    if (p->value) printf(" with %s=%s", row->sweep.key, p->value);
    putchar('\n');
  }
  printf("  text        %s\n", row->statement);
  if (row->choice) printf("  choice      %s\n", row->choice);
}

/* Rows that were added to the store, where there is one. */
static int print_added(const char *path, message *m) {
  store *s;
  if (store_look(&s, path, m) < 0) return -1;
  int status = 0;
  for (const catalogue_profile *p = catalogue_profiles; p->name && status == 0; p++) {
    custom_rows added;
    status = custom_rows_read(&added, s, p, m);
    for (size_t i = 0; status == 0 && i < added.count; i++) {
      if (i == 0) printf("\nadded to %s, for --profile %s:\n", path, p->name);
      print_line(added.list[i]);
    }
    if (status == 0) custom_rows_free(&added);
  }
  store_close(s);
  return status;
}

static void print_keys(void) {
  config digits, regressor;
  config_make(&digits, NULL, 0, NULL);
  config_make(&regressor, (const char *const[]){"problem=houses"}, 1, NULL);
  printf("%-18s %-14s %-14s %s\n", "key", "digits cnn", "houses mlp", "meaning");
  for (const config_field *f = config_fields; f->key; f++) {
    char first[32], second[32];
    printf("%-18s %-14s %-14s %s", f->key, f->applies(&digits) ? config_value(&digits, f, first) : "-",
           f->applies(&regressor) ? config_value(&regressor, f, second) : "-", f->meaning);
    for (int i = 0; f->choices && f->choices[i]; i++) printf("%s%s", i ? ", " : ": ", f->choices[i]);
    putchar('\n');
  }
}

static int run(int argc, char **argv) {
  static const struct option options[] = {{"help", no_argument, NULL, 'h'},
                                          {"keys", no_argument, NULL, 'k'},
                                          {"store", required_argument, NULL, 's'},
                                          {0}};
  const char *path = "results.db";
  message m;
  bool keys = false;
  int option;
  while ((option = command_option(&command_list, argc, argv, options)) != -1) {
    if (option == '?') return AGX_ERROR;
    if (option == COMMAND_HELP) return AGX_FINE;
    if (option == 's')
      path = optarg;
    else
      keys = true;
  }
  if (keys) {
    print_keys();
  } else if (optind == argc) {
    printf("%-14s %s\n", "row", "cells");
    for (const catalogue_row *const *row = catalogue_rows; *row; row++) print_line(*row);
    if (print_added(path, &m) != 0) return command_error(&command_list, "%s", m.text);
  }
  for (; optind < argc; optind++) {
    const catalogue_row *row = catalogue_find(argv[optind]);
    if (!row) return command_error(&command_list, "%s: no such row; see agx list", argv[optind]);
    print_row(row);
  }
  return AGX_FINE;
}

const command command_list = {
    .name = "list",
    .usage = "list [ROW...] [--keys] [--store FILE]",
    .summary = "Rows of the catalogue: the tables, figures and final models of the published report",
    .help = "With rows, everything about them: base, sweep, published numbers and our choices.\n"
            "  --keys         the keys of a configuration with their defaults, for agx run --set key=value\n"
            "  --store FILE   the store whose added rows are listed, too (results.db)\n",
    .run = run,
};
