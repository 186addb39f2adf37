/* Tensors that belong to a layer are registered as "layer.name". */
#include "nn/layer.h"

#define NAME_ROOM 256

ag_tensor *ag_layer_tensor(ag_site at, ag_ctx *c, const char *layer, const char *name, ag_role role,
                           ag_shape shape) {
  char full[NAME_ROOM];
  if (!layer) ag_fail(c, AG_EVALUE, at, "layer: the name is NULL; every layer needs one");
  const int length = snprintf(full, sizeof full, "%s.%s", layer ? layer : "", name);
  if (length < 0 || length >= NAME_ROOM) {
    ag_fail(c, AG_EVALUE, at, "layer: the name \"%.40s...\" is too long; it may have %d characters", layer,
            NAME_ROOM - 20);
  }
  return role == AG_TRAINED ? (ag_parameter)(at, c, full, shape) : (ag_buffer)(at, c, full, shape);
}
