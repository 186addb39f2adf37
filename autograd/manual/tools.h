/* Tools: gradient check, anomalies, profiler. A chapter of <autograd.h>, which includes it. */
#ifndef AUTOGRAD_MANUAL_TOOLS_H
#define AUTOGRAD_MANUAL_TOOLS_H

/* Compares the gradients of fn(inputs) with central differences of a random projection of its result, element
 * by element, in float64: |difference| <= atol + rtol |numerical|. Defaults: eps 1e-6, atol 1e-5, rtol 1e-3 (as
 * torch.autograd.gradcheck). order 2 also checks the gradients of the gradients. Leaves what was found in
 * ag_error_message after a failure. */
typedef struct {
  ag_site at;
  ag_ctx *c;
  ag_function *fn;
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

#endif
