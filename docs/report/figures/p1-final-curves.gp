# `gnuplot p1-final-curves.gp` in this folder draws p1-final-curves.svg and p1-final-curves.png from p1-final-curves.dat.
name = "p1-final-curves"
title = "Final model of problem 1: training curves"
notice = ""
x_label = "epoch"
legend = ""
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
array label[5]
array style[5]
array points[5]
array broken[5]
panel_title[1] = ""; y_label[1] = "accuracy (%)"; axis[1] = "accuracy"; y_low[1] = 25.57299452; y_high[1] = 99.42386831; first[1] = 0; count[1] = 2
label[1] = "validation"; style[1] = 1; points[1] = 30; broken[1] = 0
label[2] = "test"; style[2] = 2; points[2] = 30; broken[2] = 0
panel_title[2] = ""; y_label[2] = "loss"; axis[2] = "log"; y_low[2] = 0.000172162231; y_high[2] = 0.1662214467; first[2] = 2; count[2] = 3
label[3] = "validation"; style[3] = 1; points[3] = 30; broken[3] = 0
label[4] = "test"; style[4] = 2; points[4] = 30; broken[4] = 0
label[5] = "training"; style[5] = 3; points[5] = 30; broken[5] = 0
categories = 0
script = "curves.gp"
load "style.gp"
