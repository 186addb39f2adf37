/* What agx says of a store: status, explain, export, gc. */
#include "tests/test_experiments.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TINY "--set", "problem=houses", "--set", "epochs=1", "--set", "limit.train=50", "--store", store_path
#define ROW "p2-optim", "--set", "epochs=2", "--set", "limit.train=200", "--store", store_path

/* Waits until the driver's run has written a checkpoint. */
static void until_checkpoint(void) {
  char *pattern = memory_format("ls %s-checkpoints/*-b >/dev/null 2>&1", store_path);
  while (system(pattern) != 0) usleep(10000);
  free(pattern);
}

START_TEST(status_counts_every_kind) {
  ck_assert_int_eq(AGX("status", ROW), 4);
  ck_assert_str_eq(out, "3 runs: 0 done, 0 diverged, 0 failed, 0 running, 0 interrupted, 3 waiting\n");
  ck_assert_int_eq(access(store_path, F_OK), -1);
  ck_assert_int_eq(AGX("run", ROW), 0);
  ck_assert_int_eq(AGX("status", ROW), 0);
  contains(out, "p2-optim optimizer=sgd, seed 1: ");
  contains(out, " loss at step ");
  contains(out, ", as expected\n");
  contains(out, "3 runs: 2 done, 1 diverged, 0 failed, 0 running, 0 interrupted, 0 waiting\n");
  ck_assert_int_eq(AGX("status", ROW, "--seeds", "2"), 4);
  contains(out, "6 runs: 2 done, 1 diverged, 0 failed, 0 running, 0 interrupted, 3 waiting; about ");
}
END_TEST

#define LONG "--set", "problem=houses", "--set", "epochs=5000", "--store", store_path

START_TEST(status_sees_a_run_that_runs_and_one_that_was_stopped) {
  static const char *const arguments[] = {"run", LONG, "--checkpoint", "0", NULL};
  pid_t driver = agx_start(arguments);
  until_checkpoint();
  ck_assert_int_eq(AGX("status", LONG), 4);
  contains(out, "running      ");
  contains(out, "houses mlp epochs=5000, seed 1: step ");
  contains(out, " of 55000, epoch ");
  contains(out, " of 5000, ");
  contains(out, " left\n1 runs: 0 done, 0 diverged, 0 failed, 1 running, 0 interrupted, 0 waiting; about ");
  ck_assert_int_eq(kill(driver, SIGTERM), 0);
  ck_assert_int_eq(agx_wait(driver), 75);
  ck_assert_int_eq(AGX("status", LONG), 4);
  contains(out, "interrupted  ");
  contains(out, "1 runs: 0 done, 0 diverged, 0 failed, 0 running, 1 interrupted, 0 waiting");
  driver = agx_start(arguments); /* and again, now with the hard kill that leaves everything behind */
  usleep(600000);
  ck_assert_int_eq(kill(driver, SIGKILL), 0);
  ck_assert_int_eq(agx_wait(driver), 128 + SIGKILL);
  usleep(100000);
  ck_assert_int_eq(AGX("status", LONG), 4);
  contains(out, "interrupted  ");
  contains(out, ": step ");
}
END_TEST

START_TEST(status_shows_failures) {
  static const char *const arguments[] = {"run", LONG, NULL};
  pid_t driver = agx_start(arguments);
  char path[64];
  int worker = 0;
  snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)driver, (int)driver);
  while (worker == 0) {
    usleep(10000);
    FILE *f = fopen(path, "r");
    ck_assert_ptr_nonnull(f);
    if (fscanf(f, "%d", &worker) != 1) worker = 0;
    fclose(f);
  }
  usleep(100000);
  ck_assert_int_eq(kill(worker, SIGKILL), 0);
  ck_assert_int_eq(agx_wait(driver), 3);
  ck_assert_int_eq(AGX("status", LONG), 3);
  contains(out, "failed       ");
  contains(out, ": killed by signal 9 (Killed) after step ");
  ck_assert_int_eq(AGX("explain", LONG), 0);
  contains(out, "failed (killed by signal 9 (Killed) after step ");
  contains(out, "), would be tried again\n");
}
END_TEST

