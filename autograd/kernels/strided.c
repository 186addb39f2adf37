/* strided.c - copies between strided views and contiguous arrays.
 *
 * Both directions are one copy between two sets of strides. Axes of size 1 are dropped and axes that lie
 * behind one another in both arrays are joined; of what is left, two axes are copied as a plane: the last
 * one, along which the contiguous array runs, and the one along which the view runs. Planes are cut into
 * tiles, within which every cache line that is touched is used up, so a transposition costs little more than
 * a copy. */
#include "kernels/strided.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "core/multiversion.h"
#include "core/parallel.h"

enum {
  TILE = 16,               /* elements along both sides of a tile: a cache line of the smaller ones */
  PIECE_ROWS = 64,         /* rows of a plane that are one unit of work */
  PIECE_COLUMNS = 1 << 14, /* columns of it */
};

/* An axis with its strides in the view and in the contiguous array. */
typedef struct {
  int64_t size, view, flat;
} axis;

typedef struct {
  int rank; /* the number of axes around the plane */
  axis outer[AGK_MAX_RANK];
  axis row, column;
  int64_t planes, row_pieces, column_pieces;
} route;

/* Lists the axes of the layout in order, dropped and joined as said above. Returns their number. */
static int join_axes(const agk_layout *layout, axis out[AGK_MAX_RANK]) {
  int n = 0;
  int64_t flat = 1;
  for (int d = layout->rank - 1; d >= 0; d--) {
    const axis a = {layout->size[d], layout->stride[d], flat};
    flat *= a.size;
    if (a.size == 1) continue;
    if (n > 0 && a.view == out[n - 1].view * out[n - 1].size)
      out[n - 1].size *= a.size;
    else
      out[n++] = a;
  }
  for (int i = 0; i < n / 2; i++) {
    const axis a = out[i];
    out[i] = out[n - 1 - i];
    out[n - 1 - i] = a;
  }
  return n;
}

static route plan_route(const agk_layout *layout) {
  const axis one = {1, 0, 0};
  route r = {.row = one, .column = one, .planes = 1};
  axis axes[AGK_MAX_RANK];
  const int n = join_axes(layout, axes);
  if (n > 0) r.column = axes[n - 1];
  int row = n - 2;
  if (r.column.view != 1)
    for (int d = 0; d < n - 1; d++)
      if (axes[d].view == 1) row = d;
  for (int d = 0; d < n - 1; d++) {
    if (d == row)
      r.row = axes[d];
    else {
      r.outer[r.rank++] = axes[d];
      r.planes *= axes[d].size;
    }
  }
  r.row_pieces = ag_chunks(r.row.size, PIECE_ROWS);
  r.column_pieces = ag_chunks(r.column.size, PIECE_COLUMNS);
  return r;
}

/* Four elements of 4 bytes, at any address that is aligned for one. */
typedef uint32_t quad __attribute__((vector_size(16)));
typedef uint32_t quad_anywhere __attribute__((vector_size(16), aligned(4), may_alias));

#ifdef __clang__
#define SHUFFLE(x, y, i, j, k, l) __builtin_shufflevector(x, y, i, j, k, l)
#else
#define SHUFFLE(x, y, i, j, k, l) __builtin_shuffle(x, y, (quad){i, j, k, l})
#endif

/* A matrix of 4x4 elements of 4 bytes becomes its transpose. A row is 4 elements side by side, the next one
 * begins `step` elements behind it. */
AG_INLINE void turn_quads(const char *from, int64_t from_step, char *to, int64_t to_step) {
  quad row[4];
  for (int i = 0; i < 4; i++) row[i] = *(const quad_anywhere *)(const void *)(from + i * from_step * 4);
  const quad low = SHUFFLE(row[0], row[1], 0, 4, 1, 5), high = SHUFFLE(row[0], row[1], 2, 6, 3, 7),
             low_too = SHUFFLE(row[2], row[3], 0, 4, 1, 5), high_too = SHUFFLE(row[2], row[3], 2, 6, 3, 7);
  row[0] = SHUFFLE(low, low_too, 0, 1, 4, 5);
  row[1] = SHUFFLE(low, low_too, 2, 3, 6, 7);
  row[2] = SHUFFLE(high, high_too, 0, 1, 4, 5);
  row[3] = SHUFFLE(high, high_too, 2, 3, 6, 7);
  for (int i = 0; i < 4; i++) *(quad_anywhere *)(void *)(to + i * to_step * 4) = row[i];
}

/* Copies n x m elements of 4 bytes to their transpose: element (a, b) lies at a * from_step + b, and goes to
 * b * to_step + a. */
AG_INLINE void turn_tile(int64_t n, int64_t m, const char *from, int64_t from_step, char *to,
                         int64_t to_step) {
  const int64_t whole_n = n / 4 * 4, whole_m = m / 4 * 4;
  for (int64_t a = 0; a < whole_n; a += 4)
    for (int64_t b = 0; b < whole_m; b += 4)
      turn_quads(from + (a * from_step + b) * 4, from_step, to + (b * to_step + a) * 4, to_step);
  for (int64_t a = 0; a < n; a++)
    for (int64_t b = a < whole_n ? whole_m : 0; b < m; b++)
      memcpy(to + (b * to_step + a) * 4, from + (a * from_step + b) * 4, 4);
}

