/* Growable arena: a list of chunks, filled in order. Each new chunk is twice as large as the one before it,
 * so a scope settles on few chunks; a reset goes back to the first chunk and keeps all of them. */
#include "core/arena.h"

#include "core/memory.h"

#define FIRST_CHUNK ((size_t)1 << 14)
#define LARGEST_CHUNK ((size_t)1 << 22)
#define ALIGNMENT 64

struct ag_region {
  ag_region *next;
  size_t size;
};

static char *chunk_memory(ag_region *chunk) { return (char *)chunk + ALIGNMENT; }

/* The next chunk that holds bytes, made when there is none. A chunk that is too small is passed over. */
static bool advance(ag_arena *a, size_t bytes, const ag_allocator *allocator, size_t *held) {
  ag_region **link = a->current ? &a->current->next : &a->first;
  while (*link && (*link)->size < bytes) link = &(*link)->next;
  if (!*link) {
    size_t size = a->current ? a->current->size * 2 : FIRST_CHUNK;
    if (size > LARGEST_CHUNK) size = LARGEST_CHUNK;
    if (size < bytes) size = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    ag_region *chunk = allocator->allocate(size + ALIGNMENT, allocator->user);
    if (!chunk) return false;
    *held += size + ALIGNMENT;
    chunk->size = size;
    chunk->next = NULL;
    AG_POISON(chunk_memory(chunk), size);
    *link = chunk;
  }
  a->current = *link;
  a->used = 0;
  return true;
}

void *ag_arena_take(ag_arena *a, size_t bytes, const ag_allocator *allocator, size_t *held) {
  if (bytes > SIZE_MAX / 2) return NULL;
  const size_t alignment = bytes >= 64 ? ALIGNMENT : 16;
  const size_t start = (a->used + alignment - 1) / alignment * alignment;
  if (a->current && start <= a->current->size && bytes <= a->current->size - start) {
    a->used = start + bytes;
  } else {
    if (!advance(a, bytes, allocator, held)) return NULL;
    a->used = bytes;
  }
  char *memory = chunk_memory(a->current) + a->used - bytes;
  AG_UNPOISON(memory, bytes);
  return memory;
}

void ag_arena_reset(ag_arena *a) {
  a->current = a->first;
  a->used = 0;
}

void ag_arena_poison(ag_arena *a) {
  for (ag_region *chunk = a->first; chunk; chunk = chunk->next) AG_POISON(chunk_memory(chunk), chunk->size);
}

void ag_arena_free(ag_arena *a, const ag_allocator *allocator) {
  for (ag_region *chunk = a->first, *next; chunk; chunk = next) {
    next = chunk->next;
    AG_UNPOISON(chunk_memory(chunk), chunk->size);
    allocator->release(chunk, allocator->user);
  }
  *a = (ag_arena){0};
}
