/* Differentiation: gradients of any order. A chapter of <autograd.h>, which includes it. */
#ifndef AUTOGRAD_MANUAL_DIFFERENTIATION_H
#define AUTOGRAD_MANUAL_DIFFERENTIATION_H

/* Makes a leaf tensor (one that no operator made) collect gradients, as parameters do. */
void ag_set_requires_grad(ag_site at, ag_tensor *x, bool on);
bool ag_requires_grad(const ag_tensor *x);

/* Gradients of a one-element tensor with respect to every leaf that requires them, added to what
 * ag_gradient already holds. They live in the innermost scope and die with it. AG_ESTATE when something that the pass
 * reads was overwritten since it was used (ag_assign, ag_load, an optimiser, running statistics). */
void ag_backward(ag_site at, ag_tensor *loss);
/* The gradient that ag_backward left for a leaf; NULL when there is none in an open scope. */
ag_tensor *ag_gradient(const ag_tensor *x);
/* Sets the gradients of all parameters to zero in the innermost scope: to add up several backward passes that
 * each run in a scope of their own. A training loop with one backward pass a step does not need it. */
void ag_zero_grad(ag_ctx *c);

/* Vector-Jacobian products: grads[j] = sum over i of (d outputs[i] / d inputs[j])' grad_outputs[i].
 * grad_outputs NULL, or an entry of it, stands for ones and asks for one-element outputs. inputs may be any
 * recorded tensors, outputs included, and may be listed twice. The tape stays, so any number of passes may follow.
 * create_graph records the pass, also after ag_no_grad_begin, so that its results can be differentiated again. An
 * input that no output depends on is an error, or NULL in grads with allow_unused. Returns false after an error; those
 * of ag_backward are errors here, too. */
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

/* A function of tensors, as gradient checks, transforms and checkpoints call it. It returns a real tensor of an open
 * scope. */
typedef ag_tensor *ag_function(ag_tensor *const *inputs, void *user);

/* Transforms of y = fn(x1, .., xn), as torch.autograd.functional. All return y and set `results`; the nil tensor, also
 * in results, after an error. Inputs, of which there is one at least, are real tensors of any kind; fn sees stand-ins for
 * them and is called once.
 * Results live in the innermost scope, without history, and what fn made is given back; with create_graph it stays,
 * and results are differentiable with respect to inputs that require gradients, v, and what fn uses besides. An input
 * that y does not depend on has zeros, or is an error with strict. Errors: fn returns no real tensor of an open scope;
 * v of another shape or type. */
typedef struct {
  ag_site at;
  ag_function *fn;
  void *user;
  int n_inputs;
  ag_tensor *const *inputs;
  ag_tensor **results;
  ag_tensor *const *v; /* for products; NULL stands for a one where v is a single number */
  bool create_graph, strict;
} ag_transform_args;
/* results[j] = v[0]' dy/dxj, like xj. v[0] is like y. */
ag_tensor *ag_vjp(ag_transform_args a);
/* results[0] = sum over j of dy/dxj v[j], like y. v[j] is like xj; NULL stands for zeros. Two passes, of which the
 * second differentiates the first (Townsend 2017). */
ag_tensor *ag_jvp(ag_transform_args a);
/* results[j] = sum over i of d2y/dxj dxi v[i], like xj. y is one number; v as for ag_jvp. */
ag_tensor *ag_hvp(ag_transform_args a);
/* results[j] = dy/dxj, of the shape of y followed by that of xj: one pass for each element of y. */
ag_tensor *ag_jacobian(ag_transform_args a);
/* results[i n + j] = d2y/dxi dxj, of the shape of xi followed by that of xj. y is one number. One pass for each
 * element of the inputs. */
ag_tensor *ag_hessian(ag_transform_args a);

/* fn(inputs), one at least, of which only the result is kept (Griewank 1992; Chen et al. 2016), as torch.utils.checkpoint: a
 * backward pass calls fn again for what lies between. The bits are the same: random streams, ag_set_dtype and ag_set_winograd
 * are put back for the second call, and running statistics move in the first alone. What fn uses besides its inputs
 * (parameters, other tensors of open scopes) has its gradients, too; passes may be recorded, checkpoints may nest.
 * user must live as long as the result; of user_size bytes, if given, the checkpoint keeps a copy. AG_ESTATE when fn
 * starts a pass of its own, returns a tensor whose scope has ended, or reads what was overwritten between its calls;
 * AG_EVALUE when the second call returns another shape or type. */
typedef struct {
  ag_site at;
  ag_function *fn;
  void *user;
  int n_inputs;
  ag_tensor *const *inputs;
  size_t user_size;
} ag_checkpoint_args;
ag_tensor *ag_checkpoint(ag_checkpoint_args a);

/* Between these two, operators are not recorded. They nest. */
void ag_no_grad_begin(ag_ctx *c);
void ag_no_grad_end(ag_ctx *c);
/* The same values without history, sharing memory. */
ag_tensor *ag_detach(ag_site at, ag_tensor *x);

#endif
