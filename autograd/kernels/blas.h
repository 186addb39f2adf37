/* blas.h - calls to BLAS that never start threads of its own.
 *
 * Kernels share work among threads themselves, so BLAS must stay in the thread that calls it. OpenBLAS takes
 * the number of threads
 *  - in its OpenMP flavour, from omp_get_max_threads(), whatever OPENBLAS_NUM_THREADS says, unless it is
 * called in an active parallel region. That number belongs to the calling task and is inherited by the
 * parallel regions it opens, so setting it to 1 before and restoring it afterwards holds BLAS down, in teams
 * of one too, and leaves the rest of the program as it was;
 *  - in its pthread flavour, from one number for the whole process. It is set to 1 for good: restoring it
 * could race with a product in another thread. Kernels enclose in agk_blas_begin and agk_blas_end whatever
 * multiplies, parallel regions included. */
#ifndef AG_KERNELS_BLAS_H
#define AG_KERNELS_BLAS_H

/* Holds BLAS to the calling thread. Returns what agk_blas_end needs to put the former state back. */
int agk_blas_begin(void);
void agk_blas_end(int state);

#endif
