/* Elementwise operators. A chapter of <autograd.h>, which includes it. */
#ifndef AUTOGRAD_MANUAL_ELEMENTWISE_H
#define AUTOGRAD_MANUAL_ELEMENTWISE_H

/* Elementwise operators, with NumPy broadcasting, are declared with their formulas in <autograd/operators.h>,
 * made from the table autograd/ops/elementwise.def: add sub mul div neg pow abs exp log sqrt square relu
 * leaky_relu tanh sigmoid softplus gelu clamp maximum minimum, add_scalar mul_scalar pow_scalar, ... */

/* condition ? x : y, elementwise with broadcasting; condition is bool. */
ag_tensor *ag_where(ag_site at, ag_tensor *condition, ag_tensor *x, ag_tensor *y);

#endif
