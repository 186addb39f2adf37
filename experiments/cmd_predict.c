#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "experiments/command.h"
#include "experiments/predictor.h"

/* ---- Inputs -------------------------------------------------------------------------------------------- */

typedef struct {
  double *x; /* n rows of `width` */
  int64_t n, width;
  int64_t label; /* of the only row, where it is known; else -1 */
  double price;  /* likewise; else NaN */
} inputs;

/* Appends one line of numbers, separated by blanks or commas. */
static int read_line(inputs *in, const char *path, int64_t number, char *line, message *m) {
  int64_t found = 0;
  in->x = memory_resize(in->x, (size_t)((in->n + 1) * in->width), sizeof *in->x);
  for (char *p = line;;) {
    while (isspace((unsigned char)*p) || *p == ',') p++;
    if (!*p) break;
    char *rest;
    double value = strtod(p, &rest);
    if (rest == p || !isfinite(value) || (*rest && !isspace((unsigned char)*rest) && *rest != ','))
      return message_fail(m, "%s:%" PRId64 ": expected a number, found '%.*s'", path, number,
                          (int)strcspn(p, " ,\t\r\n"), p);
    if (found < in->width) in->x[in->n * in->width + found] = value;
    found++;
    p = rest;
  }
  if (found == 0) return 0; /* an empty line */
  if (found != in->width)
    return message_fail(m, "%s:%" PRId64 ": expected %" PRId64 " numbers, found %" PRId64, path, number,
                        in->width, found);
  in->n++;
  return 0;
}

static int read_inputs(inputs *in, const char *path, message *m) {
  bool standard = strcmp(path, "-") == 0;
  FILE *file = standard ? stdin : fopen(path, "r");
  if (!file) return message_fail(m, "%s: %s", path, strerror(errno));
  char *line = NULL;
  size_t room = 0;
  int status = 0;
  for (int64_t number = 1; status == 0 && getline(&line, &room, file) > 0; number++)
    status = read_line(in, path, number, line, m);
  if (status == 0 && ferror(file)) status = message_fail(m, "%s: %s", path, strerror(errno));
  if (status == 0 && in->n == 0)
    status = message_fail(m, "%s: no numbers in it; expected %" PRId64 " on each line", path, in->width);
  free(line);
  if (!standard) fclose(file);
  return status;
}

/* A sample of the data set: of the official test file, or of the file of houses. */
static int take_sample(inputs *in, const config *k, int64_t index, message *m) {
  dataset d = {.has = {false, false}};
  if (dataset_load(&d, (config_problem)k->problem, command_warn, m) != 0) return -1;
  int64_t n = k->problem == PROBLEM_DIGITS ? d.digits.test.n : d.houses.n;
  int status = 0;
  if (index >= n) {
    status = message_fail(m, "--index %" PRId64 ": there are %" PRId64 " samples, from 0 to %" PRId64, index,
                          n, n - 1);
  } else {
    in->n = 1;
    in->x = memory_new((size_t)in->width, sizeof *in->x);
    if (k->problem == PROBLEM_DIGITS)
      in->label = d.digits.test.label[index];
    else
      in->price = d.houses.price[index];
    for (int64_t i = 0; i < in->width; i++)
      in->x[i] = k->problem == PROBLEM_DIGITS ? (double)d.digits.test.x[index * in->width + i]
                                              : d.houses.x[index * in->width + i];
  }
  dataset_free(&d);
  return status;
}

/* ---- Answers ------------------------------------------------------------------------------------------- */

static void draw(const double *pixels) {
  static const char ink[] = " .:-=+*#%@";
  for (int row = 0; row < DIGIT_SIDE; row++) {
    for (int column = 0; column < DIGIT_SIDE; column++) {
      double level = (pixels[row * DIGIT_SIDE + column] + 1) / 2;
      putchar(ink[level <= 0 ? 0 : level >= 1 ? 9 : (int)(level * 9.999)]);
    }
    putchar('\n');
  }
}

