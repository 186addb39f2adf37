# Pixels with texts in them; ticks are the numbers of rows and columns, where the axes have labels.

if (strlen(y_label[p])) {
  set xtics 0, 1 scale 0
  set ytics 0, 1 scale 0
} else {
  unset xtics
  unset ytics
}
unset border
unset grid
unset key
unset colorbox
set xrange [-0.5:columns[p] - 0.5]
set yrange [rows[p] - 0.5:-0.5]
set cbrange [v_low[p]:v_high[p]]
if (palette[p] eq "ink") { set palette defined (0 "#FFFFFF", 1 "#101010") }
if (palette[p] eq "heat") { set palette defined (0 "#FFFFFF", 0.15 "#CFE3F3", 1 "#0072B2") }
if (palette[p] eq "signed") { set palette defined (-1 "#D55E00", 0 "#FFFFFF", 1 "#0072B2") }
data = name . ".dat"
# Few pixels become rectangles, many an embedded picture.
if (columns[p] * rows[p] <= 2500) {
  plot data index image[p] using 1:2:3 with image pixels, data index image[p] + 1 using 1:2:3:4 with labels \
    textcolor rgbcolor variable
} else {
  plot data index image[p] using 1:2:3 with image, data index image[p] + 1 using 1:2:3:4 with labels \
    textcolor rgbcolor variable
}
