# What each swept value gave in the end: a point for each series, dodged so that none hides another, with a bar
# over the seeds.

set xtics ("" -1)
do for [c = 1:categories] { set xtics add (category[c] c - 1) }
data = name . ".dat"
from = first[p] + 1
to = first[p] + count[p]
dodge(s) = 0.14 * (s - first[p] - 0.5 * (count[p] + 1))
plot for [s = from:to] data index s - 1 using ($1 + dodge(s)):2 with lines linetype style[s] linewidth 1 notitle, \
     for [s = from:to] data index s - 1 using ($1 + dodge(s)):2:3:4 with yerrorbars linetype style[s] \
       dashtype 1 pointsize 1.0 notitle, \
     NaN notitle, \
     for [s = from:to] keyentry with linespoints linetype style[s] pointsize 1.0 title label[s]
