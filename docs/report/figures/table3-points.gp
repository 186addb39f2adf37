# `gnuplot table3-points.gp` in this folder draws table3-points.svg and table3-points.png from table3-points.dat.
name = "table3-points"
title = "Table 3: results"
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
array label[6]
array style[6]
array points[6]
array broken[6]
array shape[6]
panel_title[1] = "squared error on the softmax"
y_label[1] = "accuracy (%)"
panel_x_label[1] = "activation"
axis[1] = "accuracy"
palette[1] = ""
x_low[1] = -0.5; x_high[1] = 2.5; y_low[1] = 0; y_high[1] = 99.31939299
first[1] = 0; count[1] = 3; image[1] = -1; columns[1] = 0; rows[1] = 0
v_low[1] = 0; v_high[1] = 0
label[1] = "validation"
style[1] = 1; points[1] = 3; broken[1] = 0; shape[1] = 0
label[2] = "test"
style[2] = 2; points[2] = 3; broken[2] = 0; shape[2] = 0
label[3] = "published"
style[3] = 5; points[3] = 3; broken[3] = 0; shape[3] = 0
panel_title[2] = "cross-entropy"
y_label[2] = "accuracy (%)"
panel_x_label[2] = "activation"
axis[2] = "accuracy"
palette[2] = ""
x_low[2] = -0.5; x_high[2] = 2.5; y_low[2] = 93.15; y_high[2] = 99.73579613
first[2] = 3; count[2] = 3; image[2] = -1; columns[2] = 0; rows[2] = 0
v_low[2] = 0; v_high[2] = 0
label[4] = "validation"
style[4] = 1; points[4] = 3; broken[4] = 0; shape[4] = 0
label[5] = "test"
style[5] = 2; points[5] = 3; broken[5] = 0; shape[5] = 0
label[6] = "published"
style[6] = 5; points[6] = 3; broken[6] = 0; shape[6] = 0
categories = 3
array category[3]
category[1] = "ReLU"
category[2] = "sigmoid"
category[3] = "tanh"
script = "points.gp"
load "style.gp"
