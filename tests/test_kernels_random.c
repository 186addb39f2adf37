/* The generator against its published answers, and the fills that are made of it. */
#include "kernels/philox.h"
#include "kernels/random.h"
#include "tests/test_kernels.h"

/* kat_vectors of Random123 (Salmon et al. 2011), lines "philox4x32 10". */
START_TEST(philox_gives_the_published_answers) {
  const struct {
    uint32_t counter[4], key[2], expected[4];
  } published[] = {
      {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
      {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
       {0xffffffff, 0xffffffff},
       {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
      {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
       {0xa4093822, 0x299f31d0},
       {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
  };
  for (int i = 0; i < LENGTH(published); i++) {
    uint32_t out[4];
    agk_philox4x32(published[i].counter, published[i].key, out);
    ck_assert_mem_eq(out, published[i].expected, sizeof out);
  }
}
END_TEST

enum { MOST = 200003 };
static const uint64_t KEY = 0x299f31d0a4093822u, START = 0xfffffff0u; /* the low word overflows */

/* Element e is made of words 2e and 2e + 1 of the stream of blocks, whose counter is (block, distribution).
 */
START_TEST(bits_are_the_words_of_blocks) {
  uint64_t *bits = room(MOST, sizeof *bits);
  agk_random_bits(3, KEY, START, MOST, bits);
  for (int64_t i = 0; i < 100; i++) {
    const uint64_t e = START + (uint64_t)i, block = e / 2;
    uint32_t out[4];
    agk_philox4x32((uint32_t[]){(uint32_t)block, (uint32_t)(block >> 32), 0, 0},
                   (uint32_t[]){(uint32_t)KEY, (uint32_t)(KEY >> 32)}, out);
    ck_assert_uint_eq(bits[i], (uint64_t)out[2 * (e % 2)] << 32 | out[2 * (e % 2) + 1]);
  }
  double *u = room(MOST, sizeof *u);
  float *v = room(MOST, sizeof *v);
  agk_random_uniform_f64(2, KEY, START, MOST, u);
  agk_random_uniform_f32(2, KEY, START, MOST, v);
  ASSERT_EACH(i, MOST, u[i], (double)(bits[i] >> 11) * 0x1p-53, 0, "uniform float64");
  ASSERT_EACH(i, MOST, v[i], (double)(bits[i] >> 40) * 0x1p-24, 0, "uniform float32");
  free(bits), free(u), free(v);
}
END_TEST

/* Every fill gives the same bits with 1, 2, 3 and 7 threads, and in two calls cut at an odd place. */
#define ASSERT_SAME_FILLS(type, fill)                                                                        \
  do {                                                                                                       \
    const int teams[] = {1, 2, 3, 7};                                                                        \
    const int64_t cut = 33331;                                                                               \
    type *first = room(MOST, sizeof *first), *out = room(MOST, sizeof *out);                                 \
    for (int k = 0; k < 4; k++) {                                                                            \
      const int threads = teams[k];                                                                          \
      uint64_t from = START;                                                                                 \
      int64_t n = MOST;                                                                                      \
      type *to = k ? out : first;                                                                            \
      fill;                                                                                                  \
      if (k) ASSERT_EACH_BIT(MOST, out, first, "%s, %d threads", #fill, threads);                            \
      n = cut, to = out;                                                                                     \
      fill;                                                                                                  \
      n = MOST - cut, to = out + cut, from += (uint64_t)cut;                                                 \
      fill;                                                                                                  \
      ASSERT_EACH_BIT(MOST, out, first, "%s, %d threads", #fill, threads);                                   \
    }                                                                                                        \
    free(first), free(out);                                                                                  \
  } while (0)

START_TEST(fills_do_not_depend_on_threads_or_cuts) {
  ASSERT_SAME_FILLS(uint64_t, agk_random_bits(threads, KEY, from, n, to));
  ASSERT_SAME_FILLS(float, agk_random_uniform_f32(threads, KEY, from, n, to));
  ASSERT_SAME_FILLS(double, agk_random_uniform_f64(threads, KEY, from, n, to));
  ASSERT_SAME_FILLS(float, agk_random_normal_f32(threads, KEY, from, n, to));
  ASSERT_SAME_FILLS(double, agk_random_normal_f64(threads, KEY, from, n, to));
  ASSERT_SAME_FILLS(float, agk_random_mask_f32(threads, KEY, from, 0.3, n, to));
  ASSERT_SAME_FILLS(double, agk_random_mask_f64(threads, KEY, from, 0.3, n, to));
}
END_TEST

/* Float and double masks drop the same elements. */
START_TEST(masks_are_the_same_in_both_types) {
  float *a = room(MOST, sizeof *a);
  double *b = room(MOST, sizeof *b);
  agk_random_mask_f32(1, KEY, START, 0.3, MOST, a);
  agk_random_mask_f64(1, KEY, START, 0.3, MOST, b);
  ASSERT_EACH(i, MOST, b[i], b[i] == 0 ? 0 : 1 / 0.7, 0, "mask");
  ASSERT_EACH(i, MOST, a[i], (float)b[i], 0, "mask in float32");
  agk_random_mask_f64(1, KEY, START, 1, 1000, b);
  ASSERT_EACH(i, 1000, b[i], 0, 0, "mask that drops all");
  free(a), free(b);
}
END_TEST

TCase *random_kernel_tests(void) {
  TCase *t = tcase_create("random numbers");
  tcase_add_test(t, philox_gives_the_published_answers);
  tcase_add_test(t, bits_are_the_words_of_blocks);
  tcase_add_test(t, fills_do_not_depend_on_threads_or_cuts);
  tcase_add_test(t, masks_are_the_same_in_both_types);
  return t;
}