/* n elements side by side become the one at `from`. */
AG_INLINE void fill(size_t size, int64_t n, const char *from, char *to) {
  char element[8];
  memcpy(element, from, size);
  for (int64_t i = 0; i < n; i++) memcpy(to + i * (int64_t)size, element, size);
}

/* Copies rows x columns elements of `size` bytes; all strides are in elements. `size` is a constant where
 * this is inlined. */
AG_INLINE void copy_tiles(size_t size, int64_t rows, int64_t columns, const char *from, int64_t from_row,
                          int64_t from_column, char *to, int64_t to_row, int64_t to_column) {
  const int64_t step = (int64_t)size;
  if (from_column == 1 && to_column == 1) {
    for (int64_t i = 0; i < rows; i++)
      memcpy(to + i * to_row * step, from + i * from_row * step, (size_t)columns * size);
    return;
  }
  if (from_column == 0 && to_column == 1) {
    for (int64_t i = 0; i < rows; i++)
      fill(size, columns, from + i * from_row * step, to + i * to_row * step);
    return;
  }
  for (int64_t i = 0; i < rows; i += TILE)
    for (int64_t j = 0; j < columns; j += TILE) {
      const int64_t i_end = i + TILE < rows ? i + TILE : rows,
                    j_end = j + TILE < columns ? j + TILE : columns;
      if (size == 4 && from_row == 1 && to_column == 1) {
        turn_tile(j_end - j, i_end - i, from + (i + j * from_column) * step, from_column,
                  to + (i * to_row + j) * step, to_row);
        continue;
      }
      if (size == 4 && from_column == 1 && to_row == 1) {
        turn_tile(i_end - i, j_end - j, from + (i * from_row + j) * step, from_row,
                  to + (i + j * to_column) * step, to_column);
        continue;
      }
      for (int64_t r = i; r < i_end; r++)
        for (int64_t c = j; c < j_end; c++)
          memcpy(to + (r * to_row + c * to_column) * step, from + (r * from_row + c * from_column) * step,
                 size);
    }
}

AG_MULTIVERSION static void copy_piece(size_t size, int64_t rows, int64_t columns, const char *from,
                                       int64_t from_row, int64_t from_column, char *to, int64_t to_row,
                                       int64_t to_column) {
  if (size == 4)
    copy_tiles(4, rows, columns, from, from_row, from_column, to, to_row, to_column);
  else if (size == 8)
    copy_tiles(8, rows, columns, from, from_row, from_column, to, to_row, to_column);
  else
    copy_tiles(1, rows, columns, from, from_row, from_column, to, to_row, to_column);
}

/* Where piece u of the work lies: the offsets of its first element, and its rows and columns. */
typedef struct {
  int64_t view, flat, rows, columns;
} piece;

static piece find_piece(const route *r, int64_t u) {
  const ag_range columns = ag_chunk_range(u % r->column_pieces, r->column_pieces, r->column.size);
  u /= r->column_pieces;
  const ag_range rows = ag_chunk_range(u % r->row_pieces, r->row_pieces, r->row.size);
  u /= r->row_pieces;
  piece p = {rows.begin * r->row.view + columns.begin * r->column.view,
             rows.begin * r->row.flat + columns.begin * r->column.flat, rows.end - rows.begin,
             columns.end - columns.begin};
  for (int d = r->rank - 1; d >= 0; d--) {
    const int64_t i = u % r->outer[d].size;
    u /= r->outer[d].size;
    p.view += i * r->outer[d].view;
    p.flat += i * r->outer[d].flat;
  }
  return p;
}

void agk_copy_from_strided(int threads, size_t element_size, const agk_layout *layout, const void *from,
                           void *to) {
  const route r = plan_route(layout);
  const int64_t pieces = r.planes * r.row_pieces * r.column_pieces, size = (int64_t)element_size;
  AG_PARALLEL_FOR(ag_team(threads, pieces, r.planes * r.row.size * r.column.size))
  for (int64_t u = 0; u < pieces; u++) {
    const piece p = find_piece(&r, u);
    copy_piece(element_size, p.rows, p.columns, (const char *)from + p.view * size, r.row.view, r.column.view,
               (char *)to + p.flat * size, r.row.flat, r.column.flat);
  }
}

void agk_copy_to_strided(int threads, size_t element_size, const agk_layout *layout, const void *from,
                         void *to) {
  const route r = plan_route(layout);
  const int64_t pieces = r.planes * r.row_pieces * r.column_pieces, size = (int64_t)element_size;
  AG_PARALLEL_FOR(ag_team(threads, pieces, r.planes * r.row.size * r.column.size))
  for (int64_t u = 0; u < pieces; u++) {
    const piece p = find_piece(&r, u);
    copy_piece(element_size, p.rows, p.columns, (const char *)from + p.flat * size, r.row.flat, r.column.flat,
               (char *)to + p.view * size, r.row.view, r.column.view);
  }
}
