/* Learning-rate schedules: functions of the epoch, which counts from 0. */
#include <autograd.h>

#include <math.h>

static double constant(const ag_schedule *s, double initial, int64_t epoch) {
  (void)s;
  (void)epoch;
  return initial;
}

ag_schedule ag_schedule_none(void) { return (ag_schedule){.name = "none", .rate = constant}; }

static double stepwise(const ag_schedule *s, double initial, int64_t epoch) {
  return s->step < 1 ? (double)NAN : initial * pow(s->gamma, (double)(epoch / s->step));
}

ag_schedule ag_step_lr(int64_t step, double gamma) {
  return (ag_schedule){.name = "step", .rate = stepwise, .step = step, .gamma = gamma};
}

double ag_schedule_rate(const ag_schedule *s, double initial, int64_t epoch) {
  return s->rate(s, initial, epoch);
}
