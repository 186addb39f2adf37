/* Fits y = exp(-4 x^2) with a small network: the quick start of README.md, which a test compiles and runs. */
#include <autograd.h>

int main(void) {
  ag_ctx *c = ag_ctx_new();
  ag_linear_layer in = ag_linear_layer_new(c, "in", 1, 32), out = ag_linear_layer_new(c, "out", 32, 1);
  ag_optim *adam = ag_optim_new(c, ag_adam, .lr = 0.01);
  for (int step = 0; step < 1000 && !ag_error(c); step++) {
    ag_scope_begin(c); /* what is made from here on dies at ag_scope_end */
    ag_tensor *x = ag_uniform(c, AG_SHAPE(64, 1), "data", -1, 1);
    ag_tensor *y = ag_exp(ag_mul_scalar(ag_square(x), -4));
    ag_tensor *loss = ag_mse_loss(ag_linear_layer_call(&out, ag_tanh(ag_linear_layer_call(&in, x))), y);
    ag_backward(loss);
    ag_optim_step(adam);
    if (step % 250 == 249) printf("step %d: loss %.6f\n", step + 1, ag_item(loss));
    ag_scope_end(c);
  }
  if (ag_error(c)) fprintf(stderr, "%s\n", ag_error_message(c));
  ag_ctx_free(c);
  return 0;
}
