# `gnuplot p2-activation-curves.gp` in this folder draws p2-activation-curves.svg and p2-activation-curves.png from p2-activation-curves.dat.
name = "p2-activation-curves"
title = "Activation functions of problem 2: training curves"
notice = ""
legend = "activation"
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
array label[3]
array style[3]
array points[3]
array broken[3]
array shape[3]
panel_title[1] = ""
y_label[1] = "validation root mean squared error (thousand dollars)"
panel_x_label[1] = "epoch"
axis[1] = "log"
palette[1] = ""
x_low[1] = 0; x_high[1] = 2000; y_low[1] = 12.21690954; y_high[1] = 241.1933181
first[1] = 0; count[1] = 3; image[1] = -1; columns[1] = 0; rows[1] = 0
v_low[1] = 0; v_high[1] = 0
label[1] = "ReLU"
style[1] = 1; points[1] = 200; broken[1] = 0; shape[1] = 0
label[2] = "sigmoid"
style[2] = 2; points[2] = 200; broken[2] = 0; shape[2] = 0
label[3] = "tanh"
style[3] = 3; points[3] = 200; broken[3] = 0; shape[3] = 0
categories = 0
script = "curves.gp"
load "style.gp"
