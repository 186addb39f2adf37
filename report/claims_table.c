/* The fifteen claims. A new one is an entry here, and a rule where no rule asks its question yet. */
#include "report/claim_rules.h"

const claim claims[] = {
    {.text = "Three convolution layers give the best test accuracy of one to four (Table 1).",
     .parts = {{.row = "table1", .rule = rule_best, .on = ON_TEST, .value = "3"}}},
    {.text = "More layers than that make it worse: four are below three (Table 1).",
     .parts = {{.row = "table1", .rule = rule_below, .on = ON_TEST, .value = "4", .other = "3"}}},
    {.text = "More fully connected layers improve problem 2.",
     .parts = {{.row = "p2-depth", .rule = rule_rising}}},
    {.text = "Adding neurons helps up to a point, then overfits: best are 512 channels (problem 1, one "
             "convolution layer) and 128 neurons (problem 2, Table 2).",
     .parts = {{.row = "p1-neurons", .rule = rule_best, .value = "512"},
               {.row = "table2", .rule = rule_best, .value = "128"}}},
    {.text = "The sigmoid is the worst and ReLU the best activation, in both problems (Table 3).",
     .parts =
         {{.row = "table3", .rule = rule_best_and_worst, .on = ON_TEST, .value = "relu", .other = "sigmoid"},
          {.row = "p2-activation", .rule = rule_best_and_worst, .value = "relu", .other = "sigmoid"}}},
    {.text = "A larger batch converges more slowly in problem 1 (Figure 1).",
     .parts = {{.row = "figure1", .rule = rule_falling, .reading = READ_SPEED}}},
    {.text = "A larger batch lowers the validation accuracy in problem 1 (Figure 1).",
     .parts = {{.row = "figure1", .rule = rule_falling}}},
    {.text = "A larger batch converges faster in problem 2 (Figure 2).",
     .parts = {{.row = "figure2", .rule = rule_rising, .reading = READ_SPEED}}},
    {.text = "A small learning rate is slow, a large one unstable or divergent; a moderate one is best "
             "(Figure 3).",
     .parts =
         {{.row = "figure3a", .rule = rule_inside},
          {.row = "figure3a", .rule = rule_below, .reading = READ_SPEED, .value = "0.0001", .other = "0.01"},
          {.row = "figure3b", .rule = rule_inside},
          {.row = "figure3b",
           .rule = rule_below,
           .reading = READ_SPEED,
           .value = "0.00001",
           .other = "0.0003"}}},
    {.text = "SGD reaches a better result than Adam and RMSprop in problem 1 (Figure 4).",
     .parts = {{.row = "figure4", .rule = rule_best, .value = "sgd"}}},
    {.text = "SGD diverges to NaN in problem 2, while RMSprop and Adam train stably and Adam is best.",
     .parts = {{.row = "p2-optim", .rule = rule_diverges, .value = "sgd"},
               {.row = "p2-optim", .rule = rule_trains, .value = "rmsprop"},
               {.row = "p2-optim", .rule = rule_trains, .value = "adam"},
               {.row = "p2-optim", .rule = rule_best, .value = "adam"}}},
    {.text = "Longer training raises the accuracy until the validation loss stops decreasing (30 and 2000 "
             "epochs suffice).",
     .parts = {{.row = "p1-final", .rule = rule_levels_off}, {.row = "p2-final", .rule = rule_levels_off}}},
    {.text = "The final model of problem 1 reaches its published validation and test accuracy.",
     .parts = {{.row = "p1-final", .rule = rule_reaches},
               {.row = "p1-final", .rule = rule_reaches, .on = ON_TEST}}},
    {.text = "The final regressor and the Gaussian one reach their published squared errors.",
     .parts = {{.row = "p2-final", .rule = rule_reaches},
               {.row = "p2-gauss", .rule = rule_reaches},
               {.row = "p2-gauss", .rule = rule_reaches, .on = ON_TEST}}},
    {.text = "With a standard deviation of 1 the Gaussian likelihood is the squared error (up to a constant "
             "and a factor of 1/2).",
     .identity = "With σ = 1 the loss ½ log(2πσ²) + (y − μ)² / (2σ²) is ½ log(2π) + ½ (y − μ)²: half the "
                 "squared error plus a constant, with the same minimum and half the gradient. `make check` "
                 "tests gaussian_nll_loss against mse_loss."},
    {.text = NULL},
};
