/* Copies between views and contiguous arrays, and the transpositions in them, against the definition. */
#include "kernels/strided.h"
#include "kernels/transpose.h"
#include "tests/test_kernels.h"

static const size_t sizes[] = {1, 4, 8};
enum { GUARD = 1024 }; /* elements around a target, more than a square of rows of the smaller ones */

static unsigned char *bytes(uint64_t seed, int64_t n) {
  unsigned char *b = room(n, 1);
  for (int64_t i = 0; i < n; i++) b[i] = (unsigned char)irregular(seed, i, 0, 256);
  return b;
}

static int64_t elements_of(const agk_layout *l) {
  int64_t n = 1;
  for (int i = 0; i < l->rank; i++) n *= l->size[i];
  return n;
}

/* The offset of element p in row-major order. */
static int64_t offset_of(const agk_layout *l, int64_t p) {
  int64_t offset = 0;
  for (int i = l->rank - 1; i >= 0; i--) {
    offset += p % l->size[i] * l->stride[i];
    p /= l->size[i];
  }
  return offset;
}

static const agk_layout layouts[] = {
    {0, {0}, {0}},
    {1, {257}, {3}},
    {1, {9}, {-2}},
    {2, {61, 53}, {1, 61}},
    {2, {300, 217}, {1, 300}},
    {3, {7, 0, 5}, {10, 5, 1}},
    {3, {4, 5, 6}, {0, 12, 2}},
    {4, {3, 10, 11, 13}, {1430, -13, 130, 1}},
    {8, {2, 3, 1, 2, 2, 1, 3, 2}, {1, 2, 7, 6, 12, 99, 24, 72}},
};
enum { MIDDLE = 100000 }; /* where views begin, so that negative steps have room */

START_TEST(strided_copies_follow_the_steps) {
  unsigned char *memory = room(2 * MIDDLE, 8);
  for (int64_t i = 0; i < 16 * MIDDLE; i++) memory[i] = (unsigned char)irregular(7, i, 0, 256);
  for (int k = 0; k < LENGTH(layouts) * LENGTH(sizes) * 2; k++) {
    const agk_layout *l = &layouts[k / 6];
    const size_t size = sizes[k / 2 % 3];
    const int64_t n = elements_of(l);
    unsigned char *base = memory + MIDDLE * size, *copy = room(n + GUARD, size),
                  *expected = room(n, size);
    agk_copy_from_strided(k % 2 ? 3 : 1, size, l, base, copy);
    for (int64_t p = 0; p < n; p++)
      memcpy(expected + (size_t)p * size, base + offset_of(l, p) * (int64_t)size, size);
    ASSERT_EACH_BIT(n * (int64_t)size, copy, expected, "bytes of layout %d in elements of %d", k / 6,
                    (int)size);
    free(copy), free(expected);
  }
  free(memory);
}
END_TEST

/* Back into other memory: the view holds the elements, and what lies between them is untouched. */
START_TEST(copies_return_to_their_places) {
  for (int k = 0; k < LENGTH(layouts) * LENGTH(sizes); k++) {
    const agk_layout *l = &layouts[k / 3];
    const size_t size = sizes[k % 3];
    const int64_t n = elements_of(l), step = (int64_t)size;
    if (k / 3 == 6) continue; /* its elements share places */
    unsigned char *from = bytes(8, n * step), *to = bytes(9, 2 * MIDDLE * step),
                  *expected = bytes(9, 2 * MIDDLE * step);
    for (int64_t p = 0; p < n; p++)
      memcpy(expected + (MIDDLE + offset_of(l, p)) * step, from + p * step, size);
    agk_copy_to_strided(2, size, l, from, to + MIDDLE * step);
    ck_assert_mem_eq(to, expected, 2 * MIDDLE * size);
    free(from), free(to), free(expected);
  }
}
END_TEST

/* ---- Transpositions ---- */

enum { SIDE = 40 };

