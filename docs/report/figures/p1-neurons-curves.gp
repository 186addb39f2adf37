# `gnuplot p1-neurons-curves.gp` in this folder draws p1-neurons-curves.svg and p1-neurons-curves.png from p1-neurons-curves.dat.
name = "p1-neurons-curves"
title = "Neurons of problem 1: training curves"
notice = ""
legend = "channels"
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
array label[8]
array style[8]
array points[8]
array broken[8]
array shape[8]
panel_title[1] = "squared error on the softmax"
y_label[1] = "validation accuracy (%)"
panel_x_label[1] = "epoch"
axis[1] = "accuracy"
palette[1] = ""
x_low[1] = 0; x_high[1] = 30; y_low[1] = 0; y_high[1] = 99.89370874
first[1] = 0; count[1] = 4; image[1] = -1; columns[1] = 0; rows[1] = 0
v_low[1] = 0; v_high[1] = 0
label[1] = "64"
style[1] = 1; points[1] = 30; broken[1] = 0; shape[1] = 0
label[2] = "128"
style[2] = 2; points[2] = 30; broken[2] = 0; shape[2] = 0
label[3] = "256"
style[3] = 3; points[3] = 30; broken[3] = 0; shape[3] = 0
label[4] = "512"
style[4] = 4; points[4] = 30; broken[4] = 0; shape[4] = 0
panel_title[2] = "cross-entropy"
y_label[2] = "validation accuracy (%)"
panel_x_label[2] = "epoch"
axis[2] = "accuracy"
palette[2] = ""
x_low[2] = 0; x_high[2] = 30; y_low[2] = 90.07252416; y_high[2] = 99.64641764
first[2] = 4; count[2] = 4; image[2] = -1; columns[2] = 0; rows[2] = 0
v_low[2] = 0; v_high[2] = 0
label[5] = "64"
style[5] = 1; points[5] = 30; broken[5] = 0; shape[5] = 0
label[6] = "128"
style[6] = 2; points[6] = 30; broken[6] = 0; shape[6] = 0
label[7] = "256"
style[7] = 3; points[7] = 30; broken[7] = 0; shape[7] = 0
label[8] = "512"
style[8] = 4; points[8] = 30; broken[8] = 0; shape[8] = 0
categories = 0
script = "curves.gp"
load "style.gp"
