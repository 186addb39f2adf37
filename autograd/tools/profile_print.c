/* The table of a profile. */
#include <inttypes.h>

#include "tools/profile.h"

/* A rate in billions a second, or a dash for what does none. */
static void print_rate(FILE *file, double amount, double seconds) {
  if (amount > 0 && seconds > 0) {
    fprintf(file, " %8.2f", 1e-9 * amount / seconds);
  } else {
    fprintf(file, " %8s", "-");
  }
}

static void print_row(FILE *file, const ag_profile *p, const ag_profile_row *r) {
  fprintf(file, "%-22s %-8s %8" PRId64 " %11.3f %6.1f %10.2f", r->name, r->kind, r->calls, 1e3 * r->seconds,
          1e11 * r->seconds / (double)p->took, r->calls ? 1e6 * r->seconds / (double)r->calls : 0);
  print_rate(file, r->bytes, r->seconds);
  print_rate(file, r->flops, r->seconds);
  if (r->bound > 0) {
    fprintf(file, " %9.1f\n", 100 * r->bound / r->seconds);
  } else {
    fprintf(file, " %9s\n", "-");
  }
}

static void print_heads(FILE *file, const ag_profile *p) {
  fprintf(file,
          "threads %d, roofline %.1f GFLOP/s in float32 and %.1f GB/s; %% is of the time from begin to end\n",
          p->threads, 1e-9 * p->roofline.peak[0], 1e-9 * p->roofline.bandwidth);
  fprintf(file, "%-22s %-8s %8s %11s %6s %10s %8s %8s %9s\n", "operator", "kind", "calls", "total ms", "%",
          "mean us", "GB/s", "GFLOP/s", "roofline%");
}

void(ag_profile_print)(ag_site at, ag_ctx *c, FILE *file) {
  const ag_profile *p = ag_profile_wanted(at, c, "profile_print");
  if (!p) return;
  ag_profile_row total = {.name = "total", .kind = ""};
  print_heads(file, p);
  for (size_t i = 0; i < p->n_rows; i++) {
    const ag_profile_row *r = &p->rows[i];
    if (ag_profile_whole(r->kind)) continue;
    print_row(file, p, r);
    total.calls += r->calls;
    total.seconds += r->seconds;
    total.bytes += r->bytes;
    total.flops += r->flops;
    total.bound += r->bound;
  }
  print_row(file, p, &total);
  for (size_t i = 0; i < p->n_rows; i++) {
    if (ag_profile_whole(p->rows[i].kind)) print_row(file, p, &p->rows[i]);
  }
  fprintf(file, "begin to end: %.3f ms, of which the total explains %.1f %%\n", 1e-6 * (double)p->took,
          1e11 * total.seconds / (double)p->took);
  if (p->not_kept) {
    fprintf(file, "the trace keeps the first %zu events and lacks %zu; set max_events for more\n",
            p->n_events, p->not_kept);
  }
}
