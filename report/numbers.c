#include "report/numbers.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* What does not print as digits. */
static bool special(double value, number_text *text) {
  if (isfinite(value)) return false;
  snprintf(text->text, sizeof text->text, "%s", isnan(value) ? "NaN" : value > 0 ? "inf" : "-inf");
  return true;
}

/* "-0.00" says nothing that "0.00" does not. */
static void drop_sign_of_zero(char *text) {
  bool negative = text[0] == '-';
  if (negative && text[strspn(text, "-0.")] == '\0') memmove(text, text + 1, strlen(text));
}

number_text number_grouped(double value, int decimals) {
  number_text grouped = {.text = ""};
  char plain[sizeof grouped.text];
  if (special(value, &grouped)) return grouped;
  snprintf(plain, sizeof plain, "%.*f", decimals, value);
  drop_sign_of_zero(plain);
  size_t sign = plain[0] == '-', whole = strcspn(plain + sign, "."), out = 0;
  for (size_t i = 0; plain[i] && out + 2 < sizeof grouped.text; i++) {
    bool between = i > sign && i < sign + whole && (sign + whole - i) % 3 == 0;
    if (between) grouped.text[out++] = ',';
    grouped.text[out++] = plain[i];
  }
  grouped.text[out] = '\0';
  return grouped;
}

number_text number_significant(double value, int digits) {
  number_text number;
  if (special(value, &number)) return number;
  double size = fabs(value);
  if (size != 0 && (size < 1e-4 || size >= 1e7)) {
    snprintf(number.text, sizeof number.text, "%.*e", digits - 1, value);
    return number;
  }
  int decimals = size == 0 ? 0 : digits - 1 - (int)floor(log10(size));
  return number_grouped(value, decimals > 0 ? decimals : 0);
}

number_text number_percent(double fraction) { return number_grouped(100 * fraction, 2); }

static number_text with_sign(double value, int decimals, const char *unit) {
  number_text number, signed_number;
  if (special(value, &number)) return number;
  number = number_grouped(value, decimals);
  bool zero = number.text[strspn(number.text, "0.")] == '\0';
  snprintf(signed_number.text, sizeof signed_number.text, "%s%.*s%s", value > 0 && !zero ? "+" : "",
           (int)(sizeof signed_number.text - 8), number.text, unit);
  return signed_number;
}

number_text number_points(double ours, double published) {
  return with_sign(100 * (ours - published), 2, "");
}

number_text number_relative(double ours, double published) {
  return with_sign(100 * (ours - published) / published, 1, " %");
}

number_text number_duration(double seconds) {
  number_text number;
  if (special(seconds, &number)) return number;
  long whole = lround(seconds);
  if (seconds < 59.95)
    snprintf(number.text, sizeof number.text, "%.1f s", seconds);
  else if (whole < 3600)
    snprintf(number.text, sizeof number.text, "%ld min %02ld s", whole / 60, whole % 60);
  else
    snprintf(number.text, sizeof number.text, "%ld h %02ld min", whole / 3600, whole % 3600 / 60);
  return number;
}

number_text number_date(double seconds_since_1970) {
  number_text number = {.text = "an unknown date"};
  time_t moment = (time_t)seconds_since_1970;
  struct tm utc;
  if (gmtime_r(&moment, &utc)) strftime(number.text, sizeof number.text, "%Y-%m-%d %H:%M UTC", &utc);
  return number;
}
