#include <stdlib.h>

#include "experiments/launch.h"
#include "experiments/added.h"

/* 0 to go on; COMMAND_HELP; AGX_ERROR. */
static int read_arguments(request *q, launch_options *o, const char **name, int argc, char **argv) {
  static const struct option options[] = {{"help", no_argument, NULL, 'h'},
                                          {"name", required_argument, NULL, 'N'},
                                          REQUEST_OPTIONS,
                                          LAUNCH_OPTIONS,
                                          {0}};
  int option, status = 0;
  while (status == 0 && (option = command_option(&command_run, argc, argv, options)) != -1) {
    if (option == COMMAND_HELP) return COMMAND_HELP;
    if (option == 'N')
      *name = optarg;
    else
      status = launch_option(&command_run, o, q, option, optarg);
  }
  if (status == 0 && *name && optind < argc)
    status =
        command_error(&command_run, "--name %s: a name is for one configuration; leave the rows out", *name);
  return status != 0 ? status : request_rows(&command_run, q, argv + optind, argc - optind);
}

static int run(int argc, char **argv) {
  request q = request_new();
  launch_options o = launch_new();
  const char *name = NULL;
  int status = read_arguments(&q, &o, &name, argc, argv);
  if (status == 0 && name) status = added_row(&command_run, &q, name, NULL, 0, !o.dry && !o.profile_ops);
  if (status == 0) status = launch(&command_run, &o, &q);
  request_free(&q);
  return status == COMMAND_HELP ? AGX_FINE : status;
}

const command command_run = {
    .name = "run",
    .usage = "run [ROW...] [--set key=value]... [options]",
    .summary = "Trains what is not in the store yet: whole rows of the catalogue (all without any), or one "
               "configuration",
    .help = REQUEST_HELP LAUNCH_HELP
    "  --name NAME       keeps the configuration of --set as a row of this name, for agx run NAME and the "
    "report\n"
    "\n"
    "Finished runs are never repeated. A run that diverges or crashes is noted in the store and the "
    "others go on.\n"
    "SIGINT and SIGTERM let every run write a checkpoint and end; the same command goes on from there, as it "
    "does\nfrom the last checkpoint after a kill or a crash, and ends in the same bits as an uninterrupted "
    "one.\n"
    "Threads that wait give their core away; OMP_WAIT_POLICY=active in the environment makes them "
    "spin.\n",
    .run = run,
};
