/* docs/operators.md, the catalogue as a page: whether it is what the catalogue says. With AG_OPERATORS_PAGE=file in the environment
 * the page is written there instead, which is what `make docs` does.
 *
 * What the objects say is printed; types of results and gradients are found by applying each operator to its first sample. The
 * families are named by the comments of the tables that list the operators. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "tests/operators/walk.h"

static FILE *page;
#define PRINT(...) fprintf(page, __VA_ARGS__)

/* ---- Cells ---- */

/* Text whose characters mean something to Markdown. */
static void print_text(const char *text) {
  for (; *text; text++) {
    if (*text == '<') {
      PRINT("&lt;");
    } else {
      PRINT(strchr("|*_", *text) ? "\\%c" : "%c", *text);
    }
  }
}

static const char *type_in_words(const ag_op *op, ag_dtype dtype) {
  const bool no_truths = !op->view && !op->loop[AG_BOOL] && !op->forward[AG_BOOL], none_smaller = !op->view && !op->loop[AG_U8] && !op->forward[AG_U8];
  if (dtype == AG_ALIKE) return none_smaller ? "real or int64" : no_truths ? "number" : "alike";
  return dtype == AG_ANY ? "any" : is_real(dtype) ? "real" : ag_dtype_name(dtype);
}

/* Of a result. The context's type is float64, so what is float32 was asked for. */
static const char *result_in_words(const ag_op *op, ag_dtype dtype, bool open) {
  return open && dtype == AG_F64 ? "the same" : dtype == AG_F32 ? "as asked" : type_in_words(op, dtype);
}

/* What happens when the operator is applied to its first sample: the results' types, and which operands have gradients. */
typedef struct {
  int n_in, n_out, n_real, order;
  ag_dtype out[AG_MAX_OUTPUTS];
  ag_shape in_shape[AG_MAX_OPERANDS], out_shape[AG_MAX_OUTPUTS];
  bool has_gradient[AG_MAX_OPERANDS];
} experience;

static experience try_out(const ag_op *op) {
  ag_sample samples[MOST_SAMPLES];
  experience e = {.n_out = op->n_out ? op->n_out : 1};
  const int n = good_samples(op, samples);
  for (int i = 0; i < n; i++) e.order = gradient_order(op, &samples[i]) > e.order ? gradient_order(op, &samples[i]) : e.order;
  ag_tensor *in[AG_MAX_OPERANDS], *wanted[AG_MAX_OPERANDS], *g[AG_MAX_OPERANDS], *out[AG_MAX_OUTPUTS], *outputs[AG_MAX_OUTPUTS], *ones[AG_MAX_OUTPUTS];
  ag_ctx *k = ag_ctx_new();
  ag_set_dtype(k, AG_F64);
  e.n_in = samples[0].n_in;
  for (int i = 0; i < e.n_in; i++) {
    in[i] = sample_operand(k, op, &samples[0], i);
    e.in_shape[i] = samples[0].in[i];
    if (!is_real_operand(op, &samples[0], i)) continue;
    ag_set_requires_grad(in[i], true);
    wanted[e.n_real++] = in[i];
  }
  int n_outputs = 0;
  ag_apply_all(op->name, op, e.n_in, in, samples[0].attributes, out);
  for (int i = 0; i < e.n_out; i++) {
    e.out[i] = ag_dtype_of(out[i]);
    e.out_shape[i] = ag_shape_of(out[i]);
    if (!ag_requires_grad(out[i])) continue;
    ones[n_outputs] = ag_cast(ag_full(k, e.out_shape[i], 1), e.out[i]);
    outputs[n_outputs++] = out[i];
  }
  if (n_outputs && ag_grad(.n_outputs = n_outputs, .outputs = outputs, .n_inputs = e.n_real, .inputs = wanted, .grads = g,
                           .grad_outputs = ones, .allow_unused = true)) {
    for (int i = 0, real = 0; i < e.n_in; i++) e.has_gradient[i] = is_real_operand(op, &samples[0], i) && g[real++] != NULL;
  }
  ck_assert_msg(ag_error(k) == AG_OK, "%s", ag_error_message(k));
  ag_ctx_free(k);
  return e;
}

static void print_shape(ag_shape shape) {
  PRINT("(");
  for (int i = 0; i < shape.rank; i++) PRINT("%s%d", i ? ", " : "", (int)shape.dim[i]);
  PRINT(")");
}

/* The object's words, the rule of elementwise operators, or an example. */
static void print_shapes(const ag_op *op, const experience *e) {
  if (op->shapes) {
    print_text(op->shapes);
  } else if (!op->shape) {
    PRINT(op->n_in == 1 ? "x -> the same" : op->n_in == 2 ? "x, y broadcast" : "x, y, z broadcast");
  } else {
    PRINT("such as ");
    for (int i = 0; i < e->n_in; i++) PRINT(i ? ", " : ""), print_shape(e->in_shape[i]);
    PRINT(" -> ");
    for (int i = 0; i < e->n_out; i++) PRINT(i ? ", " : ""), print_shape(e->out_shape[i]);
  }
}

static void print_types(const ag_op *op, const experience *e) {
  bool open = false;
  for (int i = 0; i < e->n_in; i++) open |= op->in_dtype[op->n_in < 0 ? 0 : i] >= AG_DTYPES;
  for (int i = 0; i < (op->n_in < 0 ? 1 : op->n_in); i++) PRINT("%s%s", i ? ", " : "", type_in_words(op, op->in_dtype[i]));
  PRINT(op->n_in < 0 ? " ... -> " : " -> ");
  for (int i = 0; i < e->n_out; i++) {
    PRINT("%s%s", i ? ", " : "", result_in_words(op, e->out[i], open));
  }
}

