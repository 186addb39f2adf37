/* A convolutional classifier of square images.
 *
 *   layers times: convolution (kernel x kernel, stride 1) -> [batch normalisation] -> activation
 *   then: max-pooling (pool x pool) -> dropout -> one fully connected layer -> logits
 *
 * A convolution turns side s into s + 2 padding - kernel + 1, pooling turns s into floor(s / pool).
 * Parameters are registered as "conv1.weight", "conv1.bias", "bn1.weight", ..., "fc.weight", "fc.bias". The
 * architecture is that of "Report of Practical Session 1" (Wang, Fu and Chen) with layers 3, channels 64,
 * kernel 3. */
#ifndef MODELS_CNN_H
#define MODELS_CNN_H

#include <autograd.h>

#include "models/activation.h"

#define CNN_MAX_LAYERS 32
#define CNN_MAX_SIZE 4096

/* layers is 1 to CNN_MAX_LAYERS; the other sizes are at most CNN_MAX_SIZE. */
typedef struct {
  int64_t in_channels, side;                 /* of the images: (B, in_channels, side, side) */
  int64_t layers, channels, kernel, padding; /* of the convolutions */
  int64_t classes;
  const char *activation; /* see models/activation.h */
  bool batch_norm;
  int64_t pool;   /* 0 and 1: none */
  double dropout; /* probability, 0 <= dropout < 1 */
  bool zero_head; /* weight and bias of the fully connected layer start at 0, so all classes are equally
                     likely */
} cnn_config;

typedef struct {
  int64_t layers, pool;
  double dropout;
  bool batch_norm;
  bool channels_last; /* between convolutions that are faster so */
  bool rectified;     /* rectifiers follow normalisations, and channels are last */
  activation_fn *activation;
  ag_conv2d_layer conv[CNN_MAX_LAYERS];
  ag_batch_norm_layer norm[CNN_MAX_LAYERS];
  ag_linear_layer fc;
} cnn;

/* A new network with PyTorch's default initialisation (but see zero_head), its parameters in the root scope
 * of c. A configuration that cannot be built stores AG_EVALUE with one line that says what does not fit and
 * what to change. */
cnn cnn_new(ag_ctx *c, const cnn_config *config);

/* Logits (B, classes) of images x (B, in_channels, side, side). training switches dropout and the batch's own
 * statistics on. */
ag_tensor *cnn_forward(const cnn *m, ag_tensor *x, bool training);

/* How many numbers are trained; 0 for sizes that cnn_new refuses. */
int64_t cnn_parameters(const cnn_config *config);

/* Multiplications with addition that one image takes in the forward pass, in convolutions and the fully
 * connected layer (biases, normalisation and pooling not counted); 0 for sizes that cnn_new refuses. */
int64_t cnn_multiply_adds(const cnn_config *config);

#endif
