/* Einstein's summation (numpy.einsum, torch.einsum).
 *
 *   einsum("bij,bjk->bik", x, y)[b][i][k] = sum over j of x[b][i][j] y[b][j][k]
 *
 * Each operand's axes carry labels. A label twice on one operand takes the diagonal. The operands are joined
 * one after the other, from the left: labels that neither a later operand nor the result has are summed up,
 * and what is left of two operands is one batched product of the shape
 *
 *   (shared and kept, left's own, shared and summed) x (shared and kept, shared and summed, right's own)
 *
 * so that gradients of any order follow from matmul, mul, sum, permute and reshape. */
#include <inttypes.h>
#include <string.h>

#include "ops/check.h"

enum {
  MOST = 64, /* more than there are letters and axes of an ellipsis */
  DOTS = 1   /* the axes of an ellipsis are labelled 1, 2, ... from the last */
};

/* Labels of axes: letters, or small numbers for the axes of an ellipsis; and their sizes. */
typedef struct {
  int n;
  char label[MOST];
  int64_t size[MOST];
} labels;

/* The elements of x are in the row-major order of these labels. Its own shape does not matter, for there may
 * be more labels than a tensor has axes. */
typedef struct {
  ag_tensor *x;
  labels of;
} term;

typedef struct {
  ag_site at;
  ag_ctx *c;
  const char *equation;
  int64_t size[MOST * 2]; /* of each label: the one that is not 1, where there is one; -1 for none yet */
} job;

static bool fail(const job *j, const char *what, int place) {
  ag_fail(j->c, AG_EVALUE, j->at, "einsum: \"%s\" %s %d", j->equation, what, place);
  return false;
}

/* ---- Labels ---- */

static bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

static int find(const labels *l, char label) {
  for (int i = 0; i < l->n; i++)
    if (l->label[i] == label) return i;
  return -1;
}

static void append(labels *l, char label, int64_t size) {
  l->label[l->n] = label;
  l->size[l->n++] = size;
}

static void take_away(labels *l, int place) {
  const labels old = *l;
  l->n = 0;
  for (int i = 0; i < old.n; i++)
    if (i != place) append(l, old.label[i], old.size[i]);
}

/* The number of elements along the labels from .. to - 1. */
static int64_t elements(const labels *l, int from, int to) {
  int64_t n = 1;
  for (int i = from; i < to; i++) n *= l->size[i];
  return n;
}

/* ---- Reading ---- */

/* Reads labels up to a comma, an arrow or the end. *dots is where an ellipsis stands among them, or -1. */
static const char *read_labels(const job *j, const char *at, labels *l, int *dots) {
  l->n = 0;
  *dots = -1;
  for (; *at && *at != ',' && strncmp(at, "->", 2) != 0; at++) {
    if (*at == ' ') continue;
    if (strncmp(at, "...", 3) == 0 && *dots < 0) {
      *dots = l->n;
      at += 2;
    } else if (!is_letter(*at)) {
      fail(j, "has neither a letter nor an ellipsis at character", (int)(at - j->equation));
      return NULL;
    } else if (l->n == AG_MAX_RANK) {
      fail(j, "names more axes of a tensor than", AG_MAX_RANK);
      return NULL;
    } else {
      append(l, *at, 0);
    }
  }
  return at;
}

/* Puts `count` labels of an ellipsis where it stands. */
static void insert_dots(labels *l, int dots, int count) {
  const labels old = *l;
  l->n = dots;
  for (int i = count; i > 0; i--) append(l, (char)(DOTS + i - 1), 0);
  for (int i = dots; i < old.n; i++) append(l, old.label[i], 0);
}

/* Takes the diagonals of labels that stand twice; x still has one axis for each label. */
static void take_diagonals(const job *j, term *t) {
  for (int i = 0; i < t->of.n && j->c->status == AG_OK; i++) {
    const char label = t->of.label[i];
    const int64_t size = t->of.size[i];
    int other = i + 1;
    while (other < t->of.n && t->of.label[other] != label) other++;
    if (other == t->of.n) continue;
    if (size != t->of.size[other]) {
      ag_fail(j->c, AG_ESHAPE, j->at, "einsum: \"%s\" wants the axes %d and %d of %s to have one size",
              j->equation, i, other, ag_shape_text(j->c, ag_shape_of(t->x)));
      return;
    }
    t->x = (ag_diagonal)(j->at, t->x, 0, i, other); /* which becomes the last axis */
    take_away(&t->of, other);
    take_away(&t->of, i);
    append(&t->of, label, size);
    i--;
  }
}

