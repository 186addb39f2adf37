/* The processes that work on demand, and the whole program, with a shell script in PyTorch's place. */
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bench/measure.h"
#include "bench/side.h"
#include "tests/test_bench.h"

/* Says that each run takes 1 ms, and fails when it is asked to make a chain. */
static const char stand_in[] = "while read -r what how more; do\n"
                               "  case \"$what $how\" in\n"
                               "    hello*) echo ok a stand-in ;;\n"
                               "    'make chain') echo error too long ;;\n"
                               "    make*) echo ok ;;\n"
                               "    run*) echo ok ${how}e-3 ;;\n"
                               "    peak*) echo ok 4096000 ;;\n"
                               "    *) echo error unknown request ;;\n"
                               "  esac\n"
                               "done\n";

/* ---- Sides ---- */

static char *const stand_in_command[] = {"/bin/sh", "-c", (char *)stand_in, NULL};

/* The state of a process as the system sees it: 'T' for stopped. A signal takes a moment to arrive. */
static char state_of(pid_t process, char expected) {
  char path[64], state = '?';
  for (int i = 0; i < 1000 && state != expected; i++) {
    snprintf(path, sizeof path, "/proc/%ld/stat", (long)process);
    FILE *file = fopen(path, "r");
    if (!file || fscanf(file, "%*d (%*[^)]) %c", &state) != 1) state = '?';
    if (file) fclose(file);
    if (state != expected) nanosleep(&(struct timespec){0, 1000000}, NULL);
  }
  return state;
}

START_TEST(sides_answer_and_rest) {
  side s = {.command = stand_in_command};
  double seconds = 0;
  ck_assert(side_start(&s));
  ck_assert(side_ask(&s, "hello"));
  ck_assert_str_eq(s.reply, "a stand-in");
  ck_assert_int_eq(state_of(s.process, 'T'), 'T');
  ck_assert(side_number(&s, &seconds, "run %d", 7));
  ck_assert_double_eq(seconds, 0.007);
  ck_assert(!side_make(&s, "chain", &(sizes){.n = 1}));
  ck_assert_str_eq(s.reply, "too long");
  ck_assert(side_make(&s, "conv", &(sizes){.n = 1}));
  const pid_t process = s.process;
  side_end(&s);
  ck_assert_int_eq(s.process, 0);
  ck_assert_int_eq(kill(process, 0), -1);
  ck_assert(!side_ask(&s, "hello"));
}
END_TEST

START_TEST(sides_that_end_are_noticed) {
  char *const short_lived[] = {"/bin/sh", "-c", "read -r line", NULL}, *const missing[] = {"/no/such/program",
                                                                                           NULL};
  side s = {.command = short_lived};
  ck_assert(side_start(&s));
  ck_assert(!side_ask(&s, "hello"));
  ck_assert_str_eq(s.reply, "/bin/sh: it ended before it answered");
  ck_assert_int_eq(s.process, 0);
  s = (side){.command = missing};
  ck_assert(side_start(&s));
  ck_assert(!side_ask(&s, "hello"));
  ck_assert_str_eq(s.reply, "/no/such/program cannot be started: No such file or directory");
  side_end(&s);
}
END_TEST

static workload row_of(const char *name, measurement measured) {
  const sizes s = {.op = "forward", .channels = 100, .padding = 1, .side = 10, .batch = 100, .n = 10};
  return (workload){"a row", name, s, measured, true};
}

