/* The driver of the experiments. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "experiments/command.h"
#include "experiments/plan.h"

static void usage(FILE *out) {
  fputs("usage: agx COMMAND [ARGUMENT...]\n\nReruns the tables and figures of the published report and keeps "
        "what they give in a store.\n\n",
        out);
  for (const command *const *c = commands; *c; c++) fprintf(out, "  %-8s  %s\n", (*c)->name, (*c)->summary);
  fputs("\nagx COMMAND --help says more.\n\n"
        "Exit status: 0 all fine; 1 usage or environment; 2 something differs, and --strict was asked for;\n"
        "3 a run failed, or diverged where that is not expected; 4 incomplete: runs that were asked for are "
        "not\n"
        "in the store; 75 interrupted: the same command goes on.\n",
        out);
}

const command *const commands[] = {&command_list,    &command_run,  &command_sweep,   &command_status,
                                   &command_explain, &command_show, &command_predict, &command_diff,
                                   &command_export,  &command_gc,   &command_data,    NULL};

/* A thread of OpenMP that waits for work spins, which costs others their core wherever there are more threads
 * than cores: two runs of two threads on two cores are then 30 times slower. The runtime reads how to wait
 * when the program is loaded, before main; so the program is loaded once more with a gentler policy, unless
 * the user has chosen one. */
static void wait_gently(char **argv) {
  if (getenv("OMP_WAIT_POLICY") || getenv("GOMP_SPINCOUNT") || getenv("KMP_BLOCKTIME")) return;
  if (setenv("OMP_WAIT_POLICY", "passive", 0) == 0) execv("/proc/self/exe", argv); /* or go on as we are */
}

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
  if (strcmp(name, command_run.name) == 0 || strcmp(name, command_sweep.name) == 0) wait_gently(argv);
  for (const command *const *c = commands; *c; c++)
    if (strcmp((*c)->name, name) == 0) return (*c)->run(argc - 1, argv + 1);
  fprintf(stderr, "agx: %s: no such command; commands are", name);
  for (const command *const *c = commands; *c; c++)
    fprintf(stderr, "%s %s", c == commands ? "" : ",", (*c)->name);
  fputc('\n', stderr);
  return AGX_ERROR;
}
