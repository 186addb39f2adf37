/* By what a number was made: source revision, compiler, BLAS, processor, system. */
#ifndef EXPERIMENTS_PROVENANCE_H
#define EXPERIMENTS_PROVENANCE_H

/* One JSON object with the members "revision", "engine", "compiler", "flags", "blas", "blas_core",
 * "cpu", "cores", "memory_mb", "system", "environment", all of them text but "cores" and "memory_mb". To be
 * freed. */
char *provenance_text(void);

/* What decides on the bits of a run that begins here: revision, compiler, BLAS and its kernels, processor.
 * One line, to be freed. */
char *provenance_maker(void);

#endif
