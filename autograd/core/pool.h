/* Buffers by size class. A returned buffer serves the next request of its class, so a training step that
 * looks like the one before it takes nothing from the system. */
#ifndef AG_CORE_POOL_H
#define AG_CORE_POOL_H

#include <autograd.h>

#define AG_POOL_CLASSES 256

typedef struct ag_block ag_block;
typedef struct {
  ag_block *idle[AG_POOL_CLASSES];
  ag_block *all;
  size_t held, used, peak; /* bytes taken from the allocator, now in use, and the most in use */
} ag_pool;

/* A 64-byte aligned buffer of at least the given size; NULL when the allocator has none. */
void *ag_pool_take(ag_pool *p, size_t bytes, const ag_allocator *allocator);
void ag_pool_give(ag_pool *p, void *data);
void ag_pool_free(ag_pool *p, const ag_allocator *allocator);

#endif
