/* The table of everything that can be chosen. A new choice of the experiments is a member of `config`, a line
 * here, and the place that uses it. */
#include "experiments/config.h"

#include <stddef.h>

static bool always(const config *c) { return c != NULL; }
static bool for_digits(const config *c) { return c->problem == PROBLEM_DIGITS; }
static bool for_houses(const config *c) { return c->problem == PROBLEM_HOUSES; }
static bool for_cnn(const config *c) { return c->model == MODEL_CNN; }
static bool for_mlp(const config *c) { return !for_cnn(c); }
static bool for_momentum(const config *c) { return c->optimizer != OPTIMIZER_ADAM; }
static bool for_step(const config *c) { return c->schedule == SCHEDULE_STEP; }

static bool loss_of(const config *c, int64_t loss) {
  if (for_digits(c)) return loss <= LOSS_MSE_RAW;
  return loss == (c->model == MODEL_GAUSSIAN ? LOSS_GAUSSIAN_NLL : LOSS_MSE);
}

static const char *const problems[] = {"digits", "houses", NULL};
static const char *const models[] = {"cnn", "mlp", "gaussian", NULL};
static const char *const losses[] = {"mse_softmax", "cross_entropy", "mse_raw", "mse", "gaussian_nll", NULL};
static const char *const activations[] = {"relu", "sigmoid", "tanh", "leaky_relu", "gelu", "softplus", NULL};
static const char *const optimizers[] = {"sgd", "rmsprop", "adam", NULL};
static const char *const schedules[] = {"none", "step", NULL};
static const char *const targets[] = {"dollars", "standardised", NULL};
static const char *const feature_scales[] = {"standardised", "raw", NULL};
static const char *const inits[] = {"uniform", "zeros", NULL};
static const char *const dtypes[] = {"float32", "float64", NULL};
static const char *const test_records[] = {"every", "end", NULL};

#define AT(member) .offset = offsetof(config, member)
#define CHOICE(names) .kind = FIELD_CHOICE, .choices = (names)
#define FLAG .kind = FIELD_FLAG
#define INTEGER(from, to) .kind = FIELD_INTEGER, .low = (from), .high = (to)
#define SEED INTEGER(0, 1e9), .silent = true
#define REAL(from, to) .kind = FIELD_REAL, .low = (from), .high = (to)

