# `gnuplot table3-curves.gp` in this folder draws table3-curves.svg and table3-curves.png from table3-curves.dat.
name = "table3-curves"
title = "Table 3: training curves"
notice = ""
x_label = "epoch"
legend = "activation"
x_low = 0
x_high = 30
panels = 2
array panel_title[2]
array y_label[2]
array axis[2]
array y_low[2]
array y_high[2]
array first[2]
array count[2]
array label[6]
array style[6]
array points[6]
array broken[6]
panel_title[1] = "squared error on the softmax"; y_label[1] = "validation accuracy (%)"; axis[1] = "accuracy"; y_low[1] = 0; y_high[1] = 99.09465021; first[1] = 0; count[1] = 3
label[1] = "ReLU"; style[1] = 1; points[1] = 30; broken[1] = 0
label[2] = "sigmoid"; style[2] = 2; points[2] = 30; broken[2] = 0
label[3] = "tanh"; style[3] = 3; points[3] = 30; broken[3] = 0
panel_title[2] = "cross-entropy"; y_label[2] = "validation accuracy (%)"; axis[2] = "accuracy"; y_low[2] = 87.39711934; y_high[2] = 99.34156379; first[2] = 3; count[2] = 3
label[4] = "ReLU"; style[4] = 1; points[4] = 30; broken[4] = 0
label[5] = "sigmoid"; style[5] = 2; points[5] = 30; broken[5] = 0
label[6] = "tanh"; style[6] = 3; points[6] = 30; broken[6] = 0
categories = 0
script = "curves.gp"
load "style.gp"
