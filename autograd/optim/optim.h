/* Optimisers as objects: what one is made of, and what it sees of a parameter. For autograd/optim alone. */
#ifndef AG_OPTIM_OPTIM_H
#define AG_OPTIM_OPTIM_H

#include "core/internal.h"
#include "core/parallel.h"

#define AG_OPTIM_STATES 3
#define AG_OPTIM_OPTIONS 8
#define AG_OPTIM_NUMBERS 2

/* A number or a flag among the named options of ag_optim_new. Where it is 0, `standard` is taken. */
typedef struct {
  const char *name;
  size_t offset; /* in ag_optim_new_args, of a double or, for a flag, of a bool */
  bool flag;
  double standard;
  double below; /* a number must be at least 0 and less than this */
} ag_optim_option;

#define AG_NUMBER(member, standard, below)                                                                   \
  { #member, offsetof(ag_optim_new_args, member), false, standard, below }
#define AG_FLAG(member)                                                                                      \
  { #member, offsetof(ag_optim_new_args, member), true, 0, 2 }

/* A parameter with what the optimiser remembers of it. State that the options do not ask for is NULL. */
typedef struct {
  ag_tensor *parameter, *gradient;
  ag_tensor *steps; /* int64 scalar: how often this parameter was updated */
  ag_tensor *state[AG_OPTIM_STATES];
  int64_t step;                    /* the running update's number, 1 for the first */
  double number[AG_OPTIM_NUMBERS]; /* what the type makes of the options and the step */
} ag_optim_slot;

struct ag_optim_type {
  const char *name;
  ag_optim_option options[AG_OPTIM_OPTIONS]; /* those it knows; a NULL name ends them */
  const char *state[AG_OPTIM_STATES];        /* names of its state tensors, as in torch's state_dict */
  /* Whether these options ask for a state tensor. */
  bool (*remembers)(const ag_optim_new_args *options, int state);
  /* What does not go together, or NULL; the function itself may be NULL. */
  const char *(*contradiction)(const ag_optim_new_args *options);
  /* What the update with this step needs besides the options; may be NULL. */
  void (*prepare)(const ag_optim_new_args *options, int64_t step, double *number);
  /* Updates some elements of a parameter; several threads do so at once. */
  void (*update)(const ag_optim_new_args *options, const ag_optim_slot *slot, ag_range elements);
};

/* The elements of a tensor from number `begin` on, or NULL. */
static inline void *ag_optim_data(const ag_tensor *x, int64_t begin) {
  return x ? x->data + begin * (int64_t)ag_dtype_size(x->dtype) : NULL;
}

#endif
