/* Growable arena: a list of chunks, filled in order. Each new chunk is twice as large as the one before it,
 * so a scope settles on few chunks; a reset goes back to the first chunk and keeps all of them. */
#include "core/arena.h"

#define FIRST_CHUNK ((size_t)1 << 14)
#define LARGEST_CHUNK ((size_t)1 << 22)
#define ALIGNMENT 64

struct ag_region {
  ag_region *next;
  size_t size;
};

static char *chunk_memory(ag_region *chunk) { return (char *)chunk + ALIGNMENT; }

static void begin_chunk(ag_arena *a, ag_region *chunk) {
  a->current = chunk;
  a->next = chunk ? (uintptr_t)chunk_memory(chunk) : 0;
  a->end = chunk ? a->next + chunk->size : 0;
}

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
  begin_chunk(a, *link);
  return true;
}

void *ag_arena_take_beyond(ag_arena *a, size_t bytes, const ag_allocator *allocator, size_t *held) {
  if (bytes > SIZE_MAX / 2 || !advance(a, bytes, allocator, held)) return NULL;
  char *memory = chunk_memory(a->current);
  a->next += bytes;
  AG_UNPOISON(memory, bytes);
  return memory;
}

void ag_arena_reset(ag_arena *a) { begin_chunk(a, a->first); }

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
