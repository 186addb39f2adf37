/* A figure: panels side by side, each with several series, drawn by a gnuplot script of this folder.
 *
 * figure_write leaves four files in a folder: NAME.dat (the numbers), NAME.gp (titles, axes and legends, then
 * the common scripts), NAME.svg and NAME.png. `gnuplot NAME.gp` in that folder draws the last two again. */
#ifndef REPORT_FIGURE_H
#define REPORT_FIGURE_H

#include <stdbool.h>
#include <stddef.h>

#include "experiments/message.h"
#include "report/statistics.h"

typedef struct {
  double x, middle, low, high; /* low < high: a band or an error bar */
} figure_point;

typedef struct {
  char *label;
  figure_point *points;
  size_t count;
  int style;   /* colour, dash and point: 1 to 8, as style.gp defines them */
  bool broken; /* the run diverged: its last point is marked */
} figure_series;

/* The mean with its interval, where it has one. */
figure_point figure_mean(double x, const spread *s);

/* Accuracies are spread so that 90, 99 and 99.9 % are equally far apart; errors, losses and prices are
 * logarithmic. */
typedef enum { AXIS_ACCURACY, AXIS_LOG, AXIS_LINEAR } figure_axis;

typedef struct {
  char *title;
  const char *y_label;
  figure_axis axis;
  figure_series *series;
  size_t count;
} figure_panel;

typedef struct {
  char *name, *title, *notice;   /* the notice is a watermark; NULL: none */
  const char *script, *x_label;  /* "curves.gp" or "points.gp" */
  const char *legend;            /* what the labels of the series are values of; "": nothing */
  const char *const *categories; /* names of x = 0, 1, ...; NULL: x is a number */
  size_t category_count;
  figure_panel *panels;
  size_t count;
} figure;

/* Growing a figure: titles and labels are copied, styles go up from 1 unless they are changed. */
figure_panel *figure_add_panel(figure *f, figure_axis axis, const char *y_label, const char *title);
figure_series *figure_add_series(figure_panel *p, const char *label);
void figure_add_point(figure_series *s, figure_point point);
void figure_free(figure *f);

/* The scripts that every NAME.gp loads; they must lie beside it. A NULL ends the list. */
extern const char *const figure_scripts[];

int figure_write(const figure *f, const char *folder, message *m);

#endif
