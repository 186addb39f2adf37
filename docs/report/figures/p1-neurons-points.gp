# `gnuplot p1-neurons-points.gp` in this folder draws p1-neurons-points.svg and p1-neurons-points.png from p1-neurons-points.dat.
name = "p1-neurons-points"
title = "Neurons of problem 1: results"
notice = ""
legend = ""
panel_width = 0
panel_height = 0
panels = 2
array panel_title[2]
array y_label[2]
array panel_x_label[2]
array axis[2]
array x_low[2]
array x_high[2]
array y_low[2]
array y_high[2]
array first[2]
array count[2]
array image[2]
array columns[2]
array rows[2]
array v_low[2]
array v_high[2]
array palette[2]
array label[4]
array style[4]
array points[4]
array broken[4]
array shape[4]
panel_title[1] = "squared error on the softmax"
y_label[1] = "accuracy (%)"
panel_x_label[1] = "channels"
axis[1] = "accuracy"
palette[1] = ""
x_low[1] = -0.5; x_high[1] = 3.5; y_low[1] = 0; y_high[1] = 99.8783849
first[1] = 0; count[1] = 2; image[1] = -1; columns[1] = 0; rows[1] = 0
v_low[1] = 0; v_high[1] = 0
label[1] = "validation"
style[1] = 1; points[1] = 4; broken[1] = 0; shape[1] = 0
label[2] = "test"
style[2] = 2; points[2] = 4; broken[2] = 0; shape[2] = 0
panel_title[2] = "cross-entropy"
y_label[2] = "accuracy (%)"
panel_x_label[2] = "channels"
axis[2] = "accuracy"
palette[2] = ""
x_low[2] = -0.5; x_high[2] = 3.5; y_low[2] = 93.15471112; y_high[2] = 99.60451322
first[2] = 2; count[2] = 2; image[2] = -1; columns[2] = 0; rows[2] = 0
v_low[2] = 0; v_high[2] = 0
label[3] = "validation"
style[3] = 1; points[3] = 4; broken[3] = 0; shape[3] = 0
label[4] = "test"
style[4] = 2; points[4] = 4; broken[4] = 0; shape[4] = 0
categories = 4
array category[4]
category[1] = "64"
category[2] = "128"
category[3] = "256"
category[4] = "512"
script = "points.gp"
load "style.gp"
