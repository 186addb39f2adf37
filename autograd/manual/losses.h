/* Losses. A chapter of <autograd.h>, which includes it. */
#ifndef AUTOGRAD_MANUAL_LOSSES_H
#define AUTOGRAD_MANUAL_LOSSES_H

/* Losses. x and target have the same shape, and nothing broadcasts but weights; the result is the mean unless another
 * reduction is asked for. AG_BATCHMEAN, the sum divided by the size of axis 0, is for kl_div alone. */
typedef enum { AG_MEAN, AG_SUM, AG_NONE, AG_BATCHMEAN } ag_reduction;
typedef struct {
  ag_site at;
  ag_tensor *x, *target;
  ag_reduction reduction;
} ag_loss_args;
/* (x - target)^2 */
ag_tensor *ag_mse_loss(ag_loss_args a);
/* |x - target| */
ag_tensor *ag_l1_loss(ag_loss_args a);
/* -weight[target[i]] x[i, target[i]] for log-probabilities x (n, classes, ...) and int64 target (n, ...), or (classes) and
 * a scalar. The mean is weighted: the sum divided by that of the weights. A target equal to ignore_index, which is -100
 * unless .ignoring says that it is given, counts as 0 in sums and not at all in means; where all are, the mean is NaN.
 * AG_EVALUE for any other target that is no class. */
typedef struct {
  ag_site at;
  ag_tensor *x, *target;
  ag_reduction reduction;
  ag_tensor *weight; /* (classes); NULL stands for ones */
  bool ignoring;
  int64_t ignore_index;
  double label_smoothing; /* for cross_entropy alone */
} ag_class_loss_args;
ag_tensor *ag_nll_loss(ag_class_loss_args a);
/* nll_loss(log_softmax(x)) for logits x (Szegedy et al. 2016 for the smoothing): with s = label_smoothing in 0 .. 1,
 * (1 - s) nll_loss + s / classes times the sum of all classes' -weight x. A target of the shape and type of x holds
 * probabilities p: then -sum of weight p x over classes, and the mean divides by the number of such sums; .ignoring is
 * an error there. */
ag_tensor *ag_cross_entropy(ag_class_loss_args a);
/* -weight (target log(x) + (1 - target) log(1 - x)) for x in 0 .. 1, of which logarithms are at least -100. weight
 * broadcasts to x. AG_EVALUE for any other x. */
typedef struct {
  ag_site at;
  ag_tensor *x, *target;
  ag_reduction reduction;
  ag_tensor *weight;
} ag_binary_cross_entropy_args;
ag_tensor *ag_binary_cross_entropy(ag_binary_cross_entropy_args a);
/* The same of sigmoid(x) without overflow, and with the first term multiplied by pos_weight, which broadcasts to x. */
typedef struct {
  ag_site at;
  ag_tensor *x, *target;
  ag_reduction reduction;
  ag_tensor *weight, *pos_weight;
} ag_binary_cross_entropy_with_logits_args;
ag_tensor *ag_binary_cross_entropy_with_logits(ag_binary_cross_entropy_with_logits_args a);
/* target (log(target) - x), 0 for target 0, of log-probabilities x (Kullback and Leibler 1951); with log_target,
 * exp(target) (target - x). */
typedef struct {
  ag_site at;
  ag_tensor *x, *target;
  ag_reduction reduction;
  bool log_target;
} ag_kl_div_args;
ag_tensor *ag_kl_div(ag_kl_div_args a);
/* exp(x) - target x, or, with plain_input (PyTorch's log_input=False), x - target log(x + eps). full adds Stirling's
 * approximation of log(target!) for targets above 1. eps 0 stands for 1e-8. */
typedef struct {
  ag_site at;
  ag_tensor *x, *target;
  ag_reduction reduction;
  bool plain_input, full;
  double eps;
} ag_poisson_nll_loss_args;
ag_tensor *ag_poisson_nll_loss(ag_poisson_nll_loss_args a);
/* d = x - target: d^2 / (2 beta) where |d| < beta, else |d| - beta / 2. beta 0 stands for 1. */
typedef struct {
  ag_site at;
  ag_tensor *x, *target;
  ag_reduction reduction;
  double beta;
} ag_smooth_l1_loss_args;
ag_tensor *ag_smooth_l1_loss(ag_smooth_l1_loss_args a);
/* d = x - target: d^2 / 2 where |d| < delta, else delta (|d| - delta / 2) (Huber 1964). delta 0 stands for 1. */
typedef struct {
  ag_site at;
  ag_tensor *x, *target;
  ag_reduction reduction;
  double delta;
} ag_huber_loss_args;
ag_tensor *ag_huber_loss(ag_huber_loss_args a);
/* log(1 + exp(-target x)) for targets 1 and -1, without overflow. */
ag_tensor *ag_soft_margin_loss(ag_loss_args a);
/* x where target is 1, max(margin - x, 0) where it is -1, else the sum of both. margin 0 stands for 1. */
typedef struct {
  ag_site at;
  ag_tensor *x, *target;
  ag_reduction reduction;
  double margin;
} ag_hinge_embedding_loss_args;
ag_tensor *ag_hinge_embedding_loss(ag_hinge_embedding_loss_args a);
/* max(margin - target (x1 - x2), 0) for targets 1 and -1. */
typedef struct {
  ag_site at;
  ag_tensor *x1, *x2, *target;
  ag_reduction reduction;
  double margin;
} ag_pair_loss_args;
ag_tensor *ag_margin_ranking_loss(ag_pair_loss_args a);
/* c = cosine of the rows of x1 and x2 (n, d), or of (d): 1 - c where target (n) is 1, max(c - margin, 0) where it is -1,
 * else 0. */
ag_tensor *ag_cosine_embedding_loss(ag_pair_loss_args a);
/* sum(x1 x2) / (max(|x1|, eps) max(|x2|, eps)) along one axis, of none axis 1; x1 and x2 broadcast. eps 0 stands for
 * 1e-8. */
typedef struct {
  ag_site at;
  ag_tensor *x1, *x2;
  ag_axes axes;
  double eps;
} ag_cosine_similarity_args;
ag_tensor *ag_cosine_similarity(ag_cosine_similarity_args a);
/* max(d(anchor, positive) - d(anchor, negative) + margin, 0) with d(x, y) = |x - y + eps|_p along the last axis; with
 * swap, the smaller of d(anchor, negative) and d(positive, negative). 0 stands for margin 1, p 2 and eps 1e-6. */
typedef struct {
  ag_site at;
  ag_tensor *anchor, *positive, *negative;
  ag_reduction reduction;
  double margin, p, eps;
  bool swap;
} ag_triplet_margin_loss_args;
ag_tensor *ag_triplet_margin_loss(ag_triplet_margin_loss_args a);
/* (log_variance + (target - x)^2 exp(-log_variance)) / 2, plus log(2 pi) / 2 with full. */
typedef struct {
  ag_site at;
  ag_tensor *x, *log_variance, *target;
  ag_reduction reduction;
  bool full;
} ag_gaussian_nll_loss_args;
ag_tensor *ag_gaussian_nll_loss(ag_gaussian_nll_loss_args a);

#endif
