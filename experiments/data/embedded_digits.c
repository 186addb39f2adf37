/* The embedded digits: 16 x 16 drawings of handwriting.
 *
 * A drawing is one of the glyphs, bent by a smooth field (the bilinear interpolation of 3 x 3 random shifts),
 * slanted, tilted and squeezed; then brought to the height of the image as the real digits are, and inked by
 * a soft round pen: with d the distance of a pixel from the nearest stroke, r the radius of the pen and s its
 * softness, the ink is clamp(1/2 + (r - d) / s, 0, 1) + noise. Everything is an integer: glyph units carry 6
 * bits behind the point, pixels 8, and ink is counted in thousandths. Set sizes and label counts are those of
 * the real data. */
#include "experiments/data/data.h"
#include "experiments/data/embedded.h"
#include "experiments/data/glyphs.h"
#include "experiments/data/noise.h"

#include <stdlib.h>
#include <string.h>

enum {
  SIDE = 16,
  UNIT = 64,      /* one glyph unit */
  PIXEL = 256,    /* one pixel */
  SPAN_STEPS = 8, /* line segments between two control points */
  LINE_POINTS = STROKES * STROKE_POINTS * SPAN_STEPS,
  ROW_BYTES = 2 + DIGIT_PIXELS * 7 + 1 /* "9 " and up to "-0.948 " for each pixel, and the newline */
};

typedef struct {
  int64_t x, y;
} point;

typedef struct {
  int n;
  point at[LINE_POINTS];
  int joined[LINE_POINTS]; /* whether a segment leads here from the point before */
} path;

static int64_t clamp(int64_t v, int64_t lo, int64_t hi) { return v < lo ? lo : v > hi ? hi : v; }

/* The way one writer moves the points of a glyph. */
typedef struct {
  point shift[3][3];
  int64_t slant, tilt, squeeze; /* in thousandths */
} hand;

static hand hand_new(noise *r) {
  hand h;
  for (int i = 0; i < 9; i++) {
    h.shift[i / 3][i % 3].x = noise_bell(r, 8 * UNIT);
    h.shift[i / 3][i % 3].y = noise_bell(r, 8 * UNIT);
  }
  h.slant = 100 + noise_bell(r, 220);
  h.tilt = noise_bell(r, 120);
  h.squeeze = noise_uniform(r, 700, 1450);
  return h;
}

static int64_t between(int64_t a, int64_t b, int64_t numerator, int64_t denominator) {
  return a + (b - a) * numerator / denominator;
}

static point hand_move(const hand *h, int x, int y) {
  const int64_t u = 2 * x, v = 2 * y; /* in cells of the field: GLYPH_WIDTH wide, GLYPH_HEIGHT high */
  const int64_t i = clamp(u / GLYPH_WIDTH, 0, 1), j = clamp(v / GLYPH_HEIGHT, 0, 1);
  const int64_t a = u - i * GLYPH_WIDTH, b = v - j * GLYPH_HEIGHT;
  const point *above = &h->shift[j][i], *below = &h->shift[j + 1][i];
  const int64_t sx = between(between(above[0].x, above[1].x, a, GLYPH_WIDTH),
                             between(below[0].x, below[1].x, a, GLYPH_WIDTH), b, GLYPH_HEIGHT);
  const int64_t sy = between(between(above[0].y, above[1].y, a, GLYPH_WIDTH),
                             between(below[0].y, below[1].y, a, GLYPH_WIDTH), b, GLYPH_HEIGHT);
  const int64_t px = (x - GLYPH_WIDTH / 2) * UNIT + sx, py = (y - GLYPH_HEIGHT / 2) * UNIT + sy;
  return (point){.x = (px * h->squeeze - py * h->slant) / 1000, .y = (py * 1000 + px * h->tilt) / 1000};
}

/* Catmull-Rom between b and c at the fraction k / SPAN_STEPS. */
static int64_t curve(int64_t a, int64_t b, int64_t c, int64_t d, int64_t k) {
  const int64_t s = SPAN_STEPS;
  return (2 * b * s * s * s + (c - a) * k * s * s + (2 * a - 5 * b + 4 * c - d) * k * k * s +
          (3 * b - a - 3 * c + d) * k * k * k) /
         (2 * s * s * s);
}

