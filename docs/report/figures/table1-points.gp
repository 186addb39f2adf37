# `gnuplot table1-points.gp` in this folder draws table1-points.svg and table1-points.png from table1-points.dat.
name = "table1-points"
title = "Table 1: results"
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
panel_x_label[1] = "convolution layers"
axis[1] = "accuracy"
palette[1] = ""
x_low[1] = -0.5; x_high[1] = 3.5; y_low[1] = 92.89627938; y_high[1] = 99.73306317
first[1] = 0; count[1] = 3; image[1] = -1; columns[1] = 0; rows[1] = 0
v_low[1] = 0; v_high[1] = 0
label[1] = "validation"
style[1] = 1; points[1] = 4; broken[1] = 0; shape[1] = 0
label[2] = "test"
style[2] = 2; points[2] = 4; broken[2] = 0; shape[2] = 0
label[3] = "published"
style[3] = 5; points[3] = 4; broken[3] = 0; shape[3] = 0
panel_title[2] = "cross-entropy"
y_label[2] = "accuracy (%)"
panel_x_label[2] = "convolution layers"
axis[2] = "accuracy"
palette[2] = ""
x_low[2] = -0.5; x_high[2] = 3.5; y_low[2] = 93.15; y_high[2] = 99.82871653
first[2] = 3; count[2] = 3; image[2] = -1; columns[2] = 0; rows[2] = 0
v_low[2] = 0; v_high[2] = 0
label[4] = "validation"
style[4] = 1; points[4] = 4; broken[4] = 0; shape[4] = 0
label[5] = "test"
style[5] = 2; points[5] = 4; broken[5] = 0; shape[5] = 0
label[6] = "published"
style[6] = 5; points[6] = 4; broken[6] = 0; shape[6] = 0
categories = 4
array category[4]
category[1] = "1"
category[2] = "2"
category[3] = "3"
category[4] = "4"
script = "points.gp"
load "style.gp"
