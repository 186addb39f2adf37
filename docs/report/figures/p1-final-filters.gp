# `gnuplot p1-final-filters.gp` in this folder draws p1-final-filters.svg and p1-final-filters.png from p1-final-filters.dat.
name = "p1-final-filters"
title = "Final model of problem 1: filters of the first convolution (blue: positive, orange: negative)"
notice = ""
legend = ""
panel_width = 760
panel_height = 170
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
array label[1]
array style[1]
array points[1]
array broken[1]
array shape[1]
label[1] = ""
panel_title[1] = ""
y_label[1] = ""
panel_x_label[1] = ""
axis[1] = "linear"
palette[1] = "signed"
x_low[1] = 0; x_high[1] = 1; y_low[1] = 0; y_high[1] = 1
first[1] = 0; count[1] = 0; image[1] = 0; columns[1] = 63; rows[1] = 15
v_low[1] = -0.9433487654; v_high[1] = 0.9433487654
categories = 0
script = "image.gp"
load "style.gp"
