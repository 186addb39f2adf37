# How many times faster than PyTorch each row of the table is (for memory: how many times less it takes), in two columns.

load parts . "/chart.gp"
file = folder . "/speed.csv"

set linetype 1 linecolor rgb ours pointtype 7 pointsize 0.65
set linetype 2 linecolor rgb theirs pointtype 4 pointsize 0.65 linewidth 1.5

stats file using 1 skip 1 name "place" nooutput
stats file using 3 skip 1 name "threads" nooutput
stats file using 7 skip 1 name "ratio" nooutput
half = ceil(place_max / 2.0)
array threads[2] = [int(threads_min), int(threads_max)]
kinds = threads[1] == threads[2] ? 1 : 2
width = 1180
height = 120 + 17 * half

set logscale x
x_low = ratio_min < 0.5 ? ratio_min / 1.2 : 0.4
x_high = ratio_max * 1.2
set xtics ("1" 1)
do for [e = -3:5] {
  do for [f in (log10(x_high / x_low) < 3.2 ? "1 2 5" : "1")] { set xtics add (sprintf("%g", f * 10.0**e) f * 10.0**e) }
}
set ytics scale 0
set grid ytics linecolor rgb "#D0D0D0" linewidth 0.7 dashtype 1
set arrow 1 from 1, graph 0 to 1, graph 1 nohead linecolor rgb grey linewidth 1.2 back

do for [format in "svg png"] {
  eval (format eq "svg" ? svg : png)
  set output folder . "/speed." . format
  set multiplot
  set label 1 "Times faster than PyTorch (memory/epoch: times less)" at screen 0.5, screen 1 - 22.0 / height center font "Arial,16"
  set label 2 machine at screen 0.5, screen 1 - 46.0 / height center textcolor rgb grey
  do for [p = 0:1] {
    set lmargin at screen 0.5 * p + 0.15
    set rmargin at screen 0.5 * p + 0.485
    set tmargin at screen 1 - 84.0 / height
    set bmargin at screen 34.0 / height
    set xrange [x_low:x_high]
    set yrange [p * half + half + 0.5:p * half + 0.5]
    set key at screen 0.5, screen 1 - 70.0 / height center top maxrows 1 samplen 1 width 3
    if (p) { unset key }
    plot for [k = 1:kinds] file using ($3 == threads[k] ? $7 : NaN):1:yticlabels(2) with points linetype k \
      title threads_of(threads[k])
    unset label
  }
  unset multiplot
  unset output
}
