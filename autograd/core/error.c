/* Errors stick: the first one is stored with its text, the others are consequences and are dropped. */
#include <stdarg.h>

#include "core/internal.h"

ag_status ag_error(const ag_ctx *c) { return c ? c->status : AG_EMEMORY; }

const char *ag_error_message(const ag_ctx *c) { return c ? c->message : "no context: out of memory"; }

void ag_clear_error(ag_ctx *c) {
  c->status = AG_OK;
  c->message[0] = '\0';
}

const char *ag_status_text(ag_status status) {
  static const char *const text[] = {
#define X(name, text) [name] = text,
      AG_STATUS_LIST(X)
#undef X
  };
  return (size_t)status < sizeof text / sizeof *text ? text[status] : "unknown error";
}

void ag_set_trap(ag_ctx *c, void (*trap)(const char *message, void *user), void *user) {
  c->trap = trap;
  c->trap_user = user;
}

/* Stores "site: name: text" as the first error; name may be NULL. */
static void store(ag_ctx *c, ag_status status, ag_site at, const char *name, const char *format,
                  va_list arguments) {
  if (c->status != AG_OK) return;
  c->status = status;
  const size_t size = sizeof c->message;
  int length = snprintf(c->message, size, "%s: %s%s", at, name ? name : "", name ? ": " : "");
  if (length > 0 && (size_t)length < size)
    vsnprintf(c->message + length, size - (size_t)length, format, arguments);
  if (c->trap) c->trap(c->message, c->trap_user);
}

void ag_fail(ag_ctx *c, ag_status status, ag_site at, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  store(c, status, at, NULL, format, arguments);
  va_end(arguments);
}

bool ag_reject(const ag_call *call, ag_status status, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  store(call->c, status, call->at, call->op->name, format, arguments);
  va_end(arguments);
  return false;
}
