/* Problem 1 of the published report: USPS digits. The preset is its final model, so a base says only what is
 * different. */
#include "experiments/catalogue_rows.h"

/* The text does not name the loss of most of its sweeps; they run with both that it discusses. */
#define BOTH_LOSSES                                                                                          \
  {                                                                                                          \
    .key = "loss", .values = { "mse_softmax", "cross_entropy" }                                              \
  }

const catalogue_row row_p1_final = {
    .id = "p1-final",
    .name = "Final model of problem 1",
    .title = "Three convolution layers of 64 channels on USPS digits",
    .shape = SHOWN_AS_MODEL,
    .published = {{NULL, "validation_accuracy", 0.9915},
                  {NULL, "test_accuracy", 0.9711},
                  {NULL, "seconds", 14 * 60}},
    .statement = "99.15 % of the validation part and 97.11 % of the test set are right after 30 epochs, "
                 "about 14 minutes.",
    .choice = "Dropout sits between the pooling and the fully connected layer; convolutions have no padding, "
              "PyTorch's default.",
};

const catalogue_row row_table1 = {
    .id = "table1",
    .name = "Table 1",
    .title = "Number of convolution layers",
    .shape = SHOWN_AS_TABLE,
    .sweep = {"conv.layers", {"1", "2", "3", "4"}},
    .cross = BOTH_LOSSES,
    .published = {{"1", "accuracy", 0.9497},
                  {"2", "accuracy", 0.9571},
                  {"3", "accuracy", 0.9651},
                  {"4", "accuracy", 0.9452}},
    .statement = "Three layers are best on the test set; four are worse.",
    .choice =
        "Everything else as in the final model, the step schedule included. The text does not say on which "
        "part the "
        "accuracy was measured, so both parts stand beside it, and it names no loss, so both losses run.",
};

const catalogue_row row_p1_neurons = {
    .id = "p1-neurons",
    .name = "Neurons of problem 1",
    .title = "Number of channels of one convolution layer",
    .shape = SHOWN_AS_TABLE,
    .base = {"conv.layers=1"},
    .sweep = {"conv.channels", {"64", "128", "256", "512"}},
    .cross = BOTH_LOSSES,
    .statement = "512 channels are best.",
    .choice = "Neurons are the output channels of the one convolution layer; everything else as in the final "
              "model; both losses.",
};

const catalogue_row row_table3 = {
    .id = "table3",
    .name = "Table 3",
    .title = "Activation function with two convolution layers",
    .shape = SHOWN_AS_TABLE,
    .base = {"conv.layers=2"},
    .sweep = {"activation", {"relu", "sigmoid", "tanh"}},
    .cross = BOTH_LOSSES,
    .published = {{"relu", "accuracy", 0.9646},
                  {"sigmoid", "accuracy", 0.9452},
                  {"tanh", "accuracy", 0.9497}},
    .statement = "ReLU is the best activation and the sigmoid the worst.",
    .choice = "Everything else as in the final model; both parts and both losses, as for Table 1.",
};

const catalogue_row row_figure1 = {
    .id = "figure1",
    .name = "Figure 1",
    .title = "Batch size on digits",
    .shape = SHOWN_AS_CURVES,
    .sweep = {"batch", {"10", "50", "100", "200", "500"}},
    .cross = BOTH_LOSSES,
    .statement =
        "50 was chosen; a larger batch converges more slowly and ends with a lower validation accuracy.",
    .choice = "The final model with these batch sizes at the same learning rate; both losses.",
};

const catalogue_row row_figure3a = {
    .id = "figure3a",
    .name = "Figure 3a",
    .title = "Learning rate on digits",
    .shape = SHOWN_AS_CURVES,
    .sweep = {"lr", {"0.1", "0.03", "0.01", "0.003", "0.001", "0.0001"}},
    .cross = BOTH_LOSSES,
    .statement =
        "Too small a rate is slow and gets stuck, too large a rate is unstable or diverges; 0.01 is best.",
    .choice =
        "The final model with these rates at the start, each divided by 10 every 10 epochs; both losses.",
};

const catalogue_row row_figure4 = {
    .id = "figure4",
    .name = "Figure 4",
    .title = "Optimiser on digits",
    .shape = SHOWN_AS_CURVES,
    .sweep = {"optimizer", {"sgd", "rmsprop", "adam"}},
    .cross = BOTH_LOSSES,
    .statement = "SGD is stable and ends better than RMSprop and Adam, although the final model uses Adam.",
    .choice = "The final model with PyTorch's defaults of each optimiser (SGD without momentum), all at the "
              "rate 0.01; both losses.",
};

const catalogue_row row_figure5a = {
    .id = "figure5a",
    .name = "Figure 5a",
    .title = "Loss on digits",
    .shape = SHOWN_AS_CURVES,
    .sweep = {"loss", {"mse_softmax", "cross_entropy"}},
    .statement = "Squared error on the softmax output and cross-entropy are both usable; cross-entropy is "
                 "the common choice.",
    .choice = "The final model with both losses.",
};

const catalogue_row row_padding1 = {
    .id = "padding1",
    .name = "Appendix: padding",
    .title = "The final digit classifier with padded convolutions",
    .shape = SHOWN_AS_TABLE,
    .base = {"conv.padding=1", "init.head=uniform"},
    .sweep = {"loss", {"mse_softmax", "cross_entropy"}},
    .statement = "Not in the published report.",
    .choice = "With padding 1 the last layer is 2.56 times as wide; squared error on a saturated softmax "
              "then has next to no gradient. All layers start as PyTorch's do.",
    .appendix = true,
};

const catalogue_row row_init = {
    .id = "init",
    .name = "Appendix: initialisation",
    .title = "How the last layer of the final digit classifier starts",
    .shape = SHOWN_AS_TABLE,
    .sweep = {"init.head", {"zeros", "uniform"}},
    .statement = "Not in the published report.",
    .choice =
        "Adam's first step moves each of the 1600 weights of a class by the learning rate. From PyTorch's "
        "start most of them move the same way, for some seeds so far that the softmax saturates, and its "
        "squared error then has no gradient; from zeros the first step already tells the classes apart.",
    .appendix = true,
};
