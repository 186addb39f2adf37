# `gnuplot p1-neurons-points.gp` in this folder draws p1-neurons-points.svg and p1-neurons-points.png from p1-neurons-points.dat.
name = "p1-neurons-points"
title = "Neurons of problem 1: results"
notice = ""
x_label = "channels"
legend = ""
x_low = -0.5
x_high = 3.5
panels = 2
array panel_title[2]
array y_label[2]
array axis[2]
array y_low[2]
array y_high[2]
array first[2]
array count[2]
array label[4]
array style[4]
array points[4]
array broken[4]
panel_title[1] = "squared error on the softmax"; y_label[1] = "accuracy (%)"; axis[1] = "accuracy"; y_low[1] = 32.79770802; y_high[1] = 99.01234568; first[1] = 0; count[1] = 2
label[1] = "validation"; style[1] = 1; points[1] = 4; broken[1] = 0
label[2] = "test"; style[2] = 2; points[2] = 4; broken[2] = 0
panel_title[2] = "cross-entropy"; y_label[2] = "accuracy (%)"; axis[2] = "accuracy"; y_low[2] = 93.46038864; y_high[2] = 99.17695473; first[2] = 2; count[2] = 2
label[3] = "validation"; style[3] = 1; points[3] = 4; broken[3] = 0
label[4] = "test"; style[4] = 2; points[4] = 4; broken[4] = 0
categories = 4
array category[4]
category[1] = "64"
category[2] = "128"
category[3] = "256"
category[4] = "512"
script = "points.gp"
load "style.gp"
