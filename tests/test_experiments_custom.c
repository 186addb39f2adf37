/* Rows that users add: kept in the store, trained like any other, and refused in one line where they make no
 * sense. */
#include "tests/test_experiments.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "experiments/custom.h"

#define TINY "--set", "problem=houses", "--set", "epochs=1", "--set", "limit.train=50", "--store", store_path

static custom_rows added(const char *profile) {
  custom_rows rows;
  store *s = store_open(store_path, STORE_READ, &line);
  ck_assert_msg(s && custom_rows_read(&rows, s, catalogue_profile_find(profile), &line) == 0, "%s",
                line.text);
  store_close(s);
  return rows;
}

START_TEST(a_sweep_is_a_row_of_the_store) {
  ck_assert_int_eq(AGX("sweep", "--grid", "lr=0.1,0.01,0.001", "--grid", "batch=20,50", TINY), 0);
  contains(err, "lr-batch lr=0.01 batch=50, seed 1");
  contains(err, "6 runs done now, 0 finished before");
  ck_assert_int_eq(AGX("run", "lr-batch", "--seeds", "2", "--store", store_path), 0);
  contains(err, "6 runs done now, 6 finished before");
  ck_assert_int_eq(AGX("run", TINY, "--set", "lr=0.01", "--set", "batch=20"),
                   0); /* a cell is a run like any other */
  contains(err, "0 runs done now, 1 finished before");

  ck_assert_int_eq(AGX("list", "--store", store_path), 0);
  contains(out, "runs.db, for --profile full:\nlr-batch         6  learning rate and batch size  "
                "lr=0.1,0.01,0.001  batch=20,50\n");

  custom_rows rows = added("full");
  ck_assert_uint_eq(rows.count, 1);
  ck_assert_ptr_null(rows.list[1]);
  const catalogue_row *row = rows.list[0];
  ck_assert_str_eq(row->id, "lr-batch");
  ck_assert_str_eq(row->name, "Added: lr-batch");
  ck_assert_str_eq(row->title, "learning rate and batch size");
  ck_assert_str_eq(row->choice,
                   "With problem=houses, epochs=1, limit.train=50; everything else as in the final model.");
  ck_assert(row->appendix && row->shape == SHOWN_AS_CURVES);
  ck_assert_int_eq(catalogue_cells(row), 6);
  catalogue_cell cell;
  ck_assert_int_eq(catalogue_cell_make(&cell, row, 5, catalogue_profile_find("full"), NULL, &line), 0);
  ck_assert_str_eq(cell.sweep_value, "0.001");
  ck_assert_str_eq(cell.cross_value, "50");
  ck_assert_double_eq(cell.config.lr, 0.001);
  ck_assert_int_eq(cell.config.batch, 50);
  ck_assert_int_eq(cell.config.epochs, 1);
  custom_rows_free(&rows);
}
END_TEST

START_TEST(a_configuration_has_a_name) {
  ck_assert_int_eq(AGX("run", TINY, "--set", "mlp.width=8", "--name", "mine"), 0);
  contains(err, "mine, seed 1");
  ck_assert_int_eq(AGX("run", "mine", "table2", "--store", store_path, "--dry-run"), 0);
  contains(out, "4 runs, 1 of them finished already");
  ck_assert_int_eq(AGX("status", "mine", "--store", store_path), 0);
  custom_rows rows = added("full");
  ck_assert_uint_eq(rows.count, 1);
  ck_assert_int_eq(rows.list[0]->shape, SHOWN_AS_MODEL);
  ck_assert_str_eq(rows.list[0]->title, "problem=houses epochs=1 limit.train=50 mlp.width=8");
  ck_assert_int_eq(catalogue_cells(rows.list[0]), 1);
  custom_rows_free(&rows);
  rows = added("quick");
  ck_assert_uint_eq(rows.count, 0);
  custom_rows_free(&rows);
}
END_TEST

/* What the user sets goes on top of the profile, as with agx run --set; what he does not set is the
 * profile's. */
