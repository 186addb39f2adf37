#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "experiments/command.h"
#include "experiments/export.h"

static int write_file(store *s, const export_format *f, const char *folder, message *m) {
  char *path = memory_format("%s/%s", folder, f->file);
  FILE *out = fopen(path, "w");
  int status = out ? f->write(s, out, m) : -1;
  bool written = out && !ferror(out);
  if (out && fclose(out) != 0) written = false;
  if (!written) status = message_fail(m, "%s: cannot be written: %s", path, strerror(errno));
  if (status == 0) printf("%s\n", path);
  free(path);
  return status;
}

static int write_folder(store *s, const char *folder, message *m) {
  if (mkdir(folder, 0777) != 0 && errno != EEXIST)
    return message_fail(m, "%s: cannot be made: %s", folder, strerror(errno));
  for (const export_format *f = export_formats; f->name; f++)
    if (write_file(s, f, folder, m) != 0) return -1;
  return 0;
}

static int write_out(store *s, const export_format *f, message *m) {
  if (f->write(s, stdout, m) != 0) return -1;
  return fflush(stdout) == 0 && !ferror(stdout) ? 0 : message_fail(m, "standard output: %s", strerror(errno));
}

static const export_format *find(const char *name) {
  for (const export_format *f = export_formats; f->name; f++)
    if (strcmp(f->name, name) == 0) return f;
  return NULL;
}

static int run(int argc, char **argv) {
  static const struct option options[] = {{"help", no_argument, NULL, 'h'},
                                          {"store", required_argument, NULL, 's'},
                                          {"out", required_argument, NULL, 'o'},
                                          {0}};
  const char *path = "results.db", *folder = NULL, *name = "json";
  message m = {.text = ""};
  int option;
  while ((option = command_option(&command_export, argc, argv, options)) != -1) {
    if (option == '?') return AGX_ERROR;
    if (option == COMMAND_HELP) return AGX_FINE;
    *(option == 's' ? &path : &folder) = optarg;
  }
  if (argc - optind > 1) return command_error(&command_export, "wants one of runs, metrics, history, json");
  if (optind < argc) name = argv[optind];
  const export_format *f = find(name);
  if (!f) return command_error(&command_export, "%s: not one of runs, metrics, history, json", name);
  if (folder && optind < argc)
    return command_error(&command_export, "--out %s: writes all of them; leave %s out", folder, name);
  store *s = store_open(path, STORE_READ, &m);
  int status = s ? folder ? write_folder(s, folder, &m) : write_out(s, f, &m) : -1;
  store_close(s);
  return status == 0 ? AGX_FINE : command_error(&command_export, "%s", m.text);
}

const command command_export = {
    .name = "export",
    .usage = "export [runs|metrics|history|json] [--out FOLDER] [--store FILE]",
    .summary =
        "Runs, metrics and histories as CSV tables, or all of that as JSON (which it is without an argument)",
    .help = "  --out FOLDER   writes runs.csv, metrics.csv, history.csv and runs.json there; else to "
            "standard output\n"
            "  --store FILE   the store of runs (results.db)\n",
    .run = run,
};
