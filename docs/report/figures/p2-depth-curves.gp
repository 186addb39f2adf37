# `gnuplot p2-depth-curves.gp` in this folder draws p2-depth-curves.svg and p2-depth-curves.png from p2-depth-curves.dat.
name = "p2-depth-curves"
title = "Layers of problem 2: training curves"
notice = ""
x_label = "epoch"
legend = "inner layers"
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
array label[5]
array style[5]
array points[5]
array broken[5]
panel_title[1] = ""; y_label[1] = "validation root mean squared error (thousand dollars)"; axis[1] = "log"; y_low[1] = 23.19873026; y_high[1] = 234.3934687; first[1] = 0; count[1] = 5
label[1] = "1"; style[1] = 1; points[1] = 200; broken[1] = 0
label[2] = "2"; style[2] = 2; points[2] = 200; broken[2] = 0
label[3] = "3"; style[3] = 3; points[3] = 200; broken[3] = 0
label[4] = "4"; style[4] = 4; points[4] = 200; broken[4] = 0
label[5] = "5"; style[5] = 5; points[5] = 200; broken[5] = 0
categories = 0
script = "curves.gp"
load "style.gp"
