/* Calling a function of the user's; core/function.c. */
#ifndef AG_CORE_FUNCTION_H
#define AG_CORE_FUNCTION_H

#include "core/internal.h"

/* fn(inputs, user), a real tensor that is alive; NULL after an error, of fn or of `what`, who calls it.
 * Scopes and ag_no_grad_begin are afterwards as they were. */
ag_tensor *ag_evaluate(ag_site at, const char *what, ag_ctx *c, ag_function *fn, ag_tensor *const *inputs,
                       void *user);

#endif
