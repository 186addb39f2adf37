/* transpose.c - a matrix becomes its transpose, square by square.
 *
 * A square of W x W elements, W of them a vector, is transposed in registers (square.h), with the widest
 * vector that fits both sides of the matrix. Blocks of BLOCK elements lie across the longer side, and in them
 * squares follow one another along it first. So what a block reads and writes stays in the nearest cache
 * until its lines are used up, and both memories see a few lines in sequence. Where W does not divide a side,
 * the last square is moved back and copies some elements twice, unless the rest is so small that single
 * elements cost less.
 *
 * Many matrices that lie behind one another are too many lines, too far apart, for what the processor fetches
 * by itself; so each square asks for its counterpart in the next matrix.
 *
 * Elements are moved as numbers of their size, which no instruction looks at. */
#ifndef AG_REAL
#include "kernels/transpose.h"

#include <stdbool.h>
#include <string.h>

#include "core/isa.h"
#include "core/multiversion.h"

enum { BLOCK = 64, LINE = 64 /* bytes of a line of a cache */ };

/* Steps in bytes: between the rows of a matrix, along the longer side, across it, and to the next matrix. */
typedef struct {
  int64_t row, along, across, ahead;
} steps;

/* The steps of a matrix of elements of `size` bytes, whose rows are the longer side or not. */
static steps steps_of(agk_rows rows, int64_t size, bool longer) {
  const int64_t row = rows.row * size;
  return (steps){row, longer ? size : row, longer ? row : size, rows.ahead};
}

/* Asks for the counterpart of `rows` lines in the next matrix, which is to be in the second cache: the first
 * is too small. */
AG_INLINE void ask_ahead(int rows, const char *first, const steps *s) {
  if (!s->ahead) return;
  first += s->ahead;
  AG_UNROLL for (int i = 0; i < rows; i++, first += s->row) __builtin_prefetch(first, 0, 2);
}

#define AG_SELF "kernels/transpose.c"
#include "core/each_isa.h"

typedef void transpose(int64_t longer, int64_t shorter, const char *from, const steps *f, char *to,
                       const steps *t);

void agk_transpose(size_t size, int64_t n, int64_t m, const void *from, agk_rows from_rows, void *to,
                   agk_rows to_rows) {
  static transpose *const of_4[] = AG_EACH_ISA(transpose_f32), *const of_8[] = AG_EACH_ISA(transpose_f64);
  const int64_t s = (int64_t)size, longer = n < m ? m : n, shorter = n < m ? n : m;
  const steps f = steps_of(from_rows, s, n < m), t = steps_of(to_rows, s, n >= m);
  int isa = (int)ag_isa_here();
  while (isa > AG_ISA_PORTABLE && shorter * s < 16 << isa) isa--;
  (size == 4 ? of_4 : of_8)[isa](longer, shorter, from, &f, to, &t);
}
#else
#include "kernels/square.h"

/* Compiled alone, since its addresses are too many for one function with the loops around it. */
__attribute__((noinline)) static void AG_NAME(turn)(const char *from, int64_t from_row, char *to,
                                                    int64_t to_row) {
  AG_VECTOR row[AG_WIDTH];
  AG_UNROLL for (int i = 0; i < AG_WIDTH; i++, from += from_row) row[i] = AG_LOAD(from);
  AG_NAME(turn_square)(row);
  AG_UNROLL for (int i = 0; i < AG_WIDTH; i++, to += to_row) AG_STORE(to, row[i]);
}

/* Copies single elements, i along the longer side and j across it. */
static void AG_NAME(singly)(int64_t i, int64_t i_end, int64_t j, int64_t j_end, const char *from,
                            const steps *f, char *to, const steps *t) {
  const int64_t in_step = f->along, out_step = t->along;
  for (; j < j_end; j++) {
    const char *in = from + i * in_step + j * f->across;
    char *out = to + i * out_step + j * t->across;
    AG_UNROLL for (int64_t k = i; k < i_end; k++, in += in_step, out += out_step)
        memcpy(out, in, AG_REAL_BYTES);
  }
}

/* So many of n elements in a line are copied by squares. */
AG_INLINE int64_t AG_NAME(by_squares)(int64_t n) {
  if (n < AG_WIDTH) return 0;
  return n % AG_WIDTH > AG_WIDTH / 8 ? n : n - n % AG_WIDTH;
}

static void AG_NAME(transpose)(int64_t longer, int64_t shorter, const char *from, const steps *f, char *to,
                               const steps *t) {
  const int64_t squares_along = AG_NAME(by_squares)(longer), squares_across = AG_NAME(by_squares)(shorter);
  for (int64_t begin = 0; begin < squares_along; begin += BLOCK) {
    const int64_t end = begin + BLOCK < squares_along ? begin + BLOCK : squares_along;
    for (int64_t j = 0; j < squares_across; j += AG_WIDTH)
      for (int64_t i = begin; i < end; i += AG_WIDTH) {
        const int64_t k = i < longer - AG_WIDTH ? i : longer - AG_WIDTH,
                      l = j < shorter - AG_WIDTH ? j : shorter - AG_WIDTH;
        const char *in = from + k * f->along + l * f->across;
        char *out = to + k * t->along + l * t->across;
        if ((i | j) % (LINE / AG_REAL_BYTES) == 0) {
          ask_ahead(LINE / AG_REAL_BYTES, in, f);
          ask_ahead(LINE / AG_REAL_BYTES, out, t);
        }
        AG_NAME(turn)(in, f->row, out, t->row);
      }
    AG_NAME(singly)(begin, end, squares_across, shorter, from, f, to, t);
  }
  AG_NAME(singly)(squares_along, longer, 0, shorter, from, f, to, t);
}
#endif