static void path_add(path *p, point at, int joined) {
  p->at[p->n] = at;
  p->joined[p->n++] = joined;
}

static void path_stroke(path *p, const stroke *s, const hand *h) {
  point at[STROKE_POINTS];
  for (int i = 0; i < s->n; i++) at[i] = hand_move(h, s->at[i].x, s->at[i].y);
  if (s->n > 0) path_add(p, at[0], 0);
  for (int i = 0; i + 1 < s->n; i++) {
    const point b = at[i], c = at[i + 1];
    const point a = i > 0 ? at[i - 1] : b, d = i + 2 < s->n ? at[i + 2] : c;
    if (b.x == c.x && b.y == c.y) continue; /* a corner: the curve stops and starts anew */
    for (int k = 1; k <= SPAN_STEPS; k++)
      path_add(p, (point){curve(a.x, b.x, c.x, d.x, k), curve(a.y, b.y, c.y, d.y, k)}, 1);
  }
}

/* From glyph units to pixels: `height` high, at most `width` wide, centred at `centre`. */
static void path_fit(path *p, int64_t width, int64_t height, point centre) {
  point lo = p->at[0], hi = p->at[0];
  for (int i = 1; i < p->n; i++) {
    lo = (point){p->at[i].x < lo.x ? p->at[i].x : lo.x, p->at[i].y < lo.y ? p->at[i].y : lo.y};
    hi = (point){p->at[i].x > hi.x ? p->at[i].x : hi.x, p->at[i].y > hi.y ? p->at[i].y : hi.y};
  }
  const int64_t high = hi.y - lo.y;
  const int64_t wide = (hi.x - lo.x) * height / high; /* in pixels, when the shape is kept */
  const int64_t shown = wide > width ? width : wide;
  for (int i = 0; i < p->n; i++) {
    const int64_t x = 2 * p->at[i].x - lo.x - hi.x,
                  y = 2 * p->at[i].y - lo.y - hi.y; /* from the middle, doubled */
    p->at[i].x = centre.x + (wide > 0 ? x * height / (2 * high) * shown / wide : 0);
    p->at[i].y = centre.y + y * height / (2 * high);
  }
}

/* The square of the distance of p from the segment a b. */
static int64_t distance2(point p, point a, point b) {
  const int64_t ux = b.x - a.x, uy = b.y - a.y, vx = p.x - a.x, vy = p.y - a.y;
  const int64_t length2 = ux * ux + uy * uy, along = ux * vx + uy * vy, across = ux * vy - uy * vx;
  if (along <= 0) return vx * vx + vy * vy;
  if (along >= length2) return (p.x - b.x) * (p.x - b.x) + (p.y - b.y) * (p.y - b.y);
  return across * across / length2;
}

/* The integer part of the square root of v < 2^32. */
static int64_t root(int64_t v) {
  int64_t r = 0;
  for (int64_t bit = 1 << 15; bit > 0; bit /= 2)
    if ((r + bit) * (r + bit) <= v) r += bit;
  return r;
}

/* Ink, in thousandths from -1000 to 1000. */
static void path_ink(const path *p, int64_t radius, int64_t softness, noise *r, int64_t ink[DIGIT_PIXELS]) {
  const int64_t reach = radius + softness / 2; /* no ink beyond */
  int64_t nearest2[DIGIT_PIXELS];
  for (int i = 0; i < DIGIT_PIXELS; i++) nearest2[i] = reach * reach;
  for (int k = 1; k < p->n; k++) {
    if (!p->joined[k]) continue;
    const point a = p->at[k - 1], b = p->at[k];
    const int64_t left = clamp(((a.x < b.x ? a.x : b.x) - reach) / PIXEL, 0, SIDE - 1);
    const int64_t right = clamp(((a.x > b.x ? a.x : b.x) + reach) / PIXEL, 0, SIDE - 1);
    const int64_t top = clamp(((a.y < b.y ? a.y : b.y) - reach) / PIXEL, 0, SIDE - 1);
    const int64_t bottom = clamp(((a.y > b.y ? a.y : b.y) + reach) / PIXEL, 0, SIDE - 1);
    for (int64_t y = top; y <= bottom; y++)
      for (int64_t x = left; x <= right; x++) {
        const point centre = {x * PIXEL + PIXEL / 2, y * PIXEL + PIXEL / 2};
        const int64_t d2 = distance2(centre, a, b);
        if (d2 < nearest2[y * SIDE + x]) nearest2[y * SIDE + x] = d2;
      }
  }
  for (int i = 0; i < DIGIT_PIXELS; i++) {
    const int64_t d = root(nearest2[i]);
    const int64_t covered = clamp(500 + 1000 * (radius - d) / softness, 0, 1000);
    ink[i] = covered > 0 ? clamp(2 * covered - 1000 + noise_bell(r, 60), -1000, 1000) : -1000;
  }
}

