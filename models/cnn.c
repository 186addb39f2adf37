/* Sizes first: with side s(0) = side and s(i) = s(i-1) + 2 padding - kernel + 1, the fully connected layer
 * sees channels floor(s(layers) / pool)^2 values. */
#include "models/cnn.h"

#include <inttypes.h>
#include <string.h>

static int64_t side_after(const cnn_config *config, int64_t layers) {
  return config->side + layers * (2 * config->padding - config->kernel + 1);
}

static int64_t pool_of(const cnn_config *config) { return config->pool == 0 ? 1 : config->pool; }

/* What one image is when it reaches the fully connected layer. */
static int64_t features(const cnn_config *config) {
  const int64_t side = side_after(config, config->layers) / pool_of(config);
  return config->channels * side * side;
}

/* The first convolution (from 1) whose kernel is larger than what is left of the image; 0 when all fit. */
static int64_t first_misfit(const cnn_config *config) {
  for (int64_t i = 1; i <= config->layers; i++) {
    if (side_after(config, i) < 1) return i;
  }
  return 0;
}

static bool within(int64_t value, int64_t least) { return value >= least && value <= CNN_MAX_SIZE; }

static bool counts_possible(const cnn_config *config) {
  return within(config->in_channels, 1) && within(config->side, 1) && within(config->channels, 1) &&
         within(config->kernel, 1) && within(config->classes, 1) && within(config->padding, 0) &&
         within(config->pool, 0);
}

static bool layers_possible(const cnn_config *config) {
  return config->layers >= 1 && config->layers <= CNN_MAX_LAYERS;
}

static bool dropout_possible(const cnn_config *config) { return config->dropout >= 0 && config->dropout < 1; }

static bool possible(const cnn_config *config) {
  return counts_possible(config) && layers_possible(config) && dropout_possible(config) &&
         !first_misfit(config) && pool_of(config) <= side_after(config, config->layers);
}

/* Stores why a configuration cannot be built. */
static void explain(ag_ctx *c, const cnn_config *config) {
  if (!counts_possible(config)) {
    ag_fail(c, AG_EVALUE, "cnn",
            "in_channels %" PRId64 ", side %" PRId64 ", channels %" PRId64 ", kernel %" PRId64
            ", classes %" PRId64 ", padding %" PRId64 ", pool %" PRId64
            "; the first five must be 1 to %d, the others 0 to %d",
            config->in_channels, config->side, config->channels, config->kernel, config->classes,
            config->padding, config->pool, CNN_MAX_SIZE, CNN_MAX_SIZE);
  } else if (!layers_possible(config)) {
    ag_fail(c, AG_EVALUE, "cnn", "%" PRId64 " layers cannot be built; take 1 to %d", config->layers,
            CNN_MAX_LAYERS);
  } else if (!dropout_possible(config)) {
    ag_fail(c, AG_EVALUE, "cnn", "dropout is %g; it must be at least 0 and less than 1", config->dropout);
  } else if (first_misfit(config)) {
    const int64_t layer = first_misfit(config), left = side_after(config, layer - 1);
    ag_fail(c, AG_EVALUE, "cnn",
            "convolution %" PRId64 " has a kernel of %" PRId64 "x%" PRId64 " and padding %" PRId64
            ", but only %" PRId64 "x%" PRId64 " of the %" PRId64 "x%" PRId64
            " image are left; take fewer layers, a smaller kernel or more padding",
            layer, config->kernel, config->kernel, config->padding, left, left, config->side, config->side);
  } else {
    const int64_t left = side_after(config, config->layers);
    ag_fail(c, AG_EVALUE, "cnn",
            "pooling by %" PRId64 "x%" PRId64 ", but only %" PRId64 "x%" PRId64
            " are left after the convolutions; take a smaller pool",
            config->pool, config->pool, left, left);
  }
}

