/* The list of tools that watch a context. */
#include "core/tool.h"

#include <string.h>
#include <time.h>

int64_t ag_clock(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

bool ag_tools_applied(const ag_call *call, int64_t begun) {
  const ag_interval when = {begun, ag_clock()};
  for (ag_tool *t = call->c->tools; t; t = t->next) {
    if (t->on) t->type->applied(t, call, when);
  }
  return call->c->status == AG_OK;
}

void ag_tools_stretched(ag_ctx *c, const ag_stretch *s, int64_t begun) {
  const ag_interval when = {begun, ag_clock()};
  for (ag_tool *t = c->tools; t; t = t->next) {
    if (t->on && t->type->stretched) t->type->stretched(t, s, when);
  }
}

ag_tool *ag_tool_find(const ag_ctx *c, const ag_tool_type *type) {
  ag_tool *t = c->tools;
  while (t && t->type != type) t = t->next;
  return t;
}

ag_tool *ag_tool_make(ag_ctx *c, ag_site at, const ag_tool_type *type, size_t bytes) {
  ag_tool *t = ag_tool_find(c, type);
  if (t) return t;
  t = ag_allocate(c, bytes, at);
  if (!t) return NULL;
  memset(t, 0, bytes);
  *t = (ag_tool){.type = type, .c = c, .next = c->tools};
  c->tools = t;
  return t;
}

void ag_tool_switch(ag_tool *t, bool on) {
  t->c->tools_on += (int)on - (int)t->on;
  t->on = on;
}

void ag_tools_free(ag_ctx *c) {
  while (c->tools) {
    ag_tool *t = c->tools;
    c->tools = t->next;
    t->type->release(t);
    ag_release(c, t);
  }
}
