# `gnuplot p1-final-reliability.gp` in this folder draws p1-final-reliability.svg and p1-final-reliability.png from p1-final-reliability.dat.
name = "p1-final-reliability"
title = "Final model of problem 1: how sure it is, and how often right, test part"
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
array label[3]
array style[3]
array points[3]
array broken[3]
array shape[3]
panel_title[1] = "with 95 % intervals of the share"
y_label[1] = "share that is right"
panel_x_label[1] = "probability of the predicted digit"
axis[1] = "linear"
palette[1] = ""
x_low[1] = 0; x_high[1] = 1.03; y_low[1] = 0; y_high[1] = 1.03
first[1] = 0; count[1] = 2; image[1] = -1; columns[1] = 0; rows[1] = 0
v_low[1] = 0; v_high[1] = 0
label[1] = "as sure as right"
style[1] = 1; points[1] = 2; broken[1] = 0; shape[1] = 4
label[2] = "this network"
style[2] = 1; points[2] = 7; broken[2] = 0; shape[2] = 1
panel_title[2] = "how many images are in each bin"
y_label[2] = "images"
panel_x_label[2] = "probability of the predicted digit"
axis[2] = "log"
palette[2] = ""
x_low[2] = 0; x_high[2] = 1.03; y_low[2] = 0.5; y_high[2] = 3860
first[2] = 2; count[2] = 1; image[2] = -1; columns[2] = 0; rows[2] = 0
v_low[2] = 0; v_high[2] = 0
label[3] = "images"
style[3] = 1; points[3] = 10; broken[3] = 0; shape[3] = 2
categories = 0
script = "shapes.gp"
load "style.gp"
