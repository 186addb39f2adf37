#include <stdlib.h>
#include <string.h>

#include "experiments/added.h"
#include "experiments/launch.h"

enum { GRIDS = 2 };

typedef struct {
  const char *name, *grids[GRIDS];
  int count;
} sweep_request;

static int read_arguments(request *q, launch_options *o, sweep_request *w, int argc, char **argv) {
  static const struct option options[] = {{"help", no_argument, NULL, 'h'},
                                          {"grid", required_argument, NULL, 'g'},
                                          {"name", required_argument, NULL, 'N'},
                                          REQUEST_OPTIONS,
                                          LAUNCH_OPTIONS,
                                          {0}};
  int option, status = 0;
  while (status == 0 && (option = command_option(&command_sweep, argc, argv, options)) != -1) {
    if (option == COMMAND_HELP) return COMMAND_HELP;
    if (option == 'N')
      w->name = optarg;
    else if (option == 'g' && w->count == GRIDS)
      status = command_error(&command_sweep, "--grid %s: too many grids, at most %d", optarg, GRIDS);
    else if (option == 'g')
      w->grids[w->count++] = optarg;
    else
      status = launch_option(&command_sweep, o, q, option, optarg);
  }
  if (status == 0 && optind < argc)
    status = command_error(&command_sweep, "%s: takes no rows; see agx sweep --help", argv[optind]);
  if (status == 0 && w->count == 0)
    status = command_error(&command_sweep, "wants a --grid key=value,value; see agx sweep --help");
  return status;
}

/* "lr-batch": the keys of the grids. */
static char *usual_name(const sweep_request *w) {
  char *name = memory_text("");
  for (int i = 0; i < w->count; i++) {
    char *longer = memory_format("%s%s%.*s", name, i ? "-" : "", (int)strcspn(w->grids[i], "="), w->grids[i]);
    free(name);
    name = longer;
  }
  return name;
}

static int run(int argc, char **argv) {
  request q = request_new();
  launch_options o = launch_new();
  sweep_request w = {.name = NULL};
  int status = read_arguments(&q, &o, &w, argc, argv);
  char *name = w.name ? memory_text(w.name) : usual_name(&w);
  if (status == 0) status = added_row(&command_sweep, &q, name, w.grids, w.count, !o.dry && !o.profile_ops);
  if (status == 0) status = launch(&command_sweep, &o, &q);
  request_free(&q);
  free(name);
  return status == COMMAND_HELP ? AGX_FINE : status;
}

const command command_sweep = {
    .name = "sweep",
    .usage = "sweep --grid key=value,value... [--grid key=value,value...] [--set key=value]... [options]",
    .summary =
        "Adds a sweep over one or two keys to the store and trains it; the report shows it in its appendix",
    .help = "  --grid k=v,v      the key and the values that are swept; a second one crosses the first\n"
            "  --name NAME       of the row, for agx run NAME and the report (the keys of the "
            "grids)\n" REQUEST_HELP LAUNCH_HELP
            "\nagx gc --forget NAME takes the row away again; its runs stay until agx gc --yes.\n",
    .run = run,
};
