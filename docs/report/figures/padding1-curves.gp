# `gnuplot padding1-curves.gp` in this folder draws padding1-curves.svg and padding1-curves.png from padding1-curves.dat.
name = "padding1-curves"
title = "Appendix: padding: training curves"
notice = ""
legend = "loss"
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
array label[4]
array style[4]
array points[4]
array broken[4]
array shape[4]
panel_title[1] = ""
y_label[1] = "validation accuracy (%)"
panel_x_label[1] = "epoch"
axis[1] = "accuracy"
palette[1] = ""
x_low[1] = 0; x_high[1] = 30; y_low[1] = 0; y_high[1] = 99.95952949
first[1] = 0; count[1] = 2; image[1] = -1; columns[1] = 0; rows[1] = 0
v_low[1] = 0; v_high[1] = 0
label[1] = "squared error on the softmax"
style[1] = 1; points[1] = 30; broken[1] = 0; shape[1] = 0
label[2] = "cross-entropy"
style[2] = 2; points[2] = 30; broken[2] = 0; shape[2] = 0
panel_title[2] = ""
y_label[2] = "validation loss (each in its own unit)"
panel_x_label[2] = "epoch"
axis[2] = "log"
palette[2] = ""
x_low[2] = 0; x_high[2] = 30; y_low[2] = 0.0101240804; y_high[2] = 0.5260258447
first[2] = 2; count[2] = 2; image[2] = -1; columns[2] = 0; rows[2] = 0
v_low[2] = 0; v_high[2] = 0
label[3] = "squared error on the softmax"
style[3] = 1; points[3] = 30; broken[3] = 0; shape[3] = 0
label[4] = "cross-entropy"
style[4] = 2; points[4] = 30; broken[4] = 0; shape[4] = 0
categories = 0
script = "curves.gp"
load "style.gp"
