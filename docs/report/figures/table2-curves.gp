# `gnuplot table2-curves.gp` in this folder draws table2-curves.svg and table2-curves.png from table2-curves.dat.
name = "table2-curves"
title = "Table 2: training curves"
notice = ""
x_label = "epoch"
legend = "neurons"
x_low = 0
x_high = 2000
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
panel_title[1] = ""; y_label[1] = "validation root mean squared error (thousand dollars)"; axis[1] = "log"; y_low[1] = 23.2803313; y_high[1] = 55.67150878; first[1] = 0; count[1] = 3
label[1] = "64"; style[1] = 1; points[1] = 200; broken[1] = 0
label[2] = "128"; style[2] = 2; points[2] = 200; broken[2] = 0
label[3] = "256"; style[3] = 3; points[3] = 200; broken[3] = 0
categories = 0
script = "curves.gp"
load "style.gp"
