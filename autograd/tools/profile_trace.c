/* The events of a profile as JSON in Chrome's trace event format: complete events ("ph": "X"), times in
 * microseconds. */
#include <inttypes.h>
#include <stdarg.h>

#include "io/file.h"
#include "tools/profile.h"

/* Everything that is written goes through here; false after the first failure. */
static bool put(ag_file_out *out, const char *format, ...) {
  char text[512];
  va_list arguments;
  va_start(arguments, format);
  const int length = vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  return ag_file_write(out, text, (size_t)length < sizeof text ? (size_t)length : sizeof text - 1);
}

/* A string in quotes. */
static bool put_text(ag_file_out *out, const char *text) {
  bool fine = ag_file_write(out, "\"", 1);
  for (const char *at = text; *at && fine; at++) {
    const unsigned char letter = (unsigned char)*at;
    if (letter == '"' || letter == '\\') {
      fine = put(out, "\\%c", letter);
    } else {
      fine = letter < ' ' ? put(out, "\\u%04x", letter) : ag_file_write(out, at, 1);
    }
  }
  return fine && ag_file_write(out, "\"", 1);
}

/* "50x64x16x16, 64x64x3x3 -> 50x64x14x14". */
static bool put_shapes(ag_file_out *out, const ag_profile *p, const ag_profile_event *e) {
  const int64_t *shape = p->shapes + e->shapes;
  bool fine = ag_file_write(out, "\"", 1);
  for (int i = 0; i < e->n_in + e->n_out && fine; i++) {
    const int64_t rank = *shape++;
    fine = put(out, "%s%s", i == 0 ? "" : i == e->n_in ? " -> " : ", ", rank ? "" : "scalar");
    for (int64_t k = 0; k < rank && fine; k++) fine = put(out, "%s%" PRId64, k ? "x" : "", *shape++);
  }
  return fine && ag_file_write(out, "\"", 1);
}

/* Nanoseconds as microseconds, whatever the locale. */
static bool put_time(ag_file_out *out, const char *key, int64_t ns) {
  return put(out, ", \"%s\": %" PRId64 ".%03d", key, ns / 1000, (int)(ns % 1000));
}

static bool put_event(ag_file_out *out, const ag_profile *p, const ag_profile_event *e) {
  bool fine = put(out, ",\n{\"ph\": \"X\", \"pid\": 1, \"tid\": 1, \"name\": ") && put_text(out, e->name) &&
              put(out, ", \"cat\": ") && put_text(out, e->kind) && put_time(out, "ts", e->begun) &&
              put_time(out, "dur", e->took) && put(out, ", \"args\": {\"at\": ") && put_text(out, e->at);
  if (fine && e->of) fine = put(out, ", \"of\": ") && put_text(out, e->of);
  if (fine && e->n_in) fine = put(out, ", \"shapes\": ") && put_shapes(out, p, e);
  if (fine && !ag_profile_whole(e->kind)) {
    fine = put(out, ", \"bytes\": %.0f, \"flops\": %.0f", e->bytes, e->flops);
  }
  return fine && put(out, "}}");
}

static bool put_all(ag_file_out *out, const ag_profile *p) {
  bool fine = put(out,
                  "{\"displayTimeUnit\": \"ns\", \"otherData\": {\"program\": \"libautograd %s\", "
                  "\"threads\": %d, \"peak_flops\": %.0f, \"bandwidth\": %.0f, \"events_not_kept\": %zu},\n"
                  "\"traceEvents\": [\n{\"ph\": \"M\", \"pid\": 1, \"tid\": 1, \"name\": \"process_name\", "
                  "\"args\": {\"name\": \"libautograd\"}}",
                  AG_VERSION, p->threads, p->roofline.peak[0], p->roofline.bandwidth, p->not_kept);
  for (size_t i = 0; i < p->n_events && fine; i++) fine = put_event(out, p, &p->events[i]);
  return fine && put(out, "\n]}\n");
}

bool(ag_profile_write_trace)(ag_site at, ag_ctx *c, const char *path) {
  const ag_profile *p = ag_profile_wanted(at, c, "profile_write_trace");
  ag_file_out out;
  if (!p) return false;
  const bool fine = ag_file_create(&out, (ag_file_task){c, at, "profile_write_trace", path}) &&
                    put_all(&out, p) && ag_file_commit(&out);
  if (!fine) ag_file_discard(&out);
  return fine;
}
