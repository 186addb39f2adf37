#include "tests/test_experiments.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char digits_digest[] = "d1", houses_digest[] = "h1";

static plan make_plan(const catalogue_row *const *rows, const char *profile, int64_t seeds) {
  plan p;
  plan_request q = {.rows = rows,
                    .profile = catalogue_profile_find(profile),
                    .seeds = seeds,
                    .digits_digest = digits_digest,
                    .houses_digest = houses_digest};
  ck_assert_msg(plan_make(&p, &q, &line) == 0, "%s", line.text);
  return p;
}

START_TEST(every_part_of_the_published_report_has_its_row) {
  static const char *const ids[] = {"p1-final", "table1",        "p1-neurons", "table3",   "figure1",
                                    "figure3a", "figure4",       "figure5a",   "p2-final", "p2-gauss",
                                    "table2",   "figure2",       "figure3b",   "p2-optim", "figure5b",
                                    "p2-depth", "p2-activation", "padding1",   "init"};
  for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
    const catalogue_row *row = catalogue_find(ids[i]);
    ck_assert_msg(row != NULL, "no row %s", ids[i]);
    ck_assert_int_eq(row->appendix, strcmp(ids[i], "padding1") == 0 || strcmp(ids[i], "init") == 0);
  }
  ck_assert_ptr_null(catalogue_find("table9"));
}
END_TEST

START_TEST(published_numbers_stand_at_their_cells) {
  static const struct {
    const char *id, *value, *metric;
    double number;
  } cells[] = {
      {"p1-final", NULL, "validation_accuracy", 0.9915},
      {"p1-final", NULL, "test_accuracy", 0.9711},
      {"table1", "1", "test_accuracy", 0.9497},
      {"table1", "2", "validation_accuracy", 0.9571},
      {"table1", "3", "test_accuracy", 0.9651},
      {"table1", "4", "test_accuracy", 0.9452},
      {"table3", "relu", "test_accuracy", 0.9646},
      {"table3", "sigmoid", "validation_accuracy", 0.9452},
      {"table3", "tanh", "test_accuracy", 0.9497},
      {"p2-final", NULL, "validation_mse", 893181020.80},
      {"p2-gauss", NULL, "validation_mse", 1875367424.0},
      {"p2-gauss", NULL, "test_mse", 1750655104.0},
      {"table2", "64", "validation_mse", 2045553779.20},
      {"table2", "128", "validation_mse", 1875367424.0},
      {"table2", "256", "validation_mse", 1972901030.40},
  };
  for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++) {
    const catalogue_row *row = catalogue_find(cells[i].id);
    int hits = 0;
    for (int j = 0; j < catalogue_cells(row); j++) {
      catalogue_cell cell;
      double number;
      ck_assert_int_eq(catalogue_cell_make(&cell, row, j, catalogue_profile_find("full"), NULL, &line), 0);
      bool here = cells[i].value == cell.sweep_value ||
                  (cells[i].value && cell.sweep_value && strcmp(cells[i].value, cell.sweep_value) == 0);
      if (!here) continue;
      hits++;
      ck_assert(catalogue_published(&cell, cells[i].metric, &number));
      ck_assert_double_eq(number, cells[i].number);
      ck_assert(!catalogue_published(&cell, "train_loss", &number));
    }
    ck_assert_int_eq(hits, row->cross.key ? 2 : 1);
  }
}
END_TEST

START_TEST(cells_are_cross_major) {
  const catalogue_row *row = catalogue_find("table1");
  catalogue_cell cell;
  ck_assert_int_eq(catalogue_cells(row), 8);
  ck_assert_int_eq(catalogue_cell_make(&cell, row, 6, catalogue_profile_find("quick"), NULL, &line), 0);
  ck_assert_str_eq(cell.cross_value, "cross_entropy");
  ck_assert_str_eq(cell.sweep_value, "3");
  ck_assert_int_eq(cell.config.conv_layers, 3);
  ck_assert_int_eq(cell.config.loss, LOSS_CROSS_ENTROPY);
  ck_assert_int_lt(cell.config.epochs, 10);
}
END_TEST

START_TEST(a_user_cannot_set_what_a_row_sweeps) {
  catalogue_cell cell;
  const char *const extra[] = {"conv.layers=2", NULL};
  ck_assert_int_eq(
      catalogue_cell_make(&cell, catalogue_find("table1"), 0, catalogue_profile_find("full"), extra, &line),
      -1);
  ck_assert_str_eq(
      line.text,
      "conv.layers=2: table1 sweeps this key itself; leave the row out to train one configuration");
}
END_TEST

