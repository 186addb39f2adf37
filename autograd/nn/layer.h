/* What the layers share. Only autograd/nn includes this header. */
#ifndef AG_NN_LAYER_H
#define AG_NN_LAYER_H

#include <autograd.h>

/* Whether a layer keeps a tensor to train it or to remember something. */
typedef enum { AG_TRAINED, AG_REMEMBERED } ag_role;

/* A new parameter or buffer "layer.name", of zeros; nil after an error. */
ag_tensor *ag_layer_tensor(ag_site at, ag_ctx *c, const char *layer, const char *name, ag_role role,
                           ag_shape shape);
/* The convolution of x by a layer, for options to be added. */
ag_conv2d_args ag_conv2d_layer_args(ag_site at, const ag_conv2d_layer *layer, ag_tensor *x);

#endif
