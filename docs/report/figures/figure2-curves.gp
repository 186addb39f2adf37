# `gnuplot figure2-curves.gp` in this folder draws figure2-curves.svg and figure2-curves.png from figure2-curves.dat.
name = "figure2-curves"
title = "Figure 2: training curves"
notice = ""
x_label = "epoch"
legend = "batch size"
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
panel_title[1] = ""; y_label[1] = "validation root mean squared error (thousand dollars)"; axis[1] = "log"; y_low[1] = 23.73926887; y_high[1] = 234.3937991; first[1] = 0; count[1] = 5
label[1] = "10"; style[1] = 1; points[1] = 200; broken[1] = 0
label[2] = "50"; style[2] = 2; points[2] = 200; broken[2] = 0
label[3] = "100"; style[3] = 3; points[3] = 200; broken[3] = 0
label[4] = "200"; style[4] = 4; points[4] = 200; broken[4] = 0
label[5] = "500"; style[5] = 5; points[5] = 200; broken[5] = 0
categories = 0
script = "curves.gp"
load "style.gp"