START_TEST(shared_runs_are_planned_once) {
  plan p = make_plan(NULL, "full", 1);
  ck_assert_uint_eq(p.count, 90);
  size_t cells = 0, wanted = 0, digit_runs = 0;
  for (const catalogue_row *const *row = catalogue_rows; *row; row++) cells += (size_t)catalogue_cells(*row);
  for (size_t i = 0; i < p.count; i++) {
    digit_runs += p.jobs[i].config.problem == PROBLEM_DIGITS;
    for (char **row = p.jobs[i].rows; *row; row++) wanted++;
    for (size_t j = 0; j < i; j++) ck_assert_str_ne(p.jobs[i].key, p.jobs[j].key);
  }
  ck_assert_uint_eq(digit_runs, 56);
  ck_assert_uint_eq(cells, 117);
  ck_assert_uint_eq(wanted, cells); /* no row wants a run twice */
  plan_free(&p);
}
END_TEST

static int64_t recorded(const char *id, int cell, const char *const *extra) {
  catalogue_cell made;
  ck_assert_msg(catalogue_cell_make(&made, catalogue_find(id), cell, catalogue_profile_find("quick"), extra,
                                    &line) == 0,
                "%s", line.text);
  return made.config.record_test;
}

/* Those are the final models and the cells that are one of them. */
START_TEST(the_test_part_is_recorded_where_a_figure_shows_it) {
  static const struct {
    const char *id;
    int cells[2]; /* that are a final model */
  } rows[] = {
      {"p1-final", {0, -1}},      {"p2-final", {0, -1}},    {"p2-gauss", {0, -1}}, {"table1", {2, -1}},
      {"p1-neurons", {-1, -1}},   {"table3", {-1, -1}},     {"figure1", {1, -1}},  {"figure3a", {2, -1}},
      {"figure4", {2, -1}},       {"figure5a", {0, -1}},    {"table2", {1, -1}},   {"figure2", {2, -1}},
      {"figure3b", {4, -1}},      {"p2-optim", {2, -1}},    {"figure5b", {2, -1}}, {"p2-depth", {2, -1}},
      {"p2-activation", {0, -1}}, {"padding1", {-1, -1}},   {"init", {0, -1}},     {"vary-p1-init", {-1, -1}},
      {"vary-p2-split", {0, -1}}, {"vary-p2-init", {0, -1}}};
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
    for (int j = 0; j < catalogue_cells(catalogue_find(rows[i].id)); j++)
      ck_assert_msg(recorded(rows[i].id, j, NULL) == (j == rows[i].cells[0] ? TEST_EVERY : TEST_END),
                    "%s, cell %d", rows[i].id, j);
}
END_TEST

START_TEST(a_user_says_when_the_test_part_is_recorded) {
  const char *const every[] = {"record.test=every", NULL}, *const end[] = {"record.test=end", NULL},
                    *const other[] = {"epochs=4", NULL};
  ck_assert_int_eq(recorded("figure1", 0, every), TEST_EVERY);
  ck_assert_int_eq(recorded("figure1", 1, end), TEST_END);
  ck_assert_int_eq(recorded("p1-final", 0, end), TEST_END);
  ck_assert_int_eq(recorded("figure1", 0, other), TEST_END);
  ck_assert_int_eq(recorded("figure1", 1, other), TEST_EVERY); /* as p1-final with that */
  config c;
  ck_assert_int_eq(catalogue_custom(&c, catalogue_profile_find("full"), other, &line), 0);
  ck_assert_int_eq(c.record_test, TEST_EVERY);
}
END_TEST

/* 7291 - 1458 digits are trained on, three times as dear as one that is evaluated. */
START_TEST(the_plan_counts_what_is_evaluated) {
  const char *const settings[][2] = {{"record.test=every", NULL}, {"record.test=end", NULL}};
  double work[2];
  for (int i = 0; i < 2; i++) {
    plan p;
    plan_request q = {.profile = catalogue_profile_find("full"),
                      .settings = settings[i],
                      .custom = true,
                      .seeds = 1,
                      .digits_digest = digits_digest,
                      .houses_digest = houses_digest};
    ck_assert_int_eq(plan_make(&p, &q, &line), 0);
    work[i] = p.jobs[0].work;
    plan_free(&p);
  }
  double steps = 30 * 117 * 50 * 3, validation = 30 * 1458, test = 2007;
  ck_assert_double_eq_tol(work[1] / work[0], (steps + validation + test) / (steps + validation + 30 * test),
                          1e-12);
}
END_TEST

START_TEST(plans_go_seed_by_seed_and_longest_first) {
  plan p = make_plan(NULL, "full", 3);
  ck_assert_uint_eq(p.count, 3 * 90);
  for (size_t i = 1; i < p.count; i++) {
    ck_assert(p.jobs[i - 1].seed <= p.jobs[i].seed);
    if (p.jobs[i - 1].seed == p.jobs[i].seed) ck_assert(p.jobs[i - 1].work >= p.jobs[i].work);
  }
  plan_free(&p);
}
END_TEST

