# `gnuplot p1-neurons-curves.gp` in this folder draws p1-neurons-curves.svg and p1-neurons-curves.png from p1-neurons-curves.dat.
name = "p1-neurons-curves"
title = "Neurons of problem 1: training curves"
notice = ""
x_label = "epoch"
legend = "channels"
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
array label[8]
array style[8]
array points[8]
array broken[8]
panel_title[1] = "squared error on the softmax"; y_label[1] = "validation accuracy (%)"; axis[1] = "accuracy"; y_low[1] = 11.69410151; y_high[1] = 99.09465021; first[1] = 0; count[1] = 4
label[1] = "64"; style[1] = 1; points[1] = 30; broken[1] = 0
label[2] = "128"; style[2] = 2; points[2] = 30; broken[2] = 0
label[3] = "256"; style[3] = 3; points[3] = 30; broken[3] = 0
label[4] = "512"; style[4] = 4; points[4] = 30; broken[4] = 0
panel_title[2] = "cross-entropy"; y_label[2] = "validation accuracy (%)"; axis[2] = "accuracy"; y_low[2] = 93.22702332; y_high[2] = 99.218107; first[2] = 4; count[2] = 4
label[5] = "64"; style[5] = 1; points[5] = 30; broken[5] = 0
label[6] = "128"; style[6] = 2; points[6] = 30; broken[6] = 0
label[7] = "256"; style[7] = 3; points[7] = 30; broken[7] = 0
label[8] = "512"; style[8] = 4; points[8] = 30; broken[8] = 0
categories = 0
script = "curves.gp"
load "style.gp"
