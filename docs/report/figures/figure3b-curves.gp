# `gnuplot figure3b-curves.gp` in this folder draws figure3b-curves.svg and figure3b-curves.png from figure3b-curves.dat.
name = "figure3b-curves"
title = "Figure 3b: training curves"
notice = ""
legend = "learning rate"
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
array label[7]
array style[7]
array points[7]
array broken[7]
array shape[7]
panel_title[1] = ""
y_label[1] = "validation root mean squared error (thousand dollars)"
panel_x_label[1] = "epoch"
axis[1] = "log"
palette[1] = ""
x_low[1] = 0; x_high[1] = 2000; y_low[1] = 12.0424802; y_high[1] = 241.1999461
first[1] = 0; count[1] = 7; image[1] = -1; columns[1] = 0; rows[1] = 0
v_low[1] = 0; v_high[1] = 0
label[1] = "0.03"
style[1] = 1; points[1] = 200; broken[1] = 0; shape[1] = 0
label[2] = "0.01"
style[2] = 2; points[2] = 200; broken[2] = 0; shape[2] = 0
label[3] = "0.003"
style[3] = 3; points[3] = 200; broken[3] = 0; shape[3] = 0
label[4] = "0.001"
style[4] = 4; points[4] = 200; broken[4] = 0; shape[4] = 0
label[5] = "0.0003"
style[5] = 5; points[5] = 200; broken[5] = 0; shape[5] = 0
label[6] = "0.0001"
style[6] = 6; points[6] = 200; broken[6] = 0; shape[6] = 0
label[7] = "0.00001"
style[7] = 7; points[7] = 200; broken[7] = 0; shape[7] = 0
categories = 0
script = "curves.gp"
load "style.gp"