/* The term of an operand, for the labels that were written for it. */
static bool make_term(job *j, int operand, labels l, int dots, ag_tensor *x, term *t) {
  const int rest = x->rank - l.n;
  if (dots < 0 ? rest != 0 : rest < 0) {
    ag_fail(j->c, AG_ESHAPE, j->at, "einsum: \"%s\" names %d axes of operand %d, which is %s", j->equation,
            l.n, operand, ag_shape_text(j->c, ag_shape_of(x)));
    return false;
  }
  if (dots >= 0) insert_dots(&l, dots, rest);
  for (int i = 0; i < l.n; i++) {
    int64_t *size = &j->size[(int)l.label[i]];
    l.size[i] = x->dim[i];
    if (*size == -1 || *size == 1) {
      *size = x->dim[i];
    } else if (x->dim[i] != *size && x->dim[i] != 1) {
      ag_fail(j->c, AG_ESHAPE, j->at,
              "einsum: \"%s\" wants %" PRId64 " elements along axis %d of operand %d, which is %s",
              j->equation, *size, i, operand, ag_shape_text(j->c, ag_shape_of(x)));
      return false;
    }
  }
  *t = (term){x, l};
  take_diagonals(j, t);
  return j->c->status == AG_OK;
}

/* What the result has: what stands behind the arrow, or, without one, the ellipsis and the letters that stand
 * once in the whole equation, in the order of the alphabet. */
static bool read_result(const job *j, const char *at, labels *out) {
  int dots = 0, most = 0, count[MOST * 2] = {0};
  while (most < AG_MAX_RANK && j->size[DOTS + most] >= 0) most++;
  if (*at) {
    at = read_labels(j, at + 2, out, &dots);
    if (!at) return false;
    if (*at) return fail(j, "goes on behind the result, at character", (int)(at - j->equation));
    for (int i = 0; i < out->n; i++) {
      if (j->size[(int)out->label[i]] < 0) return fail(j, "has a label in its result alone, number", i);
      if (find(out, out->label[i]) != i) return fail(j, "has a label twice in its result, number", i);
    }
  } else {
    out->n = 0;
    for (const char *p = j->equation; *p; p++) count[(int)*p]++;
    for (char label = 'A'; label <= 'z'; label++)
      if (is_letter(label) && count[(int)label] == 1) append(out, label, 0);
  }
  if (out->n + (dots >= 0 ? most : 0) > AG_MAX_RANK)
    return fail(j, "has a result of more axes than", AG_MAX_RANK);
  if (dots >= 0) insert_dots(out, dots, most);
  return true;
}

/* ---- Joining ---- */

/* Sums up the labels that neither of two lists has, run by run from the last. */
static void sum_out(const job *j, term *t, const labels *kept, const labels *other) {
  for (int end = t->of.n; end > 0; end--) {
    int begin = end;
    while (begin > 0 && find(kept, t->of.label[begin - 1]) < 0 && find(other, t->of.label[begin - 1]) < 0)
      begin--;
    if (begin == end) continue;
    const ag_shape seen =
        AG_SHAPE(elements(&t->of, 0, begin), elements(&t->of, begin, end), elements(&t->of, end, t->of.n));
    ag_tensor *x = (ag_reshape)(j->at, t->x, seen);
    t->x = (ag_sum)((ag_reduce_args){.at = j->at, .x = x, .axes = AG_AXES(1)});
    for (; end > begin; end--) take_away(&t->of, end - 1);
    end = begin + 1; /* the label before is one that stays */
  }
}

/* A label of size 1 says nothing where the other term has it as well. */
static void drop_ones(term *t, const labels *other) {
  for (int i = t->of.n - 1; i >= 0; i--)
    if (t->of.size[i] == 1 && find(other, t->of.label[i]) >= 0) take_away(&t->of, i);
}

/* The elements of t in the row-major order of `order`, which has the same labels. Where these are more than a
 * tensor has axes, they are moved one by one. */
