/* Writing an operator. A chapter of <autograd.h>, which includes it. */
#ifndef AUTOGRAD_MANUAL_OPERATOR_H
#define AUTOGRAD_MANUAL_OPERATOR_H

/* An operator of your own is an ag_op object of static storage in your program, and a function that hands it to ag_apply.
 * Nothing is registered: it is recorded, differentiated, checked by ag_gradcheck, profiled and searched for NaN as those of
 * the library are (examples/custom_operator.c). Its shape rule refuses what does not fit by ag_reject and sets shape and,
 * where it is not that of the real operands, dtype. It computes by
 *   loop     elementwise: pieces of the elements, on several threads; operands broadcast and may have any layout
 *   forward  everything else: the whole result, with call->threads threads at its disposal; memory from ag_scratch
 *   view     nothing is computed: the result shows the elements of operand 0 in another layout (for the library itself)
 * one function for float32 and one for float64; NULL for a type that it does not know. What loop and forward compute must
 * not depend on the number of threads. The vjp uses operators alone, which makes it differentiable; it neither overwrites
 * elements nor starts a pass. */

/* The most results of an operator, and the most operands of one whose number of operands is fixed. */
#define AG_MAX_OUTPUTS 4
#define AG_MAX_OPERANDS 6

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
  int64_t below;        /* integer operands are 0 .. below - 1, and real ones that are alike, without a domain */
  ag_dtype dtype;       /* of operands that may have any type; AG_F32 stands for the context's */
  bool dominant;        /* operand 0: square matrices, n added to the diagonals of n x n */
  const char *error;    /* the message after "site: ", or NULL */
} ag_sample;

/* One function for every type, in forward. */
#define AG_EVERY_DTYPE(f) {f, f, f, f, f, f}

struct ag_op {
  const char *name, *formula;
  const char *shapes;                          /* "(..., m, k), (..., k, n) -> (..., m, n)", for docs/operators.md */
  int n_in;                                    /* number of operands; -1 for one or more */
  int n_out;                                   /* 0 stands for 1 */
  /* Of the operands. AG_F32 stands for either real type, one for all; AG_ALIKE, AG_ANY, or a type. The application
   * has the type of the first operand that is AG_F32 or AG_ALIKE, else that of the first operand. */
  ag_dtype in_dtype[AG_MAX_OPERANDS];
  ag_dtype out_dtype;                          /* AG_F32 stands for the application's; a shape rule may set another */
  size_t attribute_size;                       /* bytes of attributes that the tape keeps */
  bool (*shape)(ag_call *call);                /* NULL: elementwise, the broadcast shape */
  /* By the type of the application, NULL where there is no kernel; contiguous operands unless strided. */
  void (*forward[AG_DTYPES])(const ag_call *call);
  ag_loop *loop[AG_DTYPES];                    /* instead of forward, for elementwise operators */
  void (*view)(const ag_call *call, ag_tensor *out); /* instead of forward, for views: sets the layout */
  bool strided;                                /* forward reads ag_stride_of itself */
  /* dx[i], for the operands that ag_needs asks for, from the gradients g of the results (NULL where a result has
   * none), written in operators. A dx of the broadcast shape is summed by the driver; one of another shape or
   * type is an error. NULL: not differentiable, and why: "the result is a place". */
  void (*vjp)(const ag_node *node, ag_tensor *const *g, ag_tensor **dx);
  const char *not_differentiable;
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

#endif