/* Both sides are stand-ins, so that all numbers are known. */
START_TEST(rows_are_measured_in_turns) {
  side sides[SIDES] = {
      {.command = stand_in_command}, {.command = stand_in_command}, {.command = stand_in_command}};
  for (int i = 0; i < SIDES; i++) ck_assert(side_start(&sides[i]));
  workload row = row_of("conv", STEADY);
  result r = measure(&row, 1, sides, 1e-9);
  ck_assert_uint_eq(r.of[OURS].n, 3);
  ck_assert_double_eq_tol(r.of[OURS].median, 0.001, 1e-12);
  ck_assert_double_eq_tol(r.of[THEIRS].high, 0.001, 1e-12);
  ck_assert_double_eq_tol(r.of[BOUND].low, 0.009, 1e-12); /* nine times the multiply-adds of a run */
  ck_assert_str_eq(r.bound, "multiply-adds");
  ck_assert_str_eq(r.error, "");
  r = measure(&row, 1, sides, 1000);
  ck_assert_uint_eq(r.of[THEIRS].n, 21);
  row = row_of("one", STEADY);
  r = measure(&row, 1, sides, 1e-9);
  ck_assert_double_eq_tol(r.of[OURS].median, 0.0001, 1e-12); /* for each of ten operations */
  ck_assert_uint_eq(r.of[BOUND].n, 0);
  row = row_of("chain", STEADY);
  r = measure(&row, 1, sides, 1e-9);
  ck_assert_uint_eq(r.of[OURS].n + r.of[THEIRS].n, 0);
  ck_assert_str_eq(r.error, "too long");
  row = row_of("epoch", PEAK);
  r = measure(&row, 1, sides, 1e-9);
  ck_assert_double_eq(r.of[THEIRS].median, 4096000);
  row = row_of("mlp", START);
  r = measure(&row, 1, sides, 1e-9);
  ck_assert_uint_eq(r.of[OURS].n, 1);
  ck_assert(r.of[OURS].median > 0 && r.of[OURS].median < 3);
  for (int i = 0; i < SIDES; i++) side_end(&sides[i]);
}
END_TEST

/* The twin knows every kind that rows are made of, where there is a Python with PyTorch. */
START_TEST(twin_knows_every_kind) {
  const char *python = getenv("PYTHON_TORCH"), *srcdir = getenv("srcdir");
  char script[1024];
  if (!python || !*python) return;
  snprintf(script, sizeof script, "%s/bench/twin.py", srcdir ? srcdir : ".");
  char *const command[] = {(char *)python, script, NULL};
  side s = {.command = command};
  ck_assert(side_start(&s));
  for (int i = 0; workload_at(i); i++) {
    sizes small = workload_at(i)->sizes;
    double seconds = 0;
    small.threads = 1;
    small.batch = small.batch > 2 ? 2 : small.batch;
    small.channels = small.channels > 4 ? 4 : small.channels;
    small.n = small.n > 20 ? 20 : small.n;
    ck_assert_msg(side_make(&s, workload_at(i)->kind, &small) && side_number(&s, &seconds, "run 2"), "%s: %s",
                  workload_at(i)->name, s.reply);
    ck_assert_double_gt(seconds, 0);
  }
  side_end(&s);
}
END_TEST

TCase *bench_sides_tests(void) {
  TCase *t = tcase_create("sides");
  tcase_add_test(t, sides_answer_and_rest);
  tcase_add_test(t, sides_that_end_are_noticed);
  tcase_add_test(t, rows_are_measured_in_turns);
  tcase_add_test(t, twin_knows_every_kind);
  return t;
}

/* ---- The program ---- */

static char folder[64], said[4096];

static void setup(void) {
  strcpy(folder, "/tmp/test-bench-XXXXXX");
  ck_assert_ptr_nonnull(mkdtemp(folder));
}

/* Runs a line of the shell, in which $folder is the folder; what it says is in `said`. Returns its exit
 * status. */
static int shell(const char *line) {
  char whole[2048];
  snprintf(whole, sizeof whole, "folder=%s; { %s; } 2>&1", folder, line);
  FILE *pipe = popen(whole, "r");
  ck_assert_ptr_nonnull(pipe);
  said[fread(said, 1, sizeof said - 1, pipe)] = '\0';
  return WEXITSTATUS(pclose(pipe));
}

