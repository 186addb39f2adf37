# `gnuplot p1-final-rates.gp` in this folder draws p1-final-rates.svg and p1-final-rates.png from p1-final-rates.dat.
name = "p1-final-rates"
title = "Final model of problem 1: learning rate"
notice = ""
legend = ""
panel_width = 0
panel_height = 220
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
panel_title[1] = ""
y_label[1] = "learning rate"
panel_x_label[1] = "epoch"
axis[1] = "log"
palette[1] = ""
x_low[1] = 0; x_high[1] = 30; y_low[1] = 8.333333333e-05; y_high[1] = 0.012
first[1] = 0; count[1] = 1; image[1] = -1; columns[1] = 0; rows[1] = 0
v_low[1] = 0; v_high[1] = 0
label[1] = "learning rate"
style[1] = 1; points[1] = 60; broken[1] = 0; shape[1] = 0
categories = 0
script = "curves.gp"
load "style.gp"
