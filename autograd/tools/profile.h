/* What a profile holds: tools/profile.c measures it, the others show it. */
#ifndef AG_TOOLS_PROFILE_H
#define AG_TOOLS_PROFILE_H

#include "core/tool.h"

/* The machine: operations a second, of float32 and of float64, and bytes a second. */
typedef struct {
  double peak[2], bandwidth;
} ag_roofline;
/* Measures what is 0; false, and an error, when there is no memory for it. */
bool ag_roofline_measure(ag_ctx *c, ag_site at, ag_roofline *r);

/* Something that happened; times are in nanoseconds, the first from the begin of the profile. */
typedef struct {
  const char *name, *kind;
  ag_site at;     /* the user's call, in a backward pass too */
  const char *of; /* the operator that is differentiated, or NULL */
  int64_t begun, took;
  double bytes, flops;
  int n_in, n_out;
  size_t shapes; /* where those of the operands and then of the results begin: the rank, then the sizes */
} ag_profile_event;

typedef struct {
  ag_tool tool;
  int64_t begun, took; /* took is that of the whole, when it has ended */
  int threads;
  ag_roofline roofline;
  ag_profile_row *rows;
  size_t n_rows, room_rows;
  ag_profile_event *events;
  size_t n_events, room_events, max_events, not_kept;
  int64_t *shapes;
  size_t n_shapes, room_shapes;
} ag_profile;

/* The context's profile when it has ended, or NULL. */
const ag_profile *ag_profile_of(const ag_ctx *c);
/* The same, where NULL is an error of `what`. */
const ag_profile *ag_profile_wanted(ag_site at, ag_ctx *c, const char *what);
/* Whether a line, or an event, consists of what others tell of. */
bool ag_profile_whole(const char *kind);

#endif
