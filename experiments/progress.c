#include "experiments/progress.h"

#include <math.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

progress progress_begin(FILE *out) {
  progress p = {.out = out, .columns = 80, .begun = now()};
  struct winsize window;
  p.terminal = isatty(fileno(out)) == 1;
  if (p.terminal && ioctl(fileno(out), TIOCGWINSZ, &window) == 0 && window.ws_col > 0)
    p.columns = window.ws_col;
  return p;
}

const char *progress_time(double seconds, char buffer[32]) {
  if (isnan(seconds)) return strcpy(buffer, "some time");
  double whole = seconds < 359999 ? ceil(seconds) : 359999; /* 99 h 59 min: beyond that nobody counts */
  int s = (int)whole, minutes = s / 60;
  if (s < 60)
    snprintf(buffer, 32, "%d s", s);
  else if (minutes < 60)
    snprintf(buffer, 32, "%d min %d s", minutes, s % 60);
  else
    snprintf(buffer, 32, "%d h %d min", minutes / 60, minutes % 60);
  return buffer;
}

double progress_left(const progress *p, const progress_state *s) {
  double elapsed = now() - p->begun;
  if (s->work_done <= 0 || elapsed < 1) return NAN;
  return (s->work - s->work_done) * elapsed / s->work_done;
}

void progress_show(const progress *p, const progress_state *s) {
  if (!p->terminal) return;
  enum { CELLS = 24 };
  char bar[CELLS + 1], left[32], line[512];
  double share = s->work > 0 ? s->work_done / s->work : 1;
  for (int i = 0; i < CELLS; i++) bar[i] = (double)i < share * CELLS ? '#' : '.';
  bar[CELLS] = '\0';
  snprintf(line, sizeof line, "[%s] %zu/%zu runs, %s left | %s", bar, s->ended, s->total,
           progress_time(progress_left(p, s), left), s->detail);
  fprintf(p->out, "\r\033[K%.*s", p->columns - 1, line);
  fflush(p->out);
}

void progress_line(const progress *p, const progress_state *s, const char *text) {
  char left[32];
  if (p->terminal) fputs("\r\033[K", p->out);
  fprintf(p->out, "[%zu/%zu] %s", s->ended, s->total, text);
  if (!p->terminal && s->ended < s->total)
    fprintf(p->out, "; %s left", progress_time(progress_left(p, s), left));
  fputc('\n', p->out);
  fflush(p->out);
}

void progress_end(const progress *p) {
  if (p->terminal) fputs("\r\033[K", p->out);
  fflush(p->out);
}
