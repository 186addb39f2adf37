/* Archives: round trips, what NumPy wrote, damage of every kind, and what a failed write leaves behind. */
#include "tests/test_nn.h"

#include <dirent.h>
#include <ftw.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/vectors/npz.h"

static char folder[64], path[96];

static void setup(void) {
  strcpy(folder, "/tmp/test-npz-XXXXXX");
  ck_assert_ptr_nonnull(mkdtemp(folder));
  snprintf(path, sizeof path, "%s/model.npz", folder);
}

static int remove_entry(const char *name, const struct stat *s, int kind, struct FTW *walk) {
  (void)s, (void)kind, (void)walk;
  return remove(name);
}

static void teardown(void) { ck_assert_int_eq(nftw(folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS), 0); }

static int files_in_folder(void) {
  DIR *d = opendir(folder);
  ck_assert_ptr_nonnull(d);
  int count = -2; /* . and .. */
  while (readdir(d)) count++;
  closedir(d);
  return count;
}

static void write_file(const unsigned char *bytes, size_t size) {
  FILE *f = fopen(path, "wb");
  ck_assert_ptr_nonnull(f);
  ck_assert_uint_eq(fwrite(bytes, 1, size, f), size);
  ck_assert_int_eq(fclose(f), 0);
}

static unsigned char *read_file(size_t *size) {
  struct stat about;
  ck_assert_int_eq(stat(path, &about), 0);
  *size = (size_t)about.st_size;
  unsigned char *bytes = malloc(*size + 1);
  FILE *f = fopen(path, "rb");
  ck_assert(bytes && f);
  ck_assert_uint_eq(fread(bytes, 1, *size, f), *size);
  fclose(f);
  return bytes;
}

/* "load: PATH: text" and the like. */
static void expect_file_error(ag_ctx *k, const char *what, const char *text) {
  char full[512];
  snprintf(full, sizeof full, "%s: %s: %s", what, path, text);
  expect_error(k, AG_EIO, __FILE__, full);
}

/* A context with the tensors of vectors/npz.h, holding other numbers. */
static ag_ctx *small_model(ag_tensor **w, ag_tensor **b) {
  ag_ctx *k = ag_ctx_new();
  *w = ag_parameter(k, "w", AG_SHAPE(2, 3));
  *b = ag_parameter(k, "b", AG_SHAPE(1));
  ag_init_constant(*w, 11);
  ag_init_constant(*b, 12);
  return k;
}

static void assert_untouched(const ag_tensor *w, const ag_tensor *b) {
  for (int i = 0; i < 6; i++) ck_assert_double_eq(at(w, i), 11);
  ck_assert_double_eq(at(b, 0), 12);
}

START_TEST(all_bits_come_back) {
  static const double odd[] = {0.0, -0.0, INFINITY, -INFINITY, NAN, 5e-324, 1.7976931348623157e308, 1.0 / 3};
  static const ag_dtype dtypes[] = {AG_F32, AG_F64};
  for (int d = 0; d < 2; d++) {
    ag_ctx *k[2];
    for (int i = 0; i < 2; i++) {
      k[i] = ag_ctx_new();
      ag_set_dtype(k[i], dtypes[d]);
      ag_seed(k[i], (uint64_t)i);
      (void)ag_conv2d_layer_new(k[i], "conv1", 3, 8, 5);
      (void)ag_batch_norm_layer_new(k[i], "bn1", 8);
      ag_tensor *x = ag_parameter(k[i], "odd", AG_SHAPE(2, 1, 4));
      if (i == 0) ag_assign(x, odd);
      (void)ag_parameter(k[i], "scalar", AG_SCALAR);
      (void)ag_parameter(k[i], "empty", AG_SHAPE(0, 3));
      (void)ag_parameter(k[i], "deep", AG_SHAPE(1, 1, 1, 2, 1, 1, 1, 1));
    }
    ag_init_constant(ag_find(k[0], "scalar"), 2.5);
    ag_init_constant(ag_find(k[0], "bn1.running_var"), 7);
    ck_assert_msg(ag_save(k[0], path), "%s", ag_error_message(k[0]));
    ck_assert_int_eq(files_in_folder(), 1);
    ck_assert_msg(ag_load(k[1], path), "%s", ag_error_message(k[1]));
    for (int i = 0; ag_registered(k[0], i); i++) {
      const ag_tensor *x = ag_registered(k[0], i), *y = ag_registered(k[1], i);
      ck_assert_mem_eq(ag_data(x), ag_data(y), (size_t)ag_numel(x) * ag_dtype_size(dtypes[d]));
    }
    for (int i = 0; i < 2; i++) ag_ctx_free(k[i]);
  }
}
END_TEST

