/* peak.h - the most that a processor can compute. */
#ifndef AG_KERNELS_PEAK_H
#define AG_KERNELS_PEAK_H

#include <stdbool.h>
#include <stdint.h>

/* Runs multiply-adds that wait for nothing, of float64 where it is wide and else of float32, on the calling
 * thread. Returns how many operations these were, two for each multiply-add. */
double agk_peak_flops(bool wide, int64_t rounds);

#endif