START_TEST(a_row_belongs_to_its_profile) {
  ck_assert_int_eq(AGX("sweep", "--grid", "lr=0.1,0.01", "--profile", "quick", TINY), 0);
  custom_rows rows = added("quick");
  catalogue_cell cell;
  ck_assert_int_eq(catalogue_cell_make(&cell, rows.list[0], 1, catalogue_profile_find("quick"), NULL, &line),
                   0);
  ck_assert_int_eq(cell.config.epochs, 1);
  ck_assert_int_eq(cell.config.record_every, 2);
  custom_rows_free(&rows);
  ck_assert_int_eq(AGX("run", "lr", "--store", store_path), 1);
  ck_assert_str_eq(err, "agx run: lr: no such row; see agx list\n");
  ck_assert_int_eq(AGX("run", "lr", "--profile", "quick", "--store", store_path), 0);
  contains(err, "0 runs done now, 2 finished before");
}
END_TEST

START_TEST(a_name_means_one_thing) {
  ck_assert_int_eq(AGX("sweep", "--grid", "lr=0.1,0.01", TINY), 0);
  ck_assert_int_eq(AGX("sweep", "--grid", "lr=0.1,0.01", TINY), 0);
  ck_assert_int_eq(AGX("sweep", "--grid", "lr=0.1,0.02", TINY), 1);
  ck_assert_str_eq(
      err, "agx sweep: lr: the store has another row of this name; choose another name, or take that one "
           "away with agx gc --forget lr\n");
  ck_assert_int_eq(AGX("gc", "--forget", "lr", "--store", store_path), 0);
  ck_assert_int_eq(AGX("gc", "--forget", "lr", "--store", store_path), 1);
  ck_assert_str_eq(err, "agx gc: lr: no added row of the store has this name and --profile full\n");
  ck_assert_int_eq(AGX("sweep", "--grid", "lr=0.1,0.02", TINY), 0);
  contains(err, "1 runs done now, 1 finished before");
}
END_TEST

START_TEST(a_dry_sweep_only_says) {
  ck_assert_int_eq(AGX("sweep", "--grid", "lr=0.1,0.01", "--dry-run", TINY), 0);
  contains(out, "2 runs, 0 of them finished already");
  ck_assert_int_eq(access(store_path, F_OK), -1);
}
END_TEST

/* A store may hold anything. */
static const struct {
  const char *name, *settings, *sweep[2], *cross[2], *expected;
} oddities[] = {
    {"a", "lr=fast\n", {"", ""}, {"", ""}, "a: lr=fast: not a number"},
    {"A b",
     "",
     {"", ""},
     {"", ""},
     "A b: a name has 1 to 40 of the letters a to z, digits, '-', '_' and '.'"},
    {"a", "", {"color", "red"}, {"", ""}, "color: no such key; see agx list --keys"},
    {"a", "", {"lr", ""}, {"", ""}, "lr: no values"},
    {"a", "", {"", ""}, {"lr", "1"}, "lr: swept twice"},
    {"a",
     "lr=1\nlr=1\nlr=1\nlr=1\nlr=1\nlr=1\nlr=1\nlr=1\nlr=1\nlr=1\nlr=1\nlr=1\nlr=1\nlr=1\nlr=1\nlr=1\nlr=1\n",
     {"", ""},
     {"", ""},
     "a: too many settings, at most 16"},
};

START_TEST(a_row_of_nonsense_is_refused) {
  store *s = store_open(store_path, STORE_WRITE, &line);
  store_custom text = {.settings = memory_text(oddities[_i].settings),
                       .sweep_key = memory_text(oddities[_i].sweep[0]),
                       .sweep_values = memory_text(oddities[_i].sweep[1]),
                       .cross_key = memory_text(oddities[_i].cross[0]),
                       .cross_values = memory_text(oddities[_i].cross[1])};
  strcpy(text.name, oddities[_i].name);
  strcpy(text.profile, "full");
  ck_assert_int_eq(store_custom_save(s, &text, &line), 0);
  store_custom_free(&text);
  custom_rows rows;
  ck_assert_int_eq(custom_rows_read(&rows, s, catalogue_profile_find("full"), &line), -1);
  ck_assert_str_eq(line.text, oddities[_i].expected);
  store_close(s);
}
END_TEST

TCase *experiments_custom_tests(void) {
  TCase *t = tcase_create("custom");
  tcase_add_test(t, a_sweep_is_a_row_of_the_store);
  tcase_add_test(t, a_configuration_has_a_name);
  tcase_add_test(t, a_row_belongs_to_its_profile);
  tcase_add_test(t, a_name_means_one_thing);
  tcase_add_test(t, a_dry_sweep_only_says);
  tcase_add_loop_test(t, a_row_of_nonsense_is_refused, 0, (int)(sizeof oddities / sizeof oddities[0]));
  return t;
}
