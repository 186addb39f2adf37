#include "report/verdict.h"

#include <stdbool.h>

const char *verdict_name(verdict v) {
  static const char *const names[VERDICTS] = {[VERDICT_REPRODUCED] = "reproduced",
                                              [VERDICT_NOT_REPRODUCED] = "not reproduced",
                                              [VERDICT_INCONCLUSIVE] = "inconclusive",
                                              [VERDICT_NOT_RUN] = "not run",
                                              [VERDICT_FAILED] = "failed"};
  return names[v];
}

static bool has(const verdict v[], size_t n, verdict wanted) {
  for (size_t i = 0; i < n; i++)
    if (v[i] == wanted) return true;
  return false;
}

/* The first word of the list that is there; without any, the statement is reproduced. */
static verdict first(const verdict v[], size_t n, const verdict order[], size_t words) {
  for (size_t i = 0; i < words; i++)
    if (has(v, n, order[i])) return order[i];
  return VERDICT_REPRODUCED;
}

verdict verdict_of_all(const verdict v[], size_t n) {
  static const verdict order[] = {VERDICT_NOT_REPRODUCED, VERDICT_FAILED, VERDICT_NOT_RUN,
                                  VERDICT_INCONCLUSIVE};
  return first(v, n, order, sizeof order / sizeof order[0]);
}

verdict verdict_of_readings(const verdict v[], size_t n) {
  bool yes = has(v, n, VERDICT_REPRODUCED), no = has(v, n, VERDICT_NOT_REPRODUCED);
  return yes && no ? VERDICT_INCONCLUSIVE : verdict_of_all(v, n);
}

verdict verdict_of_any(const verdict v[], size_t n) {
  static const verdict order[] = {VERDICT_REPRODUCED, VERDICT_FAILED, VERDICT_NOT_RUN, VERDICT_INCONCLUSIVE,
                                  VERDICT_NOT_REPRODUCED};
  return first(v, n, order, sizeof order / sizeof order[0]);
}
