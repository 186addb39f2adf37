# `gnuplot table1-points.gp` in this folder draws table1-points.svg and table1-points.png from table1-points.dat.
name = "table1-points"
title = "Table 1: results"
notice = ""
x_label = "convolution layers"
legend = ""
x_low = -0.5
x_high = 3.5
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
panel_title[1] = "squared error on the softmax"; y_label[1] = "accuracy (%)"; axis[1] = "accuracy"; y_low[1] = 93.15; y_high[1] = 99.50617284; first[1] = 0; count[1] = 3
label[1] = "validation"; style[1] = 1; points[1] = 4; broken[1] = 0
label[2] = "test"; style[2] = 2; points[2] = 4; broken[2] = 0
label[3] = "published"; style[3] = 5; points[3] = 4; broken[3] = 0
panel_title[2] = "cross-entropy"; y_label[2] = "accuracy (%)"; axis[2] = "accuracy"; y_low[2] = 93.15; y_high[2] = 99.5473251; first[2] = 3; count[2] = 3
label[4] = "validation"; style[4] = 1; points[4] = 4; broken[4] = 0
label[5] = "test"; style[5] = 2; points[5] = 4; broken[5] = 0
label[6] = "published"; style[6] = 5; points[6] = 4; broken[6] = 0
categories = 4
array category[4]
category[1] = "1"
category[2] = "2"
category[3] = "3"
category[4] = "4"
script = "points.gp"
load "style.gp"
