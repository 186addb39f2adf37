/* tool.h - tools that watch a context at work: the profiler, the search for the first number that is not
 * finite.
 *
 * The engine tells each tool that is on of every application of an operator and of every stretch of work
 * around them (a scope, a pass, an update), once it is over. Where no tool is on, that costs the test of one
 * counter. */
#ifndef AG_CORE_TOOL_H
#define AG_CORE_TOOL_H

#include "core/internal.h"

/* From when to when, in nanoseconds of ag_clock(). What began before any tool was on began at 0. */
typedef struct {
  int64_t begun, ended;
} ag_interval;

/* A stretch of work that is no operator. */
typedef struct {
  const char *name;
  ag_site at;
  bool whole; /* consists of what the tools are told of anyway, as a pass of its operators */
  double bytes, flops;
} ag_stretch;

typedef struct {
  const char *name;
  void (*applied)(ag_tool *t, const ag_call *call, ag_interval when);
  void (*stretched)(ag_tool *t, const ag_stretch *s, ag_interval when); /* may be NULL */
  void (*release)(ag_tool *t); /* gives back its memory, with the context */
} ag_tool_type;

struct ag_tool {
  const ag_tool_type *type;
  ag_ctx *c;
  ag_tool *next;
  bool on;
};

/* Nanoseconds; never goes back. */
int64_t ag_clock(void);
/* When something began, for the tools; 0 where none is on. */
static inline int64_t ag_tools_begin(const ag_ctx *c) { return c->tools_on ? ag_clock() : 0; }
/* Tells of an application that has its results; false when a tool has stored an error. */
bool ag_tools_applied(const ag_call *call, int64_t begun);
/* Tells of a stretch. */
void ag_tools_stretched(ag_ctx *c, const ag_stretch *s, int64_t begun);

/* The context's tool of that type, or NULL. */
ag_tool *ag_tool_find(const ag_ctx *c, const ag_tool_type *type);
/* The same, made of so many bytes that are zero where there is none; NULL, and an error, when there is no
 * memory. */
ag_tool *ag_tool_make(ag_ctx *c, ag_site at, const ag_tool_type *type, size_t bytes);
void ag_tool_switch(ag_tool *t, bool on);
void ag_tools_free(ag_ctx *c);

#endif
