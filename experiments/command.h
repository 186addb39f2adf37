/* agx and its commands: a table of objects, one file each. */
#ifndef EXPERIMENTS_COMMAND_H
#define EXPERIMENTS_COMMAND_H

#include <stdint.h>
#include <getopt.h>

#include "experiments/message.h"

/* Exit statuses of agx and agx-report. */
enum {
  AGX_FINE = 0,
  AGX_ERROR = 1,       /* usage or environment: one line on stderr says what */
  AGX_VERDICT = 2,     /* something differs, and --strict was asked for */
  AGX_RUNS = 3,        /* a run failed, or diverged where that is not expected; all others are in the store */
  AGX_INCOMPLETE = 4,  /* runs that were asked for are not in the store */
  AGX_INTERRUPTED = 75 /* the same command goes on */
};

typedef struct {
  const char *name;
  const char *usage;   /* after "agx " */
  const char *summary; /* one line */
  const char *help;    /* what --help prints below the usage, with the options */
  int (*run)(int argc, char **argv);
} command;

extern const command command_list, command_run, command_sweep, command_status, command_explain, command_show,
    command_predict, command_diff, command_export, command_gc, command_data;
extern const command *const commands[]; /* NULL at the end */

/* Prints "agx NAME: line" on stderr and returns AGX_ERROR. */
int command_error(const command *c, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* getopt_long for a command, without its own messages. Next option, -1 at the end; '?' after an unknown
 * option or a missing argument, which have been complained about; COMMAND_HELP when the help has been
 * printed. `options` names long options only. */
enum { COMMAND_HELP = 1000 };
int command_option(const command *c, int argc, char **argv, const struct option *options);

/* An integer argument of an option, checked. */
int command_integer(const command *c, const char *option, const char *text, int64_t low, int64_t high,
                    int64_t *out);

/* Processors that this process may use. */
int command_cores(void);

/* Prints a warning of the data room. */
void command_warn(const char *line);

#endif
