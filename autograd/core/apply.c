/* The one door: every operator is checked, shaped, computed and recorded here. */
#include <string.h>

#include "core/tool.h"

#define FEW 8 /* operands for which no memory is taken */

/* The context of the first operand that is there. */
static ag_ctx *context_of(int n, ag_tensor *const *in) {
  for (int i = 0; in && i < n; i++) {
    if (in[i]) return in[i]->c;
  }
  return NULL;
}

static bool is_real(ag_dtype dtype) { return dtype == AG_F32 || dtype == AG_F64; }

/* The type that the operator wants of operand i; operators of any number of operands want the same of all. */
static ag_dtype wanted_dtype(const ag_op *op, int i) { return op->in_dtype[op->n_in < 0 ? 0 : i]; }

/* What nearly every call passes in one look: as many operands as wanted, there, alive, of one context, real,
 * and of one type. */
static bool plain_operands(const ag_call *call, ag_dtype *dtype) {
  const ag_tensor *first = call->in[0];
  if (call->n_in != call->op->n_in || !first || !is_real(first->dtype)) return false;
  for (int i = 0; i < call->n_in; i++) {
    const ag_tensor *x = call->in[i];
    if (!x || x->c != call->c || !ag_alive(x) || x->dtype != first->dtype) return false;
    if (call->op->in_dtype[i] != AG_F32 && call->op->in_dtype[i] != AG_ALIKE) return false;
  }
  *dtype = first->dtype;
  return true;
}

/* Operands must be there, alive, of one context and of the types that the operator wants; those that may be
 * of either real type agree, and so do those that are alike. Theirs is the type of the application, or the
 * first operand's where there are none: it chooses the kernel, and the results have it unless the object or
 * the shape rule says otherwise. */
static bool check_operands(const ag_call *call, ag_dtype *dtype) {
  const ag_op *op = call->op;
  const ag_tensor *first = NULL;
  if (op->n_in >= 0 ? call->n_in != op->n_in : call->n_in < 1) {
    return ag_reject(call, AG_EVALUE, "%d operands given, %d wanted", call->n_in,
                     op->n_in < 0 ? 1 : op->n_in);
  }
  for (int i = 0; i < call->n_in; i++) {
    const ag_tensor *x = call->in[i];
    if (!x) return ag_reject(call, AG_EVALUE, "operand %d is NULL", i);
    if (x->c != call->c) return ag_reject(call, AG_ESTATE, "operand %d belongs to another context", i);
    if (!ag_usable(call->at, op->name, i, x)) return false;
    const ag_dtype wanted = wanted_dtype(op, i);
    if (i == 0) *dtype = x->dtype;
    if (is_real(wanted) && !is_real(x->dtype)) {
      return ag_reject(call, AG_EDTYPE, "operand %d is %s, wanted is float32 or float64; cast it first", i,
                       ag_dtype_name(x->dtype));
    }
    if (!is_real(wanted) && wanted != AG_ALIKE) {
      if (wanted == AG_ANY || wanted == x->dtype) continue;
      return ag_reject(call, AG_EDTYPE, "operand %d is %s, wanted is %s", i, ag_dtype_name(x->dtype),
                       ag_dtype_name(wanted));
    }
    if (first && first->dtype != x->dtype) {
      return ag_reject(call, AG_EDTYPE, "operands are %s and %s; all %smust have one type",
                       ag_dtype_name(first->dtype), ag_dtype_name(x->dtype),
                       is_real(wanted) ? "real operands " : "");
    }
    if (!first) first = x;
  }
  if (first) *dtype = first->dtype;
  return true;
}

bool ag_intact(const ag_node *node, int i) {
  ag_tensor *x = node->in[i];
  if (!x->storage || x->storage->written <= node->writes) return true;
  const char *comma = x->name ? ", " : "", *name = x->name ? x->name : "", *end = x->name ? "," : "";
  ag_fail(x->c, AG_ESTATE, node->at,
          "%s, backward: operand %d%s%s%s was overwritten after the operator was applied; "
          "differentiate first, or apply it again",
          node->op->name, i, comma, name, end);
  return false;
}

/* Whether what a vjp reads is what its operator read. The vjp of a sum may do with the shape of an operand,
 * so only what it hands to an operator counts. */
static bool intact(const ag_call *call) {
  const ag_node *node = call->c->pulled;
  for (int i = 0; i < call->n_in; i++) {
    if (call->in[i]->storage->written <= node->writes) continue;
    for (int k = 0; k < node->n_in; k++) {
      if (node->in[k] == call->in[i] && !ag_intact(node, k)) return false;
    }
  }
  return true;
}

/* Whether all operands have one shape. */
static bool alike(const ag_call *call) {
  for (int i = 1; i < call->n_in; i++) {
    if (!ag_alike(call->in[0], call->in[i])) return false;
  }
  return true;
}

static bool broadcast_shape(ag_call *call) {
  call->shape[0] = ag_shape_of(call->in[0]);
  for (int i = 1; i < call->n_in; i++) {
    const ag_shape shape = call->shape[0], other = ag_shape_of(call->in[i]);
    if (!ag_broadcast(shape, other, &call->shape[0])) {
      return ag_reject(call, AG_ESHAPE, "%s and %s do not broadcast", ag_shape_text(call->c, shape),
                       ag_shape_text(call->c, other));
    }
  }
  return true;
}

/* Room for result k, which has a shape of its own. */
static ag_tensor *new_result(const ag_call *call, int k) {
  const ag_shape shape = call->shape[k];
  if (ag_shape_numel(shape) >= 0) return ag_new_tensor(call->c, call->at, call->dtype[k], shape);
  ag_reject(call, AG_ESHAPE, "the result would have shape %s, which no tensor can have",
            ag_shape_text(call->c, shape));
  return NULL;
}

