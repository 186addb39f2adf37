/* The search for the first number that is not finite, as torch.autograd.set_detect_anomaly. */
#include <inttypes.h>
#include <math.h>

#include "core/tool.h"
#include "kernels/finite.h"

/* The first place of such a number in x, in row-major order, and the number; -1 where there is none. */
static int64_t find(ag_site at, ag_tensor *x, double *number) {
  if (x->dtype != AG_F32 && x->dtype != AG_F64) return -1;
  ag_tensor *packed = ag_packed(at, x);
  if (!packed) return -1;
  const float *narrow = ag_data(packed);
  const double *wide = ag_data(packed);
  const int64_t place = x->dtype == AG_F32 ? agk_find_not_finite_f32(x->numel, narrow)
                                           : agk_find_not_finite_f64(x->numel, wide);
  if (place >= 0) *number = x->dtype == AG_F32 ? (double)narrow[place] : wide[place];
  if (packed != x) ag_drop(packed);
  return place;
}

static const char *text_of(double number) { return isnan(number) ? "NaN" : number < 0 ? "-inf" : "inf"; }

/* Who is to blame for it: "the operands are finite", or the first one that is not. A sum of cotangents
 * overwrites its operand 0, which was searched when it was made. */
static void blame(const ag_call *call, char *text, size_t room) {
  for (int i = 0; i < call->n_in; i++) {
    double number;
    if (call->in[i]->data == call->out[0]->data) continue;
    const int64_t place = find(call->at, call->in[i], &number);
    const char *name = ag_name(call->in[i]);
    if (place < 0) continue;
    snprintf(text, room, "element %" PRId64 " of operand %d, %s, is %s already", place, i,
             name && name[0] ? name : ag_shape_text(call->c, ag_shape_of(call->in[i])), text_of(number));
    return;
  }
  snprintf(text, room, "the operands are finite");
}

static void applied(ag_tool *t, const ag_call *call, ag_interval when) {
  const ag_node *pulled = t->c->pulled;
  const int n_out = call->op->view ? 0 : call->op->n_out ? call->op->n_out : 1; /* views make no numbers */
  (void)when;
  for (int k = 0; k < n_out; k++) {
    double number;
    const int64_t place = find(call->at, call->out[k], &number);
    if (place < 0) continue;
    char cause[256];
    blame(call, cause, sizeof cause);
    ag_fail(t->c, AG_EANOMALY, pulled ? pulled->at : call->at,
            "%s%s%s: element %" PRId64 " of the result %s is %s; %s", pulled ? pulled->op->name : "",
            pulled ? ", backward: " : "", call->op->name, place,
            ag_shape_text(t->c, ag_shape_of(call->out[k])), text_of(number), cause);
    return;
  }
}

static void release(ag_tool *t) { (void)t; }

static const ag_tool_type anomaly = {"detect_anomaly", applied, NULL, release};

void ag_set_detect_anomaly(ag_ctx *c, bool on) {
  ag_tool *t = on ? ag_tool_make(c, "ag_set_detect_anomaly", &anomaly, sizeof *t) : ag_tool_find(c, &anomaly);
  if (t) ag_tool_switch(t, on);
}
