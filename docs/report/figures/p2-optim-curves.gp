# `gnuplot p2-optim-curves.gp` in this folder draws p2-optim-curves.svg and p2-optim-curves.png from p2-optim-curves.dat.
name = "p2-optim-curves"
title = "Optimisers of problem 2: training curves"
notice = ""
x_label = "epoch"
legend = "optimiser"
x_low = 0
x_high = 2000
panels = 1
array panel_title[1]
array y_label[1]
array axis[1]
array y_low[1]
array y_high[1]
array first[1]
array count[1]
array label[3]
array style[3]
array points[3]
array broken[3]
panel_title[1] = ""; y_label[1] = "validation root mean squared error (thousand dollars)"; axis[1] = "log"; y_low[1] = 25.31586002; y_high[1] = 234.3248027; first[1] = 0; count[1] = 3
label[1] = "SGD: diverged at step 4"; style[1] = 1; points[1] = 0; broken[1] = 1
label[2] = "RMSprop"; style[2] = 2; points[2] = 200; broken[2] = 0
label[3] = "Adam"; style[3] = 3; points[3] = 200; broken[3] = 0
categories = 0
script = "curves.gp"
load "style.gp"
