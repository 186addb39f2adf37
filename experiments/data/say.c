#include "experiments/data/say.h"

#include <stdarg.h>
#include <stdio.h>

int say(char *message, size_t size, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  if (size > 0 && vsnprintf(message, size, format, arguments) < 0) message[0] = '\0';
  va_end(arguments);
  if (size == 0) return -1;
  for (char *p = message; *p != '\0'; p++)
    if ((unsigned char)*p < ' ' || *p == 127) *p = '?';
  return -1;
}
