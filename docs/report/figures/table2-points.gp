# `gnuplot table2-points.gp` in this folder draws table2-points.svg and table2-points.png from table2-points.dat.
name = "table2-points"
title = "Table 2: results"
notice = ""
x_label = "neurons"
legend = ""
x_low = -0.5
x_high = 2.5
panels = 1
array panel_title[1]
array y_label[1]
array axis[1]
array y_low[1]
array y_high[1]
array first[1]
array count[1]
array label[3]
array style[3]
array points[3]
array broken[3]
panel_title[1] = ""; y_label[1] = "root mean squared error (thousand dollars)"; axis[1] = "log"; y_low[1] = 23.36156428; y_high[1] = 71.40829398; first[1] = 0; count[1] = 3
label[1] = "validation"; style[1] = 1; points[1] = 3; broken[1] = 0
label[2] = "test"; style[2] = 2; points[2] = 3; broken[2] = 0
label[3] = "published"; style[3] = 5; points[3] = 3; broken[3] = 0
categories = 3
array category[3]
category[1] = "64"
category[2] = "128"
category[3] = "256"
script = "points.gp"
load "style.gp"
