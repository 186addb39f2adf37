/* elementwise_objects.h - makes vector-Jacobian products, objects and public functions of the lines of a
 * table.
 *
 * A file with such a table includes this behind its kernels. Before the table it defines WANTED, the type
 * that the operators want of their operands, and LOOPS(name), their kernels. */

#undef P
#undef P_AND_Q
#undef P_Q_AND_T
#define NONE ((ag_tensor *)NULL)
#define PARAMETER(name, k)                                                                                   \
  const double name = ((const double *)node->attributes)[k];                                                 \
  (void)name
#define P PARAMETER(p, 0)
#define P_AND_Q                                                                                              \
  P;                                                                                                         \
  PARAMETER(q, 1)
#define P_Q_AND_T                                                                                            \
  P_AND_Q;                                                                                                   \
  PARAMETER(t, 2)

#define VJP_1(name, constants, dx)                                                                           \
  static void name##_vjp(const ag_node *node, ag_tensor *const *grads, ag_tensor **d) {                      \
    ag_tensor *g = grads[0], *r = node->out[0], *x = node->in[0];                                            \
    (void)g, (void)r, (void)x;                                                                               \
    constants;                                                                                               \
    if (ag_needs(node, 0)) d[0] = dx;                                                                        \
  }

#define VJP_2(name, constants, dx, dy)                                                                       \
  static void name##_vjp(const ag_node *node, ag_tensor *const *grads, ag_tensor **d) {                      \
    ag_tensor *g = grads[0], *r = node->out[0], *x = node->in[0], *y = node->in[1];                          \
    (void)g, (void)r, (void)x, (void)y;                                                                      \
    constants;                                                                                               \
    if (ag_needs(node, 0)) d[0] = dx;                                                                        \
    if (ag_needs(node, 1)) d[1] = dy;                                                                        \
  }

#define VJP_3(name, dx, dy, dz)                                                                              \
  static void name##_vjp(const ag_node *node, ag_tensor *const *grads, ag_tensor **d) {                      \
    ag_tensor *g = grads[0], *r = node->out[0], *x = node->in[0], *y = node->in[1], *z = node->in[2];        \
    (void)g, (void)r, (void)x, (void)y, (void)z;                                                             \
    if (ag_needs(node, 0)) d[0] = dx;                                                                        \
    if (ag_needs(node, 1)) d[1] = dy;                                                                        \
    if (ag_needs(node, 2)) d[2] = dz;                                                                        \
  }

#define OBJECT(title, text, operands, constants, from, to)                                                   \
  const ag_op ag_op_##title = {.name = #title,                                                               \
                               .formula = text,                                                              \
                               .n_in = operands,                                                             \
                               .attribute_size = constants * sizeof(double),                                 \
                               .in_dtype = {WANTED, WANTED, WANTED},                                         \
                               .loop = LOOPS(title),                                                         \
                               .vjp = title##_vjp,                                                           \
                               .low = from,                                                                  \
                               .high = to};
#define SITE ag_site at, ag_tensor *x
#define APPLY(name, constants, ...)                                                                          \
  return ag_apply(at, &ag_op_##name, (int)(sizeof(ag_tensor *[]){__VA_ARGS__} / sizeof(ag_tensor *)),        \
                  (ag_tensor *[]){__VA_ARGS__}, constants);
#define ONE ((double[]){p})
#define TWO ((double[]){p, q})
#define THREE ((double[]){p, q, t})

#define UNARY(name, formula, value, dx, low, high)                                                           \
  VJP_1(name, , dx) OBJECT(name, formula, 1, 0, low, high) ag_tensor *(ag_##name)(SITE) {                    \
    APPLY(name, NULL, x)                                                                                     \
  }
#define UNARY_1(name, p, formula, value, dx, low, high)                                                      \
  VJP_1(name, P, dx) OBJECT(name, formula, 1, 1, low, high) ag_tensor *(ag_##name)(SITE, double p) {         \
    APPLY(name, ONE, x)                                                                                      \
  }
#define UNARY_2(name, p, q, formula, value, dx, low, high)                                                   \
  VJP_1(name, P_AND_Q, dx)                                                                                   \
  OBJECT(name, formula, 1, 2, low, high) ag_tensor *(ag_##name)(SITE, double p, double q) {                  \
    APPLY(name, TWO, x)                                                                                      \
  }
#define UNARY_3(name, p, q, t, formula, value, dx, low, high)                                                \
  VJP_1(name, P_Q_AND_T, dx)                                                                                 \
  OBJECT(name, formula, 1, 3, low, high) ag_tensor *(ag_##name)(SITE, double p, double q, double t) {        \
    APPLY(name, THREE, x)                                                                                    \
  }
#define BINARY(name, formula, value, dx, dy, low, high)                                                      \
  VJP_2(name, , dx, dy) OBJECT(name, formula, 2, 0, low, high) ag_tensor *(ag_##name)(SITE, ag_tensor * y) { \
    APPLY(name, NULL, x, y)                                                                                  \
  }
#define BINARY_1(name, p, formula, value, dx, dy, low, high)                                                 \
  VJP_2(name, P, dx, dy)                                                                                     \
  OBJECT(name, formula, 2, 1, low, high) ag_tensor *(ag_##name)(SITE, ag_tensor * y, double p) {             \
    APPLY(name, ONE, x, y)                                                                                   \
  }
#define BINARY_2(name, p, q, formula, value, dx, dy, low, high)                                              \
  VJP_2(name, P_AND_Q, dx, dy)                                                                               \
  OBJECT(name, formula, 2, 2, low, high) ag_tensor *(ag_##name)(SITE, ag_tensor * y, double p, double q) {   \
    APPLY(name, TWO, x, y)                                                                                   \
  }
#define TERNARY(name, formula, value, dx, dy, dz, low, high)                                                 \
  VJP_3(name, dx, dy, dz)                                                                                    \
  OBJECT(name, formula, 3, 0, low, high) ag_tensor *(ag_##name)(SITE, ag_tensor * y, ag_tensor * z) {        \
    APPLY(name, NULL, x, y, z)                                                                               \
  }
