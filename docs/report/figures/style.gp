# The one style of all figures. A figure's own script sets its parameters (figure.c writes them) and loads this
# one, which draws the script named in `script` once for each format.

set encoding utf8
set datafile missing "nan"

# Colours that people with colour vision deficiencies tell apart (Okabe and Ito), each with its own dash and
# point as well.
set linetype 1 linecolor rgb "#0072B2" dashtype 1          pointtype 7  linewidth 1.8 pointsize 0.7
set linetype 2 linecolor rgb "#D55E00" dashtype (14,4)     pointtype 5  linewidth 1.8 pointsize 0.65
set linetype 3 linecolor rgb "#009E73" dashtype (6,3)      pointtype 9  linewidth 1.8 pointsize 0.8
set linetype 4 linecolor rgb "#CC79A7" dashtype (12,3,3,3) pointtype 13 linewidth 1.8 pointsize 0.9
set linetype 5 linecolor rgb "#000000" dashtype (3,3)      pointtype 6  linewidth 1.6 pointsize 0.8
set linetype 6 linecolor rgb "#E69F00" dashtype (18,3,3,3) pointtype 11 linewidth 1.8 pointsize 0.8
set linetype 7 linecolor rgb "#56B4E9" dashtype (2,2)      pointtype 4  linewidth 1.8 pointsize 0.7
set linetype 8 linecolor rgb "#7F7F7F" dashtype (8,2,2,2)  pointtype 8  linewidth 1.6 pointsize 0.8
# What others are held against.
set linetype 9 linecolor rgb "#707070" dashtype (6,4)   pointtype 0  linewidth 1.4 pointsize 0
alarm = 0xB00020

set border 3 linecolor rgb "#404040" linewidth 1
set grid xtics ytics linecolor rgb "#D0D0D0" linewidth 0.7 dashtype 1
set tics nomirror out scale 0.6 textcolor rgb "#202020"

# The legend below a panel: as many columns as its longest label leaves room for.
if (!panel_width) { panel_width = panels == 1 ? 760 : 500 }
if (!panel_height) { panel_height = 330 }
longest = 0
do for [s = 1:|label|] { if (strlen(label[s]) > longest) { longest = strlen(label[s]) } }
legend_columns = floor((panel_width - 80) / (84 + 8.0 * longest))
if (legend_columns < 1) { legend_columns = 1 }
if (legend_columns > 4) { legend_columns = 4 }
legend_rows = 0
do for [p = 1:panels] {
  if (count[p] > legend_columns * legend_rows) { legend_rows = ceil(1.0 * count[p] / legend_columns) }
}

# The canvas, in pixels: a strip for the title, rows of panels, each with room for its title above and for its axis and
# its legend below, and a strip for the notice.
across = panels <= 3 ? panels : panels == 4 ? 2 : 3
above = panels == 1 ? 0 : 22
below = (strlen(panel_x_label[1]) ? 64 : 24) + 19 * legend_rows + (strlen(legend) ? 19 : 0)
width = panel_width * across
height = 40 + ceil(1.0 * panels / across) * (above + panel_height + below) + (strlen(notice) ? 30 : 8)
left(p) = (p - 1) % across * panel_width
top(p) = 40 + (p - 1) / across * (above + panel_height + below) + above
pixel_x(v) = v / (1.0 * width)
pixel_y(v) = v / (1.0 * height)

# Names inside an SVG: what gnuplot takes are letters, digits and underscores.
identifier = ""
do for [i = 1:strlen(name)] { identifier = identifier . (name[i:i] eq "-" ? "_" : name[i:i]) }

# A band ends where its panel does. The more bands there are, the fainter each.
clip(v) = v < y_low[p] ? y_low[p] : v > y_high[p] ? y_high[p] : v
faint(n) = n <= 2 ? 0.18 : n <= 4 ? 0.12 : 0.08

# Ticks of a logarithmic axis, by how many factors of ten it covers.
log_ticks(decades) = decades < 0.5 ? "1 1.2 1.4 1.6 1.8 2 2.5 3 3.5 4 4.5 5 6 7 8 9" \
                   : decades < 1.3 ? "1 1.5 2 3 4 5 7" \
                   : decades < 3 ? "1 2 5" : "1"
# Ticks of an axis of accuracies, by how many factors of ten its errors cover.
accuracy_ticks(decades) = decades < 1.2 \
  ? "0 10 20 30 40 50 60 65 70 75 80 85 88 90 91 92 93 94 95 96 97 97.5 98 98.5 99 99.2 99.5 99.8 99.9" \
  : decades < 2.2 ? "0 20 40 60 70 80 85 90 93 95 97 98 99 99.5 99.8 99.9" : "0 40 70 85 93 97 99 99.5 99.8 99.9"

do for [format in "svg png"] {
  if (format eq "svg") {
    set terminal svg size width, height noenhanced font "Arial,13" background rgb "white" name identifier
  } else {
    # Twice the pixels; pngcairo's font sizes are in points, SVG's in pixels.
    set terminal pngcairo size 2 * width, 2 * height noenhanced font "Arial,13" fontscale 1.5 linewidth 2 \
      pointscale 2 background rgb "white"
  }
  set output name . "." . format
  set multiplot
  set label 1 title at screen 0.5, screen 1 - pixel_y(18) center font "Arial,15" textcolor rgb "#000000"
  set label 2 notice at screen 0.5, screen pixel_y(14) center textcolor rgb alarm
  do for [p = 1:panels] {
    set lmargin at screen pixel_x(left(p) + 84)
    set rmargin at screen pixel_x(left(p) + panel_width - 24)
    set bmargin at screen 1 - pixel_y(top(p) + panel_height)
    set tmargin at screen 1 - pixel_y(top(p))
    set title panel_title[p] offset 0, -0.4
    set xlabel panel_x_label[p] offset 0, 0.4
    set ylabel y_label[p] offset -0.4, 0
    set key at screen pixel_x(left(p) + 78), screen 1 - pixel_y(top(p) + panel_height + 56) left top Left reverse \
      vertical maxrows legend_rows samplen 3.2 spacing 1.05 width 2 title legend left
    set xrange [x_low[p]:x_high[p]]
    unset nonlinear y
    unset logscale y
    set yrange [y_low[p]:y_high[p]]
    set ytics autofreq format "%g"
    if (axis[p] eq "accuracy") {
      set nonlinear y via -log10(100.0 - (y > 99.99 ? 99.99 : y)) inverse 100.0 - 10**(-y)
      set ytics ("" -1)
      do for [t in accuracy_ticks(log10((100 - y_low[p]) / (100 - y_high[p])))] { set ytics add (t t + 0) }
    }
    if (axis[p] eq "log") {
      set logscale y
      set ytics ("" y_low[p] / 2)
      do for [e = floor(log10(y_low[p])):ceil(log10(y_high[p])):ceil(log10(y_high[p] / y_low[p]) / 10)] {
        do for [t in log_ticks(log10(y_high[p] / y_low[p]))] {
          set ytics add (sprintf(abs(e) > 6 ? "%.0e" : "%.5g", t * 10.0**e) t * 10.0**e)
        }
      }
    }
    load script
    # The title and the notice are drawn once, with the first panel.
    unset label
  }
  unset multiplot
  unset output
}
