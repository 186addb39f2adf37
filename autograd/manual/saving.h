/* Saving and loading. A chapter of <autograd.h>, which includes it. */
#ifndef AUTOGRAD_MANUAL_SAVING_H
#define AUTOGRAD_MANUAL_SAVING_H

/* All registered tensors as a NumPy .npz archive (stored, float32 or float64), written to a temporary file,
 * synced and renamed. Loading asks for the same names, shapes and types, and changes nothing after an error. */
bool ag_save(ag_site at, ag_ctx *c, const char *path);
bool ag_load(ag_site at, ag_ctx *c, const char *path);

#endif