static void teardown(void) { ck_assert_int_eq(shell("rm -r $folder"), 0); }

static void write_stand_in(void) {
  char path[128];
  snprintf(path, sizeof path, "%s/twin.sh", folder);
  FILE *file = fopen(path, "w");
  ck_assert_ptr_nonnull(file);
  fputs(stand_in, file);
  fclose(file);
}

START_TEST(program_compares_and_writes) {
  write_stand_in();
  const int status =
      shell("bench/bench --match 'relu/1e3' --threads 1 --seconds 0.1 --python sh --twin $folder/twin.sh "
            "--out $folder/new && mv $folder/new/* $folder");
  ck_assert_msg(status == 0, "%s", said);
  ck_assert_ptr_nonnull(strstr(said, "- PyTorch: a stand-in\n"));
  ck_assert_ptr_nonnull(strstr(said, "| relu/1e3               |       1 | "));
  ck_assert_ptr_nonnull(strstr(said, " | 1.00 ms (1.00-1.00)      | "));
  ck_assert_ptr_nonnull(strstr(said, " copy"));
  ck_assert_int_eq(shell("grep -c '^| relu/1e3' $folder/bench.md; grep -c '\"workload\"' $folder/bench.json;"
                         "wc -l <$folder/speed.csv; wc -l <$folder/growth.csv"),
                   0);
  ck_assert_str_eq(said, "2\n2\n3\n1\n"); /* relu/1e3+grad has that prefix too */
}
END_TEST

START_TEST(program_says_what_failed) {
  write_stand_in();
  ck_assert_int_eq(
      shell(
          "bench/bench --match scalar/chain --seconds 0.1 --python sh --twin $folder/twin.sh --out $folder"),
      1);
  ck_assert_ptr_nonnull(strstr(said, "scalar/chain=10000, 1 thread: "));
  ck_assert_ptr_nonnull(strstr(said, "; too long\n"));
  ck_assert_int_eq(
      shell("bench/bench --match scalar/chain --seconds 0.1 --python /no/python --twin x --out $folder"), 0);
  ck_assert_ptr_nonnull(
      strstr(said, "bench: PyTorch is left out: /no/python cannot be started: No such file or directory\n"));
  ck_assert_ptr_nonnull(strstr(said, "- PyTorch: not there\n"));
}
END_TEST

static const struct {
  const char *arguments, *line;
} mistakes[] = {
    {"--match 'cnn nonsense'",
     "bench: workload 'nonsense': there is none of that name; bench --list names them\n"},
    {"--threads 0", "bench: threads '0': write numbers from 1, such as '1 2'\n"},
    {"--threads two", "bench: threads 'two': write numbers from 1, such as '1 2'\n"},
    {"--threads '1 1'", "bench: threads '1 1': write up to eight different numbers in ascending order\n"},
    {"--threads 100000", "bench: threads '100000': this machine has "},
    {"--seconds soon", "bench: seconds 'soon': write a number above 0\n"},
    {"--seconds 0", "bench: seconds '0': write a number above 0\n"},
    {"--match scalar --out /dev/null", "bench: folder '/dev/null': it is a file; --out names a folder\n"},
    {"--match scalar --out /nowhere/at/all", "bench: folder '/nowhere/at/all': No such file or directory\n"},
    {"cnn", "bench: argument 'cnn': there is none; see bench --help\n"},
};

START_TEST(program_refuses_mistakes_in_one_line) {
  char line[256];
  snprintf(line, sizeof line, "bench/bench %s", mistakes[_i].arguments);
  ck_assert_int_eq(shell(line), 2);
  ck_assert_ptr_eq(strstr(said, mistakes[_i].line), said);
  ck_assert_ptr_eq(strchr(said, '\n'), said + strlen(said) - 1);
}
END_TEST

/* ---- The charts ---- */

#define CHART(name)                                                                                          \
  "gnuplot -d -e \"folder = '$folder'; parts = '${srcdir:-.}/bench'\" ${srcdir:-.}/bench/" name ".gp"