START_TEST(a_missing_run_is_explained) {
  ck_assert_int_eq(AGX("explain", TINY), 0);
  contains(out, "would be trained; the store has no runs\n");
  ck_assert_int_eq(AGX("run", TINY), 0);
  ck_assert_int_eq(AGX("explain", TINY), 0);
  contains(out, "houses mlp epochs=1 limit.train=50, seed 1: in the store, done\n");
  ck_assert_int_eq(AGX("explain", TINY, "--set", "mlp.width=64", "--set", "schedule=step", "--set",
                       "seed.init=4", "--seeds", "1"),
                   0);
  contains(out, "would be trained; the nearest run in the store is ");
  contains(out, ", and this is different:\n"
                "  mlp.width          128 -> 64\n"
                "  schedule           none -> step\n"
                "  schedule.gamma     - -> 0.1\n"
                "  schedule.step      - -> 1000\n"
                "  seed.init          - -> 4\n");
  ck_assert_int_eq(AGX("explain", TINY, "--seeds", "2"), 0);
  contains(out, "different:\n  (seed)             1 -> 2\n");
}
END_TEST

START_TEST(a_stored_run_is_explained) {
  ck_assert_int_eq(AGX("run", TINY), 0);
  run_result *runs;
  size_t count = stored_runs(&runs);
  ck_assert_uint_eq(count, 1);
  char prefix[13];
  memcpy(prefix, runs[0].key, 12);
  prefix[12] = '\0';
  ck_assert_int_eq(AGX("explain", prefix, TINY, "--set", "epochs=2"), 0);
  contains(out, "  in the store, done, but not asked for here; the nearest run that is, is ");
  contains(out, "different:\n  epochs             1 -> 2\n");
  ck_assert_int_eq(AGX("explain", prefix, TINY), 0);
  contains(out, ", seed 1: in the store, done\n");
  ck_assert_int_eq(AGX("explain", "", TINY, "--seeds", "3"), 1);
  ck_assert_str_eq(err, "agx explain: : several runs have a key that begins so; give more digits\n");
  free_runs(runs, count);
}
END_TEST

/* Another engine and other data, as they would stand in an old store. */
static void save_old(const char *text, const char *engine, const char *digest) {
  run_result r = {.config = memory_text(text), .seed = 2, .status = RUN_DONE};
  memset(r.key, 'd', 64);
  snprintf(r.engine, sizeof r.engine, "%s", engine);
  snprintf(r.data_digest, sizeof r.data_digest, "%s", digest);
  store *s = store_open(store_path, STORE_WRITE, &line);
  ck_assert_msg(s && store_save(s, &r, &line) == 0, "%s", line.text);
  store_close(s);
  run_result_free(&r);
}

START_TEST(old_engines_and_data_are_explained) {
  plan_job job = job_of((const char *const[]){"problem=houses", "epochs=1", "limit.train=50", NULL}, 1, NULL);
  char *text = config_text(&job.config);
  save_old(text, "0.0.1", "ffffffffffffffffffff");
  free(text);
  ck_assert_int_eq(AGX("explain", TINY), 0);
  char expected[256];
  snprintf(expected, sizeof expected,
           "is dddddddddddd, and this is different:\n"
           "  (seed)             2 -> 1\n  (data)             ffffffffffff -> %.12s\n  (engine)           "
           "0.0.1 -> %s\n",
           data.houses.digest, plan_engine());
  contains(out, expected);
}
END_TEST