cnn cnn_new(ag_ctx *c, const cnn_config *config) {
  cnn m = {.activation = activation_find("cnn", c, config->activation)};
  if (!possible(config)) explain(c, config);
  if (ag_error(c) != AG_OK) return m;
  m.layers = config->layers;
  m.pool = pool_of(config);
  m.dropout = config->dropout;
  m.batch_norm = config->batch_norm;
  m.rectified = config->kernel == 3 && m.batch_norm && strcmp(config->activation, "relu") == 0;
  m.channels_last = m.rectified || (config->kernel == 3 && config->layers > 1);
  for (int64_t i = 0; i < m.layers; i++) {
    char name[32];
    snprintf(name, sizeof name, "conv%" PRId64, i + 1);
    const int64_t in = i == 0 ? config->in_channels : config->channels;
    m.conv[i] = ag_conv2d_layer_new(c, name, in, config->channels, config->kernel,
                                    .padding = (int)config->padding, .channels_last = m.channels_last);
    if (!m.batch_norm) continue;
    snprintf(name, sizeof name, "bn%" PRId64, i + 1);
    m.norm[i] = ag_batch_norm_layer_new(c, name, config->channels);
  }
  m.fc = ag_linear_layer_new(c, "fc", features(config), config->classes);
  if (config->zero_head) {
    ag_init_constant(m.fc.weight, 0);
    ag_init_constant(m.fc.bias, 0);
  }
  return m;
}

/* Where the channels are last, a pixel is a row of them. */
static ag_tensor *normalise(const cnn *m, int64_t i, ag_tensor *x, bool training) {
  const ag_shape images = ag_shape_of(x);
  if (!m->batch_norm) return x;
  if (m->channels_last)
    x = ag_reshape(x, AG_SHAPE(images.dim[0] * images.dim[1] * images.dim[2], images.dim[3]));
  return ag_reshape(ag_batch_norm_layer_call(&m->norm[i], x, training), images);
}

static ag_tensor *features_of(const cnn *m, ag_tensor *x, bool training) {
  for (int64_t i = 0; i < m->layers; i++)
    x = m->activation(normalise(m, i, ag_conv2d_layer_call(&m->conv[i], x), training));
  return m->pool > 1 ? ag_max_pool2d(x, (int)m->pool, .channels_last = m->channels_last) : x;
}

/* The same with rectifiers behind normalisations: the next convolution makes these as it reads, and pooling,
 * which keeps the order of numbers as they do, comes before them. */
static ag_tensor *rectified_features_of(const cnn *m, ag_tensor *x, bool training) {
  ag_tensor *norm = NULL;
  for (int64_t i = 0; i < m->layers; i++)
    x = ag_conv2d_norm_layer_call(&m->conv[i], &m->norm[i], x, i == m->layers - 1 ? (int)m->pool : 1,
                                  training, &norm);
  return ag_norm_relu(x, norm);
}

ag_tensor *cnn_forward(const cnn *m, ag_tensor *x, bool training) {
  if (m->channels_last) x = ag_permute(x, AG_AXES(0, 2, 3, 1));
  x = m->rectified ? rectified_features_of(m, x, training) : features_of(m, x, training);
  if (m->channels_last) x = ag_permute(x, AG_AXES(0, 3, 1, 2));
  x = ag_dropout(ag_flatten(x, 1), m->dropout, training);
  return ag_linear_layer_call(&m->fc, x);
}

int64_t cnn_parameters(const cnn_config *config) {
  if (!possible(config)) return 0;
  const int64_t kernel = config->kernel * config->kernel, channels = config->channels;
  const int64_t weights = kernel * channels * (config->in_channels + (config->layers - 1) * channels);
  const int64_t per_channel = config->batch_norm ? 3 : 1; /* a bias; a scale and a shift */
  return weights + config->layers * channels * per_channel + (features(config) + 1) * config->classes;
}

int64_t cnn_multiply_adds(const cnn_config *config) {
  if (!possible(config)) return 0;
  int64_t sum = features(config) * config->classes;
  for (int64_t i = 1; i <= config->layers; i++) {
    const int64_t in = i == 1 ? config->in_channels : config->channels, side = side_after(config, i);
    sum += side * side * config->channels * in * config->kernel * config->kernel;
  }
  return sum;
}
