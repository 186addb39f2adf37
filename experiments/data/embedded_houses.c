/* The embedded houses: four features and a price that depends on them in a nonlinear way.
 *
 * Four correlated bell-shaped variables give quality q, year t, basement b and living area a (square feet),
 * with the means, spreads and correlations of the real ones, roughly. With Q(q) growing by a sixth for each
 * step of quality, the price is price = (48 a + 32 b + 52,000) Q(q) (1 - (2010 - t) / 450) (1 + noise),  the
 * noise of 11 %. All in integers, so that the bytes are the same everywhere. */
#include "experiments/data/data.h"
#include "experiments/data/embedded.h"
#include "experiments/data/noise.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum {
  STREAM = 3,
  ONE = 1000,
  ROW_BYTES = 96
}; /* ONE: a deviation of one, in the thousandths that we count in */

typedef struct {
  int64_t quality, year, basement, living, price;
} house;

static int64_t clamp(int64_t v, int64_t lo, int64_t hi) { return v < lo ? lo : v > hi ? hi : v; }

/* A skewed bell around `mean`: the square lifts the upper tail. */
static int64_t skewed(int64_t mean, int64_t spread, int64_t z) {
  return mean + spread * z / ONE + spread * (z * z / ONE - ONE) / (6 * ONE);
}

static int64_t price(const house *h, int64_t noise_thousandths) {
  int64_t value = 48 * h->living + 32 * h->basement + 52000;
  for (int64_t q = 5; q < h->quality; q++) value = value * 7 / 6;
  for (int64_t q = h->quality; q < 5; q++) value = value * 6 / 7;
  value = value * (450 - (2010 - h->year)) / 450;
  value = value * (ONE + noise_thousandths) / ONE;
  return clamp(value / 100 * 100, 30000, 800000); /* prices are asked in hundreds */
}

static house build(uint64_t item) {
  noise r = noise_open(STREAM, item);
  const int64_t q = noise_bell(&r, ONE), e1 = noise_bell(&r, ONE), e2 = noise_bell(&r, ONE),
                e3 = noise_bell(&r, ONE);
  const int64_t t = (57 * q + 82 * e1) / 100;           /* correlation 0.57 with quality */
  const int64_t a = (59 * q + 81 * e2) / 100;           /* 0.59 with quality */
  const int64_t b = (40 * q + 25 * e2 + 88 * e3) / 100; /* 0.40 with quality and more through the area */
  const int64_t year = 1974 + 31 * t / ONE;
  house h = {
      .quality = clamp((6600 + 1380 * q / ONE) / 1000, 1, 10),
      .year = clamp(year > 2010 ? 2010 - (year - 2010) / 2 : year, 1872,
                    2010), /* folded: nothing is built in the future */
      .basement = clamp(skewed(1080, 420, b), 0, 6000),
      .living = clamp(skewed(1515, 520, a), 334, 5600),
  };
  if (noise_uniform(&r, 1, 40) == 1) h.basement = 0; /* one house in forty has none */
  h.price = price(&h, noise_bell(&r, 110));
  return h;
}

char *embedded_houses(size_t *n) {
  char *bytes = malloc((size_t)(HOUSE_ROWS + 1) * ROW_BYTES), *out = bytes;
  if (bytes == NULL) return NULL;
  out += snprintf(out, ROW_BYTES, "Id,OverallQual,YearBuilt,TotalBsmtSF,GrLivArea,SalePrice\n");
  for (int i = 0; i < HOUSE_ROWS; i++) {
    const house h = build((uint64_t)i);
    out += snprintf(out, ROW_BYTES, "%d,%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64 "\n", i + 1,
                    h.quality, h.year, h.basement, h.living, h.price);
  }
  *n = (size_t)(out - bytes);
  return bytes;
}
