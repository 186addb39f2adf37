/* The rows as the two files that hold them offer them to catalogue.c. */
#ifndef EXPERIMENTS_CATALOGUE_ROWS_H
#define EXPERIMENTS_CATALOGUE_ROWS_H

#include "experiments/catalogue.h"

extern const catalogue_row row_p1_final, row_table1, row_p1_neurons, row_table3, row_figure1, row_figure3a,
    row_figure4, row_figure5a, row_padding1, row_init;
extern const catalogue_row row_vary_p1_split, row_vary_p1_init, row_vary_p1_shuffle, row_vary_p1_dropout,
    row_vary_p2_split, row_vary_p2_init, row_vary_p2_shuffle;
extern const catalogue_row row_p2_final, row_p2_gauss, row_table2, row_figure2, row_figure3b, row_p2_optim,
    row_figure5b, row_p2_depth, row_p2_activation;

#endif