/* n x m elements whose rows are `gap` elements longer, here and there, and lie anywhere. */
static void transpose_with_gaps(size_t size, int64_t n, int64_t m, int64_t gap, int64_t ahead) {
  const int64_t step = (int64_t)size, in = m + gap, out = n + gap;
  const int64_t whole = (m * out + 2 * GUARD) * step;
  unsigned char *from = bytes(3, n * in * step), *to = bytes(4, whole), *expected = bytes(4, whole);
  for (int64_t a = 0; a < n; a++)
    for (int64_t b = 0; b < m; b++)
      memcpy(expected + (GUARD + b * out + a) * step, from + (a * in + b) * step, size);
  agk_transpose(size, n, m, from, (agk_rows){in, ahead}, to + GUARD * step, (agk_rows){out, ahead});
  ck_assert_mem_eq(to, expected, (size_t)whole);
  free(from), free(to), free(expected);
}

START_TEST(matrices_of_all_sizes_become_their_transpose) {
  for (int64_t n = 1; n <= SIDE; n++)
    for (int64_t m = 1; m <= SIDE; m++)
      for (int k = 0; k < 4; k++) transpose_with_gaps(k % 2 ? 4 : 8, n, m, k / 2 * 5, k / 2 * 64);
  transpose_with_gaps(4, 150, 67, 0, 0);
  transpose_with_gaps(4, 67, 150, 1, 0);
  transpose_with_gaps(8, 131, 77, 3, 0);
}
END_TEST

/* Images whose channels lie beside each other become planes, and the other way. There are `gap` elements
 * between the pixels. */
static void turn_images(size_t size, int threads, int64_t images, int64_t pixels, int64_t channels,
                        int64_t gap) {
  const int64_t step = (int64_t)size, pixel = channels + gap, n = images * pixels * channels,
                view = images * pixels * pixel;
  const agk_layout l = {3, {images, channels, pixels}, {pixels * pixel, 1, pixel}};
  unsigned char *pixelwise = bytes(5, (view + 2 * GUARD) * step), *planes = bytes(6, (n + 2 * GUARD) * step),
                *pixelwise_expected = bytes(5, (view + 2 * GUARD) * step),
                *planes_expected = bytes(6, (n + 2 * GUARD) * step), *others = bytes(7, n * step);
  for (int64_t p = 0; p < n; p++) {
    const int64_t at = (GUARD + offset_of(&l, p)) * step;
    memcpy(planes_expected + (GUARD + p) * step, pixelwise + at, size);
    memcpy(pixelwise_expected + at, others + p * step, size);
  }
  agk_copy_from_strided(threads, size, &l, pixelwise + GUARD * step, planes + GUARD * step);
  ck_assert_mem_eq(planes, planes_expected, (size_t)((n + 2 * GUARD) * step));
  agk_copy_to_strided(threads, size, &l, others, pixelwise + GUARD * step);
  ck_assert_mem_eq(pixelwise, pixelwise_expected, (size_t)((view + 2 * GUARD) * step));
  free(pixelwise), free(planes), free(pixelwise_expected), free(planes_expected), free(others);
}

START_TEST(images_of_all_sizes_become_planes_and_return) {
  for (int64_t pixels = 1; pixels <= SIDE; pixels++)
    for (int64_t channels = 1; channels <= SIDE; channels++)
      for (int k = 0; k < LENGTH(sizes); k++) turn_images(sizes[k], 1, 2, pixels, channels, channels % 3);
}
END_TEST

/* More than the near caches hold, where the next image is asked for. */
START_TEST(many_images_become_planes_and_return) {
  for (int threads = 1; threads <= 3; threads += 2) {
    turn_images(4, threads, 50, 49, 100, 0);
    turn_images(4, threads, 9, 25, 612, 7);
    turn_images(8, threads, 11, 36, 200, 0);
    turn_images(1, threads, 11, 64, 1000, 0);
    turn_images(4, threads, 1, 700, 311, 2);
  }
}
END_TEST

TCase *strided_kernel_tests(void) {
  TCase *t = tcase_create("strided copies");
  tcase_set_timeout(t, 120);
  tcase_add_test(t, strided_copies_follow_the_steps);
  tcase_add_test(t, copies_return_to_their_places);
  tcase_add_test(t, matrices_of_all_sizes_become_their_transpose);
  tcase_add_test(t, images_of_all_sizes_become_planes_and_return);
  tcase_add_test(t, many_images_become_planes_and_return);
  return t;
}
