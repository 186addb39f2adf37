/* Types, shapes, tensors and parameters. A chapter of <autograd.h>, which includes it. */
#ifndef AUTOGRAD_MANUAL_TENSORS_H
#define AUTOGRAD_MANUAL_TENSORS_H

typedef enum { AG_F32, AG_F64, AG_I64, AG_BOOL, AG_I32, AG_U8 } ag_dtype;
#define AG_DTYPES 6
/* In the description of an operator: an operand of any type, and one of any type that all such operands share. */
#define AG_ANY ((ag_dtype)255)
#define AG_ALIKE ((ag_dtype)254)
/* "float32", "float64", "int64", "bool", "int32", "uint8". */
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
/* The only element as a number; NaN, and an error, when there is not exactly one. Here and below, int64 elements
 * beyond 2^53 are rounded; ag_data has them all. */
double ag_item(ag_site at, const ag_tensor *x);
/* Writes all elements, in row-major order, as numbers. out has room for ag_numel(x). */
void ag_to_double(const ag_tensor *x, double *out);
/* Writes row-major numbers into a leaf tensor (a parameter, a buffer), converted to its data type as ag_cast does. */
void ag_assign(ag_site at, ag_tensor *x, const double *data);
/* Prints name, type, shape and elements. */
void ag_print(FILE *file, const char *name, const ag_tensor *x);

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

#endif
