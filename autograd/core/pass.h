/* One backward pass over the tape; core/tape.c walks, core/backward.c asks. */
#ifndef AG_CORE_PASS_H
#define AG_CORE_PASS_H

#include "core/internal.h"

/* Starts a pass, which is recorded where create_graph is set, whatever ag_no_grad_begin says. Passes do not
 * nest: false, and an error. */
bool ag_pass_begin(ag_ctx *c, ag_site at, bool create_graph);
void ag_pass_end(ag_ctx *c, ag_site at);
/* Marks the results of the nodes from `begin` on that depend on something marked, where the pass asks for
 * chosen inputs. */
void ag_mark_needed(ag_ctx *c, size_t begin);
/* Adds g to what has arrived at x. */
void ag_deliver(ag_site at, ag_tensor *x, ag_tensor *g);
/* Walks the nodes begin .. end-1 of the tape backwards, until no result of a node holds a cotangent. */
void ag_walk_back(ag_ctx *c, size_t begin, size_t end);

#endif
