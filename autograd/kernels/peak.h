/* peak.h - the most that the processor can do: multiply-adds in registers, copies through memory. */
#ifndef AG_KERNELS_PEAK_H
#define AG_KERNELS_PEAK_H

#include <stdbool.h>
#include <stdint.h>

/* Runs multiply-adds, of float64 where it is wide and else of float32, that wait for nothing on `threads`
 * threads at once, each `rounds` times, and returns how many operations these were, two for each
 * multiply-add. */
double agk_peak_flops(int threads, bool wide, int64_t rounds);

/* Copies bytes from one place to another on that many threads. */
void agk_peak_copy(int threads, int64_t bytes, const void *from, void *to);

#endif
