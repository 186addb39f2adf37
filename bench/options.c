#include "bench/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char options_usage[] =
    "usage: bench [--match NAMES] [--threads COUNTS] [--seconds S] [--python PROGRAM --twin SCRIPT] [--out "
    "FOLDER]\n"
    "       bench --list\n"
    "\n"
    "  --match NAMES     rows by prefix or pattern, such as 'cnn scalar */1e6' (default: all)\n"
    "  --threads COUNTS  such as '1 2' (default: 1 and all cores)\n"
    "  --seconds S       about how long it may take in all (default: 360)\n"
    "  --python, --twin  a Python that has PyTorch, and bench/twin.py (default: ours alone)\n"
    "  --out FOLDER      where bench.md, bench.json, speed.csv and growth.csv go (default: bench/out); made\n"
    "                    where there is none\n";

static bool wrong(const char *what, const char *text, const char *why) {
  fprintf(stderr, "bench: %s '%s': %s\n", what, text, why);
  return false;
}

static long cores(void) {
  const long n = sysconf(_SC_NPROCESSORS_ONLN);
  return n < 1 ? 1 : n;
}

static bool read_threads(options *o, const char *text) {
  o->counts = 0;
  for (const char *c = text + strspn(text, " "); *c; c += strspn(c, " ")) {
    char *end, why[64];
    const long count = strtol(c, &end, 10);
    if (end == c || (*end && *end != ' ') || count < 1)
      return wrong("threads", text, "write numbers from 1, such as '1 2'");
    snprintf(why, sizeof why, "this machine has %ld core%s", cores(), cores() == 1 ? "" : "s");
    if (count > cores()) return wrong("threads", text, why);
    if (o->counts == MOST_COUNTS || (o->counts && count <= o->threads[o->counts - 1]))
      return wrong("threads", text, "write up to eight different numbers in ascending order");
    o->threads[o->counts++] = (int)count;
    c = end;
  }
  return true;
}

/* One thread, and all that the machine has. */
static void choose_threads(options *o) {
  o->threads[0] = 1;
  o->threads[1] = (int)cores();
  o->counts = cores() > 1 ? 2 : 1;
}

static bool read_seconds(options *o, const char *text) {
  char *end;
  o->seconds = strtod(text, &end);
  return (end != text && !*end && o->seconds > 0 && o->seconds < 1e6) ||
         wrong("seconds", text, "write a number above 0");
}

/* The next of the names in *rest, which are separated by blanks; false when there is none. */
static bool next_name(const char **rest, char name[64]) {
  *rest += strspn(*rest, " ");
  const size_t length = strcspn(*rest, " ");
  snprintf(name, 64, "%.*s", (int)length, *rest);
  *rest += length;
  return length > 0;
}

/* Each name must name something. */
static bool check_names(const options *o) {
  char name[64];
  for (const char *rest = o->names; next_name(&rest, name);) {
    bool found = false;
    for (int i = 0; workload_at(i); i++) found = found || workload_matches(workload_at(i), name);
    if (!found) return wrong("workload", name, "there is none of that name; bench --list names them");
  }
  return true;
}

/* Before minutes of measurements, not behind them. */
static bool check_folder(const options *o) {
  struct stat is;
  if ((mkdir(o->out, 0777) != 0 && errno != EEXIST) || stat(o->out, &is) != 0)
    return wrong("folder", o->out, strerror(errno));
  if (!S_ISDIR(is.st_mode)) return wrong("folder", o->out, "it is a file; --out names a folder");
  return access(o->out, W_OK | X_OK) == 0 || wrong("folder", o->out, strerror(errno));
}

bool options_want(const options *o, const workload *w) {
  char name[64];
  const char *rest = o->names;
  bool any = false;
  while (next_name(&rest, name)) {
    any = true;
    if (workload_matches(w, name)) return true;
  }
  return !any;
}

bool options_read(options *o, int argc, char **argv) {
  static const struct option known[] = {
      {"match", required_argument, NULL, 'm'},   {"threads", required_argument, NULL, 't'},
      {"seconds", required_argument, NULL, 's'}, {"python", required_argument, NULL, 'p'},
      {"twin", required_argument, NULL, 'w'},    {"out", required_argument, NULL, 'o'},
      {"serve", no_argument, NULL, 'S'},         {"list", no_argument, NULL, 'l'},
      {"help", no_argument, NULL, 'h'},          {NULL, 0, NULL, 0}};
  *o = (options){.names = "", .python = "", .twin = "", .out = "bench/out", .seconds = 360};
  bool well = true;
  for (int c; well && (c = getopt_long(argc, argv, "h", known, NULL)) != -1;) {
    switch (c) {
    case 'm': o->names = optarg; break;
    case 't': well = read_threads(o, optarg); break;
    case 's': well = read_seconds(o, optarg); break;
    case 'p': o->python = optarg; break;
    case 'w': o->twin = optarg; break;
    case 'o': o->out = optarg; break;
    case 'S': o->serve = true; break;
    case 'l': o->list = true; break;
    case 'h': o->help = true; break;
    default: return false; /* getopt has said why */
    }
  }
  if (well && optind < argc) return wrong("argument", argv[optind], "there is none; see bench --help");
  if (!o->counts) choose_threads(o);
  if (!well || !check_names(o)) return false;
  return o->serve || o->list || o->help || check_folder(o);
}
