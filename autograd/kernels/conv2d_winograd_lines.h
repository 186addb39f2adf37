/* conv2d_winograd_lines.h - the transforms of one line of F(m x m, 3 x 3), m = 4, 5 or 6: what is done along
 * each axis of a tile, on vectors of channels.
 *
 * A line of m outputs belongs to a polynomial of degree m + 1, which is known by its values at m + 1 points
 * and its highest coefficient: at 0, 1, -1, 2, -2, from m = 5 on at 1/2, for m = 6 at -1/2, too. With N_p the
 * product of p - q over all other points q, and M(x) that of x - p over all points p,
 *
 *   weight   (w0 + w1 p + w2 p^2) / N_p at p, and w2                                  3 -> m + 2
 *   input    the coefficients of M(x) / (x - p), and those of M(x), times x0 ...      m + 2 -> m + 2
 *   output   the sum over p of p^k y_p, and for k = m - 1 what belongs to w2          m + 2 -> m
 *
 * Points in pairs share their even and their odd powers. One further point is a factor (x - p) of M: the line
 * less that, x[i+1] - p x[i], goes through the transform for the points before.
 *
 * Source: Winograd, "Arithmetic Complexity of Computations", 1980. Element i of a line is the vector at x + i
 * * s, that of the result goes to y + i * d. Included inside of a file that is compiled by core/each_isa.h,
 * and so without a guard. */
#define X(i) AG_LOAD(x + (i)*s)
#define Y(i, v) AG_STORE(y + (i)*d, v)
#define TIMES(a, b, c) AG_FMA(AG_ALL((AG_REAL)(a)), b, c)
#define PART(a, b) (AG_ALL((AG_REAL)(a)) * (b))

/* The input at 0, 1, -1, 2, -2, and its highest coefficient. */
AG_INLINE void AG_NAME(input_of_five)(const int m, AG_VECTOR x0, AG_VECTOR x1, AG_VECTOR x2, AG_VECTOR x3,
                                      AG_VECTOR x4, AG_VECTOR x5, AG_REAL *y, int64_t d) {
  const AG_VECTOR even = TIMES(-4, x2, x4), odd = TIMES(-4, x1, x3), far = x4 - x2, near = x3 - x1;
  Y(0, TIMES(4, x0 - x2, far));
  Y(1, even + odd);
  Y(2, even - odd);
  Y(3, TIMES(2, near, far));
  Y(4, TIMES(-2, near, far));
  Y(m + 1, TIMES(-4, near, x5 - x3));
}

/* With 1/2 and -1/2 the polynomials have even powers alone, or odd ones, and share the differences of these.
 */
AG_INLINE void AG_NAME(input_of_seven)(const AG_REAL *x, int64_t s, AG_REAL *y, int64_t d) {
  const AG_VECTOR x1 = X(1), x2 = X(2), x3 = X(3), x4 = X(4), x5 = X(5), x6 = X(6);
  const AG_VECTOR p = x2 - x4, q = x6 - x4, r = x1 - x3, t = x5 - x3;
  const AG_VECTOR even_1 = TIMES(-2.25, x4, p + q), odd_1 = TIMES(-2.25, x3, r + t);
  const AG_VECTOR even_2 = TIMES(0.25, p, q), odd_2 = TIMES(0.25, r, t);
  const AG_VECTOR even_half = TIMES(4, p, q), odd_half = TIMES(4, r, t);
  Y(0, TIMES(5.25, p, x6 - X(0)));
  Y(1, even_1 + odd_1);
  Y(2, even_1 - odd_1);
  Y(3, TIMES(2, odd_2, even_2));
  Y(4, TIMES(-2, odd_2, even_2));
  Y(5, TIMES(0.5, odd_half, even_half));
  Y(6, TIMES(-0.5, odd_half, even_half));
  Y(7, TIMES(-5.25, t, X(7) - x1));
}

AG_INLINE void AG_NAME(input)(const int m, const AG_REAL *x, int64_t s, AG_REAL *y, int64_t d) {
  if (m == 6) {
    AG_NAME(input_of_seven)(x, s, y, d);
    return;
  }
  const AG_VECTOR x0 = X(0), x1 = X(1), x2 = X(2), x3 = X(3), x4 = X(4), x5 = X(5);
  if (m == 4) {
    AG_NAME(input_of_five)(m, x0, x1, x2, x3, x4, x5, y, d);
    return;
  }
  AG_NAME(input_of_five)
  (m, TIMES(-0.5, x0, x1), TIMES(-0.5, x1, x2), TIMES(-0.5, x2, x3), TIMES(-0.5, x3, x4), TIMES(-0.5, x4, x5),
   TIMES(-0.5, x5, X(6)), y, d);
  Y(5, TIMES(4, x1 - x3, x5 - x3));
}

