/* Size-class pool. Classes are four to each power of two, so a new buffer is at most a quarter larger than
 * asked for. An idle one may be up to four times as large: the last batch of an epoch is smaller than the
 * others, and lives in their buffers. */
#include "core/pool.h"

#include "core/memory.h"

#define ALIGNMENT 64
#define CLASSES_ABOVE 8 /* that may serve a request */

/* The header takes one cache line, so that the data behind it stays aligned. */
struct ag_block {
  ag_block *next_idle, *next_all;
  size_t size;
  int class;
};

/* The smallest class whose size is at least bytes, and that size. */
static int size_class(size_t bytes, size_t *size) {
  int exponent = 6;
  while (((size_t)2 << exponent) <= bytes) exponent++;
  const size_t quarter = (size_t)1 << exponent >> 2;
  size_t steps = (bytes + quarter - 1) / quarter; /* 4 .. 8 quarters */
  if (steps < 4) steps = 4;
  *size = (steps * quarter + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  return (exponent - 6) * 4 + (int)(steps - 4);
}

void *ag_pool_take(ag_pool *p, size_t bytes, const ag_allocator *allocator) {
  if (bytes > SIZE_MAX / 4) return NULL;
  size_t size;
  const int class = size_class(bytes, &size);
  int idle = class;
  while (idle < class + CLASSES_ABOVE && idle < AG_POOL_CLASSES - 1 && !p->idle[idle]) idle++;
  ag_block *block = p->idle[idle];
  if (block) {
    p->idle[idle] = block->next_idle;
  } else {
    block = allocator->allocate(size + ALIGNMENT, allocator->user);
    if (!block) return NULL;
    *block = (ag_block){.next_all = p->all, .size = size, .class = class};
    p->all = block;
    p->held += size + ALIGNMENT;
  }
  p->used += block->size;
  if (p->used > p->peak) p->peak = p->used;
  char *data = (char *)block + ALIGNMENT;
  AG_UNPOISON(data, size);
  return data;
}

void ag_pool_give(ag_pool *p, void *data) {
  ag_block *block = (ag_block *)(void *)((char *)data - ALIGNMENT);
  AG_POISON(data, block->size);
  block->next_idle = p->idle[block->class];
  p->idle[block->class] = block;
  p->used -= block->size;
}

void ag_pool_free(ag_pool *p, const ag_allocator *allocator) {
  for (ag_block *block = p->all, *next; block; block = next) {
    next = block->next_all;
    AG_UNPOISON((char *)block + ALIGNMENT, block->size);
    allocator->release(block, allocator->user);
  }
  *p = (ag_pool){0};
}
