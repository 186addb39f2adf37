/* Einstein's summation against the definition: a loop over all values of all labels. */
#include "ops/sample.h"
#include "tests/operators/walk.h"

#include <string.h>

enum { LETTERS = 26 };

static int64_t place_in(const array *a, const char *letters, const int64_t *value) {
  int64_t place = 0;
  for (int i = 0; i < a->shape.rank; i++) place = place * a->shape.dim[i] + (a->shape.dim[i] == 1 ? 0 : value[letters[i] - 'a']);
  return place;
}

/* Evaluates an equation of letters alone, with an arrow, by its definition. */
static array defined(const char *equation, int n, ag_tensor *const *x) {
  const char *letters[5], *out = strstr(equation, "->") + 2;
  array in[5];
  int64_t size[LETTERS] = {0}, all = 1;
  bool named[LETTERS] = {false};
  for (int i = 0; i < n; i++) {
    letters[i] = i == 0 ? equation : strchr(letters[i - 1], ',') + 1;
    in[i] = array_of(x[i]);
    for (int k = 0; k < in[i].shape.rank; k++) {
      const int letter = letters[i][k] - 'a';
      int64_t *to = &size[letter];
      if (!named[letter] || in[i].shape.dim[k] != 1) *to = in[i].shape.dim[k];
      named[letter] = true;
    }
  }
  ag_shape shape = {.rank = (int)strlen(out)};
  for (int i = 0; i < shape.rank; i++) shape.dim[i] = size[out[i] - 'a'];
  array y = array_new(shape);
  for (int i = 0; i < LETTERS; i++) all *= named[i] ? size[i] : 1;
  for (int64_t at = 0; at < all; at++) {
    int64_t value[LETTERS], rest = at;
    for (int i = 0; i < LETTERS; i++) {
      value[i] = size[i] ? rest % size[i] : 0;
      rest /= size[i] ? size[i] : 1;
    }
    double product = 1;
    for (int i = 0; i < n; i++) product *= in[i].data[place_in(&in[i], letters[i], value)];
    y.data[place_in(&y, out, value)] += product;
  }
  for (int i = 0; i < n; i++) array_free(&in[i]);
  return y;
}

static const struct {
  const char *equation, *plain; /* plain: the same with all letters and an arrow; NULL: it has them */
  int n;
  ag_shape shape[5];
} equations[] = {
    {"ij,jk->ik", NULL, 2, {AG_LIST(2, 3), AG_LIST(3, 4)}},
    {"ij,jk", "ij,jk->ik", 2, {AG_LIST(2, 3), AG_LIST(3, 4)}},
    {"ba", "ba->ab", 1, {AG_LIST(2, 3)}},
    {"ii", "ii->", 1, {AG_LIST(3, 3)}},
    {"iji->ij", NULL, 1, {AG_LIST(3, 2, 3)}},
    {"ijij->ji", NULL, 1, {AG_LIST(2, 3, 2, 3)}},
    {"ij->", NULL, 1, {AG_LIST(2, 3)}},
    {"i,j->ji", NULL, 2, {AG_LIST(2), AG_LIST(3)}},
    {"i,i", "i,i->", 2, {AG_LIST(4), AG_LIST(4)}},
    {"bij,bjk->bki", NULL, 2, {AG_LIST(2, 3, 4), AG_LIST(2, 4, 2)}},
    {"bi,oij,bj->bo", NULL, 3, {AG_LIST(2, 3), AG_LIST(2, 3, 4), AG_LIST(2, 4)}},
    {"ik,jk,kl->ijl", NULL, 3, {AG_LIST(2, 3), AG_LIST(2, 3), AG_LIST(3, 2)}},
    {"...ij,...jk", "xyij,yjk->xyik", 2, {AG_LIST(2, 3, 2, 2), AG_LIST(3, 2, 4)}},
    {"i...->...", "ixy->xy", 1, {AG_LIST(2, 3, 2)}},
    {"...,... -> ...", "xy,y->xy", 2, {AG_LIST(2, 3), AG_LIST(3)}},
    {"ij,ij->ij", NULL, 2, {AG_LIST(1, 3), AG_LIST(2, 1)}},
    {"ij,jk->ik", NULL, 2, {AG_LIST(2, 1), AG_LIST(3, 4)}},
    {"ij,k->i", NULL, 2, {AG_LIST(2, 3), AG_LIST(4)}},
    {",ij->ji", NULL, 2, {AG_POINT, AG_LIST(2, 3)}},
    {"ij,jk->ik", NULL, 2, {AG_LIST(2, 0), AG_LIST(0, 3)}},
    {"ij,jk->ik", NULL, 2, {AG_LIST(2, 0), AG_LIST(1, 3)}},
    {"ij,ij", "ij,ij->", 2, {AG_LIST(0, 3), AG_LIST(0, 3)}},
    {"", "->", 1, {AG_POINT}},
    {" i j , j k -> k i ", "ij,jk->ki", 2, {AG_LIST(2, 3), AG_LIST(3, 4)}},
    {"...ij->ij", "xij->ij", 1, {AG_LIST(2, 3, 2)}},
    {"i...j->ij...", "ixyj->ijxy", 1, {AG_LIST(2, 3, 1, 2)}},
    {"i->...i", "i->i", 1, {AG_LIST(3)}},
    {"...i,...i->...", "xyi,yi->xy", 2, {AG_LIST(2, 1, 3), AG_LIST(4, 3)}},
    {"ijk,ilm,njm,nlk,abc->", NULL, 5, {AG_LIST(2, 3, 2), AG_LIST(2, 2, 3), AG_LIST(2, 3, 3), AG_LIST(2, 2, 2), AG_LIST(2, 1, 2)}},
    {"abcde,fghij,jaibf,chedg->", NULL, 4, {AG_LIST(2, 1, 2, 1, 2), AG_LIST(2, 1, 2, 1, 2), AG_LIST(2, 2, 1, 1, 2), AG_LIST(2, 2, 2, 1, 1)}},
    {"abcde,fghij,eaibf,jhedg->gdb", NULL, 4, {AG_LIST(2, 2, 1, 2, 2), AG_LIST(2, 1, 2, 1, 2), AG_LIST(2, 2, 1, 2, 2), AG_LIST(2, 2, 2, 2, 1)}},
};