START_TEST(gc_lists_and_deletes_only_when_told) {
  ck_assert_int_eq(AGX("run", "p2-gauss", "--profile", "quick", "--store", store_path), 0);
  ck_assert_int_eq(AGX("run", TINY, "--name", "kept"), 0);
  ck_assert_int_eq(AGX("gc", "--store", store_path), 0);
  ck_assert_str_eq(out, "nothing to collect\n");
  ck_assert_int_eq(AGX("run", TINY, "--set", "mlp.width=8"), 0);
  plan_job job = job_of((const char *const[]){"problem=houses", "epochs=1", "limit.train=50", NULL}, 1, NULL);
  char *text = config_text(&job.config);
  save_old(text, "0.0.1", data.houses.digest);
  free(text);
  char *rubbish = memory_format("%s-checkpoints", store_path),
       *file = memory_format("%s/%064d-a", rubbish, 7);
  ck_assert_int_eq(mkdir(rubbish, 0700), 0);
  write_text(file, "torn", 4);

  for (int i = 0; i < 2; i++) {
    ck_assert_int_eq(i ? AGX("gc", "--yes", "--store", store_path) : AGX("gc", "--store", store_path), 0);
    contains(out, "houses mlp epochs=1 limit.train=50 mlp.width=8, seed 1: wanted by no row\n");
    contains(out, "run         dddddddddddd  houses mlp epochs=1 limit.train=50, seed 2: made by another "
                  "version of the engine\n");
    contains(out, "checkpoint  000000000000  damaged, or made by another build or on another processor\n");
    contains(out, i ? "\n3 deleted\n" : "\n3 to collect; agx gc --yes deletes them\n");
    run_result *runs;
    size_t count = stored_runs(&runs);
    ck_assert_uint_eq(count, i ? 2 : 4);
    free_runs(runs, count);
    ck_assert_int_eq(access(file, F_OK), i ? -1 : 0);
  }
  ck_assert_int_eq(access(rubbish, F_OK), -1);
  ck_assert_int_eq(AGX("gc", "--store", store_path), 0);
  ck_assert_str_eq(out, "nothing to collect\n");
  free(rubbish);
  free(file);
}
END_TEST

