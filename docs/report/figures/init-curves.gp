# `gnuplot init-curves.gp` in this folder draws init-curves.svg and init-curves.png from init-curves.dat.
name = "init-curves"
title = "Appendix: initialisation: training curves"
notice = ""
legend = "start of the last layer"
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
y_label[1] = "validation accuracy (%)"
panel_x_label[1] = "epoch"
axis[1] = "accuracy"
palette[1] = ""
x_low[1] = 0; x_high[1] = 30; y_low[1] = 0; y_high[1] = 99.94624285
first[1] = 0; count[1] = 2; image[1] = -1; columns[1] = 0; rows[1] = 0
v_low[1] = 0; v_high[1] = 0
label[1] = "zeros"
style[1] = 1; points[1] = 30; broken[1] = 0; shape[1] = 0
label[2] = "uniform"
style[2] = 2; points[2] = 30; broken[2] = 0; shape[2] = 0
categories = 0
script = "curves.gp"
load "style.gp"
