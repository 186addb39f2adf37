/* Runs gnuplot, which draws the figures. */
#ifndef REPORT_GNUPLOT_H
#define REPORT_GNUPLOT_H

#include "experiments/message.h"

/* Whether there is a gnuplot that can draw SVG and PNG; 0, or -1 with a line that names the package to
 * install. */
int gnuplot_check(message *m);

/* Runs `script` inside `folder`, without the user's own settings and in the "C" locale. A script that fails
 * is an error with the line in which gnuplot says why. */
int gnuplot_run(const char *folder, const char *script, message *m);

#endif
