# `gnuplot figure5b-curves.gp` in this folder draws figure5b-curves.svg and figure5b-curves.png from figure5b-curves.dat.
name = "figure5b-curves"
title = "Figure 5b: training curves"
notice = ""
x_label = "epoch"
legend = "model"
x_low = 0
x_high = 2000
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
panel_title[1] = "standardised prices"; y_label[1] = "validation root mean squared error (thousand dollars)"; axis[1] = "log"; y_low[1] = 23.19297153; y_high[1] = 49.65838783; first[1] = 0; count[1] = 2
label[1] = "MLP"; style[1] = 1; points[1] = 200; broken[1] = 0
label[2] = "Gaussian regressor"; style[2] = 2; points[2] = 200; broken[2] = 0
panel_title[2] = "prices in dollars"; y_label[2] = "validation root mean squared error (thousand dollars)"; axis[2] = "log"; y_low[2] = 25.31586002; y_high[2] = 234.391761; first[2] = 2; count[2] = 2
label[3] = "MLP"; style[3] = 1; points[3] = 200; broken[3] = 0
label[4] = "Gaussian regressor"; style[4] = 2; points[4] = 200; broken[4] = 0
categories = 0
script = "curves.gp"
load "style.gp"