const config_field config_fields[] = {
    {"activation", "activation", "Nonlinearity after each inner layer", CHOICE(activations), AT(activation),
     .applies = always},
    {"batch", "batch size", "Samples of one training step; the last batch of an epoch may be smaller",
     INTEGER(1, 1e6), AT(batch), .applies = always},
    {"conv.batch_norm", "batch normalisation", "Batch normalisation after each convolution", FLAG,
     AT(conv_batch_norm), .applies = for_cnn},
    {"conv.channels", "channels", "Output channels of each convolution", INTEGER(1, 4096), AT(conv_channels),
     .applies = for_cnn},
    {"conv.dropout", "dropout", "Probability of dropout before the fully connected layer", REAL(0, 0.99),
     AT(conv_dropout), .applies = for_cnn},
    {"conv.kernel", "kernel size", "Height and width of each convolution kernel", INTEGER(1, 16),
     AT(conv_kernel), .applies = for_cnn},
    {"conv.layers", "convolution layers", "Number of convolution layers", INTEGER(1, 16), AT(conv_layers),
     .applies = for_cnn},
    {"conv.padding", "padding", "Zeros around the input of each convolution", INTEGER(0, 8), AT(conv_padding),
     .applies = for_cnn},
    {"conv.pool", "pooling size", "Window and stride of the max-pooling after the last convolution; 1: none",
     INTEGER(1, 16), AT(conv_pool), .applies = for_cnn},
    {"dtype", "number type", "Arithmetic of the model", CHOICE(dtypes), AT(dtype), .applies = always},
    {"epochs", "epochs", "Passes over the training part", INTEGER(1, 1e6), AT(epochs), .applies = always},
    {"features", "features",
     "House features with mean 0 and standard deviation 1 on the training part, or as in the file",
     CHOICE(feature_scales), AT(features), .applies = for_houses},
    {"init.head", "start of the last layer",
     "Fully connected layer of the classifier: PyTorch's default, uniform within 1 / sqrt(fan-in), or zeros",
     CHOICE(inits), AT(init_head), .applies = for_cnn},
    {"limit.evaluate", "samples evaluated",
     "At most so many samples of the validation and of the test part; 0: all", INTEGER(0, 1e9),
     AT(limit_evaluate), .applies = always},
    {"limit.train", "samples trained on", "At most so many samples of the training part; 0: all",
     INTEGER(0, 1e9), AT(limit_train), .applies = always},
    {"loss", "loss", "What is minimised", CHOICE(losses), AT(loss), .applies = always, .offers = loss_of},
    {"lr", "learning rate", "Learning rate at the start", REAL(1e-12, 1e3), AT(lr), .applies = always},
    {"mlp.layers", "inner layers", "Number of inner fully connected layers", INTEGER(1, 64), AT(mlp_layers),
     .applies = for_mlp},
    {"mlp.width", "neurons", "Neurons of each inner layer", INTEGER(1, 65536), AT(mlp_width),
     .applies = for_mlp},
    {"model", "model", "Which network", CHOICE(models), AT(model), .applies = always},
    {"momentum", "momentum", "Momentum of SGD and RMSprop", REAL(0, 0.9999), AT(momentum),
     .applies = for_momentum},
    {"optimizer", "optimiser", "Which optimiser, with PyTorch's defaults", CHOICE(optimizers), AT(optimizer),
     .applies = always},
    {"problem", "problem", "Which data: USPS digits or house prices", CHOICE(problems), AT(problem),
     .applies = always},
    {"record.every", "epochs between records", "Epochs between two points of the training history",
     INTEGER(1, 1e6), AT(record_every), .applies = always},
    {"record.test", "records of the test part",
     "Which points of the training history have the test part: every one, or the end alone",
     CHOICE(test_records), AT(record_test), .applies = always, .silent = true},
    {"schedule", "schedule", "How the learning rate changes", CHOICE(schedules), AT(schedule),
     .applies = always},
    {"schedule.gamma", "decay factor", "Factor on the learning rate at each step of the schedule",
     REAL(1e-6, 1), AT(schedule_gamma), .applies = for_step},
    {"schedule.step", "decay epochs", "Epochs between two steps of the schedule", INTEGER(1, 1e6),
     AT(schedule_step), .applies = for_step},
    {"seed.dropout", "seed of dropout", "Seed of the stream of dropout alone; 0: the run's", SEED,
     AT(seed_dropout), .applies = for_cnn},
    {"seed.init", "seed of the initialisation",
     "Seed of the stream of the initialisation alone; 0: the run's", SEED, AT(seed_init), .applies = always},
    {"seed.shuffle", "seed of the order",
     "Seed of the stream of the order of the samples alone; 0: the run's", SEED, AT(seed_shuffle),
     .applies = always},
    {"seed.split", "seed of the split", "Seed of the stream of the split alone; 0: the run's", SEED,
     AT(seed_split), .applies = always},
    {"split.test", "test fraction",
     "Fraction of the houses that is the test part (the digits have an official one)", REAL(0.001, 0.998),
     AT(split_test), .applies = for_houses},
    {"split.train", "training fraction", "Fraction of the samples that is the training part",
     REAL(0.001, 0.999), AT(split_train), .applies = always},
    {"split.validation", "validation fraction", "Fraction of the samples that is the validation part",
     REAL(0.001, 0.999), AT(split_validation), .applies = always},
    {"target", "target",
     "Prices in dollars, or with mean 0 and standard deviation 1 on the training part and mapped back",
     CHOICE(targets), AT(target), .applies = for_houses},
    {"weight_decay", "weight decay", "L2 penalty of the optimiser", REAL(0, 1e3), AT(weight_decay),
     .applies = always},
    {.key = NULL},
};
