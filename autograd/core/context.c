/* Contexts: everything that the engine holds, and where its memory comes from. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#ifdef __linux__
#include <sys/mman.h>
#endif

#ifdef _OPENMP
#include <omp.h>
#endif

#include "core/internal.h"
#include "core/isa.h"
#include "core/tool.h"

#define MAX_THREADS 1024
#define LARGE_PAGE ((size_t)2 << 20)

/* Asks for large pages, of which a processor remembers the places of many more bytes, where they would be
 * filled. A kernel that has none to give goes on with small ones. */
static void prefer_large_pages(void *memory, size_t bytes) {
#ifdef MADV_HUGEPAGE
  if (bytes >= LARGE_PAGE) (void)madvise(memory, bytes / LARGE_PAGE * LARGE_PAGE, MADV_HUGEPAGE);
#else
  (void)memory, (void)bytes;
#endif
}

static void *allocate_aligned(size_t bytes, void *user) {
  (void)user;
  void *memory = NULL;
  if (posix_memalign(&memory, bytes < LARGE_PAGE ? 64 : LARGE_PAGE, bytes ? bytes : 1) != 0) return NULL;
  prefer_large_pages(memory, bytes);
  return memory;
}

static void release_aligned(void *memory, void *user) {
  (void)user;
  free(memory);
}

static int processors(void) {
#ifdef _OPENMP
  return omp_get_max_threads();
#else
  return 1;
#endif
}

ag_ctx *ag_ctx_new_with(ag_allocator allocator) {
  if (!allocator.allocate) allocator.allocate = allocate_aligned;
  if (!allocator.release) allocator.release = release_aligned;
  ag_ctx *c = allocator.allocate(sizeof *c, allocator.user);
  if (!c) return NULL;
  memset(c, 0, sizeof *c);
  c->allocator = allocator;
  c->nil.c = c;
  c->dtype = AG_F32;
  ag_set_threads(c, processors());
  c->scope[0].serial = ++c->serials;
  if (ag_isa_problem()) ag_fail(c, AG_EVALUE, "ag_ctx_new", "%s", ag_isa_problem());
  return c;
}

ag_ctx *ag_ctx_new(void) { return ag_ctx_new_with((ag_allocator){0}); }

void ag_ctx_free(ag_ctx *c) {
  if (!c) return;
  const ag_allocator allocator = c->allocator;
  ag_tools_free(c);
  for (int i = 0; i < AG_MAX_SCOPES; i++) {
    ag_arena_free(&c->scope[i].tensors[0], &allocator);
    ag_arena_free(&c->scope[i].tensors[1], &allocator);
    ag_arena_free(&c->scope[i].bytes, &allocator);
    ag_release(c, c->scope[i].with_gradient);
  }
  ag_pool_free(&c->pool, &allocator);
  ag_release(c, c->tape);
  ag_release(c, c->registered);
  ag_release(c, c->scratch);
  allocator.release(c, allocator.user);
}

void *ag_allocate(ag_ctx *c, size_t bytes, ag_site at) {
  void *memory = c->allocator.allocate(bytes, c->allocator.user);
  if (!memory) ag_fail(c, AG_EMEMORY, at, "out of memory: no %zu bytes", bytes);
  return memory;
}

void ag_release(ag_ctx *c, void *memory) {
  if (memory) c->allocator.release(memory, c->allocator.user);
}

void *ag_enlarge(ag_ctx *c, void *memory, size_t used, size_t bytes, ag_site at) {
  void *larger = ag_allocate(c, bytes, at);
  if (!larger) return NULL;
  if (used) memcpy(larger, memory, used);
  ag_release(c, memory);
  return larger;
}

void *ag_scope_bytes(ag_ctx *c, size_t bytes, ag_site at) {
  void *memory = ag_arena_take(&c->scope[c->depth].bytes, bytes, &c->allocator, &c->arena_bytes);
  if (!memory) ag_fail(c, AG_EMEMORY, at, "out of memory: no %zu bytes", bytes);
  return memory;
}

void *ag_scratch(const ag_call *call, size_t bytes) {
  ag_ctx *c = call->c;
  if (bytes > c->scratch_bytes || !c->scratch) {
    void *larger = ag_enlarge(c, c->scratch, 0, bytes + bytes / 4 + 64, call->at);
    if (!larger) return NULL;
    c->scratch = larger;
    c->scratch_bytes = bytes + bytes / 4 + 64;
  }
  return c->scratch;
}

void ag_set_threads(ag_ctx *c, int threads) {
  c->threads = threads < 1 ? 1 : threads > MAX_THREADS ? MAX_THREADS : threads;
}

int ag_threads(const ag_ctx *c) { return c->threads; }

void ag_set_winograd(ag_ctx *c, bool on) { c->direct = !on; }

bool ag_winograd(const ag_ctx *c) { return !c->direct; }

void ag_set_dtype(ag_ctx *c, ag_dtype dtype) {
  if (dtype == AG_F32 || dtype == AG_F64) {
    c->dtype = dtype;
  } else {
    ag_fail(c, AG_EDTYPE, "ag_set_dtype", "%s is not a real type; take float32 or float64",
            ag_dtype_name(dtype));
  }
}

ag_dtype ag_default_dtype(const ag_ctx *c) { return c->dtype; }

size_t ag_memory(const ag_ctx *c) { return c->arena_bytes + c->scratch_bytes + c->pool.used; }

size_t ag_memory_peak(const ag_ctx *c) { return c->arena_bytes + c->scratch_bytes + c->pool.peak; }
