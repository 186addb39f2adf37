/* libautograd: reverse-mode automatic differentiation on tensors, for C17.
 *
 * This header is the manual. Every prototype states its formula, its shapes and its errors.
 *
 * Four ideas carry the whole library:
 *   - A context (ag_ctx) holds everything: memory, tape, random streams, the first error. There is no global
 *     state; one context serves one thread at a time, and several contexts are independent.
 *   - Memory belongs to scopes. What is made between ag_scope_begin and ag_scope_end dies there; parameters,
 *     optimiser state and data live in the root scope, that is, outside of every begin and end.
 *   - Errors stick. The first mistake is stored in the context with the operator, the shapes and the file and
 *     line of the call; every later operator returns the nil tensor at once. Ask ag_error once a step.
 *   - Operators are applied through one door and recorded on a tape, which ag_backward and ag_grad read.
 *
 * Functions that take a first argument "ag_site at" and structs with a first member "at" are called without
 * it: the macros of <autograd/operators.h> fill in the file and line, so ag_relu(x) is a whole call. Functions
 * that take one struct of arguments are called with named options: ag_sum(x, .axes = AG_AXES(1)). */
#ifndef AUTOGRAD_H
#define AUTOGRAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

#define AG_VERSION "0.1.0"
#define AG_MAX_RANK 8

typedef struct ag_ctx ag_ctx;
typedef struct ag_tensor ag_tensor;
typedef struct ag_node ag_node;
typedef struct ag_op ag_op;

/* ---- Call sites and errors --------------------------------------------------------------------------- */

/* The "file:line" of a call, for error messages. */
typedef const char *ag_site;
#define AG_TEXT_(x) #x
#define AG_TEXT(x) AG_TEXT_(x)
#define AG_HERE (__FILE__ ":" AG_TEXT(__LINE__))

/* Every error code with what it stands for. */
#define AG_STATUS_LIST(X)                                                                                    \
  X(AG_OK, "no error")                                                                                       \
  X(AG_ESHAPE, "shapes do not fit")                                                                          \
  X(AG_EDTYPE, "data types do not fit")                                                                      \
  X(AG_EVALUE, "an argument is out of its range")                                                            \
  X(AG_ESTATE, "a call at the wrong time or on a tensor that is no longer alive")                            \
  X(AG_EMEMORY, "out of memory")                                                                             \
  X(AG_EIO, "a file cannot be read or written")                                                              \
  X(AG_EANOMALY, "a result is not finite")
typedef enum {
#define X(name, text) name,
  AG_STATUS_LIST(X)
#undef X
} ag_status;

