/* agx-report: renders the report from the run store. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "report/report.h"

/* Exit statuses, the same as those of agx. */
enum { FINE = 0, WRONG = 1, INCOMPLETE = 4 };

static const char help[] =
    "Usage: agx-report [--store FILE] [--out DIR] [--profile full|quick] [--parts DIR]\n"
    "Writes DIR/report.md and DIR/figures/ from the runs in a store.\n"
    "\n"
    "  --store FILE     the store of runs that `agx run` wrote (results.db)\n"
    "  --out DIR        where the report goes (report/out)\n"
    "  --profile NAME   which runs it shows: full, or quick for a rehearsal (full)\n"
    "  --parts DIR      the folder of template.md and the gnuplot scripts (report)\n"
    "  --help           this text\n"
    "\n"
    "Exit status: 0 the report is complete; 1 nothing was written, and a line says why; 4 the report was\n"
    "written, but cells of it were not run yet.\n";

static int fail(const char *line) {
  fprintf(stderr, "agx-report: %s\n", line);
  return WRONG;
}

static int complain(const char *argument, const char *what) {
  message m;
  message_fail(&m, "%s: %s", argument, what);
  return fail(m.text);
}

static int render(const report_request *request) {
  message m;
  size_t missing = 0;
  if (report_write(request, &missing, &m) != 0) return fail(m.text);
  printf("%s/report.md\n", request->out);
  if (!missing) return FINE;
  fprintf(stderr, "agx-report: %zu cells were not run yet; `agx run --profile %s` trains them\n", missing,
          request->profile->name);
  return INCOMPLETE;
}

int main(int argc, char *argv[]) {
  enum { STORE = 1, OUT, PROFILE, PARTS, HELP };
  static const struct option options[] = {{"store", required_argument, NULL, STORE},
                                          {"out", required_argument, NULL, OUT},
                                          {"profile", required_argument, NULL, PROFILE},
                                          {"parts", required_argument, NULL, PARTS},
                                          {"help", no_argument, NULL, HELP},
                                          {NULL, 0, NULL, 0}};
  report_request request = {.store = "results.db",
                            .out = "report/out",
                            .parts = "report",
                            .profile = catalogue_profile_find("full")};
  opterr = 0; /* one line about a mistake is enough, and it is ours */
  for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) switch (option) {
    case STORE: request.store = optarg; break;
    case OUT: request.out = optarg; break;
    case PARTS: request.parts = optarg; break;
    case PROFILE:
      request.profile = catalogue_profile_find(optarg);
      if (!request.profile) return complain(optarg, "no such profile; choose full or quick");
      break;
    case HELP: return fputs(help, stdout) >= 0 && fflush(stdout) == 0 ? FINE : WRONG;
    default: return complain(argv[optind - 1], "no such option, or its value is missing; see --help");
    }
  if (optind < argc) return complain(argv[optind], "there are options only; see --help");
  return render(&request);
}
