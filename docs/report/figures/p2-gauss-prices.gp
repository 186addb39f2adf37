# `gnuplot p2-gauss-prices.gp` in this folder draws p2-gauss-prices.svg and p2-gauss-prices.png from p2-gauss-prices.dat.
name = "p2-gauss-prices"
title = "Gaussian model of problem 2: predicted and true prices, test part"
notice = ""
legend = ""
panel_width = 0
panel_height = 420
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
y_label[1] = "predicted price (thousand dollars)"
panel_x_label[1] = "true price (thousand dollars)"
axis[1] = "linear"
palette[1] = ""
x_low[1] = 0; x_high[1] = 811.3395537; y_low[1] = 0; y_high[1] = 905.8645503
first[1] = 0; count[1] = 2; image[1] = -1; columns[1] = 0; rows[1] = 0
v_low[1] = 0; v_high[1] = 0
label[1] = "predicted = true"
style[1] = 1; points[1] = 2; broken[1] = 0; shape[1] = 4
label[2] = "a house, with the band that should hold 95 %"
style[2] = 1; points[2] = 219; broken[2] = 0; shape[2] = 1
categories = 0
script = "shapes.gp"
load "style.gp"
