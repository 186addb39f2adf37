/* Whether each operator of the catalogue has numbers of PyTorch that its values and its gradient are compared
 * with.
 *
 * The cases of vectors/ are run once more, and it is seen which operators they apply and through which their
 * compared gradients flow. An operator that computes gradients has numbers where those of the second order
 * are compared (cases/gradients_*.py), one that PyTorch has no name for where its formula stands for it. So
 * there are no exceptions. */
#include <stdlib.h>
#include <string.h>

#include "core/internal.h"
#include "tests/operators/vectors.h"
#include "tests/operators/walk.h"

/* ---- What is seen ---- */

typedef struct {
  bool value, gradient;
} numbers;

static int catalogue_length(void) {
  int n = 0;
  while (ag_catalogue(n)) n++;
  return n;
}

static numbers *entry(numbers *of, const char *name) {
  int i = 0;
  while (ag_catalogue(i) && strcmp(ag_catalogue(i)->name, name) != 0) i++;
  return ag_catalogue(i) ? of + i : NULL;
}

/* Lines of the profile that are no operator are passes and scopes. */
static void see_values(numbers *of) {
  ag_profile_row row;
  for (int i = 0; ag_profile_get(c, i, &row); i++) {
    numbers *seen = entry(of, row.name);
    if (seen) seen->value = true;
  }
}

/* The last pass marked what leads from the operands whose gradients are compared. */
static void see_gradients(numbers *of) {
  for (size_t i = 0; i < c->tape_length; i++) {
    const ag_node *node = c->tape[i];
    for (int k = 0; k < node->n_out; k++) {
      if (node->out[k]->pass == c->passes) entry(of, node->op->name)->gradient = true;
    }
  }
}

static bool has_gradients(const vector *v) {
  for (int i = 0; i < v->n_in; i++) {
    if (v->gradient[i]) return true;
  }
  return false;
}

static void see_case(numbers *of, const vector *v) {
  ag_scope_begin(c);
  assert_vector_agrees(v, 1e-10);
  if (has_gradients(v)) see_gradients(of);
  ag_scope_end(c);
}

/* ---- The tests ---- */

/* Prints what an operator lacks; returns how much that is. */
static int lacks(const ag_op *op, const numbers *of) {
  const bool gradient = op->vjp && !of->gradient;
  if (!of->value) fprintf(stderr, "%s: no case of tests/vectors has its values\n", op->name);
  if (gradient) fprintf(stderr, "%s: no case of tests/vectors has its gradient\n", op->name);
  return !of->value + gradient;
}

START_TEST(each_operator_has_numbers_of_pytorch) {
  const int n = catalogue_length();
  numbers *of = calloc((size_t)n, sizeof *of);
  ck_assert(of);
  ag_profile_begin(c, .peak = 1, .bandwidth = 1);
  for (int i = 0; vector_family(i); i++) {
    for (const vector *v = vector_family(i); v->name; v++) see_case(of, v);
  }
  ag_profile_end(c);
  see_values(of);
  int wrong = 0;
  for (int i = 0; i < n; i++) wrong += lacks(ag_catalogue(i), &of[i]);
  free(of);
  ck_assert_msg(wrong == 0,
                "%d values and gradients lack numbers, see above; `make vectors` adds those of a new case",
                wrong);
}
END_TEST

TCase *covered_tests(void) {
  TCase *t = tcase_create("covered");
  with_context(t);
  tcase_add_test(t, each_operator_has_numbers_of_pytorch);
  return t;
}
