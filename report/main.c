/* agx-report: renders the report from the run store. */
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "experiments/command.h" /* the exit statuses are those of agx */
#include "report/report.h"

static const char help[] =
    "Usage: agx-report [--store FILE] [--out DIR] [--profile full|quick] [--strict] [--parts DIR]\n"
    "Writes DIR/report.md, DIR/report.html, DIR/results.json and DIR/figures/ from the runs in a store.\n"
    "\n"
    "  --store FILE     the store of runs that `agx run` wrote (results.db)\n"
    "  --out DIR        where the report goes (report/out)\n"
    "  --profile NAME   which runs it shows: full, or quick for a rehearsal (full)\n"
    "  --strict         leave with 2 when a published claim or number is not reproduced\n"
    "  --parts DIR      the folder of template.md and the gnuplot scripts (report)\n"
    "  --help           this text\n"
    "\n"
    "Exit status: 0 the report is complete; 1 nothing was written, and a line says why. With the report\n"
    "written: 3 a run failed, or diverged unexpectedly; 2 --strict was asked, and something is not "
    "reproduced;\n"
    "4 cells were not run yet. The first of these that holds.\n";

static int fail(const char *line) {
  fprintf(stderr, "agx-report: %s\n", line);
  return AGX_ERROR;
}

static int complain(const char *argument, const char *what) {
  message m;
  message_fail(&m, "%s: %s", argument, what);
  return fail(m.text);
}

static int judge(const report_outcome *o, const char *profile, bool strict) {
  if (o->mishaps)
    fprintf(stderr,
            "agx-report: %zu runs failed or diverged unexpectedly; the section \"Runs without a number\" "
            "names them\n",
            o->mishaps);
  if (strict && o->against)
    fprintf(stderr, "agx-report: %zu published claims and numbers are not reproduced\n", o->against);
  if (o->missing)
    fprintf(stderr, "agx-report: %zu cells were not run yet; `agx run --profile %s` trains them\n",
            o->missing, profile);
  return o->mishaps ? AGX_RUNS : strict && o->against ? AGX_VERDICT : o->missing ? AGX_INCOMPLETE : AGX_FINE;
}

static int render(const report_request *request, bool strict) {
  message m;
  report_outcome outcome;
  if (report_write(request, &outcome, &m) != 0) return fail(m.text);
  printf("%s/report.md\n", request->out);
  return judge(&outcome, request->profile->name, strict);
}

int main(int argc, char *argv[]) {
  enum { STORE = 1, OUT, PROFILE, PARTS, STRICT, HELP };
  static const struct option options[] = {{"store", required_argument, NULL, STORE},
                                          {"out", required_argument, NULL, OUT},
                                          {"profile", required_argument, NULL, PROFILE},
                                          {"parts", required_argument, NULL, PARTS},
                                          {"strict", no_argument, NULL, STRICT},
                                          {"help", no_argument, NULL, HELP},
                                          {NULL, 0, NULL, 0}};
  report_request request = {.store = "results.db",
                            .out = "report/out",
                            .parts = "report",
                            .profile = catalogue_profile_find("full"),
                            .rows = catalogue_rows};
  bool strict = false;
  opterr = 0; /* one line about a mistake is enough, and it is ours */
  for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) switch (option) {
    case STORE: request.store = optarg; break;
    case OUT: request.out = optarg; break;
    case PARTS: request.parts = optarg; break;
    case STRICT: strict = true; break;
    case PROFILE:
      request.profile = catalogue_profile_find(optarg);
      if (!request.profile) return complain(optarg, "no such profile; choose full or quick");
      break;
    case HELP: return fputs(help, stdout) >= 0 && fflush(stdout) == 0 ? AGX_FINE : AGX_ERROR;
    default: return complain(argv[optind - 1], "no such option, or its value is missing; see --help");
    }
  if (optind < argc) return complain(argv[optind], "there are options only; see --help");
  return render(&request, strict);
}
