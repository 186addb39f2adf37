# `gnuplot init-curves.gp` in this folder draws init-curves.svg and init-curves.png from init-curves.dat.
name = "init-curves"
title = "Appendix: initialisation: training curves"
notice = ""
x_label = "epoch"
legend = "start of the last layer"
x_low = 0
x_high = 30
panels = 1
array panel_title[1]
array y_label[1]
array axis[1]
array y_low[1]
array y_high[1]
array first[1]
array count[1]
array label[2]
array style[2]
array points[2]
array broken[2]
panel_title[1] = ""; y_label[1] = "validation accuracy (%)"; axis[1] = "accuracy"; y_low[1] = 26.18312757; y_high[1] = 99.62962963; first[1] = 0; count[1] = 2
label[1] = "zeros"; style[1] = 1; points[1] = 30; broken[1] = 0
label[2] = "uniform"; style[2] = 2; points[2] = 30; broken[2] = 0
categories = 0
script = "curves.gp"
load "style.gp"
