# `gnuplot p2-depth-points.gp` in this folder draws p2-depth-points.svg and p2-depth-points.png from p2-depth-points.dat.
name = "p2-depth-points"
title = "Layers of problem 2: results"
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
panel_x_label[1] = "inner layers"
axis[1] = "log"
palette[1] = ""
x_low[1] = -0.5; x_high[1] = 4.5; y_low[1] = 12.57359691; y_high[1] = 268.733448
first[1] = 0; count[1] = 2; image[1] = -1; columns[1] = 0; rows[1] = 0
v_low[1] = 0; v_high[1] = 0
label[1] = "validation"
style[1] = 1; points[1] = 5; broken[1] = 0; shape[1] = 0
label[2] = "test"
style[2] = 2; points[2] = 5; broken[2] = 0; shape[2] = 0
categories = 5
array category[5]
category[1] = "1"
category[2] = "2"
category[3] = "3"
category[4] = "4"
category[5] = "5"
script = "points.gp"
load "style.gp"
