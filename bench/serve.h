/* Our side of a comparison: does what the lines on standard input ask for (bench/side.h), until they end. */
#ifndef BENCH_SERVE_H
#define BENCH_SERVE_H

int serve(void);

/* Seconds of a clock that only goes forward. */
double seconds_now(void);

#endif