/* The adjoint of input_of_five. */
AG_INLINE void AG_NAME(five_of_input)(const int m, const AG_REAL *x, int64_t s, AG_VECTOR of[6]) {
  const AG_VECTOR x0 = X(0), x1 = X(1), x2 = X(2), x3 = X(3), x4 = X(4), last = X(m + 1);
  const AG_VECTOR p = x1 + x2, q = x1 - x2, u = x3 + x4, v = x3 - x4;
  of[0] = PART(4, x0);
  of[1] = TIMES(4, last - q, PART(-2, v));
  of[2] = TIMES(-5, x0, TIMES(-4, p, -u));
  of[3] = TIMES(-5, last, TIMES(2, v, q));
  of[4] = x0 + p + u;
  of[5] = last;
}

AG_INLINE void AG_NAME(seven_of_input)(const AG_REAL *x, int64_t s, AG_REAL *y, int64_t d) {
  const AG_VECTOR x0 = X(0), x1 = X(1), x2 = X(2), x3 = X(3), x4 = X(4), x5 = X(5), x6 = X(6), x7 = X(7);
  const AG_VECTOR even_1 = x1 + x2, odd_1 = x1 - x2, even_2 = x3 + x4, odd_2 = x3 - x4, even_half = x5 + x6,
                  odd_half = x5 - x6;
  const AG_VECTOR p = TIMES(5.25, x0, TIMES(4, even_half, TIMES(0.25, even_2, even_1))),
                  q = even_1 + even_2 + even_half, r = TIMES(2, odd_half, TIMES(0.5, odd_2, odd_1)),
                  t = TIMES(-5.25, x7, TIMES(0.5, odd_half, TIMES(2, odd_2, odd_1)));
  Y(0, -x0);
  Y(1, r - x7);
  Y(2, p);
  Y(3, TIMES(-2.25, odd_1, -(r + t)));
  Y(4, TIMES(-2.25, even_1, -(p + q)));
  Y(5, t);
  Y(6, q + x0);
  Y(7, x7);
}

AG_INLINE void AG_NAME(input_adjoint)(const int m, const AG_REAL *x, int64_t s, AG_REAL *y, int64_t d) {
  if (m == 6) {
    AG_NAME(seven_of_input)(x, s, y, d);
    return;
  }
  AG_VECTOR of[6];
  AG_NAME(five_of_input)(m, x, s, of);
  if (m == 4) {
    Y(0, of[0]);
    Y(1, of[1]);
    Y(2, of[2]);
    Y(3, of[3]);
    Y(4, of[4]);
    Y(5, of[5]);
    return;
  }
  const AG_VECTOR odd = X(5);
  Y(0, PART(-0.5, of[0]));
  Y(1, TIMES(-0.5, of[1], TIMES(4, odd, of[0])));
  Y(2, TIMES(-0.5, of[2], of[1]));
  Y(3, TIMES(-0.5, of[3], TIMES(-5, odd, of[2])));
  Y(4, TIMES(-0.5, of[4], of[3]));
  Y(5, TIMES(-0.5, of[5], odd + of[4]));
  Y(6, of[5]);
}

AG_INLINE void AG_NAME(output)(const int m, const AG_REAL *x, int64_t s, AG_REAL *y, int64_t d) {
  const AG_VECTOR x1 = X(1), x2 = X(2), x3 = X(3), x4 = X(4), last = X(m + 1);
  const AG_VECTOR p = x1 + x2, q = x1 - x2, u = x3 + x4, v = x3 - x4;
  if (m == 4) {
    Y(0, X(0) + p + u);
    Y(1, TIMES(2, v, q));
    Y(2, TIMES(4, u, p));
    Y(3, TIMES(8, v, q) + last);
    return;
  }
  AG_VECTOR even = X(5), odd = even;
  if (m > 5) even += X(6), odd -= X(6);
  Y(0, X(0) + p + u + even);
  Y(1, TIMES(2, v, TIMES(0.5, odd, q)));
  Y(2, TIMES(4, u, TIMES(0.25, even, p)));
  Y(3, TIMES(8, v, TIMES(0.125, odd, q)));
  const AG_VECTOR y4 = TIMES(16, u, TIMES(0.0625, even, p));
  if (m == 5) {
    Y(4, y4 + last);
    return;
  }
  Y(4, y4);
  Y(5, TIMES(32, v, TIMES(0.03125, odd, q)) + last);
}

