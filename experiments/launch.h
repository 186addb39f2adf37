/* Running what a request asks for, or saying what would run: what `agx run` and `agx sweep` share. */
#ifndef EXPERIMENTS_LAUNCH_H
#define EXPERIMENTS_LAUNCH_H

#include "experiments/request.h"

typedef struct {
  int64_t workers, threads; /* 0: as many as there are cores */
  int64_t patience, checkpoint;
  bool dry, profile_ops;
  const char *trace; /* with profile_ops; or NULL */
} launch_options;

launch_options launch_new(void);

/* For a command's list of long options, beside REQUEST_OPTIONS. */
/* clang-format off */
#define LAUNCH_OPTIONS                                                                                       \
  {"jobs", required_argument, NULL, 'j'}, {"threads", required_argument, NULL, 't'},                         \
  {"patience", required_argument, NULL, 'w'}, {"checkpoint", required_argument, NULL, 'c'},                  \
  {"dry-run", no_argument, NULL, 'd'}, {"profile-ops", no_argument, NULL, 'q'},                              \
  {"trace", required_argument, NULL, 'r'}
/* clang-format on */

#define LAUNCH_HELP                                                                                          \
  "  --jobs N          runs at a time (as many as cores)\n"                                                  \
  "  --threads N       threads of each run (what cores are left over); the results are the same bits\n"      \
  "  --patience N      seconds without a sign of life after which a run is given up (300)\n"                 \
  "  --checkpoint N    seconds of training between two checkpoints of a run; 0: after every step (10)\n"     \
  "  --dry-run         only says what would run: parameters, multiply-adds of one sample, steps, time\n"     \
  "  --profile-ops     trains the first of these runs for 20 steps and tells what each operator costs; "     \
  "stores nothing\n"                                                                                         \
  "  --trace FILE      with --profile-ops: what happened when, for chrome://tracing or Perfetto\n"

/* Takes one of these options, or one of the request's. */
int launch_option(const command *c, launch_options *o, request *q, int option, const char *value);

/* Trains what is missing and says how that went: an exit status. Mistakes get their line. */
int launch(const command *c, const launch_options *o, const request *q);

#endif
