# How the time of a training step grows with each size, ours and PyTorch's, with the fitted exponents, and dotted what the
# number of multiply-adds would do.

load parts . "/chart.gp"
file = folder . "/growth.csv"
width = 1290
height = 880

array varied[6] = ["batch", "channels", "layers", "image side", "parameters", "threads"]
array of_what[6] = ["images in a batch", "channels of each convolution", "convolution layers", "side of the images (pixels)", \
                    "parameters of the perceptron", "threads"]
array ticks[6] = ["10, 50, 100, 200, 500", "16, 32, 64, 128, 256", "1, 2, 3, 4", "8, 16, 32", \
                  "'1k' 1e3, '10k' 1e4, '100k' 1e5, '1M' 1e6", "1, 2, 4, 8, 16, 32, 64, 128"]
array expected[6] = [1, 2, 1, 2, 1, -1]
array side[2] = ["ours", "PyTorch"]

stats file using 3 skip 1 name "threads" nooutput
most = int(threads_max)
stats file using ($3 > 0 ? $3 : NaN) skip 1 name "threads" nooutput
least = int(threads_min)

# The curves of a panel: ours and PyTorch's with the fewest threads, then with the most. Along the threads there is one each.
array threads[4] = [least, least, most, most]
set linetype 1 linecolor rgb ours dashtype 1 pointtype 7 linewidth 1.8 pointsize 0.7
set linetype 2 linecolor rgb theirs dashtype 1 pointtype 5 linewidth 1.8 pointsize 0.65
set linetype 3 linecolor rgb ours dashtype (8,5) pointtype 6 linewidth 1.8 pointsize 0.7
set linetype 4 linecolor rgb theirs dashtype (8,5) pointtype 4 linewidth 1.8 pointsize 0.65
of(v, s, t) = strcol(1) eq v && strcol(2) eq s && $3 == t
label(s, t, p) = s . (t ? ", " . threads_of(t) : "") . sprintf(": exponent %.2f", p)

set logscale xy
set grid xtics ytics linecolor rgb "#D0D0D0" linewidth 0.7 dashtype 1
set key left top Left reverse samplen 2.5 spacing 1.1
set ytics ("" 1)
do for [e = -3:5] { do for [f in "1 2 5"] { set ytics add (sprintf("%g", f * 10.0**e) f * 10.0**e) } }

do for [format in "svg png"] {
  eval (format eq "svg" ? svg : png)
  set output folder . "/growth." . format
  set multiplot layout 2, 3 margins screen 0.07, screen 0.985, screen 0.075, screen 0.9 spacing screen 0.055, screen 0.1
  set label 1 "How the time of a training step grows" at screen 0.5, screen 0.972 center font "Arial,16"
  set label 2 machine at screen 0.5, screen 0.943 center textcolor rgb grey
  do for [i = 1:6] {
    array text[4]
    array known[4]
    along = varied[i] eq "threads"
    set xrange [*:*] # or stats would leave out what lies outside of the last panel
    set yrange [*:*]
    x_low = y_low = 1e30
    x_high = y_high = 0
    do for [c = 1:4] {
      t = along ? 0 : threads[c]
      s = side[(c - 1) % 2 + 1]
      # What was drawn already is not drawn again.
      stats file using (of(varied[i], s, t)) skip 1 name "points" nooutput
      known[c] = points_sum > 1 && (most > least && !along || c < 3)
      text[c] = ""
      if (known[c]) {
        stats file using (of(varied[i], s, t) ? $4 : NaN) skip 1 name "sizes" nooutput
        stats file using (of(varied[i], s, t) ? $6 : NaN) skip 1 name "exponent" nooutput
        text[c] = label(s, t, exponent_mean)
        stats file using (of(varied[i], s, t) ? 1000 * $5 : NaN) skip 1 name "times" nooutput
        x_low = sizes_min < x_low ? sizes_min : x_low
        x_high = sizes_max > x_high ? sizes_max : x_high
        y_low = times_min < y_low ? times_min : y_low
        y_high = times_max > y_high ? times_max : y_high
      }
    }
    if (x_high > x_low) {
      # The legend lies above the curves.
      set yrange [y_low / 1.4:y_high * (y_high / y_low)**0.5 * 1.3]
      set xrange [x_low / (x_high / x_low)**0.06:x_high * (x_high / x_low)**0.06]
      eval "set xtics (" . ticks[i] . ")"
      set xlabel of_what[i] offset 0, 0.3
      set ylabel (i % 3 == 1 ? "ms for a training step" : "") offset 0, 0
      middle = sqrt(y_low * y_high) / sqrt(x_low * x_high)**expected[i]
      plot for [c = 1:4] file using (known[c] && of(varied[i], side[(c - 1) % 2 + 1], along ? 0 : threads[c]) ? $4 : NaN):(1000 * $5) \
             with linespoints linetype c title text[c], \
           middle * x**expected[i] linecolor rgb grey dashtype 3 linewidth 1.2 title sprintf("exponent %d", expected[i])
    }
    unset label
  }
  unset multiplot
  unset output
}
