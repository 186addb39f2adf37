/* The rules of claim_rules.h that ask for a trend: for each seed the slope b of the least-squares line
 *
 *   merit = a + b x,  b = sum (x - mean x) merit / sum (x - mean x)^2
 *
 * where x is the swept value, or its binary logarithm where the values span a factor of ten or more. The
 * slopes of the seeds are tested against 0. */
#include <math.h>
#include <stdlib.h>

#include "report/claim_rules.h"
#include "report/labels.h"

/* Sets x[i]; whether it counts doublings. */
static bool scale_of(const evidence_row *row, double x[CATALOGUE_VALUES]) {
  for (int i = 0; i < row->width; i++) x[i] = strtod(row->row->sweep.values[i], NULL);
  bool doublings = x[row->width - 1] >= 10 * x[0];
  for (int i = 0; doublings && i < row->width; i++) x[i] = log2(x[i]);
  return doublings;
}

/* NaN where a cell has no number for this seed. */
static double slope_of_seed(const claim_part *part, const measure *m, const evidence_cell *line, int width,
                            int64_t seed, const double x[]) {
  double mean = 0, across = 0, along = 0;
  for (int k = 0; k < width; k++) mean += x[k] / width;
  for (int k = 0; k < width; k++) {
    const run_result *r = evidence_run(&line[k], seed);
    along += (x[k] - mean) * (r ? merit_of_run(part, m, r) : NAN);
    across += (x[k] - mean) * (x[k] - mean);
  }
  return along / across;
}

static bool all_run(const evidence_cell *line, int width) {
  for (int k = 0; k < width; k++)
    if (line[k].count == 0) return false;
  return true;
}

static void trend(const claim_part *part, const evidence_row *row, int cross, bool rising, findings *f) {
  const measure *m = &measures[measure_problem(row)][part->on];
  const evidence_cell *line = &row->cells[cross * row->width];
  double x[CATALOGUE_VALUES] = {0};
  char *what = memory_format(
      "%s%s, for each %s %s", m->short_name, part->reading == READ_SPEED ? ", mean over the epochs" : "",
      scale_of(row, x) ? "doubling of the" : "step of the", label_key(row->row->sweep.key));
  spread slopes = {0};
  for (size_t i = 0; i < line[0].count; i++) {
    double slope = slope_of_seed(part, m, line, row->width, line[0].runs[i]->seed, x);
    if (!isnan(slope)) spread_add(&slopes, slope);
  }
  spread_end(&slopes);
  if (!all_run(line, row->width)) {
    finding_fact(f, memory_format("%s: not every value was run", what), 0, VERDICT_NOT_RUN);
  } else if (slopes.n == 0) {
    finding_fact(f, memory_format("%s: with no seed have all values a number", what), line[0].count,
                 VERDICT_FAILED);
  } else {
    char *gain = measure_gain(m, &slopes);
    finding_test(f, memory_format("%s: %s", what, gain), spread_p(&slopes, 0), slopes.n,
                 (slopes.mean > 0) == rising ? VERDICT_REPRODUCED : VERDICT_NOT_REPRODUCED);
    free(gain);
  }
  free(what);
}

void rule_rising(const claim_part *part, const evidence_row *row, int cross, findings *f) {
  trend(part, row, cross, true, f);
}

void rule_falling(const claim_part *part, const evidence_row *row, int cross, findings *f) {
  trend(part, row, cross, false, f);
}
