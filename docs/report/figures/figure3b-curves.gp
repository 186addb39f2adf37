# `gnuplot figure3b-curves.gp` in this folder draws figure3b-curves.svg and figure3b-curves.png from figure3b-curves.dat.
name = "figure3b-curves"
title = "Figure 3b: training curves"
notice = ""
x_label = "epoch"
legend = "learning rate"
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
array label[7]
array style[7]
array points[7]
array broken[7]
panel_title[1] = ""; y_label[1] = "validation root mean squared error (thousand dollars)"; axis[1] = "log"; y_low[1] = 23.46587019; y_high[1] = 234.3949954; first[1] = 0; count[1] = 7
label[1] = "0.03"; style[1] = 1; points[1] = 200; broken[1] = 0
label[2] = "0.01"; style[2] = 2; points[2] = 200; broken[2] = 0
label[3] = "0.003"; style[3] = 3; points[3] = 200; broken[3] = 0
label[4] = "0.001"; style[4] = 4; points[4] = 200; broken[4] = 0
label[5] = "0.0003"; style[5] = 5; points[5] = 200; broken[5] = 0
label[6] = "0.0001"; style[6] = 6; points[6] = 200; broken[6] = 0
label[7] = "0.00001"; style[7] = 7; points[7] = 200; broken[7] = 0
categories = 0
script = "curves.gp"
load "style.gp"
