/* The .npy format of one array (numpy/lib/format.py, versions 1.0 to 3.0): a magic, a header that is a Python
 * dictionary, and the elements. */
#ifndef AG_IO_NPY_H
#define AG_IO_NPY_H

#include <autograd.h>

/* Room for any header that is written here. */
#define AG_NPY_HEAD 512

/* Writes the header of a real array in row-major order, a multiple of 64 bytes, and returns its size. */
size_t ag_npy_head(char head[AG_NPY_HEAD], ag_dtype dtype, ag_shape shape);

typedef struct {
  ag_dtype dtype;
  ag_shape shape;
  const unsigned char *data; /* as many bytes as type and shape want, at no particular alignment */
} ag_npy_array;

/* Reads an array from exactly these bytes. Returns NULL, or what is wrong: "has a damaged header". */
const char *ag_npy_parse(ag_npy_array *array, const unsigned char *bytes, size_t size);

#endif
