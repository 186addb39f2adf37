# Training curves: a line for each series and its band over the seeds; a cross where a run diverged.

set xtics autofreq
if (x_high[p] <= 8) { set xtics 1 }
data = name . ".dat"
from = first[p] + 1
to = first[p] + count[p]
plot for [s = from:to] data index s - 1 using 1:(clip($3)):(clip($4)) with filledcurves \
       fillstyle transparent solid faint(count[p]) noborder \
       linetype style[s] notitle, \
     for [s = from:to] data index s - 1 using 1:2 with linespoints linetype style[s] pointnumber 7 notitle, \
     for [s = from:to] data index s - 1 every ::(points[s] - 1) using 1:(broken[s] ? $2 : NaN) \
       with points pointtype 2 pointsize 1.8 linewidth 2.5 linecolor rgb alarm notitle, \
     NaN notitle, \
     for [s = from:to] keyentry with linespoints linetype style[s] title label[s]
