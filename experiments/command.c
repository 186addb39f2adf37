#include "experiments/command.h"

#include <errno.h>
#include <inttypes.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

int command_error(const command *c, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fprintf(stderr, "agx %s: ", c->name);
  vfprintf(stderr, format, arguments);
  fputc('\n', stderr);
  va_end(arguments);
  return AGX_ERROR;
}

void command_warn(const char *line) { fprintf(stderr, "agx: warning: %s\n", line); }

int command_option(const command *c, int argc, char **argv, const struct option *options) {
  opterr = 0;
  int option = getopt_long(argc, argv, ":h", options, NULL);
  switch (option) {
  case 'h':
    printf("usage: agx %s\n\n%s.\n%s%s", c->usage, c->summary, c->help[0] ? "\n" : "", c->help);
    return COMMAND_HELP;
  case '?': command_error(c, "%s: no such option; see agx %s --help", argv[optind - 1], c->name); return '?';
  case ':': command_error(c, "%s: wants a value; see agx %s --help", argv[optind - 1], c->name); return '?';
  default: return option;
  }
}

int command_integer(const command *c, const char *option, const char *text, int64_t low, int64_t high,
                    int64_t *out) {
  char *end;
  errno = 0;
  long long number = strtoll(text, &end, 10);
  if (end == text || *end || errno == ERANGE || number < low || number > high)
    return command_error(c, "%s %s: not an integer from %" PRId64 " to %" PRId64, option, text, low, high);
  *out = number;
  return 0;
}

int command_cores(void) {
  cpu_set_t set;
  return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
}