static void print_gradient(const ag_op *op, const experience *e) {
  int n = 0;
  if (!op->vjp) {
    PRINT("none: ");
    print_text(op->not_differentiable);
    PRINT(" | ");
    return;
  }
  for (int i = 0; i < e->n_in; i++) n += e->has_gradient[i];
  if (n == 0) PRINT("zero almost everywhere");
  if (n > 0 && n == e->n_real) PRINT(op->n_in == 1 ? "yes" : "yes, to all real operands");
  const char *between = "to operand ";
  for (int i = 0; i < e->n_in && n < e->n_real; i++) {
    if (e->has_gradient[i]) PRINT("%s%d", between, i), between = ", ";
  }
  PRINT(" | %d", e->order);
}

static void print_row(const ag_op *op) {
  const experience e = try_out(op);
  PRINT("| `%s` | ", op->name);
  print_text(op->formula);
  PRINT(" | ");
  print_shapes(op, &e);
  PRINT(" | ");
  print_types(op, &e);
  PRINT(" | ");
  print_gradient(op, &e);
  PRINT(" | %s |\n", op->view ? "view" : "new");
}

/* ---- Tables ---- */

/* The family that a comment of one line names, up to its first colon, semicolon or full stop; NULL for another line. */
static char *family_of(char *line) {
  if (strncmp(line, "/* ", 3) != 0 || !strstr(line, "*/")) return NULL;
  line[3 + strcspn(line + 3, ":;.")] = '\0';
  return line + 3;
}

/* The operator that a line NAME(operator... lists, or NULL. */
static const ag_op *operator_of(const char *line) {
  char name[64];
  const char *p = line;
  while (isupper((unsigned char)*p) || isdigit((unsigned char)*p) || *p == '_') p++;
  if (p == line || *p != '(' || sscanf(p + 1, "%63[a-z0-9_]", name) != 1) return NULL;
  const ag_op *op = ag_op_find(name);
  ck_assert_msg(op, "the catalogue has no %s", name);
  return op;
}

/* A file of the source tree, at the top of which tests run unless srcdir says where it is. */
static FILE *open_source(const char *path) {
  char whole[4096];
  const char *top = getenv("srcdir");
  snprintf(whole, sizeof whole, "%s/%s", top ? top : ".", path);
  FILE *file = fopen(whole, "r");
  ck_assert_msg(file, "%s cannot be read", whole);
  return file;
}

/* Prints the operators of a table; returns how many. */
static int print_table(const char *path) {
  static char line[4096];
  char heading[128] = "";
  int n = 0;
  FILE *file = open_source(path);
  while (fgets(line, sizeof line, file)) {
    const char *family = family_of(line);
    const ag_op *op = family ? NULL : operator_of(line);
    if (family) snprintf(heading, sizeof heading, "%.127s", family);
    if (!op) continue;
    if (*heading) PRINT("\n## %s\n\n| operator | formula | shapes | types | gradient | order | memory |\n|---|---|---|---|---|---|---|\n", heading);
    *heading = '\0';
    print_row(op);
    n++;
  }
  fclose(file);
  return n;
}

static void print_page(void) {
  const char *const tables[] = {"autograd/ops/catalogue.def", "autograd/ops/arithmetic.def", "autograd/ops/elementwise.def", "autograd/ops/activations.def",
                                "autograd/ops/compare.def"};
  int n = 0, all = 0;
  PRINT("# Operators\n\n"
        "Made by `make docs` from the operators themselves. What is called how, with which options, stands in the chapters of\n"
        "`autograd/manual/`; operators that have no prototype there are used by the gradients of others.\n\n"
        "- Types: *real* is float32 or float64, the same for all real operands; *alike* is any type, and *number* any\n"
        "  but bool, the same for all such operands.\n"
        "- Gradient: which operands have one. Order: up to which the tests compare it with differences. Every gradient is written in\n"
        "  operators of this page, so there are gradients of any order.\n"
        "- Memory: a *view* shares that of its operand.\n");
  for (int i = 0; i < LENGTH(tables); i++) n += print_table(tables[i]);
  while (ag_catalogue(all)) all++;
  ck_assert_msg(n == all, "the tables list %d operators, the catalogue has %d", n, all);
}

/* ---- The test ---- */

/* All of a file, to be freed. */
static char *contents(FILE *file) {
  char *text = NULL;
  size_t size = 0;
  FILE *copy = open_memstream(&text, &size);
  ck_assert(file && copy);
  for (int character; (character = fgetc(file)) != EOF;) fputc(character, copy);
  fclose(copy);
  fclose(file);
  return text;
}

static void write_page(const char *path) {
  page = fopen(path, "w");
  ck_assert_msg(page, "%s cannot be written", path);
  print_page();
  ck_assert_int_eq(fclose(page), 0);
}

START_TEST(is_up_to_date) {
  if (getenv("AG_OPERATORS_PAGE")) {
    write_page(getenv("AG_OPERATORS_PAGE"));
    return;
  }
  char *made = NULL, *committed = contents(open_source("docs/operators.md"));
  size_t size = 0, same = 0;
  page = open_memstream(&made, &size);
  ck_assert_ptr_nonnull(page);
  print_page();
  fclose(page);
  while (made[same] && made[same] == committed[same]) same++;
  ck_assert_msg(strcmp(made, committed) == 0, "docs/operators.md is not what the catalogue says; make docs writes it anew: \"%.60s\"", made + same);
  free(made);
  free(committed);
}
END_TEST

TCase *page_tests(void) {
  TCase *t = tcase_create("page");
  tcase_set_timeout(t, 60);
  tcase_add_test(t, is_up_to_date);
  return t;
}
