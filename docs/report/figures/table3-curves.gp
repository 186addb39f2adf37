# `gnuplot table3-curves.gp` in this folder draws table3-curves.svg and table3-curves.png from table3-curves.dat.
name = "table3-curves"
title = "Table 3: training curves"
notice = ""
legend = "activation"
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
array label[6]
array style[6]
array points[6]
array broken[6]
array shape[6]
panel_title[1] = "squared error on the softmax"
y_label[1] = "validation accuracy (%)"
panel_x_label[1] = "epoch"
axis[1] = "accuracy"
palette[1] = ""
x_low[1] = 0; x_high[1] = 30; y_low[1] = 0; y_high[1] = 99.92479023
first[1] = 0; count[1] = 3; image[1] = -1; columns[1] = 0; rows[1] = 0
v_low[1] = 0; v_high[1] = 0
label[1] = "ReLU"
style[1] = 1; points[1] = 30; broken[1] = 0; shape[1] = 0
label[2] = "sigmoid"
style[2] = 2; points[2] = 30; broken[2] = 0; shape[2] = 0
label[3] = "tanh"
style[3] = 3; points[3] = 30; broken[3] = 0; shape[3] = 0
panel_title[2] = "cross-entropy"
y_label[2] = "validation accuracy (%)"
panel_x_label[2] = "epoch"
axis[2] = "accuracy"
palette[2] = ""
x_low[2] = 0; x_high[2] = 30; y_low[2] = 79.08240304; y_high[2] = 99.8261531
first[2] = 3; count[2] = 3; image[2] = -1; columns[2] = 0; rows[2] = 0
v_low[2] = 0; v_high[2] = 0
label[4] = "ReLU"
style[4] = 1; points[4] = 30; broken[4] = 0; shape[4] = 0
label[5] = "sigmoid"
style[5] = 2; points[5] = 30; broken[5] = 0; shape[5] = 0
label[6] = "tanh"
style[6] = 3; points[6] = 30; broken[6] = 0; shape[6] = 0
categories = 0
script = "curves.gp"
load "style.gp"
