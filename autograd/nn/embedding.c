/* The embedding layer: a table of rows from the standard normal distribution, as in PyTorch. */
#include "nn/layer.h"

#include <inttypes.h>
#include <string.h>

ag_embedding_layer(ag_embedding_layer_new)(ag_embedding_layer_new_args a) {
  const int64_t row = a.padding_idx < 0 && a.n > 0 ? a.padding_idx + a.n : a.padding_idx;
  if (a.n < 1 || a.d < 1) {
    ag_fail(a.c, AG_EVALUE, a.at, "embedding layer %s: n %" PRId64 ", d %" PRId64 "; both must be at least 1",
            a.name, a.n, a.d);
  } else if (a.padded && (row < 0 || row >= a.n)) {
    ag_fail(a.c, AG_EVALUE, a.at,
            "embedding layer %s: padding_idx %" PRId64 " is not in %" PRId64 " .. %" PRId64, a.name,
            a.padding_idx, -a.n, a.n - 1);
  }
  ag_embedding_layer layer = {
      .weight = ag_layer_tensor(a.at, a.c, a.name, "weight", AG_TRAINED, AG_SHAPE(a.n, a.d)),
      .padded = a.padded,
      .padding_idx = a.padding_idx};
  ag_init_normal(layer.weight, 0, 1);
  if (!a.padded || ag_is_nil(layer.weight)) return layer;
  const size_t size = ag_dtype_size(ag_dtype_of(layer.weight));
  memset((char *)ag_data(layer.weight) + (size_t)(row * a.d) * size, 0, (size_t)a.d * size);
  return layer;
}

ag_tensor *(ag_embedding_layer_call)(ag_site at, const ag_embedding_layer *layer, ag_tensor *index) {
  return (ag_embedding)((ag_embedding_args){.at = at,
                                            .index = index,
                                            .weight = layer->weight,
                                            .padded = layer->padded,
                                            .padding_idx = layer->padding_idx});
}