/* Without a second number of threads (_i = 0), without PyTorch (1), and with all (2). */
START_TEST(charts_are_drawn_without_complaint) {
  static const char *const others[] = {"batch,PyTorch,1,10,3,0.9000\nbatch,PyTorch,1,100,24,0.9000\n",
                                       "batch,ours,2,10,1,1.1000\nbatch,ours,2,100,12,1.1000\n",
                                       "batch,PyTorch,1,10,3,0.9000\nbatch,PyTorch,1,100,24,0.9000\n"
                                       "batch,ours,2,10,1,1.1000\nbatch,ours,2,100,12,1.1000\n"
                                       "threads,ours,0,1,2,-0.5000\nthreads,ours,0,2,1,-0.5000\n"};
  char line[1024];
  if (shell("command -v gnuplot") != 0) return;
  snprintf(
      line, sizeof line,
      "printf "
      "'varied,side,threads,size,seconds,exponent\nbatch,ours,1,10,2,1.2500\nbatch,ours,1,100,35,1.2500\n"
      "%s' >$folder/growth.csv; printf '# Benchmark\n\nA machine, 2 cores\n' >$folder/bench.md",
      others[_i]);
  ck_assert_int_eq(shell(line), 0);
  ck_assert_int_eq(shell(CHART("growth")), 0);
  ck_assert_str_eq(said, "");
  ck_assert_int_eq(shell("grep -c 'A machine, 2 cores' $folder/growth.svg; test -s $folder/growth.png"), 0);
  ck_assert_str_eq(said, "1\n");
  ck_assert_int_eq(shell("grep -o 'exponent 1.25\\|exponent 0.90\\|exponent 1.10\\|exponent -0.50' "
                         "$folder/growth.svg | tr '\\n' ' '"),
                   0);
  static const char *const exponents[] = {"exponent 1.25 exponent 0.90 ", "exponent 1.25 exponent 1.10 ",
                                          "exponent 1.25 exponent 0.90 exponent 1.10 exponent -0.50 "};
  ck_assert_str_eq(said, exponents[_i]);
}
END_TEST

/* Twenty rows, of which the even ones have a second number of threads, and one has no ratio. */
START_TEST(speed_is_drawn_without_complaint) {
  if (shell("command -v gnuplot") != 0) return;
  ck_assert_int_eq(
      shell("awk 'BEGIN { print \"place,workload,threads,ours,pytorch,bound,ratio,share\";"
            "  for (i = 1; i <= 20; i++) { print i \",\\\"row\" i \"\\\",1,1,1,nan,\" i / 3 \",nan\";"
            "    if (i % 2 == 0) print i \",\\\"row\" i \"\\\",2,1,1,nan,\" (i == 4 ? \"nan\" : i) \",nan\" "
            "} }'"
            " >$folder/speed.csv; printf '# Benchmark\n\nA machine, 2 cores\n' >$folder/bench.md"),
      0);
  ck_assert_int_eq(shell(CHART("speed")), 0);
  ck_assert_str_eq(said, "");
  ck_assert_int_eq(shell("grep -c 'A machine, 2 cores\\|>row[0-9]*<\\|>1 thread<\\|>2 threads<' "
                         "$folder/speed.svg; test -s $folder/speed.png"),
                   0);
  ck_assert_str_eq(said, "23\n");
}
END_TEST

TCase *bench_program_tests(void) {
  TCase *t = tcase_create("program");
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_add_test(t, program_compares_and_writes);
  tcase_add_test(t, program_says_what_failed);
  tcase_add_loop_test(t, program_refuses_mistakes_in_one_line, 0, LENGTH(mistakes));
  tcase_add_loop_test(t, charts_are_drawn_without_complaint, 0, 3);
  tcase_add_test(t, speed_is_drawn_without_complaint);
  return t;
}
