/* Contexts, which hold everything, and scopes, which own memory. A chapter of <autograd.h>, which includes it. */
#ifndef AUTOGRAD_MANUAL_CONTEXT_H
#define AUTOGRAD_MANUAL_CONTEXT_H

/* Where a context takes memory from. resize is not needed; allocate must return 64-byte aligned memory. */
typedef struct {
  void *(*allocate)(size_t bytes, void *user);
  void (*release)(void *memory, void *user);
  void *user;
} ag_allocator;

/* A new context: float32, all processors, seed 0. NULL when there is no memory for it. */
ag_ctx *ag_ctx_new(void);
/* The same with memory from elsewhere; NULL members stand for the C library's. */
ag_ctx *ag_ctx_new_with(ag_allocator allocator);
/* Frees the context and everything in it. NULL is allowed. */
void ag_ctx_free(ag_ctx *c);

/* Opens a scope; scopes nest (at most 64 deep). */
void ag_scope_begin(ag_ctx *c);
/* Closes the innermost scope: its tensors, its part of the tape and the gradients made in it are gone. */
void ag_scope_end(ag_ctx *c);
/* A copy of x, without history, in the scope around the innermost one. */
ag_tensor *ag_keep(ag_site at, ag_tensor *x);

/* The most threads an operator may use, 1 to 1024. Results have the same bits whatever the number. */
void ag_set_threads(ag_ctx *c, int threads);
int ag_threads(const ag_ctx *c);
/* Whether 3x3 convolutions with stride 1 may go Winograd's way, which multiplies four or five times less
 * but rounds more. Initially true; with false the products of the definition are summed. */
void ag_set_winograd(ag_ctx *c, bool on);
bool ag_winograd(const ag_ctx *c);
/* Bytes that the context holds now, and the most it held. */
size_t ag_memory(const ag_ctx *c);
size_t ag_memory_peak(const ag_ctx *c);

#endif
