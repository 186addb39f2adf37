/* strided.c - copies between strided views and contiguous arrays.
 *
 * Both directions are one copy between two sets of strides. Axes of size 1 are dropped and axes that lie
 * behind one another in both arrays are joined; of what is left, two axes are copied as a plane: the last
 * one, along which the contiguous array runs, and the one along which the view runs. Where steps of 1 cross,
 * that is a transposition, which costs little more than a copy (transpose.c); other planes are cut into
 * tiles, within which every cache line that is touched is used up. */
#include "kernels/strided.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "core/multiversion.h"
#include "core/parallel.h"
#include "kernels/transpose.h"

enum {
  TILE = 16,               /* elements along both sides of a tile: a cache line of the smaller ones */
  PIECE_ROWS = 64,         /* rows of a plane that are one unit of work */
  PIECE_COLUMNS = 1 << 14, /* columns of it */
  FAR = 1 << 19,           /* bytes of which the nearer caches do not hold both copies */
};

/* An axis with its strides in both arrays. */
typedef struct {
  int64_t size, from, to;
} axis;

typedef struct {
  int rank; /* the number of axes around the plane */
  axis outer[AGK_MAX_RANK];
  axis row, column;
  int64_t planes, row_pieces, column_pieces;
} route;

/* Lists the axes of the layout, whose strides are those of the target where it says so and else of the
 * source, in order, dropped and joined as said above. Returns their number. */
static int join_axes(const agk_layout *layout, bool of_target, axis out[AGK_MAX_RANK]) {
  int n = 0;
  int64_t flat = 1;
  for (int d = layout->rank - 1; d >= 0; d--) {
    const int64_t size = layout->size[d], view = layout->stride[d];
    const axis a = {size, of_target ? flat : view, of_target ? view : flat};
    flat *= size;
    if (size == 1) continue;
    if (n > 0 && a.from == out[n - 1].from * out[n - 1].size && a.to == out[n - 1].to * out[n - 1].size)
      out[n - 1].size *= size;
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

static route plan_route(const agk_layout *layout, bool of_target) {
  const axis one = {1, 0, 0};
  route r = {.row = one, .column = one, .planes = 1};
  axis axes[AGK_MAX_RANK];
  const int n = join_axes(layout, of_target, axes);
  if (n > 0) r.column = axes[n - 1];
  int row = n - 2;
  if (r.column.from != 1 || r.column.to != 1)
    for (int d = 0; d < n - 1; d++)
      if (axes[d].from == 1 || axes[d].to == 1) row = d;
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
      for (int64_t r = i; r < i_end; r++)
        for (int64_t c = j; c < j_end; c++)
          memcpy(to + (r * to_row + c * to_column) * step, from + (r * from_row + c * from_column) * step,
                 size);
    }
}

AG_MULTIVERSION static void copy_plane(size_t size, int64_t rows, int64_t columns, const char *from,
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
  int64_t from, to, rows, columns;
} piece;

static piece find_piece(const route *r, int64_t u) {
  const ag_range columns = ag_chunk_range(u % r->column_pieces, r->column_pieces, r->column.size);
  u /= r->column_pieces;
  const ag_range rows = ag_chunk_range(u % r->row_pieces, r->row_pieces, r->row.size);
  u /= r->row_pieces;
  piece p = {rows.begin * r->row.from + columns.begin * r->column.from,
             rows.begin * r->row.to + columns.begin * r->column.to, rows.end - rows.begin,
             columns.end - columns.begin};
  for (int d = r->rank - 1; d >= 0; d--) {
    const int64_t i = u % r->outer[d].size;
    u /= r->outer[d].size;
    p.from += i * r->outer[d].from;
    p.to += i * r->outer[d].to;
  }
  return p;
}

/* Copies a piece. `next` is the one that follows, which is asked for where a transposition can do that. */
static void copy_piece(const route *r, size_t size, const piece *p, const piece *next, const char *from,
                       char *to) {
  const int64_t step = (int64_t)size;
  const axis row = r->row, column = r->column;
  const bool plain = column.from == 0 || column.from == 1; /* rows are copied or filled */
  const bool down = row.from == 1 && column.to == 1 && !plain, right = column.from == 1 && row.to == 1;
  from += p->from * step;
  to += p->to * step;
  if (size == 1 || !(down || right)) {
    copy_plane(size, p->rows, p->columns, from, row.from, column.from, to, row.to, column.to);
    return;
  }
  const int64_t ahead_from = (next->from - p->from) * step, ahead_to = (next->to - p->to) * step;
  if (down)
    agk_transpose(size, p->columns, p->rows, from, (agk_rows){column.from, ahead_from}, to,
                  (agk_rows){row.to, ahead_to});
  else
    agk_transpose(size, p->rows, p->columns, from, (agk_rows){row.from, ahead_from}, to,
                  (agk_rows){column.to, ahead_to});
}

static void copy_pieces(const route *r, size_t size, ag_range range, bool far, const char *from, char *to) {
  piece next = find_piece(r, range.begin);
  for (int64_t u = range.begin; u < range.end; u++) {
    const piece p = next;
    if (u + 1 < range.end) next = find_piece(r, u + 1);
    copy_piece(r, size, &p, far ? &next : &p, from, to);
  }
}

static void copy(int threads, size_t size, const route *r, const void *from, void *to) {
  const int64_t pieces = r->planes * r->row_pieces * r->column_pieces,
                elements = r->planes * r->row.size * r->column.size;
  const bool far = elements * (int64_t)size >= FAR;
  const int team = ag_team(threads, pieces, elements);
  if (team == 1) {
    if (pieces > 0) copy_pieces(r, size, (ag_range){0, pieces}, far, from, to);
    return;
  }
  AG_PARALLEL_FOR(team)
  for (int t = 0; t < team; t++) copy_pieces(r, size, ag_chunk_range(t, team, pieces), far, from, to);
}

void agk_copy_from_strided(int threads, size_t element_size, const agk_layout *layout, const void *from,
                           void *to) {
  const route r = plan_route(layout, false);
  copy(threads, element_size, &r, from, to);
}

void agk_copy_to_strided(int threads, size_t element_size, const agk_layout *layout, const void *from,
                         void *to) {
  const route r = plan_route(layout, true);
  copy(threads, element_size, &r, from, to);
}
