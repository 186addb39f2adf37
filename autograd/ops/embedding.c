/* Embeddings: rows of a table.
 *
 *   embedding  y[...][k] = weight[index[...]][k]      dweight: index_select's, without the row of the padding
 *
 * The padding's rows of y take part as constants, so that no gradient of any order reaches its row of weight.
 */
#include <inttypes.h>

#include "ops/check.h"

/* y (n, d) with those rows detached whose index is the padding. */
static ag_tensor *without_padding(ag_site at, ag_tensor *y, ag_tensor *index, int64_t padding) {
  ag_ctx *c = y->c;
  index = ag_packed(at, index);
  ag_tensor *is_padding = ag_new_tensor(c, at, AG_BOOL, AG_SHAPE(y->dim[0], 1));
  if (!index || !is_padding) return &c->nil;
  const int64_t *place = ag_data(index);
  bool *truth = ag_data(is_padding);
  for (int64_t i = 0; i < index->numel; i++) truth[i] = place[i] == padding;
  return (ag_where)(at, is_padding, (ag_detach)(at, y), y);
}

ag_tensor *(ag_embedding)(ag_embedding_args a) {
  ag_tensor *result, *weight = a.weight;
  if (!ag_ready(a.at, "embedding", 2, (ag_tensor *[]){a.index, weight}, &result)) return result;
  ag_ctx *c = weight->c;
  if (weight->rank != 2 || a.index->rank >= AG_MAX_RANK) {
    ag_fail(c, AG_ESHAPE, a.at,
            "embedding: weight must be (n, d) and index of rank %d at most, found %s and %s", AG_MAX_RANK - 1,
            ag_shape_text(c, ag_shape_of(weight)), ag_shape_text(c, ag_shape_of(a.index)));
    return result;
  }
  const int64_t n = weight->dim[0], padding = a.padding_idx < 0 ? a.padding_idx + n : a.padding_idx;
  if (a.padded && (padding < 0 || padding >= n)) {
    ag_fail(c, AG_EVALUE, a.at, "embedding: padding_idx %" PRId64 " is not in %" PRId64 " .. %" PRId64,
            a.padding_idx, -n, n - 1);
    return result;
  }
  if (!ag_index_ready(a.at, "embedding", a.index, n)) return result;
  ag_shape shape = ag_shape_of(a.index);
  shape.dim[shape.rank++] = weight->dim[1];
  ag_tensor *flat = (ag_reshape)(a.at, a.index, AG_SHAPE(a.index->numel));
  ag_tensor *y = (ag_index_select)(a.at, weight, 0, flat);
  if (a.padded && c->status == AG_OK) y = without_padding(a.at, y, flat, padding);
  return (ag_reshape)(a.at, y, shape);
}
