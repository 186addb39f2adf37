#include "experiments/dataset.h"

#include <stdio.h>

int dataset_load(dataset *d, config_problem problem, void (*warn)(const char *line), message *m) {
  if (d->has[problem]) return 0;
  message line = {.text = ""};
  int status = problem == PROBLEM_DIGITS ? digits_load(&d->digits, NULL, line.text, sizeof line.text)
                                         : houses_load(&d->houses, NULL, line.text, sizeof line.text);
  if (status != 0) return message_fail(m, "%s", line.text);
  if (line.text[0] && warn) warn(line.text);
  d->has[problem] = true;
  return 0;
}

void dataset_free(dataset *d) {
  digits_free(&d->digits);
  houses_free(&d->houses);
  *d = (dataset){.has = {false, false}};
}

store_dataset dataset_describe(const dataset *d, config_problem problem) {
  store_dataset s = {.problem = ""};
  bool first = problem == PROBLEM_DIGITS;
  snprintf(s.problem, sizeof s.problem, "%s", config_find("problem")->choices[problem]);
  snprintf(s.digest, sizeof s.digest, "%s", first ? d->digits.digest : d->houses.digest);
  snprintf(s.source, sizeof s.source, "%s", data_source_name(first ? d->digits.source : d->houses.source));
  snprintf(s.place, sizeof s.place, "%s", first ? d->digits.where : d->houses.where);
  return s;
}