START_TEST(a_store_is_exported) {
  run_result r = {.config = memory_text("batch=50\nlr=0.01\n"),
                  .provenance = memory_text("{\"cpu\": \"a, b\"}"),
                  .seed = 3,
                  .status = RUN_DIVERGED,
                  .failed_step = 4,
                  .started = 1.5,
                  .seconds = 0.1,
                  .threads = 2};
  memset(r.key, 'a', 64);
  strcpy(r.message, "NaN \"loss\"");
  strcpy(r.engine, "1.2");
  strcpy(r.data_digest, "ff");
  run_result_metric(&r, "steps", 1.0 / 3);
  run_result_metric(&r, "test_loss", 0.0 / 0.0);
  run_result_point(&r, (run_point){.epoch = 1, .step = 2, .lr = 0.1, .train_loss = 0.0 / 0.0, .seconds = 2});
  run_result_point(&r, (run_point){.epoch = 2,
                                   .step = 4,
                                   .lr = 0.5,
                                   .train_loss = 0.25,
                                   .validation_loss = 0.75,
                                   .validation_metric = 0.5,
                                   .test_loss = 0.0 / 0.0, /* was not measured */
                                   .test_metric = 0.0 / 0.0,
                                   .seconds = 3});
  store *s = store_open(store_path, STORE_WRITE, &line);
  ck_assert_int_eq(store_save(s, &r, &line), 0);
  store_close(s);
#define KEY "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
  ck_assert_int_eq(AGX("export", "runs", "--store", store_path), 0);
  ck_assert_str_eq(out, "key,seed,status,message,failed_step,started,seconds,cpu_seconds,peak_kb,threads,"
                        "engine,data_digest,config,provenance\n" KEY
                        ",3,diverged,\"NaN \"\"loss\"\"\",4,1.5,0.10000000000000001,0,0,2,1.2,ff,batch=50 "
                        "lr=0.01,\"{\"\"cpu\"\": \"\"a, b\"\"}\"\n");
  ck_assert_int_eq(AGX("export", "metrics", "--store", store_path), 0);
  ck_assert_str_eq(out, "run,name,value\n" KEY ",steps,0.33333333333333331\n" KEY ",test_loss,\n");
  ck_assert_int_eq(AGX("export", "history", "--store", store_path), 0);
  ck_assert_str_eq(
      out,
      "run,epoch,step,lr,train_loss,validation_loss,validation_metric,test_loss,test_metric,seconds\n" KEY
      ",1,2,0.10000000000000001,,0,0,0,0,2\n" KEY ",2,4,0.5,0.25,0.75,0.5,,,3\n");
  ck_assert_int_eq(AGX("show", "aaa", "--store", store_path), 0);
  contains(out, "\n      1        2  0.1        -            0                0            0          \n");
  contains(out, "\n      2        4  0.5        0.25         0.75             0.5          -          \n");
  static const char json[] =
      "[{\"schema\": 2}\n,{\"key\": \"" KEY
      "\", \"seed\": 3, \"failed_step\": 4, \"peak_kb\": 0, \"threads\": 2, \"status\": \"diverged\", "
      "\"message\": \"NaN \\\"loss\\\"\", \"engine\": \"1.2\", \"data_digest\": \"ff\", \"started\": 1.5, "
      "\"seconds\": 0.10000000000000001, "
      "\"cpu_seconds\": 0, \"provenance\": \"{\\\"cpu\\\": \\\"a, b\\\"}\", \"config\": {\"batch\": \"50\", "
      "\"lr\": \"0.01\"}, "
      "\"metrics\": {\"steps\": 0.33333333333333331, \"test_loss\": null}, \"history\": [{\"epoch\": 1, "
      "\"step\": 2, "
      "\"lr\": 0.10000000000000001, \"train_loss\": null, \"validation_loss\": 0, \"validation_metric\": 0, "
      "\"test_loss\": 0, "
      "\"test_metric\": 0, \"seconds\": 2}, {\"epoch\": 2, \"step\": 4, \"lr\": 0.5, \"train_loss\": 0.25, "
      "\"validation_loss\": 0.75, \"validation_metric\": 0.5, \"test_loss\": null, \"test_metric\": null, "
      "\"seconds\": 3}]}\n]\n";
  ck_assert_int_eq(AGX("export", "--store", store_path), 0);
  ck_assert_str_eq(out, json);

  char path[256], text[TEXT_SIZE];
  snprintf(path, sizeof path, "%s", in_folder("tables"));
  ck_assert_int_eq(AGX("export", "--out", path, "--store", store_path), 0);
  read_text(in_folder("tables/runs.json"), text);
  ck_assert_str_eq(text, json);
  read_text(in_folder("tables/metrics.csv"), text);
  ck_assert_str_eq(text, "run,name,value\n" KEY ",steps,0.33333333333333331\n" KEY ",test_loss,\n");
  ck_assert_int_eq(AGX("export", "--out", store_path, "--store", store_path), 1);
  contains(err, "/runs.db/runs.csv: cannot be written: Not a directory\n");
  run_result_free(&r);
}
END_TEST

TCase *experiments_commands_tests(void) {
  TCase *t = tcase_create("commands");
  tcase_add_test(t, status_counts_every_kind);
  tcase_add_test(t, status_sees_a_run_that_runs_and_one_that_was_stopped);
  tcase_add_test(t, status_shows_failures);
  tcase_add_test(t, a_missing_run_is_explained);
  tcase_add_test(t, a_stored_run_is_explained);
  tcase_add_test(t, old_engines_and_data_are_explained);
  tcase_add_test(t, gc_lists_and_deletes_only_when_told);
  tcase_add_test(t, a_store_is_exported);
  return t;
}