START_TEST(the_same_tensors_are_the_same_bytes) {
  ag_tensor *w, *b;
  ag_ctx *k = small_model(&w, &b);
  size_t size[2];
  unsigned char *bytes[2];
  for (int i = 0; i < 2; i++) {
    ck_assert(ag_save(k, path));
    bytes[i] = read_file(&size[i]);
  }
  ck_assert_uint_eq(size[0], size[1]);
  ck_assert_mem_eq(bytes[0], bytes[1], size[0]);
  free(bytes[0]), free(bytes[1]);
  ag_ctx_free(k);
}
END_TEST

START_TEST(archives_of_numpy_are_read) {
  static const float expected[] = {0.5f, -1.25f, 2, 3.75f, -4, 1e-40f};
  ag_tensor *w, *b;
  ag_ctx *k = small_model(&w, &b);
  write_file(numpy_stored, sizeof numpy_stored);
  ck_assert_msg(ag_load(k, path), "%s", ag_error_message(k));
  ck_assert_mem_eq(ag_data(w), expected, sizeof expected);
  ck_assert_double_eq(at(b, 0), -7);
  ag_init_constant(w, 11);
  ag_init_constant(b, 12);

  write_file(numpy_compressed, sizeof numpy_compressed);
  ck_assert(!ag_load(k, path));
  expect_file_error(k, "load", "w.npy is compressed; write the file with numpy.savez, not savez_compressed");
  write_file(numpy_fortran, sizeof numpy_fortran);
  ck_assert(!ag_load(k, path));
  expect_file_error(k, "load", "w is stored column by column; save it with numpy.ascontiguousarray");
  write_file(numpy_big_endian, sizeof numpy_big_endian);
  ck_assert(!ag_load(k, path));
  expect_file_error(k, "load", "w has elements of another type than float32 and float64");
  write_file(numpy_integers, sizeof numpy_integers);
  ck_assert(!ag_load(k, path));
  expect_file_error(k, "load", "b has elements of another type than float32 and float64");
  assert_untouched(w, b);
  ag_ctx_free(k);
}
END_TEST

START_TEST(other_models_are_refused) {
  (void)ag_parameter(c, "w", AG_SHAPE(2, 3));
  (void)ag_parameter(c, "b", AG_SHAPE(1));
  ck_assert(ag_save(c, path));
  ag_tensor *w, *b;
  ag_ctx *k = small_model(&w, &b);
  ck_assert(!ag_load(k, path));
  expect_file_error(k, "load", "w is float64, the model wants float32");
  assert_untouched(w, b);
  ck_assert(ag_save(k, path));
  (void)ag_parameter(k, "extra", AG_SHAPE(4));
  ck_assert(!ag_load(k, path));
  expect_file_error(k, "load", "extra is missing");
  ag_ctx_free(k);

  k = ag_ctx_new();
  (void)ag_parameter(k, "w", AG_SHAPE(3, 2));
  ck_assert(!ag_load(k, path));
  expect_file_error(k, "load", "w has shape 2x3, the model wants 3x2");
  ag_ctx_free(k);
  k = ag_ctx_new();
  w = ag_parameter(k, "w", AG_SHAPE(2, 3));
  ck_assert(!ag_load(k, path));
  expect_file_error(k, "load", "the model has no tensor for b.npy");
  ck_assert_double_eq(at(w, 0), 0);
  ag_ctx_free(k);
}
END_TEST

/* Writes the small model with every "b.npy" replaced. */
static void write_renamed(const char *name) {
  ag_tensor *w, *b;
  ag_ctx *k = small_model(&w, &b);
  ck_assert(ag_save(k, path));
  ag_ctx_free(k);
  size_t size;
  unsigned char *bytes = read_file(&size);
  for (size_t i = 0; i + 5 <= size; i++) {
    if (memcmp(bytes + i, "b.npy", 5) == 0) memcpy(bytes + i, name, 5);
  }
  write_file(bytes, size);
  free(bytes);
}

START_TEST(names_in_archives_are_not_trusted) {
  ag_tensor *w, *b;
  ag_ctx *k = small_model(&w, &b);
  write_renamed("w.npy");
  ck_assert(!ag_load(k, path));
  expect_file_error(k, "load", "w is there twice");
  write_renamed("\n\x1b[1m");
  ck_assert(!ag_load(k, path));
  expect_file_error(k, "load", "the model has no tensor for ??[1m");
  assert_untouched(w, b);
  ag_ctx_free(k);
}
END_TEST

START_TEST(a_file_cut_anywhere_is_refused) {
  ag_tensor *w, *b;
  ag_ctx *k = small_model(&w, &b);
  ck_assert(ag_save(k, path));
  size_t size;
  unsigned char *bytes = read_file(&size);
  for (size_t cut = 0; cut < size; cut++) {
    write_file(bytes, cut);
    ck_assert(!ag_load(k, path));
    expect_file_error(k, "load", "is not a complete .npz archive: the directory at its end is missing");
    assert_untouched(w, b);
  }
  free(bytes);
  ag_ctx_free(k);
}
END_TEST