START_TEST(quick_runs_never_mix_with_full_ones) {
  plan full = make_plan(NULL, "full", 1), quick = make_plan(NULL, "quick", 1);
  ck_assert_uint_eq(full.count, quick.count);
  for (size_t i = 0; i < full.count; i++)
    for (size_t j = 0; j < quick.count; j++) ck_assert_str_ne(full.jobs[i].key, quick.jobs[j].key);
  plan_free(&full);
  plan_free(&quick);
}
END_TEST

START_TEST(the_final_model_costs_what_it_should) {
  plan p = make_plan((const catalogue_row *const[]){catalogue_find("p1-final"), NULL}, "full", 1);
  ck_assert_uint_eq(p.count, 1);
  ck_assert_int_eq(p.jobs[0].parameters, 90890);
  ck_assert_double_eq(p.jobs[0].multiply_adds, 9123712);
  ck_assert_int_eq(p.jobs[0].steps, 30 * 117);
  ck_assert_str_eq(p.jobs[0].label, "p1-final");
  plan_free(&p);
}
END_TEST

START_TEST(keys_depend_on_everything_that_moves_a_number) {
  config a, b;
  char key[STORE_KEY], other[STORE_KEY];
  ck_assert_int_eq(config_make(&a, NULL, 0, &line), 0);
  ck_assert_int_eq(config_make(&b, (const char *const[]){"lr=0.011"}, 1, &line), 0);
  plan_key(&a, 1, digits_digest, key);
  ck_assert_uint_eq(strlen(key), 64);
  plan_key(&a, 1, digits_digest, other);
  ck_assert_str_eq(key, other);
  plan_key(&b, 1, digits_digest, other);
  ck_assert_str_ne(key, other);
  plan_key(&a, 2, digits_digest, other);
  ck_assert_str_ne(key, other);
  plan_key(&a, 1, houses_digest, other);
  ck_assert_str_ne(key, other);
}
END_TEST

/* The configuration with the smallest possible change of one field. */
static config with_another(const config *c, const config_field *f) {
  config changed = *c;
  char *at = (char *)&changed + f->offset;
  int64_t integer;
  double real;
  memcpy(&integer, at, sizeof integer);
  memcpy(&real, at, sizeof real);
  real = nextafter(real, INFINITY);
  integer = f->kind == FIELD_INTEGER || (f->kind == FIELD_CHOICE && f->choices[integer + 1]) ? integer + 1
            : f->kind == FIELD_FLAG                                                          ? !integer
                                                                                             : integer - 1;
  memcpy(at, f->kind == FIELD_REAL ? (void *)&real : (void *)&integer, sizeof integer);
  return changed;
}

/* A field changes the key of each configuration that it says something about, and of no other. */
START_TEST(keys_depend_on_every_field_that_applies) {
  static const char *const models[][3] = {
      {"problem=digits", "model=cnn", "optimizer=sgd"},
      {"problem=digits", "model=mlp", "optimizer=adam"},
      {"problem=houses", "model=mlp", "schedule=step"},
      {"problem=houses", "model=gaussian", "optimizer=rmsprop"},
  };
  enum { MODELS = sizeof models / sizeof models[0] };
  for (const config_field *f = config_fields; f->key; f++) {
    int applied = 0;
    for (int i = 0; i < MODELS; i++) {
      config c;
      char key[STORE_KEY], other[STORE_KEY];
      ck_assert_msg(config_make(&c, models[i], 3, &line) == 0, "%s", line.text);
      config changed = with_another(&c, f);
      plan_key(&c, 1, digits_digest, key);
      plan_key(&changed, 1, digits_digest, other);
      ck_assert_msg((strcmp(key, other) != 0) == f->applies(&c), "%s of %s, %s, %s", f->key, models[i][0],
                    models[i][1], models[i][2]);
      applied += f->applies(&c);
    }
    ck_assert_msg(applied > 0, "%s applies to none of these", f->key);
  }
}
END_TEST

TCase *experiments_catalogue_tests(void) {
  TCase *t = tcase_create("catalogue and plan");
  tcase_add_test(t, every_part_of_the_published_report_has_its_row);
  tcase_add_test(t, published_numbers_stand_at_their_cells);
  tcase_add_test(t, cells_are_cross_major);
  tcase_add_test(t, a_user_cannot_set_what_a_row_sweeps);
  tcase_add_test(t, shared_runs_are_planned_once);
  tcase_add_test(t, the_test_part_is_recorded_where_a_figure_shows_it);
  tcase_add_test(t, a_user_says_when_the_test_part_is_recorded);
  tcase_add_test(t, the_plan_counts_what_is_evaluated);
  tcase_add_test(t, plans_go_seed_by_seed_and_longest_first);
  tcase_add_test(t, quick_runs_never_mix_with_full_ones);
  tcase_add_test(t, the_final_model_costs_what_it_should);
  tcase_add_test(t, keys_depend_on_everything_that_moves_a_number);
  tcase_add_test(t, keys_depend_on_every_field_that_applies);
  return t;
}
