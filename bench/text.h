/* Numbers with their units, as the table shows them. Each function returns its text by value. */
#ifndef BENCH_TEXT_H
#define BENCH_TEXT_H

#include "bench/measure.h"

typedef struct {
  char text[64];
} number_text;

/* Three digits and a unit: "24.1 ms", "850 ns", "13.5 MB"; "" for NaN. */
number_text text_of(double value, measurement measured);
/* The same with the quartiles: "24.1 ms (23.8-25.0)". */
number_text text_spread(quartiles q, measurement measured);

#endif
