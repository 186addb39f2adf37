# `gnuplot figure5a-curves.gp` in this folder draws figure5a-curves.svg and figure5a-curves.png from figure5a-curves.dat.
name = "figure5a-curves"
title = "Figure 5a: training curves"
notice = ""
x_label = "epoch"
legend = "loss"
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
array label[4]
array style[4]
array points[4]
array broken[4]
panel_title[1] = ""; y_label[1] = "validation accuracy (%)"; axis[1] = "accuracy"; y_low[1] = 26.18312757; y_high[1] = 99.67078189; first[1] = 0; count[1] = 2
label[1] = "squared error on the softmax"; style[1] = 1; points[1] = 30; broken[1] = 0
label[2] = "cross-entropy"; style[2] = 2; points[2] = 30; broken[2] = 0
panel_title[2] = ""; y_label[2] = "validation loss (each in its own unit)"; axis[2] = "log"; y_low[2] = 0.00161250439; y_high[2] = 0.1802815226; first[2] = 2; count[2] = 2
label[3] = "squared error on the softmax"; style[3] = 1; points[3] = 30; broken[3] = 0
label[4] = "cross-entropy"; style[4] = 2; points[4] = 30; broken[4] = 0
categories = 0
script = "curves.gp"
load "style.gp"
