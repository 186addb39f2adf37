/* The operators: the walk over the catalogue, and what is made of them. */
#include "tests/operators/walk.h"

int main(void) {
  TCase *(*const groups[])(void) = {
      walk_tests,
      edge_tests,
      elementwise_tests,
      composite_tests,
      arrangement_tests,
      einsum_tests,
      linalg_tests,
      batch_norm_map_tests,
      conv2d_moments_tests,
      convolution_tests,
      loss_tests,
      more_loss_tests,
      normalisation_tests,
      attention_tests,
      recurrent_tests,
      comparison_tests,
      mask_tests,
      creation_tests,
      type_tests,
      reduction_tests,
      vector_tests,
      covered_tests,
      page_tests,
  };
  return run_suite("operators", groups, LENGTH(groups));
}
