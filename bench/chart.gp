# What both charts share: their files, the machine, colours that people with colour vision deficiencies tell apart (as in
# report/style.gp), and the two numbers of threads. `folder` is given on the command line.

set encoding utf8
set datafile separator comma
set datafile missing "nan"
machine = system("sed -n 3p '" . folder . "/bench.md'")

ours = "#0072B2"
theirs = "#D55E00"
grey = "#7F7F7F"
set border 3 linecolor rgb "#404040" linewidth 1
set tics nomirror out scale 0.6 textcolor rgb "#202020"

threads_of(n) = sprintf("%d thread%s", n, n == 1 ? "" : "s")

# The canvas for each format, `width` times `height` pixels; a PNG has twice as many.
svg = 'set terminal svg size width, height noenhanced font "Arial,13" background rgb "white"'
png = 'set terminal pngcairo size 2 * width, 2 * height noenhanced font "Arial,13" fontscale 1.5 linewidth 2 pointscale 2 background rgb "white"'
