/* The rows of the table. */
#include <fnmatch.h>
#include <string.h>

#include "bench/workload.h"

/* The training step of the report's network; sizes are varied one by one from three layers of 64 channels and
 * a batch of 50.
 */
#define CNN(name, depth, wide, count, size, pad)                                                             \
  {                                                                                                          \
    name, "cnn", {.layers = depth, .channels = wide, .batch = count, .side = size, .padding = pad}, STEADY,  \
        false                                                                                                \
  }
#define CONV(which)                                                                                          \
  {                                                                                                          \
    "conv/" which, "conv", {.op = which, .channels = 64, .padding = 1, .side = 16, .batch = 50}, STEADY,     \
        false                                                                                                \
  }
#define MLP(name, kind, wide)                                                                                \
  { name, kind, {.layers = 3, .batch = 100, .width = wide}, STEADY, false }
/* A million elements, and a thousand, with and without the gradient. */
#define MILLION .channels = 100, .side = 10, .batch = 100
#define THOUSAND .channels = 10, .side = 10, .batch = 1
#define OPERATOR(which)                                                                                      \
  {which "/1e6", "forward", {.op = which, MILLION}, STEADY, false},                                          \
      {which "/1e6+grad", "gradient", {.op = which, MILLION}, STEADY, false},                                \
      {which "/1e3", "forward", {.op = which, THOUSAND}, STEADY, true}, {                                    \
    which "/1e3+grad", "gradient", {.op = which, THOUSAND}, STEADY, true                                     \
  }

static const workload rows[] = {
    CNN("cnn/layers=1", 1, 64, 50, 16, 1),
    CNN("cnn/layers=2", 2, 64, 50, 16, 1),
    CNN("cnn/layers=3", 3, 64, 50, 16, 1),
    CNN("cnn/layers=4", 4, 64, 50, 16, 1),
    CNN("cnn/width=16", 3, 16, 50, 16, 1),
    CNN("cnn/width=32", 3, 32, 50, 16, 1),
    CNN("cnn/width=128", 3, 128, 50, 16, 1),
    CNN("cnn/width=256", 3, 256, 50, 16, 1),
    CNN("cnn/batch=10", 3, 64, 10, 16, 1),
    CNN("cnn/batch=100", 3, 64, 100, 16, 1),
    CNN("cnn/batch=200", 3, 64, 200, 16, 1),
    CNN("cnn/batch=500", 3, 64, 500, 16, 1),
    CNN("cnn/side=8", 3, 64, 50, 8, 1),
    CNN("cnn/side=32", 3, 64, 50, 32, 1),
    CNN("cnn/padding=0,layers=1", 1, 64, 50, 16, 0),
    CNN("cnn/padding=0,layers=2", 2, 64, 50, 16, 0),
    CNN("cnn/padding=0,layers=3", 3, 64, 50, 16, 0),
    CNN("cnn/padding=0,layers=4", 4, 64, 50, 16, 0),
    CONV("forward"),
    CONV("grad_input"),
    CONV("grad_weight"),
    MLP("mlp/width=32", "mlp", 32),
    MLP("mlp/width=64", "mlp", 64),
    MLP("mlp/width=128", "mlp", 128),
    MLP("mlp/width=256", "mlp", 256),
    MLP("mlp/width=512", "mlp", 512),
    MLP("mlp/width=1024", "mlp", 1024),
    MLP("gaussian/width=128", "gaussian", 128),
    {"scalar/chain=10000", "chain", {.n = 10000}, STEADY, true},
    {"scalar/operation", "one", {.n = 1000}, STEADY, true},
    OPERATOR("add"),
    OPERATOR("mul"),
    OPERATOR("exp"),
    OPERATOR("tanh"),
    OPERATOR("sigmoid"),
    OPERATOR("gelu"),
    OPERATOR("relu"),
    OPERATOR("sum"),
    OPERATOR("mean"),
    OPERATOR("max"),
    OPERATOR("var"),
    OPERATOR("softmax"),
    OPERATOR("batch_norm"),
    OPERATOR("max_pool2d"),
    OPERATOR("avg_pool2d"),
    {"adam/1e5", "adam", {.n = 100000}, STEADY, false},
    {"memory/epoch",
     "epoch",
     {.layers = 3, .channels = 64, .padding = 1, .side = 16, .batch = 50, .n = 5833},
     PEAK,
     false},
    {"start/first-step", "mlp", {NULL, 3, .batch = 100, .width = 128}, START, true},
};

const workload *workload_at(int index) {
  return index < (int)(sizeof rows / sizeof *rows) ? &rows[index] : NULL;
}

bool workload_matches(const workload *w, const char *pattern) {
  return strncmp(w->name, pattern, strlen(pattern)) == 0 || fnmatch(pattern, w->name, 0) == 0;
}