AG_INLINE void AG_NAME(output_adjoint)(const int m, const AG_REAL *x, int64_t s, AG_REAL *y, int64_t d) {
  const AG_VECTOR x0 = X(0), x1 = X(1), x2 = X(2), x3 = X(3);
  AG_VECTOR even = x2, odd = x3, far = x2, near = x3, low = x2, high = x3;
  if (m > 4) {
    const AG_VECTOR x4 = X(4);
    even += x4, far = TIMES(4, x4, far), low = TIMES(0.25, x4, low);
  }
  if (m > 5) {
    const AG_VECTOR x5 = X(5);
    odd += x5, near = TIMES(4, x5, near), high = TIMES(0.25, x5, high);
  }
  even += x0, far = TIMES(4, far, x0), low = TIMES(0.25, low, x0);
  odd += x1, near = TIMES(4, near, x1), high = TIMES(0.25, high, x1);
  Y(0, x0);
  Y(1, even + odd);
  Y(2, even - odd);
  Y(3, TIMES(2, near, far));
  Y(4, TIMES(-2, near, far));
  if (m > 4) Y(5, TIMES(0.5, high, low));
  if (m > 5) Y(6, TIMES(-0.5, high, low));
  Y(m + 1, X(m - 1));
}

/* 1 / N_p. */
#define AT_0 (m == 4 ? 1. / 4 : m == 5 ? -1. / 2 : -1.)
#define AT_1 (m == 4 ? -1. / 6 : m == 5 ? -1. / 3 : -2. / 9)
#define AT_MINUS_1 (m == 4 ? -1. / 6 : m == 5 ? 1. / 9 : -2. / 9)
#define AT_2 (m == 4 ? 1. / 24 : m == 5 ? 1. / 36 : 1. / 90)
#define AT_MINUS_2 (m == 4 ? 1. / 24 : m == 5 ? -1. / 60 : 1. / 90)
#define AT_HALF (32. / 45)

AG_INLINE void AG_NAME(weight)(const int m, const AG_REAL *x, int64_t s, AG_REAL *y, int64_t d) {
  const AG_VECTOR x0 = X(0), x1 = X(1), x2 = X(2), sum = x0 + x2, far = TIMES(4, x2, x0),
                  low = TIMES(0.25, x2, x0);
  Y(0, PART(AT_0, x0));
  Y(1, PART(AT_1, sum + x1));
  Y(2, PART(AT_MINUS_1, sum - x1));
  Y(3, PART(AT_2, TIMES(2, x1, far)));
  Y(4, PART(AT_MINUS_2, TIMES(-2, x1, far)));
  if (m > 4) Y(5, PART(AT_HALF, TIMES(0.5, x1, low)));
  if (m > 5) Y(6, PART(AT_HALF, TIMES(-0.5, x1, low)));
  Y(m + 1, x2);
}

AG_INLINE void AG_NAME(weight_adjoint)(const int m, const AG_REAL *x, int64_t s, AG_REAL *y, int64_t d) {
  const AG_VECTOR x1 = PART(AT_1, X(1)), x2 = PART(AT_MINUS_1, X(2)), x3 = PART(AT_2, X(3)),
                  x4 = PART(AT_MINUS_2, X(4));
  const AG_VECTOR p = x1 + x2, q = x1 - x2, u = x3 + x4, v = x3 - x4;
  AG_VECTOR y0 = TIMES(AT_0, X(0), p + u), y1 = TIMES(2, v, q), y2 = TIMES(4, u, p) + X(m + 1);
  if (m > 4) {
    AG_VECTOR even = X(5), odd = even;
    if (m > 5) even += X(6), odd -= X(6);
    y0 = TIMES(AT_HALF, even, y0);
    y1 = TIMES(AT_HALF / 2, odd, y1);
    y2 = TIMES(AT_HALF / 4, even, y2);
  }
  Y(0, y0);
  Y(1, y1);
  Y(2, y2);
}

#undef AT_0
#undef AT_1
#undef AT_MINUS_1
#undef AT_2
#undef AT_MINUS_2
#undef AT_HALF
#undef X
#undef Y
#undef TIMES
#undef PART
