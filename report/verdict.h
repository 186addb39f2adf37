/* What can be said of a published statement: exactly one of five words, and how the words of its parts add
 * up. */
#ifndef REPORT_VERDICT_H
#define REPORT_VERDICT_H

#include <stddef.h>

typedef enum {
  VERDICT_REPRODUCED,
  VERDICT_NOT_REPRODUCED,
  VERDICT_INCONCLUSIVE, /* too few seeds for the size of the difference, or its readings disagree */
  VERDICT_NOT_RUN,
  VERDICT_FAILED, /* a run that it needs failed, or diverged where nothing says that it should */
  VERDICTS
} verdict;

/* "reproduced", "not reproduced", "inconclusive", "not run", "failed". */
const char *verdict_name(verdict v);

/* All of them have to hold. One that does not decides alone; else what keeps from knowing. */
verdict verdict_of_all(const verdict v[], size_t n);

/* Readings of one statement where the text leaves open which one it means. It is reproduced when it is under
 * each of them, and not reproduced when it is under none and some say so for sure. */
verdict verdict_of_readings(const verdict v[], size_t n);

/* Readings of one number: it is reproduced when it comes out under one of them. */
verdict verdict_of_any(const verdict v[], size_t n);

#endif