static ag_tensor *summed(ag_tensor *const *in, void *user) {
  const int i = *(const int *)user;
  return ag_einsum(equations[i].equation, equations[i].n, in);
}

START_TEST(equations_mean_what_they_say) {
  ag_tensor *in[5];
  const int n = equations[_i].n;
  int index = _i;
  for (int i = 0; i < n; i++) in[i] = trained_leaf(c, equations[_i].shape[i], 7 + (uint64_t)i, -1, 1);
  array y = defined(equations[_i].plain ? equations[_i].plain : equations[_i].equation, n, in);
  assert_elements(summed(in, &index), y.shape, y.data);
  array_free(&y);
  if (ag_numel(in[0]) == 0) return;
  ck_assert_msg(ag_gradcheck(c, summed, &index, n, in, .eps = 1e-5, .rtol = 1e-6, .atol = 1e-7, .order = 2), "%s", ag_error_message(c));
}
END_TEST

static const struct {
  const char *equation;
  int n;
  ag_shape shape[2];
  const char *message;
} mistakes[] = {
    {"ij,j", 1, {AG_LIST(2, 3)}, "\"ij,j\" does not name as many operands as are given, which are 1"},
    {"ij", 2, {AG_LIST(2, 3), AG_LIST(3)}, "\"ij\" does not name as many operands as are given, which are 2"},
    {"i", 1, {AG_LIST(2, 3)}, "\"i\" names 1 axes of operand 0, which is 2x3"},
    {"ijk...", 1, {AG_LIST(2, 3)}, "\"ijk...\" names 3 axes of operand 0, which is 2x3"},
    {"i1", 1, {AG_LIST(2, 3)}, "\"i1\" has neither a letter nor an ellipsis at character 1"},
    {"ij->k", 1, {AG_LIST(2, 3)}, "\"ij->k\" has a label in its result alone, number 0"},
    {"ij->jj", 1, {AG_LIST(2, 3)}, "\"ij->jj\" has a label twice in its result, number 1"},
    {"ij->i,j", 1, {AG_LIST(2, 3)}, "\"ij->i,j\" goes on behind the result, at character 5"},
    {"ii", 1, {AG_LIST(2, 3)}, "\"ii\" wants 2 elements along axis 1 of operand 0, which is 2x3"},
    {"ii", 1, {AG_LIST(1, 3)}, "\"ii\" wants the axes 0 and 1 of 1x3 to have one size"},
    {"ij,jk", 2, {AG_LIST(2, 3), AG_LIST(4, 5)}, "\"ij,jk\" wants 3 elements along axis 0 of operand 1, which is 4x5"},
    {"...j,...->j", 2, {AG_LIST(2, 3), AG_LIST(4)}, "\"...j,...->j\" wants 2 elements along axis 0 of operand 1, which is 4"},
    {"......", 1, {AG_LIST(2, 3)}, "\"......\" has neither a letter nor an ellipsis at character 3"},
    {"ij-", 1, {AG_LIST(2, 3)}, "\"ij-\" has neither a letter nor an ellipsis at character 2"},
    {"ij\x80", 1, {AG_LIST(2, 3)}, "\"ij\x80\" has neither a letter nor an ellipsis at character 2"},
    {"abcdef,ghijkl->abcdefghijkl", 2, {AG_LIST(1, 1, 1, 1, 1, 1), AG_LIST(1, 1, 1, 1, 1, 1)}, "\"abcdef,ghijkl->abcdefghijkl\" names more axes of a tensor than 8"},
    {"abcde,fghij", 2, {AG_LIST(1, 1, 1, 1, 1), AG_LIST(1, 1, 1, 1, 1)}, "\"abcde,fghij\" has a result of more axes than 8"},
};

START_TEST(mistakes_are_named) {
  ag_tensor *in[2];
  char text[200];
  for (int i = 0; i < mistakes[_i].n; i++) in[i] = irregular_leaf(c, mistakes[_i].shape[i], 1, -1, 1);
  snprintf(text, sizeof text, "einsum: %s", mistakes[_i].message);
  ck_assert(ag_is_nil((ag_einsum)("here", mistakes[_i].equation, mistakes[_i].n, in)));
  assert_error(c, ag_error(c), "here", text);
}
END_TEST

TCase *einsum_tests(void) {
  TCase *t = tcase_create("einsum");
  with_context(t);
  tcase_add_loop_test(t, equations_mean_what_they_say, 0, LENGTH(equations));
  tcase_add_loop_test(t, mistakes_are_named, 0, LENGTH(mistakes));
  return t;
}
