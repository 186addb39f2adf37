/* How the ten digits are written by hand: strokes through control points, in a box 66 wide and 100 high, y
 * downwards. A stroke is a smooth curve (Catmull-Rom) through its points; a point given twice is a corner. */
#ifndef EXPERIMENTS_DATA_GLYPHS_H
#define EXPERIMENTS_DATA_GLYPHS_H

enum { GLYPH_WIDTH = 66, GLYPH_HEIGHT = 100, STROKES = 2, STROKE_POINTS = 16, WRITINGS = 3 };

typedef struct {
  int n;
  struct {
    int x, y;
  } at[STROKE_POINTS];
} stroke;

typedef struct {
  stroke strokes[STROKES]; /* an unused one has no points */
} glyph;

/* glyphs[d][v]: the v-th way to write digit d. */
extern const glyph glyphs[10][WRITINGS];

#endif
