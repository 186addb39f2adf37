/* The engine's own view of its objects. Only autograd/ includes this header. */
#ifndef AG_CORE_INTERNAL_H
#define AG_CORE_INTERNAL_H

#include <autograd.h>

#include "core/arena.h"
#include "core/pool.h"

#define AG_MAX_SCOPES 64
#define AG_MAX_STREAMS 32

/* Elements of one or more tensors. The last tensor that lets go returns a pooled buffer at once. */
typedef struct ag_storage ag_storage;
typedef struct ag_tool ag_tool;
struct ag_storage {
  void *data;
  ag_storage *older; /* the pooled storage made before this one in the same scope */
  uint32_t written;  /* the context's count of writes when its elements were last overwritten */
  unsigned references : 31, pooled : 1; /* borrowed and arena memory is never returned */
};

/* Three groups: what every use of a tensor reads, what passes and scopes need, and the layout, of which only
 * the first `rank` entries are ever written. So a number costs two cache lines, and its elements a third. */
struct ag_tensor {
  ag_ctx *c;
  ag_storage *storage; /* its own, or that of the tensor that it is a view of */
  char *data;
  ag_node *node; /* the application that made it; NULL for a leaf */
  int64_t numel;
  uint64_t serial; /* of the scope it lives in; any other value there means that it is stale */
  ag_dtype dtype;
  int holds; /* how many slots of the running pass refer to it */
  uint8_t rank, depth, output;
  bool requires_grad, wanted;
  bool listed;    /* among the operands of the checkpoint that is being made */
  bool transient; /* made by a pass that is not recorded, which drops it as soon as nothing refers to it */

  ag_tensor *older;     /* the tensor made before this one in the same scope */
  ag_tensor *gradient;  /* what ag_backward left for a leaf */
  ag_tensor *cotangent; /* during a pass: the sum of the incoming gradients so far */
  const char *name;
  uint64_t pass;  /* the last pass that marked it as leading to a wanted input */
  ag_storage own; /* references is 0 in a view */

  int64_t dim[AG_MAX_RANK], stride[AG_MAX_RANK];
};

/* One recorded application. */
struct ag_node {
  const ag_op *op;
  const void *attributes;
  ag_site at;
  ag_ctx *c;
  int n_in, n_out;
  uint32_t writes; /* the context's count of them at that time */
  ag_tensor **in;
  ag_tensor *out[AG_MAX_OUTPUTS];
};

typedef struct {
  /* Tensors alone, so that a stale pointer still points at a tensor. Successive scopes of one depth take
   * turns with the two arenas: what the last step left is then not yet overwritten and is recognised as
   * stale. */
  ag_arena tensors[2];
  int turn;
  ag_arena bytes; /* nodes, attributes, storages and small data */
  ag_storage *storage;
  ag_tensor *newest;
  ag_tensor **with_gradient; /* leaves whose gradient lives here */
  size_t n_with_gradient, room_with_gradient;
  size_t tape_length; /* of the tape when the scope began */
  int64_t begun;      /* for the tools */
  uint64_t serial;
} ag_scope;

struct ag_ctx {
  ag_allocator allocator;
  ag_pool pool;
  size_t arena_bytes; /* what the arenas of all scopes hold */
  ag_scope scope[AG_MAX_SCOPES];
  int depth, too_deep; /* scopes open, and begun beyond the limit */
  uint64_t serials, passes;
  uint64_t pass;  /* the running pass marks what it needs with this; 0 when every leaf is wanted */
  size_t pending; /* results of nodes that hold a cotangent in it */
  bool in_pass, transient;
  bool checkpointed;     /* in a function under ag_checkpoint */
  bool repeats;          /* which is called again, so that running statistics must stay */
  int64_t pass_begun;    /* for the tools */
  const ag_node *pulled; /* the node whose vjp is at work */
  uint32_t writes;       /* how often elements were overwritten in place; from 2^32 on nothing is noticed */

  ag_node **tape;
  size_t tape_length, tape_room;
  int no_grad, no_grad_around; /* now, and around the running pass */

  ag_status status;
  char message[512];
  void (*trap)(const char *message, void *user);
  void *trap_user;
  ag_tensor nil;
  char shape_text[8][128];
  int next_shape_text;

  ag_tensor **registered;
  int n_registered, room_registered;

  ag_stream_state stream[AG_MAX_STREAMS];
  int n_streams;
  uint64_t seed;

  ag_tool *tools;
  int tools_on; /* how many of them watch; core/tool.h */

