#include "bench/text.h"

#include <math.h>

typedef struct {
  double size;
  const char *name;
} unit;

static const unit seconds[] = {{1, "s"}, {1e-3, "ms"}, {1e-6, "us"}, {1e-9, "ns"}, {0, NULL}};
static const unit bytes[] = {{1e6, "MB"}, {0, NULL}};

/* The largest unit of which there is one, else the smallest. */
static unit unit_of(double value, measurement measured) {
  const unit *u = measured == PEAK ? bytes : seconds;
  while (u[1].name && value < 0.9995 * u->size) u++;
  return *u;
}

/* Three digits, without an exponent. */
static number_text digits(double value) {
  number_text t;
  snprintf(t.text, sizeof t.text, "%.*f", value < 9.995 ? 2 : value < 99.95 ? 1 : 0, value);
  return t;
}

number_text text_of(double value, measurement measured) {
  number_text t = {""};
  const unit u = unit_of(value, measured);
  if (!isnan(value)) snprintf(t.text, sizeof t.text, "%.24s %s", digits(value / u.size).text, u.name);
  return t;
}

number_text text_spread(quartiles q, measurement measured) {
  const unit u = unit_of(q.median, measured);
  number_text t = text_of(q.median, measured);
  if (q.n > 1)
    snprintf(t.text, sizeof t.text, "%.18s %s (%.18s-%.18s)", digits(q.median / u.size).text, u.name,
             digits(q.low / u.size).text, digits(q.high / u.size).text);
  return t;
}
