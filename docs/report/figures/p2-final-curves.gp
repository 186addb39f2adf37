# `gnuplot p2-final-curves.gp` in this folder draws p2-final-curves.svg and p2-final-curves.png from p2-final-curves.dat.
name = "p2-final-curves"
title = "Final model of problem 2: training curves"
notice = ""
x_label = "epoch"
legend = ""
x_low = 0
x_high = 2000
panels = 2
array panel_title[2]
array y_label[2]
array axis[2]
array y_low[2]
array y_high[2]
array first[2]
array count[2]
array label[5]
array style[5]
array points[5]
array broken[5]
panel_title[1] = ""; y_label[1] = "root mean squared error (thousand dollars)"; axis[1] = "log"; y_low[1] = 21.87434962; y_high[1] = 266.60262; first[1] = 0; count[1] = 2
label[1] = "validation"; style[1] = 1; points[1] = 200; broken[1] = 0
label[2] = "test"; style[2] = 2; points[2] = 200; broken[2] = 0
panel_title[2] = ""; y_label[2] = "mean squared error (10⁹ dollars²)"; axis[2] = "log"; y_low[2] = 0.5741846025; y_high[2] = 59.23080158; first[2] = 2; count[2] = 3
label[3] = "validation"; style[3] = 1; points[3] = 200; broken[3] = 0
label[4] = "test"; style[4] = 2; points[4] = 200; broken[4] = 0
label[5] = "training"; style[5] = 3; points[5] = 200; broken[5] = 0
categories = 0
script = "curves.gp"
load "style.gp"
