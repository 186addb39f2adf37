/* One sitting of a run: from the beginning or the last checkpoint until the run ends or is told to stop.
 * Keeps the run's clock, and writes its checkpoints so seldom that they cost next to nothing. */
#ifndef EXPERIMENTS_SITTING_H
#define EXPERIMENTS_SITTING_H

#include "experiments/checkpoint.h"
#include "experiments/checkpoint_file.h"
#include "experiments/train.h"

typedef struct {
  const train_options *options;
  run_parts parts;
  checkpoint_pair pair;
  char *maker;
  run_place earlier;       /* the clocks of the sittings before */
  double begun, cpu_begun; /* of this one */
  double written, cost;    /* when the last checkpoint was written, and how long that took */
  bool warned;
} sitting;

/* Starts the clock. */
void sitting_begin(sitting *s, const train_options *options, run_place *place);
/* Puts the run's last checkpoint back, where there is one. */
void sitting_resume(sitting *s, const char *key, const run_parts *parts);
/* Between two steps: writes a checkpoint where one is due. True when the run is to stop here. */
bool sitting_pause(sitting *s);
/* Brings the run's clocks up to date. */
void sitting_clock(sitting *s);
void sitting_end(sitting *s);

#endif
