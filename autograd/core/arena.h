/* A growable region: memory is taken in order and given back all at once. Its chunks stay for the next use.
 */
#ifndef AG_CORE_ARENA_H
#define AG_CORE_ARENA_H

#include <autograd.h>

#include "core/memory.h"

typedef struct ag_region ag_region;
typedef struct {
  ag_region *first, *current;
  uintptr_t next, end; /* what is left of the current chunk; both 0 without one */
} ag_arena;

/* The same as ag_arena_take from the next chunk, which is made when there is none. */
void *ag_arena_take_beyond(ag_arena *a, size_t bytes, const ag_allocator *allocator, size_t *held);

/* bytes of memory, aligned to 16, or to 64 from 64 bytes on; NULL when the allocator has none. held counts
 * what the allocator gave. */
static inline void *ag_arena_take(ag_arena *a, size_t bytes, const ag_allocator *allocator, size_t *held) {
  const uintptr_t mask = bytes >= 64 ? 63 : 15, start = (a->next + mask) & ~mask;
  if (start >= a->end || bytes > a->end - start) return ag_arena_take_beyond(a, bytes, allocator, held);
  a->next = start + bytes;
  AG_UNPOISON((void *)start, bytes);
  return (void *)start;
}
/* Takes everything back. */
void ag_arena_reset(ag_arena *a);
/* Marks everything as not to be read (see core/memory.h). */
void ag_arena_poison(ag_arena *a);
void ag_arena_free(ag_arena *a, const ag_allocator *allocator);

#endif
