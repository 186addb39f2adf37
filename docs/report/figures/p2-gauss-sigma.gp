# `gnuplot p2-gauss-sigma.gp` in this folder draws p2-gauss-sigma.svg and p2-gauss-sigma.png from p2-gauss-sigma.dat.
name = "p2-gauss-sigma"
title = "Gaussian model of problem 2: does it know how sure it is? Test part"
notice = ""
legend = ""
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
panel_title[1] = "coverage"
y_label[1] = "share of houses within the band"
panel_x_label[1] = "share that the band should hold"
axis[1] = "linear"
palette[1] = ""
x_low[1] = 0; x_high[1] = 1.03; y_low[1] = 0; y_high[1] = 1.03
first[1] = 0; count[1] = 2; image[1] = -1; columns[1] = 0; rows[1] = 0
v_low[1] = 0; v_high[1] = 0
label[1] = "as it should be"
style[1] = 1; points[1] = 2; broken[1] = 0; shape[1] = 4
label[2] = "this regressor (band: 95 % interval of the share)"
style[2] = 1; points[2] = 19; broken[2] = 0; shape[2] = 0
panel_title[2] = "probability integral transform"
y_label[2] = "share of houses"
panel_x_label[2] = "share of its distribution below the true price"
axis[2] = "linear"
palette[2] = ""
x_low[2] = 0; x_high[2] = 1; y_low[2] = 0; y_high[2] = 0.2152968037
first[2] = 2; count[2] = 2; image[2] = -1; columns[2] = 0; rows[2] = 0
v_low[2] = 0; v_high[2] = 0
label[3] = "this regressor"
style[3] = 1; points[3] = 10; broken[3] = 0; shape[3] = 2
label[4] = "flat, and its 95 % interval"
style[4] = 8; points[4] = 2; broken[4] = 0; shape[4] = 0
categories = 0
script = "shapes.gp"
load "style.gp"
