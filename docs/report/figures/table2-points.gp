# `gnuplot table2-points.gp` in this folder draws table2-points.svg and table2-points.png from table2-points.dat.
name = "table2-points"
title = "Table 2: results"
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
array label[3]
array style[3]
array points[3]
array broken[3]
array shape[3]
panel_title[1] = ""
y_label[1] = "root mean squared error (thousand dollars)"
panel_x_label[1] = "neurons"
axis[1] = "log"
palette[1] = ""
x_low[1] = -0.5; x_high[1] = 2.5; y_low[1] = 19.33613483; y_high[1] = 77.46594223
first[1] = 0; count[1] = 3; image[1] = -1; columns[1] = 0; rows[1] = 0
v_low[1] = 0; v_high[1] = 0
label[1] = "validation"
style[1] = 1; points[1] = 3; broken[1] = 0; shape[1] = 0
label[2] = "test"
style[2] = 2; points[2] = 3; broken[2] = 0; shape[2] = 0
label[3] = "published"
style[3] = 5; points[3] = 3; broken[3] = 0; shape[3] = 0
categories = 3
array category[3]
category[1] = "64"
category[2] = "128"
category[3] = "256"
script = "points.gp"
load "style.gp"
