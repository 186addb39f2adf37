# `gnuplot figure4-curves.gp` in this folder draws figure4-curves.svg and figure4-curves.png from figure4-curves.dat.
name = "figure4-curves"
title = "Figure 4: training curves"
notice = ""
x_label = "epoch"
legend = "optimiser"
x_low = 0
x_high = 30
panels = 2
array panel_title[2]
array y_label[2]
array axis[2]
array y_low[2]
array y_high[2]
array first[2]
array count[2]
array label[6]
array style[6]
array points[6]
array broken[6]
panel_title[1] = "squared error on the softmax"; y_label[1] = "validation accuracy (%)"; axis[1] = "accuracy"; y_low[1] = 0; y_high[1] = 99.30041152; first[1] = 0; count[1] = 3
label[1] = "SGD"; style[1] = 1; points[1] = 30; broken[1] = 0
label[2] = "RMSprop"; style[2] = 2; points[2] = 30; broken[2] = 0
label[3] = "Adam"; style[3] = 3; points[3] = 30; broken[3] = 0
panel_title[2] = "cross-entropy"; y_label[2] = "validation accuracy (%)"; axis[2] = "accuracy"; y_low[2] = 89.19753086; y_high[2] = 99.67078189; first[2] = 3; count[2] = 3
label[4] = "SGD"; style[4] = 1; points[4] = 30; broken[4] = 0
label[5] = "RMSprop"; style[5] = 2; points[5] = 30; broken[5] = 0
label[6] = "Adam"; style[6] = 3; points[6] = 30; broken[6] = 0
categories = 0
script = "curves.gp"
load "style.gp"
