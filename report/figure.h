/* A figure: panels side by side, each with several series or one image, drawn by a gnuplot script of this
 * folder.
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

/* How shapes.gp draws a series; the other scripts have a way of their own. */
typedef enum {
  SHAPE_CURVE,     /* a line with its band */
  SHAPE_POINTS,    /* with error bars */
  SHAPE_BARS,      /* from zero up */
  SHAPE_DOTS,      /* many small points */
  SHAPE_REFERENCE, /* what the others are held against: a thin grey line */
} figure_shape;

typedef struct {
  char *label;
  figure_point *points;
  size_t count;
  int style;   /* colour, dash and point: 1 to 8, as style.gp defines them */
  bool broken; /* the run diverged: its last point is marked */
  figure_shape shape;
} figure_series;

/* Accuracies are spread so that 90, 99 and 99.9 % are equally far apart; errors, losses and prices are
 * logarithmic. */
typedef enum { AXIS_ACCURACY, AXIS_LOG, AXIS_LINEAR } figure_axis;

/* Text in an image, centred; in the colours of text on light ground, on dark ground, and of mistakes. */
typedef enum { MARK_DARK, MARK_LIGHT, MARK_ALARM } mark_colour;
typedef struct {
  double x, y;
  char *text;
  mark_colour colour;
} figure_mark;

/* Pixels, the first row on top. Pixel (x, y) is centred on these numbers, y counts downwards. */
typedef struct {
  size_t columns, rows;
  double *pixels;
  double low, high;    /* the ends of the palette */
  const char *palette; /* as style.gp names them: "ink", "heat", "signed" */
  figure_mark *marks;
  size_t mark_count;
} figure_image;

typedef struct {
  char *title;
  const char *y_label;
  const char *x_label; /* NULL: the figure's */
  figure_axis axis;
  double x_low, x_high, y_low, y_high; /* where low < high, not what the points say */
  figure_series *series;
  size_t count;
  figure_image image; /* no columns: none */
} figure_panel;

typedef struct {
  char *name, *title, *notice;   /* the notice is a watermark; NULL: none */
  const char *script, *x_label;  /* "curves.gp", "points.gp", "shapes.gp" or "image.gp" */
  const char *legend;            /* what the labels of the series are values of; "": nothing */
  const char *const *categories; /* names of x = 0, 1, ...; NULL: x is a number */
  size_t category_count;
  int panel_width, panel_height; /* in pixels; 0: as style.gp has it */
  figure_panel *panels;
  size_t count;
} figure;

/* Growing a figure: titles and labels are copied, styles go up from 1 unless they are changed. */
figure_panel *figure_add_panel(figure *f, figure_axis axis, const char *y_label, const char *title);
figure_series *figure_add_series(figure_panel *p, const char *label);
void figure_add_point(figure_series *s, figure_point point);
void figure_free(figure *f);

/* An image whose pixels are all `blank`; palette and range are for the caller to set. And a text in it. */
figure_image *figure_set_image(figure_panel *p, size_t columns, size_t rows, double blank);
void figure_add_mark(figure_panel *p, double x, double y, mark_colour colour, const char *text);

/* The mean with its interval, where it has one. */
figure_point figure_mean(double x, const spread *s);

/* What a panel shows, with some air around it. */
typedef struct {
  double low, high;
} figure_range;
figure_range figure_x_range(const figure *f, const figure_panel *p);
figure_range figure_y_range(const figure_panel *p);

/* The scripts that every NAME.gp loads; they must lie beside it. A NULL ends the list. */
extern const char *const figure_scripts[];

int figure_write(const figure *f, const char *folder, message *m);

#endif