/* Runs the kernels over operands that are contiguous where the operator wants that. */
static bool compute(ag_call *call, ag_dtype dtype) {
  const ag_op *op = call->op;
  if (op->loop[dtype]) {
    ag_run_loop(op->loop[dtype], call->out[0], call->n_in, call->in, call->attributes);
    return true;
  }
  ag_tensor *few[FEW], **packed = few;
  ag_tensor *const *in = call->in;
  if (!op->strided) {
    if (call->n_in > FEW) packed = ag_scope_bytes(call->c, (size_t)call->n_in * sizeof *packed, call->at);
    if (!packed) return false;
    for (int i = 0; i < call->n_in; i++) {
      packed[i] = ag_packed(call->at, in[i]);
      if (!packed[i]) return false;
    }
    call->in = packed;
  }
  op->forward[dtype](call);
  for (int i = 0; i < call->n_in && !op->strided; i++) {
    if (packed[i] != in[i]) ag_drop(packed[i]);
  }
  call->in = in;
  return call->c->status == AG_OK;
}

/* Whether this application has a gradient that somebody could ask for. */
static bool recorded(const ag_call *call) {
  if (!call->op->vjp || call->c->no_grad > 0) return false;
  for (int i = 0; i < call->n_in; i++) {
    if (call->in[i]->requires_grad) return true;
  }
  return false;
}

bool ag_record(ag_call *call, int n_out) {
  ag_ctx *c = call->c;
  const int n_in = call->n_in;
  const size_t operands = (size_t)n_in * sizeof(ag_tensor *), attributes = call->op->attribute_size;
  if (c->tape_length == c->tape_room) {
    const size_t room = c->tape_room ? 2 * c->tape_room : 256;
    ag_node **larger =
        ag_enlarge(c, c->tape, c->tape_length * sizeof *larger, room * sizeof *larger, call->at);
    if (!larger) return false;
    c->tape = larger;
    c->tape_room = room;
  }
  char *memory = ag_scope_bytes(c, sizeof(ag_node) + operands + attributes, call->at);
  if (!memory) return false;
  ag_node *node = (ag_node *)(void *)memory;
  node->op = call->op;
  node->at = call->at;
  node->c = c;
  node->n_in = n_in;
  node->n_out = n_out;
  node->writes = c->writes;
  node->in = (ag_tensor **)(void *)(memory + sizeof *node);
  node->attributes = memory + sizeof *node + operands;
  for (int i = 0; i < n_in; i++) node->in[i] = call->in[i];
  if (attributes) memcpy(memory + sizeof *node + operands, call->attributes, attributes);
  for (int k = 0; k < n_out; k++) {
    node->out[k] = call->out[k];
    call->out[k]->node = node;
    call->out[k]->output = (uint8_t)k;
    call->out[k]->requires_grad = is_real(call->out[k]->dtype);
  }
  c->tape[c->tape_length++] = node;
  return true;
}

bool ag_apply_all(ag_site at, const ag_op *op, int n_in, ag_tensor *const *in, const void *attributes,
                  ag_tensor **out) {
  ag_ctx *c = context_of(n_in, in);
  const int n_out = op->n_out ? op->n_out : 1;
  for (int k = 0; k < n_out; k++) out[k] = c ? &c->nil : NULL;
  if (!c || c->status != AG_OK) return false;
  const int64_t begun = ag_tools_begin(c);

  ag_call call; /* an initialiser would spend its time on shapes that the shape rule writes */
  call.c = c;
  call.op = op;
  call.at = at;
  call.attributes = attributes;
  call.n_in = n_in;
  call.threads = c->threads;
  call.in = in;
  ag_dtype dtype = AG_F32;
  if (!plain_operands(&call, &dtype) && !check_operands(&call, &dtype)) return false;
  if (c->pulled && !intact(&call)) return false;
  if (!op->view && !op->loop[dtype] && !op->forward[dtype]) {
    return ag_reject(&call, AG_EDTYPE, "there is no kernel for %s", ag_dtype_name(dtype));
  }
  for (int k = 0; k < n_out; k++) call.dtype[k] = op->out_dtype ? op->out_dtype : dtype;
  const bool like_operand = !op->shape && alike(&call);
  if (!like_operand && !(op->shape ? op->shape(&call) : broadcast_shape(&call))) return false;

  for (int k = 0; k < n_out; k++) {
    call.out[k] = op->view       ? ag_new_view(at, in[0])
                  : like_operand ? ag_new_like(at, call.dtype[0], in[0])
                                 : new_result(&call, k);
    if (!call.out[k]) return false;
  }
  if (op->view) {
    op->view(&call, call.out[0]);
    if (c->status != AG_OK) return false;
  } else if (!compute(&call, dtype)) {
    return false;
  }
  if (recorded(&call) && !ag_record(&call, n_out)) return false;
  if (c->tools_on && !ag_tools_applied(&call, begun)) return false;
  for (int k = 0; k < n_out; k++) out[k] = call.out[k];
  return true;
}

ag_tensor *ag_apply(ag_site at, const ag_op *op, int n_in, ag_tensor *const *in, const void *attributes) {
  ag_tensor *out[AG_MAX_OUTPUTS];
  ag_apply_all(at, op, n_in, in, attributes, out);
  return out[0];
}

ag_tensor *ag_operand(const ag_node *node, int i) { return node->in[i]; }

ag_tensor *ag_result(const ag_node *node, int i) { return node->out[i]; }

const void *ag_attributes(const ag_node *node) { return node->attributes; }
