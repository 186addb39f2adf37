# `gnuplot figure3a-curves.gp` in this folder draws figure3a-curves.svg and figure3a-curves.png from figure3a-curves.dat.
name = "figure3a-curves"
title = "Figure 3a: training curves"
notice = ""
x_label = "epoch"
legend = "learning rate"
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
array label[12]
array style[12]
array points[12]
array broken[12]
panel_title[1] = "squared error on the softmax"; y_label[1] = "validation accuracy (%)"; axis[1] = "accuracy"; y_low[1] = 0; y_high[1] = 99.58847737; first[1] = 0; count[1] = 6
label[1] = "0.1"; style[1] = 1; points[1] = 30; broken[1] = 0
label[2] = "0.03"; style[2] = 2; points[2] = 30; broken[2] = 0
label[3] = "0.01"; style[3] = 3; points[3] = 30; broken[3] = 0
label[4] = "0.003"; style[4] = 4; points[4] = 30; broken[4] = 0
label[5] = "0.001"; style[5] = 5; points[5] = 30; broken[5] = 0
label[6] = "0.0001"; style[6] = 6; points[6] = 30; broken[6] = 0
panel_title[2] = "cross-entropy"; y_label[2] = "validation accuracy (%)"; axis[2] = "accuracy"; y_low[2] = 89.71193416; y_high[2] = 99.67078189; first[2] = 6; count[2] = 6
label[7] = "0.1"; style[7] = 1; points[7] = 30; broken[7] = 0
label[8] = "0.03"; style[8] = 2; points[8] = 30; broken[8] = 0
label[9] = "0.01"; style[9] = 3; points[9] = 30; broken[9] = 0
label[10] = "0.003"; style[10] = 4; points[10] = 30; broken[10] = 0
label[11] = "0.001"; style[11] = 5; points[11] = 30; broken[11] = 0
label[12] = "0.0001"; style[12] = 6; points[12] = 30; broken[12] = 0
categories = 0
script = "curves.gp"
load "style.gp"
