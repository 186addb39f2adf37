/* The driver of the experiments. */
#include <stdio.h>
#include <string.h>

#include "experiments/command.h"
#include "experiments/plan.h"

static void usage(FILE *out) {
  fputs("usage: agx COMMAND [ARGUMENT...]\n\nReruns the tables and figures of the published report and keeps "
        "what they give in a store.\n\n",
        out);
  for (const command *const *c = commands; *c; c++) fprintf(out, "  %-8s  %s\n", (*c)->name, (*c)->summary);
  fputs("\nagx COMMAND --help says more. Exit status: 0 all fine, 1 usage or environment, 3 a run failed or "
        "diverged,\n"
        "75 interrupted (start it again to go on).\n",
        out);
}

const command *const commands[] = {&command_list, &command_run,     &command_show,
                                   &command_data, &command_predict, NULL};

int main(int argc, char **argv) {
  const char *name = argc > 1 ? argv[1] : NULL;
  if (!name) {
    usage(stderr);
    return AGX_ERROR;
  }
  if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) {
    usage(stdout);
    return AGX_FINE;
  }
  if (strcmp(name, "--version") == 0) {
    printf("agx %s\n", plan_engine());
    return AGX_FINE;
  }
  for (const command *const *c = commands; *c; c++)
    if (strcmp((*c)->name, name) == 0) return (*c)->run(argc - 1, argv + 1);
  fprintf(stderr, "agx: %s: no such command; commands are", name);
  for (const command *const *c = commands; *c; c++)
    fprintf(stderr, "%s %s", c == commands ? "" : ",", (*c)->name);
  fputc('\n', stderr);
  return AGX_ERROR;
}
