# `gnuplot figure3a-curves.gp` in this folder draws figure3a-curves.svg and figure3a-curves.png from figure3a-curves.dat.
name = "figure3a-curves"
title = "Figure 3a: training curves"
notice = ""
legend = "learning rate"
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
array label[12]
array style[12]
array points[12]
array broken[12]
array shape[12]
panel_title[1] = "squared error on the softmax"
y_label[1] = "validation accuracy (%)"
panel_x_label[1] = "epoch"
axis[1] = "accuracy"
palette[1] = ""
x_low[1] = 0; x_high[1] = 30; y_low[1] = 0; y_high[1] = 99.97
first[1] = 0; count[1] = 6; image[1] = -1; columns[1] = 0; rows[1] = 0
v_low[1] = 0; v_high[1] = 0
label[1] = "0.1"
style[1] = 1; points[1] = 30; broken[1] = 0; shape[1] = 0
label[2] = "0.03"
style[2] = 2; points[2] = 30; broken[2] = 0; shape[2] = 0
label[3] = "0.01"
style[3] = 3; points[3] = 30; broken[3] = 0; shape[3] = 0
label[4] = "0.003"
style[4] = 4; points[4] = 30; broken[4] = 0; shape[4] = 0
label[5] = "0.001"
style[5] = 5; points[5] = 30; broken[5] = 0; shape[5] = 0
label[6] = "0.0001"
style[6] = 6; points[6] = 30; broken[6] = 0; shape[6] = 0
panel_title[2] = "cross-entropy"
y_label[2] = "validation accuracy (%)"
panel_x_label[2] = "epoch"
axis[2] = "accuracy"
palette[2] = ""
x_low[2] = 0; x_high[2] = 30; y_low[2] = 0; y_high[2] = 99.95244645
first[2] = 6; count[2] = 6; image[2] = -1; columns[2] = 0; rows[2] = 0
v_low[2] = 0; v_high[2] = 0
label[7] = "0.1"
style[7] = 1; points[7] = 30; broken[7] = 0; shape[7] = 0
label[8] = "0.03"
style[8] = 2; points[8] = 30; broken[8] = 0; shape[8] = 0
label[9] = "0.01"
style[9] = 3; points[9] = 30; broken[9] = 0; shape[9] = 0
label[10] = "0.003"
style[10] = 4; points[10] = 30; broken[10] = 0; shape[10] = 0
label[11] = "0.001"
style[11] = 5; points[11] = 30; broken[11] = 0; shape[11] = 0
label[12] = "0.0001"
style[12] = 6; points[12] = 30; broken[12] = 0; shape[12] = 0
categories = 0
script = "curves.gp"
load "style.gp"
