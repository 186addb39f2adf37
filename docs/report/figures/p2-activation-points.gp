# `gnuplot p2-activation-points.gp` in this folder draws p2-activation-points.svg and p2-activation-points.png from p2-activation-points.dat.
name = "p2-activation-points"
title = "Activation functions of problem 2: results"
notice = ""
x_label = "activation"
legend = ""
x_low = -0.5
x_high = 2.5
panels = 1
array panel_title[1]
array y_label[1]
array axis[1]
array y_low[1]
array y_high[1]
array first[1]
array count[1]
array label[2]
array style[2]
array points[2]
array broken[2]
panel_title[1] = ""; y_label[1] = "root mean squared error (thousand dollars)"; axis[1] = "log"; y_low[1] = 25.37678725; y_high[1] = 233.526133; first[1] = 0; count[1] = 2
label[1] = "validation"; style[1] = 1; points[1] = 3; broken[1] = 0
label[2] = "test"; style[2] = 2; points[2] = 3; broken[2] = 0
categories = 3
array category[3]
category[1] = "ReLU"
category[2] = "sigmoid"
category[3] = "tanh"
script = "points.gp"
load "style.gp"
