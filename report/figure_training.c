#include "report/figure_training.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/labels.h"
#include "report/measure.h"
#include "report/notice.h"

figure figure_of_rates(const evidence *e, const evidence_row *row) {
  figure f = {.name = memory_format("%s-rates", row->row->id),
              .title = memory_format("%s: learning rate", row->row->name),
              .notice = notice_text(e, measure_problem(row)),
              .script = "curves.gp",
              .x_label = "epoch",
              .legend = "",
              .panel_height = 220};
  const run_result *r = evidence_done(&row->cells[0]);
  if (!r || !r->history_count || !(r->history[0].lr > r->history[r->history_count - 1].lr)) return f;
  figure_series *s = figure_add_series(figure_add_panel(&f, AXIS_LOG, "learning rate", ""), "learning rate");
  for (size_t i = 0; i < r->history_count; i++) { /* steps: each rate from the last point to this one */
    double rate = r->history[i].lr, from = i ? (double)r->history[i - 1].epoch : 0;
    figure_add_point(s, (figure_point){from, rate, rate, rate});
    figure_add_point(s, (figure_point){(double)r->history[i].epoch, rate, rate, rate});
  }
  return f;
}

/* Losses that are no longer numbers are drawn as a mark on the last that was. */
static void add_losses(figure_panel *p, const evidence_row *row, const evidence_cell *c,
                       const run_result *r) {
  for (size_t i = 0; i < r->tensor_count; i++) {
    const run_tensor *t = &r->tensors[i];
    if (strcmp(t->name, "train/first_losses") != 0 || t->type != TENSOR_FLOAT64) continue;
    char *how = evidence_divergence(r);
    char *label = memory_format("%s, seed %" PRId64 ": %s",
                                label_value(row->row->sweep.key, c->cell.sweep_value), r->seed, how);
    figure_series *s = figure_add_series(p, label);
    s->broken = true;
    const double *loss = t->data;
    for (int64_t k = 0; k < t->shape[0]; k++)
      if (isfinite(loss[k]) && loss[k] > 0)
        figure_add_point(s, (figure_point){(double)(k + 1), loss[k], loss[k], loss[k]});
    free(how);
    free(label);
  }
}

figure figure_of_divergence(const evidence *e, const evidence_row *row) {
  figure f = {.name = memory_format("%s-divergence", row->row->id),
              .title = memory_format("%s: the loss of each step until it is no number", row->row->name),
              .notice = notice_text(e, measure_problem(row)),
              .script = "curves.gp",
              .x_label = "step",
              .legend = "",
              .panel_height = 260};
  figure_panel *p = figure_add_panel(&f, AXIS_LOG, "loss", "");
  for (int i = 0; i < row->width * row->height; i++)
    for (size_t k = 0; k < row->cells[i].count; k++)
      if (row->cells[i].runs[k]->status == RUN_DIVERGED)
        add_losses(p, row, &row->cells[i], row->cells[i].runs[k]);
  if (!p->count) figure_free(&f);
  return f;
}
