/* Scopes: regions of memory that die at once. */
#include <string.h>

#include "core/memory.h"
#include "core/tool.h"

void ag_scope_begin(ag_ctx *c) {
  if (c->depth + 1 == AG_MAX_SCOPES) {
    ag_fail(c, AG_ESTATE, "ag_scope_begin", "scopes nest at most %d deep; is an ag_scope_end missing?",
            AG_MAX_SCOPES);
    c->too_deep++;
    return;
  }
  ag_scope *scope = &c->scope[++c->depth];
  scope->serial = ++c->serials;
  scope->tape_length = c->tape_length;
  scope->begun = ag_tools_begin(c);
  scope->turn = !scope->turn;
  ag_arena_reset(&scope->tensors[scope->turn]);
}

void ag_scope_end(ag_ctx *c) {
  if (c->too_deep > 0) {
    c->too_deep--;
    return;
  }
  if (c->depth == 0) {
    ag_fail(c, AG_ESTATE, "ag_scope_end", "there is no open scope; ag_ctx_free closes the root scope");
    return;
  }
  ag_scope *scope = &c->scope[c->depth];
  for (size_t i = 0; i < scope->n_with_gradient; i++) scope->with_gradient[i]->gradient = NULL;
  for (ag_storage *s = scope->storage; s; s = s->older) {
    if (s->data) ag_pool_give(&c->pool, s->data);
  }
  scope->n_with_gradient = 0;
  scope->storage = NULL;
  scope->newest = NULL;
  scope->serial = 0;
  c->tape_length = scope->tape_length;
  ag_arena_poison(&scope->bytes);
  ag_arena_reset(&scope->bytes);
  c->depth--;
  if (c->tools_on)
    ag_tools_stretched(c, &(ag_stretch){"scope", "ag_scope_begin", .whole = true}, scope->begun);
}

ag_tensor *(ag_keep)(ag_site at, ag_tensor *x) {
  if (!x) return NULL;
  ag_ctx *c = x->c;
  if (c->status != AG_OK || !ag_usable(at, "keep", 0, x)) return &c->nil;
  if (c->depth == 0) {
    ag_fail(c, AG_ESTATE, at, "keep: there is no scope around the root scope");
    return &c->nil;
  }
  ag_tensor *packed = ag_packed(at, x);
  if (!packed) return &c->nil;
  c->depth--;
  ag_tensor *kept = ag_new_tensor(c, at, x->dtype, ag_shape_of(x));
  c->depth++;
  if (!kept) return &c->nil;
  if (x->numel) memcpy(kept->data, packed->data, (size_t)x->numel * ag_dtype_size(x->dtype));
  return kept;
}

bool ag_own_gradient(ag_tensor *leaf, ag_tensor *gradient, ag_site at) {
  ag_ctx *c = leaf->c;
  ag_scope *scope = &c->scope[c->depth];
  if (scope->n_with_gradient == scope->room_with_gradient) {
    const size_t room = scope->room_with_gradient ? scope->room_with_gradient * 2 : 64;
    ag_tensor **larger = ag_enlarge(c, scope->with_gradient, scope->n_with_gradient * sizeof *larger,
                                    room * sizeof *larger, at);
    if (!larger) return false;
    scope->with_gradient = larger;
    scope->room_with_gradient = room;
  }
  scope->with_gradient[scope->n_with_gradient++] = leaf;
  leaf->gradient = gradient;
  return true;
}
