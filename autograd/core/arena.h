/* A growable region: memory is taken in order and given back all at once. Its chunks stay for the next use.
 */
#ifndef AG_CORE_ARENA_H
#define AG_CORE_ARENA_H

#include <autograd.h>

typedef struct ag_region ag_region;
typedef struct {
  ag_region *first, *current;
  size_t used; /* bytes of the current chunk */
} ag_arena;

/* bytes of memory, aligned to 16, or to 64 from 64 bytes on; NULL when the allocator has none. held counts
 * what the allocator gave. */
void *ag_arena_take(ag_arena *a, size_t bytes, const ag_allocator *allocator, size_t *held);
/* Takes everything back. */
void ag_arena_reset(ag_arena *a);
/* Marks everything as not to be read (see core/memory.h). */
void ag_arena_poison(ag_arena *a);
void ag_arena_free(ag_arena *a, const ag_allocator *allocator);

#endif
