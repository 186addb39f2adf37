# `gnuplot init-points.gp` in this folder draws init-points.svg and init-points.png from init-points.dat.
name = "init-points"
title = "Appendix: initialisation: results"
notice = ""
x_label = "start of the last layer"
legend = ""
x_low = -0.5
x_high = 1.5
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
panel_title[1] = ""; y_label[1] = "accuracy (%)"; axis[1] = "accuracy"; y_low[1] = 95.07972098; y_high[1] = 99.62962963; first[1] = 0; count[1] = 2
label[1] = "validation"; style[1] = 1; points[1] = 2; broken[1] = 0
label[2] = "test"; style[2] = 2; points[2] = 2; broken[2] = 0
categories = 2
array category[2]
category[1] = "zeros"
category[2] = "uniform"
script = "points.gp"
load "style.gp"