static ag_tensor *in_order(const job *j, term *t, const labels *order) {
  const int n = order->n;
  if (n <= AG_MAX_RANK) {
    ag_axes axes = {.count = n};
    ag_shape shape = {.rank = n};
    memcpy(shape.dim, t->of.size, (size_t)n * sizeof *shape.dim);
    for (int i = 0; i < n; i++) axes.axis[i] = find(&t->of, order->label[i]);
    return (ag_permute)(j->at, (ag_reshape)(j->at, t->x, shape), axes);
  }
  for (int i = 0; i < n; i++) {
    const int from = find(&t->of, order->label[i]);
    if (from == i) continue;
    const ag_shape seen = AG_SHAPE(elements(&t->of, 0, i), elements(&t->of, i, from), t->of.size[from],
                                   elements(&t->of, from + 1, n));
    t->x = (ag_permute)(j->at, (ag_reshape)(j->at, t->x, seen), AG_AXES(0, 2, 1, 3));
    const labels old = t->of;
    t->of.n = i;
    append(&t->of, old.label[from], old.size[from]);
    for (int k = i; k < n; k++)
      if (k != from) append(&t->of, old.label[k], old.size[k]);
  }
  return t->x;
}

static void append_all(labels *l, const labels *more) {
  for (int i = 0; i < more->n; i++) append(l, more->label[i], more->size[i]);
}

/* a becomes a times b, with the labels of `kept` left; all others are summed up. */
static void join(const job *j, term *a, term *b, const labels *kept) {
  labels shared = {0}, summed = {0}, left = {0}, right = {0};
  drop_ones(a, &b->of);
  drop_ones(b, &a->of);
  sum_out(j, a, kept, &b->of);
  sum_out(j, b, kept, &a->of);
  for (int i = 0; i < a->of.n; i++) {
    const char label = a->of.label[i];
    const bool both = find(&b->of, label) >= 0;
    append(!both ? &left : find(kept, label) >= 0 ? &shared : &summed, label, a->of.size[i]);
  }
  for (int i = 0; i < b->of.n; i++)
    if (find(&a->of, b->of.label[i]) < 0) append(&right, b->of.label[i], b->of.size[i]);
  labels rows = shared, columns = shared, result = shared;
  append_all(&rows, &left), append_all(&rows, &summed);
  append_all(&columns, &summed), append_all(&columns, &right);
  append_all(&result, &left), append_all(&result, &right);
  const int64_t batch = elements(&shared, 0, shared.n), k = elements(&summed, 0, summed.n);
  ag_tensor *x = (ag_reshape)(j->at, in_order(j, a, &rows), AG_SHAPE(batch, elements(&left, 0, left.n), k)),
            *y = (ag_reshape)(j->at, in_order(j, b, &columns),
                              AG_SHAPE(batch, k, elements(&right, 0, right.n)));
  *a = (term){summed.n ? (ag_matmul)(j->at, x, y) : (ag_mul)(j->at, x, y), result};
}

/* ---- The whole ---- */

static ag_tensor *contract(const job *j, term *terms, int n, const labels *out) {
  ag_shape shape = {.rank = out->n};
  for (int i = 1; i < n; i++) {
    labels kept = *out;
    for (int later = i + 1; later < n; later++)
      for (int k = 0; k < terms[later].of.n; k++)
        if (find(&kept, terms[later].of.label[k]) < 0) append(&kept, terms[later].of.label[k], 0);
    join(j, &terms[0], &terms[i], &kept);
    if (j->c->status != AG_OK) return &j->c->nil;
  }
  sum_out(j, &terms[0], out, &(labels){0});
  for (int i = 0; i < out->n; i++) shape.dim[i] = j->size[(int)out->label[i]];
  return (ag_reshape)(j->at, in_order(j, &terms[0], out), shape);
}

ag_tensor *(ag_einsum)(ag_site at, const char *equation, int n, ag_tensor *const *x) {
  ag_tensor *result;
  if (n < 1) return NULL;
  if (!ag_ready(at, "einsum", n, x, &result)) return result;
  job j = {.at = at, .c = x[0]->c, .equation = equation};
  if (!equation) {
    ag_fail(j.c, AG_EVALUE, at, "einsum: the equation is NULL");
    return result;
  }
  for (int i = 0; i < MOST * 2; i++) j.size[i] = -1;
  term *terms = ag_scope_bytes(j.c, (size_t)n * sizeof *terms, at);
  const char *next = equation;
  for (int i = 0; terms && i < n; i++) {
    labels l;
    int dots;
    next = read_labels(&j, next, &l, &dots);
    if (!next || !make_term(&j, i, l, dots, x[i], &terms[i])) return result;
    if ((*next == ',') != (i < n - 1)) {
      fail(&j, "does not name as many operands as are given, which are", n);
      return result;
    }
    next += *next == ',';
  }
  labels out;
  return terms && read_result(&j, next, &out) ? contract(&j, terms, n, &out) : result;
}
