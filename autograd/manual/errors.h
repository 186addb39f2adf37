/* Call sites and errors. A chapter of <autograd.h>, which includes it. */
#ifndef AUTOGRAD_MANUAL_ERRORS_H
#define AUTOGRAD_MANUAL_ERRORS_H

/* The "file:line" of a call, for error messages. */
typedef const char *ag_site;
#define AG_TEXT_(x) #x
#define AG_TEXT(x) AG_TEXT_(x)
#define AG_HERE (__FILE__ ":" AG_TEXT(__LINE__))

/* Every error code with what it stands for. */
#define AG_STATUS_LIST(X)                                                                                    \
  X(AG_OK, "no error")                                                                                       \
  X(AG_ESHAPE, "shapes do not fit")                                                                          \
  X(AG_EDTYPE, "data types do not fit")                                                                      \
  X(AG_EVALUE, "an argument is out of its range")                                                            \
  X(AG_ESTATE, "a call at the wrong time or on a tensor that is no longer alive")                            \
  X(AG_EMEMORY, "out of memory")                                                                             \
  X(AG_EIO, "a file cannot be read or written")                                                              \
  X(AG_EANOMALY, "a result is not finite")
typedef enum {
#define X(name, text) name,
  AG_STATUS_LIST(X)
#undef X
} ag_status;

/* The first error of the context since it was made or cleared; AG_OK when there is none. */
ag_status ag_error(const ag_ctx *c);
/* The message of that error, one line, "train.c:42: matmul: 32x128 and 64x10 do not fit"; "" when there is none. */
const char *ag_error_message(const ag_ctx *c);
/* Forgets the error. Tensors that were nil stay nil. */
void ag_clear_error(ag_ctx *c);
/* What a code stands for. */
const char *ag_status_text(ag_status status);
/* Calls trap(message, user) when the first error is stored: a place for a breakpoint, or for abort in tests. */
void ag_set_trap(ag_ctx *c, void (*trap)(const char *message, void *user), void *user);
/* Stores an error as the library does, "site: text". For those who write operators, layers and models. */
void ag_fail(ag_ctx *c, ag_status status, ag_site at, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
