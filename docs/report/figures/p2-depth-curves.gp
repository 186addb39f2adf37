# `gnuplot p2-depth-curves.gp` in this folder draws p2-depth-curves.svg and p2-depth-curves.png from p2-depth-curves.dat.
name = "p2-depth-curves"
title = "Layers of problem 2: training curves"
notice = ""
legend = "inner layers"
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
array label[5]
array style[5]
array points[5]
array broken[5]
array shape[5]
panel_title[1] = ""
y_label[1] = "validation root mean squared error (thousand dollars)"
panel_x_label[1] = "epoch"
axis[1] = "log"
palette[1] = ""
x_low[1] = 0; x_high[1] = 2000; y_low[1] = 11.74946291; y_high[1] = 241.1988628
first[1] = 0; count[1] = 5; image[1] = -1; columns[1] = 0; rows[1] = 0
v_low[1] = 0; v_high[1] = 0
label[1] = "1"
style[1] = 1; points[1] = 200; broken[1] = 0; shape[1] = 0
label[2] = "2"
style[2] = 2; points[2] = 200; broken[2] = 0; shape[2] = 0
label[3] = "3"
style[3] = 3; points[3] = 200; broken[3] = 0; shape[3] = 0
label[4] = "4"
style[4] = 4; points[4] = 200; broken[4] = 0; shape[4] = 0
label[5] = "5"
style[5] = 5; points[5] = 200; broken[5] = 0; shape[5] = 0
categories = 0
script = "curves.gp"
load "style.gp"