static void say_digit(const inputs *in, int64_t i, const double *probability) {
  int best = 0;
  for (int c = 1; c < DIGIT_CLASSES; c++)
    if (probability[c] > probability[best]) best = c;
  draw(in->x + i * in->width);
  printf("it is a %d (probability %.4f)", best, probability[best]);
  if (in->label >= 0) printf(", labelled %" PRId64, in->label);
  printf("\n ");
  for (int c = 0; c < DIGIT_CLASSES; c++) printf(" %d: %.4f", c, probability[c]);
  putchar('\n');
}

static void say_price(const inputs *in, double mean, const double *sigma) {
  printf("price %.0f dollars", mean);
  if (sigma) printf(", 95 %% interval %.0f to %.0f", mean - 1.959964 * *sigma, mean + 1.959964 * *sigma);
  if (!isnan(in->price)) printf(", sold for %.0f", in->price);
  putchar('\n');
}

static int answer(predictor *p, const inputs *in, message *m) {
  judgement j;
  if (predictor_ask(p, in->x, in->n, &j, m) != 0) return -1;
  for (int64_t i = 0; i < in->n; i++)
    if (p->config.problem == PROBLEM_DIGITS)
      say_digit(in, i, j.value + i * DIGIT_CLASSES);
    else
      say_price(in, j.value[i], j.sigma ? j.sigma + i : NULL);
  judgement_free(&j);
  return 0;
}

/* ---- The command --------------------------------------------------------------------------------------- */

static int predict(const char *path, const char *prefix, const char *file, int64_t index, message *m) {
  run_result r = {.config = NULL};
  predictor p;
  store *s = store_open(path, STORE_READ, m);
  int found = s ? store_find_prefix(s, prefix, &r, m) : -1;
  if (found == 0)
    message_fail(m, "%s: no run in the store has a key that begins so; agx show lists them", prefix);
  int status = found == 1 ? predictor_open(&p, s, &r, m) : -1;
  if (status == 0) {
    inputs in = {.width = p.samples.inputs, .label = -1, .price = NAN};
    status = file ? read_inputs(&in, file, m) : take_sample(&in, &p.config, index, m);
    if (status == 0) status = answer(&p, &in, m);
    free(in.x);
    predictor_close(&p);
  }
  run_result_free(&r);
  store_close(s);
  return status;
}

static int run(int argc, char **argv) {
  static const struct option options[] = {{"help", no_argument, NULL, 'h'},
                                          {"store", required_argument, NULL, 's'},
                                          {"index", required_argument, NULL, 'i'},
                                          {0}};
  const char *path = "results.db";
  int64_t index = -1;
  int option;
  while ((option = command_option(&command_predict, argc, argv, options)) != -1) {
    if (option == COMMAND_HELP) return AGX_FINE;
    if (option == '?' ||
        (option == 'i' && command_integer(&command_predict, "--index", optarg, 0, 1000000, &index) != 0))
      return AGX_ERROR;
    if (option == 's') path = optarg;
  }
  int words = argc - optind;
  if (words < 1 || words > 2 || (words == 2) == (index >= 0))
    return command_error(&command_predict,
                         "wants a run, and either a file or --index; see agx predict --help");
  message m;
  if (predict(path, argv[optind], words == 2 ? argv[optind + 1] : NULL, index, &m) == 0) return AGX_FINE;
  return command_error(&command_predict, "%s", m.text);
}

const command command_predict = {
    .name = "predict",
    .usage = "predict RUN FILE | predict RUN --index N",
    .summary = "What the model of a finished run says of new samples",
    .help =
        "FILE has one sample on each line (- for standard input): 256 pixels from -1 to +1, or OverallQual, "
        "YearBuilt,\n"
        "TotalBsmtSF and GrLivArea of a house. Numbers are separated by blanks or commas.\n"
        "  --index N      sample N, from 0, of the official test file of digits, or of the file of houses\n"
        "  --store FILE   the store of runs (results.db)\n",
    .run = run,
};
