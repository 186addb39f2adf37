/* conv2d_winograd.c - which convolutions Winograd's way serves, and by which instructions. */
#ifndef AG_REAL
#include "kernels/conv2d_winograd.h"

#include "core/isa.h"
#include "kernels/conv2d_winograd_passes.h"
#include "kernels/conv2d_winograd_tiles.h"

enum { LEAST_CHANNELS = 16 };

/* Whether an axis is padded by at most 2 places before and 2 behind: blocks of tiles begin inside the image,
 * and end behind it. */
static bool is_padded_little(int64_t in, int64_t out, int64_t padding) {
  const int64_t behind = out + 2 - in - padding;
  return padding >= 0 && padding <= 2 && behind >= 0 && behind <= 2;
}

bool agk_winograd_suits(const agk_conv2d_geometry *g) {
  return !g->direct && g->kh == 3 && g->kw == 3 && g->stride[0] == 1 && g->stride[1] == 1 &&
         g->dilation[0] == 1 && g->dilation[1] == 1 && g->groups == 1 && g->c_in >= LEAST_CHANNELS &&
         g->c_out >= LEAST_CHANNELS && g->h_out >= AGK_LEAST_TILE && g->w_out >= AGK_LEAST_TILE &&
         is_padded_little(g->h, g->h_out, g->padding[0]) && is_padded_little(g->w, g->w_out, g->padding[1]);
}

#define EACH_ISA_OF(name) AG_EACH_ISA(name)

#define AG_SELF "kernels/conv2d_winograd.c"
#include "core/each_real.h"
#else

size_t AG_NAME(agk_winograd_forward_workspace)(const agk_conv2d_geometry *g, int threads, bool norms) {
  typedef size_t forward_bytes(const agk_conv2d_geometry *, int, bool);
  static forward_bytes *const of[] = EACH_ISA_OF(AG_NAME(winograd_forward_bytes));
  return of[ag_isa_here()](g, threads, norms);
}

void AG_NAME(agk_winograd_forward)(int threads, const agk_conv2d_geometry *g,
                                   const AG_NAME(agk_conv2d_norms) * norms, const AG_REAL *x,
                                   const AG_REAL *w, const AG_REAL *bias, AG_REAL *y, void *workspace) {
  typedef void forward(int, const agk_conv2d_geometry *, const AG_NAME(agk_conv2d_norms) *, const AG_REAL *,
                       const AG_REAL *, const AG_REAL *, AG_REAL *, void *);
  static forward *const of[] = EACH_ISA_OF(AG_NAME(winograd_forward));
  of[ag_isa_here()](threads, g, norms, x, w, bias, y, workspace);
}

size_t AG_NAME(agk_winograd_backward_workspace)(const agk_conv2d_geometry *g, int threads, bool norms,
                                                bool input, bool weight) {
  typedef size_t backward_bytes(const agk_conv2d_geometry *, int, bool, bool, bool);
  static backward_bytes *const of[] = EACH_ISA_OF(AG_NAME(winograd_backward_bytes));
  return of[ag_isa_here()](g, threads, norms, input, weight);
}

void AG_NAME(agk_winograd_backward)(int threads, const agk_conv2d_geometry *g,
                                    const AG_NAME(agk_conv2d_norms) * norms, const AG_REAL *x,
                                    const AG_REAL *gy, const AG_REAL *w, AG_REAL *gx, AG_REAL *gw,
                                    AG_REAL *gb, void *workspace) {
  typedef void backward(int, const agk_conv2d_geometry *, const AG_NAME(agk_conv2d_norms) *, const AG_REAL *,
                        const AG_REAL *, const AG_REAL *, AG_REAL *, AG_REAL *, AG_REAL *, void *);
  static backward *const of[] = EACH_ISA_OF(AG_NAME(winograd_backward));
  of[ag_isa_here()](threads, g, norms, x, gy, w, gx, gw, gb, workspace);
}
#endif
