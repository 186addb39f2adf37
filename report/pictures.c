#include "report/pictures.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "report/figure_classifier.h"
#include "report/figure_regressor.h"
#include "report/figure_training.h"
#include "report/measure.h"

int picture_show(figure *f, const char *folder, const char *alt, page *p, message *m) {
  if (f->count == 0) {
    figure_free(f);
    return 0;
  }
  int status = figure_write(f, folder, m);
  page_add(p, "![");
  page_add_plain(p, alt);
  page_add(p, "](figures/%s.svg)\n\n", f->name);
  page_add(p, "*");
  page_add_plain(p, f->title);
  page_add(p, ".%s%s [Numbers](figures/%s.dat), [script](figures/%s.gp), [PNG](figures/%s.png).*\n\n",
           f->notice ? " " : "", f->notice ? f->notice : "", f->name, f->name, f->name);
  figure_free(f);
  return status;
}

/* Each says in one sentence what is to be seen, where there is something; the sentence is the alternative
 * text too. */
static int show(figure f, char *sentence, const char *folder, page *p, message *m) {
  if (f.count) {
    page_add_plain(p, sentence);
    page_add(p, "\n\n");
  }
  int status = picture_show(&f, folder, sentence, p, m);
  free(sentence);
  return status;
}

static int show_classifier(const evidence *e, const evidence_row *row, const char *folder, page *p,
                           message *m) {
  int64_t seed = evidence_done(&row->cells[0])->seed;
  size_t wrong;
  double error;
  figure mistakes = figure_of_mistakes(e, row, &wrong), reliability = figure_of_reliability(e, row, &error);
  if (show(mistakes,
           memory_format("The network of seed %" PRId64
                         " gets %zu images of the test part wrong; these are the ones that it "
                         "is surest of.",
                         seed, wrong),
           folder, p, m) != 0)
    return -1;
  if (show(figure_of_confusion(e, row),
           memory_format("How often each digit is taken for which by the network of seed %" PRId64 ".", seed),
           folder, p, m) != 0)
    return -1;
  if (show(reliability,
           memory_format("The expected calibration error of seed %" PRId64
                         ", the mean distance of the two in ten bins, is %s "
                         "points.",
                         seed, number_percent(error).text),
           folder, p, m) != 0)
    return -1;
  return show(figure_of_filters(e, row),
              memory_format("The filters of the first convolution after training, seed %" PRId64 ".", seed),
              folder, p, m);
}

static int show_regressor(const evidence *e, const evidence_row *row, const char *folder, page *p,
                          message *m) {
  int64_t seed = evidence_done(&row->cells[0])->seed;
  double covered;
  figure sigma = figure_of_sigma(e, row, &covered);
  if (show(figure_of_prices(e, row),
           memory_format("Each house of the test part, predicted with seed %" PRId64 " and as it was sold.",
                         seed),
           folder, p, m) != 0)
    return -1;
  return show(sigma,
              memory_format("With seed %" PRId64
                            ", %s %% of the prices lie within the band that should hold 95 %%.",
                            seed, number_percent(covered).text),
              folder, p, m);
}

int pictures_write(const evidence *e, const evidence_row *row, const char *folder, page *p, message *m) {
  bool model = row->row->shape == SHOWN_AS_MODEL && evidence_done(&row->cells[0]);
  if (show(figure_of_divergence(e, row),
           memory_text(
               "The loss of the runs that diverged, step by step; a cross marks the last that was a number."),
           folder, p, m) != 0)
    return -1;
  if (!model) return 0;
  if (show(figure_of_rates(e, row), memory_text("The learning rate falls in steps."), folder, p, m) != 0)
    return -1;
  return (measure_problem(row) == PROBLEM_DIGITS ? show_classifier : show_regressor)(e, row, folder, p, m);
}