/* The first error of the context since it was made or cleared; AG_OK when there is none. */
ag_status ag_error(const ag_ctx *c);
/* The message of that error, one line, "train.c:42: matmul: 32x128 and 64x10 do not fit"; "" when there is none. */
const char *ag_error_message(const ag_ctx *c);
/* Forgets the error. Tensors that were nil stay nil. */
void ag_clear_error(ag_ctx *c);
/* What a code stands for. */
const char *ag_status_text(ag_status status);
/* Calls trap(message, user) when the first error is stored: a place for a breakpoint, or for abort in tests. */
void ag_set_trap(ag_ctx *c, void (*trap)(const char *message, void *user), void *user);
/* Stores an error as the library does, "site: text". For those who write operators, layers and models. */
void ag_fail(ag_ctx *c, ag_status status, ag_site at, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* ---- Contexts and scopes ----------------------------------------------------------------------------- */

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
/* Whether 3x3 convolutions with stride 1 may go Winograd's way, which multiplies four times less but rounds
 * more. Initially true; with false the products of the definition are summed. */
void ag_set_winograd(ag_ctx *c, bool on);
bool ag_winograd(const ag_ctx *c);
/* Bytes that the context holds now, and the most it held. */
size_t ag_memory(const ag_ctx *c);
size_t ag_memory_peak(const ag_ctx *c);

/* ---- Types and shapes -------------------------------------------------------------------------------- */

typedef enum { AG_F32, AG_F64, AG_I64, AG_BOOL } ag_dtype;
/* In the description of an operator: an operand of any type. */
#define AG_ANY ((ag_dtype)255)
/* "float32", "float64", "int64", "bool". */
const char *ag_dtype_name(ag_dtype dtype);
size_t ag_dtype_size(ag_dtype dtype);
/* The data type of new real tensors: AG_F32 (the default) or AG_F64. */
void ag_set_dtype(ag_ctx *c, ag_dtype dtype);
ag_dtype ag_default_dtype(const ag_ctx *c);

typedef struct {
  int rank;
  int64_t dim[AG_MAX_RANK];
} ag_shape;
/* AG_SHAPE(2, 3) is the shape 2x3; AG_SCALAR is that of a single number (rank 0). */
#define AG_COUNT_(...) ((int)(sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t)))
#define AG_SHAPE(...) ((ag_shape){AG_COUNT_(__VA_ARGS__), {__VA_ARGS__}})
#define AG_SCALAR ((ag_shape){0, {0}})

/* Axes of a tensor; negative ones count from the last. No axes (the default) stands for all of them. */
typedef struct {
  int count;
  int axis[AG_MAX_RANK];
} ag_axes;
#define AG_AXES(...) ((ag_axes){AG_COUNT_(__VA_ARGS__), {__VA_ARGS__}})

/* ---- Tensors ----------------------------------------------------------------------------------------- */

/* New tensors of the context's data type, in the innermost scope. */
ag_tensor *ag_zeros(ag_site at, ag_ctx *c, ag_shape shape);
ag_tensor *ag_full(ag_site at, ag_ctx *c, ag_shape shape, double value);
ag_tensor *ag_scalar(ag_site at, ag_ctx *c, double value);
/* A copy of row-major data that has the given type. */
ag_tensor *ag_from(ag_site at, ag_ctx *c, ag_dtype dtype, ag_shape shape, const void *data);
/* A copy of row-major numbers, converted to the context's data type. */
ag_tensor *ag_from_double(ag_site at, ag_ctx *c, ag_shape shape, const double *data);
/* A tensor over the caller's row-major memory, which must live and stay as it is until the scope ends. */
ag_tensor *ag_wrap(ag_site at, ag_ctx *c, ag_dtype dtype, ag_shape shape, void *data);
/* Random tensors from the named stream: uniform in [low, high), and normal. */
ag_tensor *ag_uniform(ag_site at, ag_ctx *c, ag_shape shape, const char *stream, double low, double high);
ag_tensor *ag_normal(ag_site at, ag_ctx *c, ag_shape shape, const char *stream, double mean, double deviation);

/* Where a tensor lives, its sizes and how many they are. */
ag_ctx *ag_context(const ag_tensor *x);
ag_shape ag_shape_of(const ag_tensor *x);
int ag_rank(const ag_tensor *x);
/* The size along an axis (negative: from the last); 0 for an axis that is not there. */
int64_t ag_dim(const ag_tensor *x, int axis);
int64_t ag_numel(const ag_tensor *x);
ag_dtype ag_dtype_of(const ag_tensor *x);
bool ag_is_contiguous(const ag_tensor *x);
/* Whether x is the nil tensor (or NULL), that is, the result of a call that failed. */
bool ag_is_nil(const ag_tensor *x);
/* The first element's address. Elements follow in row-major order when ag_is_contiguous; NULL for nil. */
void *ag_data(const ag_tensor *x);
/* The only element as a number; NaN, and an error, when there is not exactly one. */
double ag_item(ag_site at, const ag_tensor *x);
/* Writes all elements, in row-major order, as numbers. out has room for ag_numel(x). */
void ag_to_double(const ag_tensor *x, double *out);
/* Writes row-major numbers into a leaf tensor (a parameter, a buffer), converted to its data type. */
void ag_assign(ag_site at, ag_tensor *x, const double *data);
/* Prints name, type, shape and elements. */
void ag_print(FILE *file, const char *name, const ag_tensor *x);

/* ---- Parameters -------------------------------------------------------------------------------------- */

/* A trainable tensor of zeros, registered under its name, which must be new. Root scope only (AG_ESTATE). */
ag_tensor *ag_parameter(ag_site at, ag_ctx *c, const char *name, ag_shape shape);
/* The same for state that is saved but not trained, such as a running mean. */
ag_tensor *ag_buffer(ag_site at, ag_ctx *c, const char *name, ag_shape shape);
/* The registered tensors, parameters and buffers in the order they were made; NULL past the last. */
ag_tensor *ag_registered(const ag_ctx *c, int index);
const char *ag_name(const ag_tensor *x);
/* The registered tensor of that name, or NULL. */
ag_tensor *ag_find(const ag_ctx *c, const char *name);
/* How many numbers all trainable parameters hold together. */
int64_t ag_parameter_count(const ag_ctx *c);

/* ---- Differentiation --------------------------------------------------------------------------------- */

/* Makes a leaf tensor (one that no operator made) collect gradients, as parameters do. */
void ag_set_requires_grad(ag_site at, ag_tensor *x, bool on);
bool ag_requires_grad(const ag_tensor *x);

/* Gradients of a one-element tensor with respect to every leaf that requires them, added to what
 * ag_gradient already holds. They live in the innermost scope and die with it. */
void ag_backward(ag_site at, ag_tensor *loss);
/* The gradient that ag_backward left for a leaf; NULL when there is none in an open scope. */
ag_tensor *ag_gradient(const ag_tensor *x);
/* Sets the gradients of all parameters to zero in the innermost scope: to add up several backward passes that
 * each run in a scope of their own. A training loop with one backward pass a step does not need it. */
void ag_zero_grad(ag_ctx *c);

/* Vector-Jacobian products: grads[j] = sum over i of (d outputs[i] / d inputs[j])' grad_outputs[i].
 * grad_outputs NULL stands for ones and asks for one-element outputs. inputs may be any recorded tensors.
 * create_graph records the pass, so that its results can be differentiated again. An input that no output
 * depends on is an error, or NULL in grads with allow_unused. Returns false after an error. */
typedef struct {
  ag_site at;
  int n_outputs;
  ag_tensor *const *outputs;
  int n_inputs;
  ag_tensor *const *inputs;
  ag_tensor **grads;
  ag_tensor *const *grad_outputs;
  bool create_graph, allow_unused;
} ag_grad_args;
bool ag_grad(ag_grad_args a);

/* Between these two, operators are not recorded. They nest. */
void ag_no_grad_begin(ag_ctx *c);
void ag_no_grad_end(ag_ctx *c);
/* The same values without history, sharing memory. */
ag_tensor *ag_detach(ag_site at, ag_tensor *x);

/* ---- Random streams ---------------------------------------------------------------------------------- */

/* Philox4x32-10 (Salmon et al. 2011). One counter-based stream for each purpose, found by name ("init",
 * "shuffle", "dropout", ...): what one stream gives does not depend on how much another was used. */
void ag_seed(ag_ctx *c, uint64_t seed);
/* Gives one stream a seed of its own and starts it anew. */
void ag_seed_stream(ag_ctx *c, const char *stream, uint64_t seed);
uint64_t ag_random(ag_ctx *c, const char *stream);
/* A uniform random order of 0 .. n-1 (Fisher and Yates). */
void ag_permutation(ag_ctx *c, const char *stream, int64_t n, int64_t *out);
/* The streams by index, for saving and restoring a run; false past the last one. */
typedef struct {
  char name[32];
  uint64_t key, counter;
} ag_stream_state;
bool ag_stream_get(const ag_ctx *c, int index, ag_stream_state *state);
void ag_stream_set(ag_ctx *c, const ag_stream_state *state);

/* ---- Operators --------------------------------------------------------------------------------------- */

/* Elementwise operators, with NumPy broadcasting, are declared with their formulas in <autograd/operators.h>,
 * made from the table autograd/ops/elementwise.def: add sub mul div neg pow abs exp log sqrt square relu
 * leaky_relu tanh sigmoid softplus gelu clamp maximum minimum, add_scalar mul_scalar pow_scalar, ... */

/* condition ? x : y, elementwise with broadcasting; condition is bool. */
ag_tensor *ag_where(ag_site at, ag_tensor *condition, ag_tensor *x, ag_tensor *y);

/* Reductions over axes (default: all); keepdim leaves axes of size 1. Empty sums are 0, empty means NaN. */
typedef struct {
  ag_site at;
  ag_tensor *x;
  ag_axes axes;
  bool keepdim;
} ag_reduce_args;
ag_tensor *ag_sum(ag_reduce_args a);
ag_tensor *ag_mean(ag_reduce_args a);
/* Largest element; NaN wins. The gradient is shared evenly among equal ones (torch.amax). */
ag_tensor *ag_max(ag_reduce_args a);
/* log(sum(exp(x))), computed without overflow. */
ag_tensor *ag_logsumexp(ag_reduce_args a);
/* sum((x - mean)^2) / (n - correction). correction is 1 unless .biased is set. */
typedef struct {
  ag_site at;
  ag_tensor *x;
  ag_axes axes;
  bool keepdim, biased;
} ag_var_args;
ag_tensor *ag_var(ag_var_args a);
/* Index (int64) of the largest element along one axis, or of the flattened tensor; the first wins, NaN too. */
ag_tensor *ag_argmax(ag_reduce_args a);

/* Views: they share memory with x wherever the strides allow it, and are differentiable. */
/* One dimension may be -1 and follows from the others. */
ag_tensor *ag_reshape(ag_site at, ag_tensor *x, ag_shape shape);
/* Axes from `from` to the last become one. */
ag_tensor *ag_flatten(ag_site at, ag_tensor *x, int from);
ag_tensor *ag_transpose(ag_site at, ag_tensor *x, int axis1, int axis2);
/* Axis i of the result is axis axes[i] of x. */
ag_tensor *ag_permute(ag_site at, ag_tensor *x, ag_axes axes);
/* Repeats axes of size 1, and new leading axes, without copying. */
ag_tensor *ag_expand(ag_site at, ag_tensor *x, ag_shape shape);
/* Elements start, start + step, ... below stop. Negative bounds count from the end and are clipped. step > 0. */
ag_tensor *ag_slice(ag_site at, ag_tensor *x, int axis, int64_t start, int64_t stop, int64_t step);
/* The same elements in row-major order; x itself when they already are. */
ag_tensor *ag_contiguous(ag_site at, ag_tensor *x);

/* Joins n tensors along an axis; the other sizes must agree. */
ag_tensor *ag_concat(ag_site at, int n, ag_tensor *const *x, int axis);
/* Joins n tensors of one shape along a new axis. */
ag_tensor *ag_stack(ag_site at, int n, ag_tensor *const *x, int axis);
/* y[i][j][k] = x[i][index[i][j][k]][k] for axis 1: index (int64) has the rank of x and is no larger elsewhere. */
ag_tensor *ag_gather(ag_site at, ag_tensor *x, int axis, ag_tensor *index);

/* (..., m, k) times (..., k, n) gives (..., m, n); leading axes broadcast. A vector counts as a row on the left
 * and as a column on the right, and that axis is dropped from the result. */
ag_tensor *ag_matmul(ag_site at, ag_tensor *x, ag_tensor *y);
/* x w' + b: (..., in), (out, in) and optionally (out) give (..., out). */
typedef struct {
  ag_site at;
  ag_tensor *x, *weight, *bias;
} ag_linear_args;
ag_tensor *ag_linear(ag_linear_args a);
/* max(x w' + b, 0): relu of linear in one pass. */
ag_tensor *ag_linear_relu(ag_linear_args a);

/* Cross-correlation: x (n, c, h, w), weight (o, c / groups, kh, kw) and optionally bias (o) give (n, o, h', w') with
 * h' = floor((h + 2 padding - dilation (kh - 1) - 1) / stride) + 1. Defaults: stride 1, padding 0, dilation 1,
 * groups 1. The _w options set the width's value where it differs from the height's. */
typedef struct {
  ag_site at;
  ag_tensor *x, *weight, *bias;
  int stride, padding, dilation, groups;
  int stride_w, padding_w, dilation_w;
} ag_conv2d_args;
ag_tensor *ag_conv2d(ag_conv2d_args a);

/* Pooling of (n, c, h, w) by kernel x kernel windows; stride 0 stands for the kernel's size. padding is at most
 * half of the kernel; padded places count as -infinity in max_pool2d and as zeros in avg_pool2d. */
typedef struct {
  ag_site at;
  ag_tensor *x;
  int kernel, stride, padding, dilation;
} ag_max_pool2d_args;
ag_tensor *ag_max_pool2d(ag_max_pool2d_args a);
typedef struct {
  ag_site at;
  ag_tensor *x;
  int kernel, stride, padding;
} ag_avg_pool2d_args;
ag_tensor *ag_avg_pool2d(ag_avg_pool2d_args a);

/* (x - mean) / sqrt(var + eps) * weight + bias for each channel of x (n, c, ...) (Ioffe and Szegedy 2015).
 * In training, mean and biased var are the batch's, and the running ones, where given, move by
 * running += momentum (batch - running), the variance's unbiased; else the running ones are used.
 * weight, bias, running_mean and running_var have shape (c). Defaults: momentum 0.1, eps 1e-5.
 * relu asks for max(y, 0) in place of y: one pass over memory less than ag_relu, and the same numbers. */
typedef struct {
  ag_site at;
  ag_tensor *x, *weight, *bias, *running_mean, *running_var;
  bool training, relu;
  double momentum, eps;
} ag_batch_norm_args;
ag_tensor *ag_batch_norm(ag_batch_norm_args a);

/* In training, each element becomes 0 with probability p, else x / (1 - p); stream "dropout". Else x. */
ag_tensor *ag_dropout(ag_site at, ag_tensor *x, double p, bool training);

/* exp(x) / sum(exp(x)) and its logarithm along one axis. */
ag_tensor *ag_softmax(ag_site at, ag_tensor *x, int axis);
ag_tensor *ag_log_softmax(ag_site at, ag_tensor *x, int axis);

/* Losses. x and target have the same shape; the result is the mean unless another reduction is asked for. */
typedef enum { AG_MEAN, AG_SUM, AG_NONE } ag_reduction;
typedef struct {
  ag_site at;
  ag_tensor *x, *target;
  ag_reduction reduction;
} ag_loss_args;
/* (x - target)^2 */
ag_tensor *ag_mse_loss(ag_loss_args a);
/* |x - target| */
ag_tensor *ag_l1_loss(ag_loss_args a);
/* -x[i, target[i]] for log-probabilities x (n, classes) and int64 target (n). */
ag_tensor *ag_nll_loss(ag_loss_args a);
/* nll_loss(log_softmax(x)) for logits x (n, classes) and int64 target (n). */
ag_tensor *ag_cross_entropy(ag_loss_args a);
/* d = x - target: d^2 / (2 beta) where |d| < beta, else |d| - beta / 2. beta 0 stands for 1. */
typedef struct {
  ag_site at;
  ag_tensor *x, *target;
  ag_reduction reduction;
  double beta;
} ag_smooth_l1_loss_args;
ag_tensor *ag_smooth_l1_loss(ag_smooth_l1_loss_args a);
/* (log_variance + (target - x)^2 exp(-log_variance)) / 2, plus log(2 pi) / 2 with full. */
typedef struct {
  ag_site at;
  ag_tensor *x, *log_variance, *target;
  ag_reduction reduction;
  bool full;
} ag_gaussian_nll_loss_args;
ag_tensor *ag_gaussian_nll_loss(ag_gaussian_nll_loss_args a);

/* ---- Layers: structs of parameters with PyTorch's default initialisation (stream "init") --------------- */

/* In place: uniform or normal with the deviation of He et al. 2015 or Glorot and Bengio 2010. fan_in is
 * weight's size without axis 0; fan_out without axis 1. */
void ag_init_uniform(ag_tensor *x, double low, double high);
void ag_init_normal(ag_tensor *x, double mean, double deviation);
void ag_init_constant(ag_tensor *x, double value);
/* U(-b, b), b = gain sqrt(3 / fan_in), gain = sqrt(2 / (1 + slope^2)). */
void ag_init_kaiming_uniform(ag_tensor *weight, double slope);
/* U(-b, b), b = gain sqrt(6 / (fan_in + fan_out)). */
void ag_init_xavier_uniform(ag_tensor *weight, double gain);

/* Parameters "name.weight" (out, in) and "name.bias" (out), both U(-1/sqrt(in), 1/sqrt(in)). */
typedef struct {
  ag_tensor *weight, *bias;
} ag_linear_layer;
typedef struct {
  ag_site at;
  ag_ctx *c;
  const char *name;
  int64_t in, out;
  bool no_bias;
} ag_linear_layer_new_args;
ag_linear_layer ag_linear_layer_new(ag_linear_layer_new_args a);
ag_tensor *ag_linear_layer_call(ag_site at, const ag_linear_layer *layer, ag_tensor *x);

/* Parameters "name.weight" (out, in / groups, kernel, kernel) and "name.bias" (out), U(+-1/sqrt(fan_in)). */
typedef struct {
  ag_tensor *weight, *bias;
  int stride, padding, dilation, groups;
} ag_conv2d_layer;
typedef struct {
  ag_site at;
  ag_ctx *c;
  const char *name;
  int64_t in, out, kernel;
  int stride, padding, dilation, groups;
  bool no_bias;
} ag_conv2d_layer_new_args;
ag_conv2d_layer ag_conv2d_layer_new(ag_conv2d_layer_new_args a);
ag_tensor *ag_conv2d_layer_call(ag_site at, const ag_conv2d_layer *layer, ag_tensor *x);

/* Parameters "name.weight" (ones), "name.bias" (zeros), buffers "name.running_mean", "name.running_var". */
typedef struct {
  ag_tensor *weight, *bias, *running_mean, *running_var;
  double momentum, eps;
} ag_batch_norm_layer;
ag_batch_norm_layer ag_batch_norm_layer_new(ag_site at, ag_ctx *c, const char *name, int64_t channels);
ag_tensor *ag_batch_norm_layer_call(ag_site at, const ag_batch_norm_layer *layer, ag_tensor *x, bool training);
/* ag_relu of it, in the same pass over memory. */
ag_tensor *ag_batch_norm_relu_layer_call(ag_site at, const ag_batch_norm_layer *layer, ag_tensor *x, bool training);

/* ---- Optimisers and schedules ------------------------------------------------------------------------ */

typedef struct ag_optim ag_optim;
typedef struct ag_optim_type ag_optim_type;
/* The type objects; formulas and defaults are those of torch.optim 1.13. */
extern const ag_optim_type *const ag_sgd;     /* momentum, dampening, nesterov, weight_decay */
extern const ag_optim_type *const ag_rmsprop; /* alpha 0.99, eps 1e-8, momentum, centered, weight_decay */
extern const ag_optim_type *const ag_adam;    /* beta1 0.9, beta2 0.999, eps 1e-8, weight_decay */
/* By name, "sgd", "rmsprop", "adam"; NULL for others. */
const ag_optim_type *ag_optim_type_find(const char *name);
const char *ag_optim_type_name(const ag_optim_type *type);
/* An optimiser of all parameters of the context, made in the root scope. lr 0 stands for PyTorch's default. */
typedef struct {
  ag_site at;
  ag_ctx *c;
  const ag_optim_type *type;
  double lr, momentum, dampening, weight_decay, alpha, beta1, beta2, eps;
  bool nesterov, centered;
} ag_optim_new_args;
ag_optim *ag_optim_new(ag_optim_new_args a);
/* One update from the gradients of this scope; parameters without a gradient stay as they are. */
void ag_optim_step(ag_site at, ag_optim *o);
double ag_optim_lr(const ag_optim *o);
void ag_optim_set_lr(ag_optim *o, double lr);
/* How many updates were made: the most that any parameter had. */
int64_t ag_optim_steps(const ag_optim *o);
/* What it remembers, for saving and restoring a run: leaf tensors of the root scope, named "conv1.weight.exp_avg"
 * (ag_name), to be read with ag_to_double and written with ag_assign; NULL past the last. For each parameter the
 * number of updates, "step" (int64), and what the type and its options ask for, under torch's names: sgd
 * momentum_buffer; rmsprop square_avg, momentum_buffer, grad_avg; adam exp_avg, exp_avg_sq. */
ag_tensor *ag_optim_state(const ag_optim *o, int index);

/* A learning-rate schedule is a function of the epoch: lr(epoch) from the initial rate. */
typedef struct ag_schedule ag_schedule;
struct ag_schedule {
  const char *name;
  double (*rate)(const ag_schedule *s, double initial, int64_t epoch);
  int64_t step;
  double gamma;
};
/* initial, whatever the epoch. */
ag_schedule ag_schedule_none(void);
/* initial gamma^floor(epoch / step) (torch.optim.lr_scheduler.StepLR); NaN, which ag_optim_set_lr refuses, where
 * step is not at least 1. */
ag_schedule ag_step_lr(int64_t step, double gamma);
double ag_schedule_rate(const ag_schedule *s, double initial, int64_t epoch);

/* ---- Saving ------------------------------------------------------------------------------------------ */

/* All registered tensors as a NumPy .npz archive (stored, float32 or float64), written to a temporary file,
 * synced and renamed. Loading asks for the same names, shapes and types, and changes nothing after an error. */
bool ag_save(ag_site at, ag_ctx *c, const char *path);
bool ag_load(ag_site at, ag_ctx *c, const char *path);

/* ---- Tools ------------------------------------------------------------------------------------------- */

/* Compares the gradients of fn(inputs) with central differences of a random projection of its result, element
 * by element, in float64: |difference| <= atol + rtol |numerical|. Defaults: eps 1e-6, atol 1e-5, rtol 1e-3 (as
 * torch.autograd.gradcheck). order 2 also checks the gradients of the gradients. Leaves what was found in
 * ag_error_message after a failure. */
typedef struct {
  ag_site at;
  ag_ctx *c;
  ag_tensor *(*fn)(ag_tensor *const *inputs, void *user);
  void *user;
  int n_inputs;
  ag_tensor *const *inputs;
  double eps, atol, rtol;
  int order;
} ag_gradcheck_args;
bool ag_gradcheck(ag_gradcheck_args a);

/* While this is on, the first result of an operator that holds NaN or an infinity is an error (AG_EANOMALY), in a
 * backward pass with the operator that is differentiated and the file and line of its call:
 * "train.c:42: log: element 5 of the result 3x4 is -inf; the operands are finite", or
 * "train.c:42: log, backward: div: element 5 of the result 3x4 is inf; the operands are finite", or, where the
 * operands were to blame, "...; element 7 of operand 1, fc.weight, is NaN already". Costs a pass over each result. */
void ag_set_detect_anomaly(ag_ctx *c, bool on);

/* Measures what each operator costs. Between begin and end the context notes every application, the sums of
 * cotangents in a backward pass, optimiser steps, passes and scopes. No more than max_events of them (0 stands for
 * 100,000) are kept for the trace; the table has them all. peak (float32 operations a second; float64 has half of
 * it) and bandwidth (bytes a second) are the machine's, for the context's threads; 0: measured now, in some 50 ms.
 * The names of call sites are kept, so they must live on, as those of AG_HERE do. AG_ESTATE when one is running. */
typedef struct {
  ag_site at;
  ag_ctx *c;
  double peak, bandwidth;
  int64_t max_events;
} ag_profile_begin_args;
void ag_profile_begin(ag_profile_begin_args a);
/* Stops it. What was measured stays until the next begin or the end of the context. AG_ESTATE when none is running. */
void ag_profile_end(ag_site at, ag_ctx *c);

/* One line of the table: all applications of an operator in one kind of work, "forward" or "backward", or all steps of
 * an optimiser ("update"). Beside these, "whole" lines, pass and scope, hold the time of what the others consist of.
 * bytes: operands (broadcast ones once) and results; views that copy nothing move none. flops: products and sums count
 * 2 each multiply-add of the direct algorithm, pooling its windows, the others one for each element of the largest
 * operand or result. bound: the least seconds that peak and bandwidth allow, the sum over applications of
 * max(flops / peak, bytes / bandwidth); operands that are still in a cache may beat it. */
typedef struct {
  const char *name, *kind;
  int64_t calls;
  double seconds, bytes, flops, bound;
} ag_profile_row;
/* The lines of the last profile, the most expensive first; false past the last one, and where there is no profile. */
bool ag_profile_get(const ag_ctx *c, int index, ag_profile_row *row);
/* Seconds from begin to end. */
double ag_profile_seconds(const ag_ctx *c);
/* The table as text, with a total that says what share of the time from begin to end it explains. */
void ag_profile_print(ag_site at, ag_ctx *c, FILE *file);
/* The events in Chrome's trace format (JSON), with shapes, call sites, bytes and flops, for chrome://tracing and
 * Perfetto. Passes and scopes enclose what ran in them. AG_EIO when the file cannot be written. */
bool ag_profile_write_trace(ag_site at, ag_ctx *c, const char *path);

/* ---- Writing an operator ----------------------------------------------------------------------------- */

/* The most results of an operator, and the most operands of one whose number of operands is fixed. */
#define AG_MAX_OUTPUTS 4
#define AG_MAX_OPERANDS 5

/* One application of an operator, as its functions see it. The driver fills in everything but shape and
 * dtype, which the shape rule sets, and out, which exists from forward on. */
typedef struct {
  ag_ctx *c;
  const ag_op *op;
  ag_site at;
  const void *attributes;
  int n_in, threads;
  ag_tensor *const *in;
  ag_shape shape[AG_MAX_OUTPUTS];
  ag_dtype dtype[AG_MAX_OUTPUTS];
  ag_tensor *out[AG_MAX_OUTPUTS];
} ag_call;

/* n elements of out and of each operand, whose steps (in elements) may be 0; parameters is the attributes. */
typedef void ag_loop(int64_t n, void *out, const void *const *in, const int64_t *step, const double *parameters);

/* One case of the test walk: operand shapes, attributes, and the message when the shape rule must refuse it. */
typedef struct {
  ag_shape in[AG_MAX_OPERANDS];
  int n_in;
  const void *attributes;
  double low, high;     /* real operands are uniform in [low, high); 0 and 0 stand for the operator's domain */
  int64_t below;        /* integer operands are 0 .. below - 1 */
  const char *error;    /* the message after "site: ", or NULL */
} ag_sample;

struct ag_op {
  const char *name, *formula;
  int n_in;                                    /* number of operands; -1 for one or more */
  int n_out;                                   /* 0 stands for 1 */
  ag_dtype in_dtype[AG_MAX_OPERANDS];          /* AG_F32 stands for either real type; AG_I64, AG_BOOL, AG_ANY */
  size_t attribute_size;                       /* bytes of attributes that the tape keeps */
  bool (*shape)(ag_call *call);                /* NULL: elementwise, the broadcast shape */
  void (*forward[2])(const ag_call *call);     /* float32, float64; contiguous operands unless strided */
  ag_loop *loop[2];                            /* instead of forward, for elementwise operators */
  void (*view)(const ag_call *call, ag_tensor *out); /* instead of forward, for views: sets the layout */
  bool strided;                                /* forward reads ag_stride_of itself */
  /* dx[i], for the operands that ag_needs asks for, from the gradients g of the results (NULL where a result has
   * none), written in operators. A dx of the broadcast shape is summed by the driver. NULL: not differentiable. */
  void (*vjp)(const ag_node *node, ag_tensor *const *g, ag_tensor **dx);
  double (*flops)(const ag_call *call);        /* for profiles; NULL: see ag_profile_row */
  double low, high;                            /* domain of test operands of elementwise operators */
  const ag_sample *samples;                    /* ends with n_in 0; NULL for elementwise operators */
};

/* The one door: checks, broadcasts, allocates, computes, records. Returns the first result. */
ag_tensor *ag_apply(ag_site at, const ag_op *op, int n_in, ag_tensor *const *in, const void *attributes);
/* The same, with every result in out. */
bool ag_apply_all(ag_site at, const ag_op *op, int n_in, ag_tensor *const *in, const void *attributes, ag_tensor **out);
/* Stores the error of a shape rule, "site: operator: text", and returns false. */
bool ag_reject(const ag_call *call, ag_status status, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* "2x3x4" for a shape, "scalar" for rank 0, in a buffer of the context that holds the last eight texts. */
const char *ag_shape_text(ag_ctx *c, ag_shape shape);
/* Memory for the length of one forward call, 64-byte aligned; NULL, and an error, when there is none. */
void *ag_scratch(const ag_call *call, size_t bytes);
const int64_t *ag_stride_of(const ag_tensor *x);
/* What a recorded node holds: operands, results and attributes. */
ag_tensor *ag_operand(const ag_node *node, int i);
ag_tensor *ag_result(const ag_node *node, int i);
const void *ag_attributes(const ag_node *node);
/* Whether the running pass asks for the gradient of operand i. */
bool ag_needs(const ag_node *node, int i);

/* The catalogue: every operator of the library, in alphabetical order within its family; NULL past the last. */
const ag_op *ag_catalogue(int index);
const ag_op *ag_op_find(const char *name);

#include <autograd/operators.h>

#ifdef __cplusplus
}
#endif
#endif
