/* Numbers as the report prints them. Each function returns its text by value: `number_percent(0.9915).text`
 * is "99.15". A value that is not finite prints as "NaN", "inf" or "-inf"; a negative number that rounds to
 * zero prints without its sign. */
#ifndef REPORT_NUMBERS_H
#define REPORT_NUMBERS_H

typedef struct {
  char text[440]; /* the largest double has 309 digits, and separators between them */
} number_text;

number_text number_grouped(double value, int decimals);     /* 893181020.8, 2 -> "893,181,020.80" */
number_text number_significant(double value, int digits);   /* 0.018437, 3 -> "0.0184" */
number_text number_percent(double fraction);                /* 0.9915 -> "99.15" */
number_text number_points(double ours, double published);   /* fractions, difference in points: "+0.24" */
number_text number_relative(double ours, double published); /* "+17.3 %" */
number_text number_duration(double seconds);                /* "14 min 00 s", "1 h 05 min", "3.2 s" */
number_text number_date(double seconds_since_1970);         /* "2024-05-17 09:30 UTC" */

#endif
