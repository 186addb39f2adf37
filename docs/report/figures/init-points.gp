# `gnuplot init-points.gp` in this folder draws init-points.svg and init-points.png from init-points.dat.
name = "init-points"
title = "Appendix: initialisation: results"
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
y_label[1] = "accuracy (%)"
panel_x_label[1] = "start of the last layer"
axis[1] = "accuracy"
palette[1] = ""
x_low[1] = -0.5; x_high[1] = 1.5; y_low[1] = 0; y_high[1] = 99.930369
first[1] = 0; count[1] = 2; image[1] = -1; columns[1] = 0; rows[1] = 0
v_low[1] = 0; v_high[1] = 0
label[1] = "validation"
style[1] = 1; points[1] = 2; broken[1] = 0; shape[1] = 0
label[2] = "test"
style[2] = 2; points[2] = 2; broken[2] = 0; shape[2] = 0
categories = 2
array category[2]
category[1] = "zeros"
category[2] = "uniform"
script = "points.gp"
load "style.gp"
