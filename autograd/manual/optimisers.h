/* Optimisers and schedules. A chapter of <autograd.h>, which includes it. */
#ifndef AUTOGRAD_MANUAL_OPTIMISERS_H
#define AUTOGRAD_MANUAL_OPTIMISERS_H

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

#endif
