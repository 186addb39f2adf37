/* By what a number was made: source revision, compiler, BLAS, processor, system. */
#ifndef EXPERIMENTS_PROVENANCE_H
#define EXPERIMENTS_PROVENANCE_H

/* One JSON object with the members "revision", "engine", "compiler", "flags", "blas", "cpu", "cores",
 * "system", all of them text but "cores". To be freed. */
char *provenance_text(void);

#endif