/* Turns each bit of an archive. Where that goes unnoticed (a date, say), the numbers are still right. */
START_TEST(no_bit_can_turn_unnoticed) {
  ag_tensor *w, *b;
  ag_ctx *k = small_model(&w, &b);
  ck_assert(ag_save(k, path));
  size_t size;
  unsigned char *bytes = read_file(&size);
  int refused = 0;
  for (size_t i = 0; i < size; i++) {
    for (int bit = 0; bit < 8; bit++) {
      bytes[i] ^= (unsigned char)(1 << bit);
      write_file(bytes, size);
      bytes[i] ^= (unsigned char)(1 << bit);
      if (!ag_load(k, path)) {
        refused++;
        ck_assert_int_eq(ag_error(k), AG_EIO);
        ck_assert_ptr_null(strchr(ag_error_message(k), '\n'));
        ag_clear_error(k);
      }
      assert_untouched(w, b);
    }
  }
  ck_assert_int_gt(refused, (int)size * 8 * 3 / 4);
  free(bytes);
  ag_ctx_free(k);
}
END_TEST

START_TEST(what_cannot_be_read_or_written_is_named) {
  (void)ag_parameter(c, "w", AG_SHAPE(2, 3));
  ck_assert(!ag_load(c, path));
  expect_file_error(c, "load", "cannot be opened: No such file or directory");
  char file[96];
  memcpy(file, path, sizeof file);
  snprintf(path, sizeof path, "%s", folder);
  ck_assert(!ag_load(c, path));
  expect_file_error(c, "load", "is not a regular file");
  ck_assert(!ag_save(c, path));
  expect_file_error(c, "save", "cannot be replaced: Is a directory");
  snprintf(path, sizeof path, "%s/none/model.npz", folder);
  ck_assert(!ag_save(c, path));
  expect_file_error(c, "save", "no new file can be made beside it: No such file or directory");
  ck_assert_int_eq(files_in_folder(), 0);

  ag_ctx *empty = ag_ctx_new();
  ck_assert(!ag_save(empty, file));
  ck_assert_int_eq(ag_error(empty), AG_ESTATE);
  ck_assert_ptr_nonnull(
      strstr(ag_error_message(empty), "there are 0 parameters to save; an archive holds 1 to 65534"));
  ag_ctx_free(empty);
}
END_TEST

START_TEST(a_full_disk_leaves_the_old_file) {
  ag_tensor *w = ag_parameter(c, "w", AG_SHAPE(50000));
  ck_assert(ag_save(c, path));
  size_t size[2];
  unsigned char *bytes[2];
  bytes[0] = read_file(&size[0]);
  ag_init_constant(w, 1);
  struct rlimit before, limit;
  ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
  limit = before;
  limit.rlim_cur = 100000;
  signal(SIGXFSZ, SIG_IGN);
  ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
  const bool saved = ag_save(c, path);
  ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &before), 0);
  signal(SIGXFSZ, SIG_DFL);
  ck_assert(!saved);
  expect_file_error(c, "save", "cannot be written: File too large");
  ck_assert_int_eq(files_in_folder(), 1);
  bytes[1] = read_file(&size[1]);
  ck_assert_uint_eq(size[0], size[1]);
  ck_assert_mem_eq(bytes[0], bytes[1], size[0]);
  free(bytes[0]), free(bytes[1]);
}
END_TEST

START_TEST(an_error_stops_saving_and_loading) {
  (void)ag_parameter(c, "w", AG_SHAPE(2));
  ag_fail(c, AG_EVALUE, "here", "something else");
  ck_assert(!ag_save(c, path));
  ck_assert(!ag_load(c, path));
  expect_error(c, AG_EVALUE, "here", "something else");
  ck_assert_int_eq(files_in_folder(), 0);
}
END_TEST

TCase *npz_tests(void) {
  TCase *t = tcase_create("npz");
  with_context(t);
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_set_timeout(t, 120);
  tcase_add_test(t, all_bits_come_back);
  tcase_add_test(t, the_same_tensors_are_the_same_bytes);
  tcase_add_test(t, archives_of_numpy_are_read);
  tcase_add_test(t, other_models_are_refused);
  tcase_add_test(t, names_in_archives_are_not_trusted);
  tcase_add_test(t, a_file_cut_anywhere_is_refused);
  tcase_add_test(t, no_bit_can_turn_unnoticed);
  tcase_add_test(t, what_cannot_be_read_or_written_is_named);
  tcase_add_test(t, a_full_disk_leaves_the_old_file);
  tcase_add_test(t, an_error_stops_saving_and_loading);
  return t;
}
