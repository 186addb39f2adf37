/* One backward pass over the tape; core/tape.c walks, core/backward.c asks. */
#ifndef AG_CORE_PASS_H
#define AG_CORE_PASS_H

#include "core/internal.h"

/* Starts a pass, which is recorded where create_graph is set, whatever ag_no_grad_begin says. Passes do not
 * nest: false, and an error. */
bool ag_pass_begin(ag_ctx *c, ag_site at, bool create_graph);
void ag_pass_end(ag_ctx *c, ag_site at);
/* Adds g to what has arrived at x. pending counts the results of nodes that hold a cotangent. */
void ag_deliver(ag_site at, ag_tensor *x, ag_tensor *g, size_t *pending);
/* Walks the first `length` nodes of the tape backwards, until nothing is pending. */
void ag_walk_back(ag_ctx *c, size_t length, size_t pending);

#endif
