# Curves with bands, points with bars, bars from zero, many dots, and grey lines to hold them against: each series says
# which shape it has, and the others leave it out.

set xtics autofreq
set style fill solid 0.45 noborder
set boxwidth 0.92 relative
data = name . ".dat"
from = first[p] + 1
to = first[p] + count[p]
only(s, wanted, value) = shape[s] == wanted ? value : NaN
named(s, one, other) = shape[s] == one || shape[s] == other ? label[s] : ""
plot for [s = from:to] data index s - 1 using 1:(only(s, 2, $2)) with boxes linetype style[s] notitle, \
     for [s = from:to] data index s - 1 using 1:(only(s, 0, clip($3))):(clip($4)) with filledcurves \
       fillstyle transparent solid faint(count[p]) noborder linetype style[s] notitle, \
     for [s = from:to] data index s - 1 using 1:(only(s, 4, $2)) with lines linetype 9 notitle, \
     for [s = from:to] data index s - 1 using 1:(only(s, 0, $2)) with linespoints linetype style[s] notitle, \
     for [s = from:to] data index s - 1 every ::(points[s] - 1) using 1:(broken[s] ? $2 : NaN) \
       with points pointtype 2 pointsize 1.8 linewidth 2.5 linecolor rgb alarm notitle, \
     for [s = from:to] data index s - 1 using 1:(only(s, 1, $2)):3:4 with yerrorbars linetype style[s] dashtype 1 \
       linewidth 1 notitle, \
     for [s = from:to] data index s - 1 using 1:(only(s, 3, $2)) with points linetype style[s] pointsize 0.45 notitle, \
     NaN notitle, \
     for [s = from:to] keyentry with linespoints linetype (shape[s] == 4 ? 9 : style[s]) title named(s, 0, 4), \
     for [s = from:to] keyentry with points linetype style[s] title named(s, 1, 3), \
     for [s = from:to] keyentry with boxes linetype style[s] title named(s, 2, 2)