  void *scratch;
  size_t scratch_bytes;
  int threads;
  bool direct; /* convolutions do not go Winograd's way */
  ag_dtype dtype;
};

/* Memory from the context's allocator, 64-byte aligned; NULL and AG_EMEMORY when there is none. */
void *ag_allocate(ag_ctx *c, size_t bytes, ag_site at);
void ag_release(ag_ctx *c, void *memory);
/* A larger copy of an array, the old one freed; NULL (the old one intact) and AG_EMEMORY when there is none.
 */
void *ag_enlarge(ag_ctx *c, void *memory, size_t used, size_t bytes, ag_site at);
/* Memory that dies with the innermost scope. */
void *ag_scope_bytes(ag_ctx *c, size_t bytes, ag_site at);

/* Whether tensor x may be used now. Neither the nil tensor nor a scope that has ended has a serial number. */
static inline bool ag_alive(const ag_tensor *x) {
  return x->serial == x->c->scope[x->depth].serial && x->storage;
}
/* Whether tensor x may be used now as operand of `what`; stores the error when not. */
bool ag_usable(ag_site at, const char *what, int operand, const ag_tensor *x);
/* A new tensor in the innermost scope, with uninitialised elements in row-major order; NULL after an error.
 */
ag_tensor *ag_new_tensor(ag_ctx *c, ag_site at, ag_dtype dtype, ag_shape shape);
/* The same with all elements equal to value, as ag_cast converts it. */
ag_tensor *ag_filled(ag_site at, ag_ctx *c, ag_dtype dtype, ag_shape shape, double value);
/* A new tensor with the shape of x. */
ag_tensor *ag_new_like(ag_site at, ag_dtype dtype, const ag_tensor *x);
/* A new tensor that shares the storage of x, with its layout still to be set. */
ag_tensor *ag_new_view(ag_site at, const ag_tensor *x);
/* Sets shape and row-major strides. */
void ag_set_layout(ag_tensor *x, ag_shape shape);
/* The contiguous elements of x: its own, or a copy in row-major order that is not recorded. */
ag_tensor *ag_packed(ag_site at, ag_tensor *x);
/* Gives the elements back before the scope ends; for tensors that nothing refers to any more. */
void ag_drop(ag_tensor *x);
/* Number of elements, or -1 when it does not fit in memory's range. */
int64_t ag_shape_numel(ag_shape shape);
bool ag_shape_equal(ag_shape a, ag_shape b);
/* Whether x and y have the same shape. */
static inline bool ag_alike(const ag_tensor *x, const ag_tensor *y) {
  if (x->rank != y->rank) return false;
  for (int i = 0; i < x->rank; i++) {
    if (x->dim[i] != y->dim[i]) return false;
  }
  return true;
}
/* NumPy's rule: right-aligned, sizes equal or 1. Returns whether the shapes fit. */
bool ag_broadcast(ag_shape a, ag_shape b, ag_shape *out);
/* 0 .. rank-1 for an axis that may be negative; -1 when it is not there. */
int ag_axis(int rank, int64_t axis);
/* Puts an application on the tape, whose results then require gradients. */
bool ag_record(ag_call *call, int n_out);
/* Notes that the elements of x, and of all that shares them, were overwritten: what was recorded before
 * cannot be differentiated with them any more. */
static inline void ag_overwritten(ag_tensor *x) {
  x->c->writes += x->c->writes < UINT32_MAX;
  x->storage->written = x->c->writes;
}
/* Whether operand i of a node still has the elements that the node was computed with; stores the error when
 * not. */
bool ag_intact(const ag_node *node, int i);
/* Registers the gradient of a leaf as living in the innermost scope. */
bool ag_own_gradient(ag_tensor *leaf, ag_tensor *gradient, ag_site at);
/* The elementwise door: runs the loop over broadcast operands into out, which may be an operand. */
void ag_run_loop(ag_loop *loop, ag_tensor *out, int n_in, ag_tensor *const *in, const void *attributes);
/* Converts n elements between any two types; steps are in elements. */
void ag_convert(int64_t n, ag_dtype to_type, void *to, int64_t to_step, ag_dtype from_type, const void *from,
                int64_t from_step);
/* count uniform numbers below n from the stream; false, and an error, when there are too many streams. */
bool ag_random_below(ag_ctx *c, const char *stream, uint64_t n, int64_t count, uint64_t *out);
/* The stream of that name, made when it is new; NULL and an error when there are too many. */
ag_stream_state *ag_stream_find(ag_ctx *c, const char *name);

#endif
