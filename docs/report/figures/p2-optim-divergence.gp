# `gnuplot p2-optim-divergence.gp` in this folder draws p2-optim-divergence.svg and p2-optim-divergence.png from p2-optim-divergence.dat.
name = "p2-optim-divergence"
title = "Optimisers of problem 2: the loss of each step until it is no number"
notice = ""
legend = ""
panel_width = 0
panel_height = 260
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
y_label[1] = "loss"
panel_x_label[1] = "step"
axis[1] = "log"
palette[1] = ""
x_low[1] = 0; x_high[1] = 3; y_low[1] = 3123392427; y_high[1] = 1.580022189e+34
first[1] = 0; count[1] = 3; image[1] = -1; columns[1] = 0; rows[1] = 0
v_low[1] = 0; v_high[1] = 0
label[1] = "SGD, seed 1: NaN at step 4 (linear_relu)"
style[1] = 1; points[1] = 3; broken[1] = 1; shape[1] = 0
label[2] = "SGD, seed 2: NaN at step 4 (linear_relu)"
style[2] = 2; points[2] = 3; broken[2] = 1; shape[2] = 0
label[3] = "SGD, seed 3: infinite at step 3 (mse_loss)"
style[3] = 3; points[3] = 2; broken[3] = 1; shape[3] = 0
categories = 0
script = "curves.gp"
load "style.gp"
