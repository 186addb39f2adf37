# `gnuplot p2-activation-points.gp` in this folder draws p2-activation-points.svg and p2-activation-points.png from p2-activation-points.dat.
name = "p2-activation-points"
title = "Activation functions of problem 2: results"
notice = ""
legend = ""
panel_width = 0
panel_height = 0
panels = 1
array panel_title[1]
array y_label[1]
array panel_x_label[1]
array axis[1]
array x_low[1]
array x_high[1]
array y_low[1]
array y_high[1]
array first[1]
array count[1]
array image[1]
array columns[1]
array rows[1]
array v_low[1]
array v_high[1]
array palette[1]
array label[2]
array style[2]
array points[2]
array broken[2]
array shape[2]
panel_title[1] = ""
y_label[1] = "root mean squared error (thousand dollars)"
panel_x_label[1] = "activation"
axis[1] = "log"
palette[1] = ""
x_low[1] = -0.5; x_high[1] = 2.5; y_low[1] = 12.57359691; y_high[1] = 288.6762247
first[1] = 0; count[1] = 2; image[1] = -1; columns[1] = 0; rows[1] = 0
v_low[1] = 0; v_high[1] = 0
label[1] = "validation"
style[1] = 1; points[1] = 3; broken[1] = 0; shape[1] = 0
label[2] = "test"
style[2] = 2; points[2] = 3; broken[2] = 0; shape[2] = 0
categories = 3
array category[3]
category[1] = "ReLU"
category[2] = "sigmoid"
category[3] = "tanh"
script = "points.gp"
load "style.gp"