static void draw(int64_t label, noise *r, int64_t ink[DIGIT_PIXELS]) {
  const glyph *g = &glyphs[label][noise_uniform(r, 0, WRITINGS - 1)];
  const hand h = hand_new(r);
  path p = {.n = 0};
  for (int s = 0; s < STROKES; s++) path_stroke(&p, &g->strokes[s], &h);
  const int64_t radius = noise_uniform(r, 180, 360), softness = 2 * noise_uniform(r, 110, 210);
  const int64_t height = SIDE * PIXEL - 2 * radius - noise_uniform(r, 0, 700);
  const point centre = {SIDE * PIXEL / 2 + noise_bell(r, 200), SIDE * PIXEL / 2 + noise_bell(r, 140)};
  path_fit(&p, SIDE * PIXEL - 2 * radius, height, centre);
  path_ink(&p, radius, softness, r, ink);
}

/* Thousandths as a decimal number and a blank: "-1 ", "-0.948 ", "0.05 " is written "0.050 ". */
static char *put_thousandths(char *out, int64_t v) {
  if (v < 0) *out++ = '-';
  const int64_t size = v < 0 ? -v : v;
  *out++ = (char)('0' + size / 1000);
  if (size % 1000 != 0) {
    *out++ = '.';
    *out++ = (char)('0' + size / 100 % 10);
    *out++ = (char)('0' + size / 10 % 10);
    *out++ = (char)('0' + size % 10);
  }
  *out++ = ' ';
  return out;
}

static char *put_row(char *out, int64_t label, const int64_t ink[DIGIT_PIXELS]) {
  *out++ = (char)('0' + label);
  *out++ = ' ';
  for (int i = 0; i < DIGIT_PIXELS; i++) out = put_thousandths(out, ink[i]);
  out[-1] = '\n';
  return out;
}

/* Labels in random order (Fisher and Yates), each as often as `counts` says. */
static void shuffle_labels(int64_t rows, const int counts[10], uint64_t stream, char *label) {
  int64_t n = 0;
  for (int d = 0; d < 10; d++)
    for (int k = 0; k < counts[d]; k++) label[n++] = (char)d;
  noise r = noise_open(stream, (uint64_t)rows);
  for (int64_t i = rows - 1; i > 0; i--) {
    const int64_t j = noise_uniform(&r, 0, i);
    const char kept = label[i];
    label[i] = label[j];
    label[j] = kept;
  }
}

static char *write_digits(int64_t rows, const int counts[10], uint64_t stream, size_t *n) {
  char *label = malloc((size_t)rows), *bytes = malloc((size_t)rows * ROW_BYTES), *out = bytes;
  if (label != NULL && bytes != NULL) {
    shuffle_labels(rows, counts, stream, label);
    for (int64_t i = 0; i < rows; i++) {
      int64_t ink[DIGIT_PIXELS];
      noise r = noise_open(stream, (uint64_t)i);
      draw(label[i], &r, ink);
      out = put_row(out, label[i], ink);
    }
    *n = (size_t)(out - bytes);
  } else {
    free(bytes);
    bytes = NULL;
  }
  free(label);
  return bytes;
}

char *embedded_digits_train(size_t *n) {
  static const int counts[10] = {1194, 1005, 731, 658, 652, 556, 664, 645, 542, 644};
  return write_digits(DIGIT_TRAIN_ROWS, counts, 1, n);
}

char *embedded_digits_test(size_t *n) {
  static const int counts[10] = {359, 264, 198, 166, 200, 160, 170, 147, 166, 177};
  return write_digits(DIGIT_TEST_ROWS, counts, 2, n);
}
