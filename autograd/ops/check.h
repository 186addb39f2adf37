/* What operators ask of their arguments, and what they say when it is not so. */
#ifndef AG_OPS_CHECK_H
#define AG_OPS_CHECK_H

#include "core/internal.h"

/* Whether a function made of operators may look at its operands: all there, alive and no error stored. If
 * not, *result is what the function returns. */
bool ag_ready(ag_site at, const char *what, int n, ag_tensor *const *x, ag_tensor **result);
/* x as int64 where it holds whole numbers or truths, for operator `what`; real numbers as they are. */
ag_tensor *ag_widened(ag_site at, const char *what, ag_tensor *x);
/* in_set[i] = whether axis i is among axes, or all where axes is empty. Refuses axes that are not there or
 * given twice. A number has the axes 0 and -1, as in PyTorch. */
bool ag_axis_set(ag_ctx *c, ag_site at, const char *what, ag_shape shape, ag_axes axes, bool *in_set);
/* Refuses an axis that the shape does not have. */
bool ag_check_axis(const ag_call *call, ag_shape shape, int axis);
/* Images are (n, c, h, w), or (n, h, w, c) with their channels last. Refuses others; `name` is the operand's.
 */
bool ag_check_images(const ag_call *call, const char *name, ag_shape shape, bool last);
/* The axes of their channels, and of their height; that of the width is the next. */
static inline int ag_channels_axis(bool last) { return last ? 3 : 1; }
static inline int ag_height_axis(bool last) { return last ? 1 : 2; }
/* Refuses operand i unless it has the given shape; `what` names it, and `why` says where the shape comes
 * from. */
bool ag_check_shape(const ag_call *call, int i, const char *what, ag_shape shape, const char *why);
/* The shape of operand i for a message. Text takes longer than many an operator, so only a refusal asks for
 * it.
 */
const char *ag_operand_text(const ag_call *call, int i);
/* The first element of an integer tensor, which may be strided, that is not in least .. most; NULL where
 * there is none. at is its place in row-major order. */
const int64_t *ag_find_outside(const ag_tensor *index, int64_t least, int64_t most, int64_t *at);
/* Whether an index is int64 and in 0 .. n - 1; for functions made of operators, whose own refusal would have
 * the name of another. */
bool ag_index_ready(ag_site at, const char *what, const ag_tensor *index, int64_t n);

#endif
