/* "\x93NUMPY", major, minor, the header's length (2 bytes; 4 from version 2 on), the header, the elements.
 * The header reads {'descr': '<f4', 'fortran_order': False, 'shape': (8, 1, 5, 5), } and is filled up with
 * blanks, so that the elements start at a multiple of 64 bytes. It is parsed by a strict grammar, never
 * evaluated. */
#include "io/npy.h"

#include <inttypes.h>
#include <string.h>

#include "core/internal.h"

#define MAGIC "\x93NUMPY"
#define MAGIC_SIZE 6
#define LONGEST_HEADER 65536

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define ORDER '>'
#else
#define ORDER '<'
#endif

/* ---- Writing ---- */

size_t ag_npy_head(char head[AG_NPY_HEAD], ag_dtype dtype, ag_shape shape) {
  char text[AG_NPY_HEAD / 2];
  size_t length =
      (size_t)snprintf(text, sizeof text, "{'descr': '%cf%zu', 'fortran_order': False, 'shape': (", ORDER,
                       ag_dtype_size(dtype));
  for (int i = 0; i < shape.rank; i++) {
    length += (size_t)snprintf(text + length, sizeof text - length, "%" PRId64 "%s", shape.dim[i],
                               i + 1 < shape.rank ? ", "
                               : shape.rank == 1  ? ","
                                                  : "");
  }
  length += (size_t)snprintf(text + length, sizeof text - length, "), }");
  const size_t front = MAGIC_SIZE + 4, size = (front + length + 1 + 63) / 64 * 64;
  memset(head, ' ', size);
  memcpy(head, MAGIC, MAGIC_SIZE);
  head[6] = 1;
  head[7] = 0;
  head[8] = (char)((size - front) & 0xff);
  head[9] = (char)((size - front) >> 8);
  memcpy(head + front, text, length);
  head[size - 1] = '\n';
  return size;
}

/* ---- Reading ---- */

typedef struct {
  const char *p, *end;
} cursor;

static void skip_blanks(cursor *s) {
  while (s->p < s->end && (*s->p == ' ' || *s->p == '\n')) s->p++;
}

/* Takes the given text, after blanks, if it comes next. */
static bool take(cursor *s, const char *text) {
  const size_t length = strlen(text);
  skip_blanks(s);
  if ((size_t)(s->end - s->p) < length || memcmp(s->p, text, length) != 0) return false;
  s->p += length;
  return true;
}

/* Takes 'text' into a buffer. */
static bool take_string(cursor *s, char *out, size_t room) {
  if (!take(s, "'")) return false;
  size_t length = 0;
  while (s->p < s->end && *s->p != '\'' && length + 1 < room) out[length++] = *s->p++;
  out[length] = '\0';
  return s->p < s->end && *s->p++ == '\'';
}

static bool take_number(cursor *s, int64_t *out) {
  skip_blanks(s);
  const char *start = s->p;
  for (*out = 0; s->p < s->end && *s->p >= '0' && *s->p <= '9'; s->p++) {
    if (*out > (INT64_MAX - 9) / 10) return false;
    *out = *out * 10 + (*s->p - '0');
  }
  return s->p > start;
}

/* Takes (), (3,) or (3, 4), with or without a last comma. */
static bool take_shape(cursor *s, ag_shape *shape) {
  *shape = AG_SCALAR;
  if (!take(s, "(")) return false;
  while (!take(s, ")")) {
    if (shape->rank == AG_MAX_RANK || !take_number(s, &shape->dim[shape->rank])) return false;
    shape->rank++;
    if (take(s, ",")) continue;
    return take(s, ")") && shape->rank > 1;
  }
  return true;
}

typedef struct {
  char descr[16];
  bool fortran, seen[3];
} header;

/* Takes one entry of the dictionary; each key comes once. */
static bool take_entry(cursor *s, header *h, ag_shape *shape) {
  static const char *const keys[] = {"descr", "fortran_order", "shape"};
  char key[16];
  int k = 0;
  if (!take_string(s, key, sizeof key) || !take(s, ":")) return false;
  while (k < 3 && strcmp(key, keys[k]) != 0) k++;
  if (k == 3 || h->seen[k]) return false;
  h->seen[k] = true;
  if (k == 0) return take_string(s, h->descr, sizeof h->descr);
  if (k == 2) return take_shape(s, shape);
  h->fortran = take(s, "True");
  return h->fortran || take(s, "False");
}

static bool take_header(cursor s, header *h, ag_shape *shape) {
  *h = (header){.fortran = false};
  if (!take(&s, "{")) return false;
  while (!take(&s, "}")) {
    if (!take_entry(&s, h, shape)) return false;
    if (take(&s, ",")) continue;
    if (!take(&s, "}")) return false;
    break;
  }
  skip_blanks(&s);
  return s.p == s.end && h->seen[0] && h->seen[1] && h->seen[2];
}

static bool real_type(const char *descr, ag_dtype *dtype) {
  *dtype = descr[0] && descr[1] && descr[2] == '8' ? AG_F64 : AG_F32;
  return descr[0] == ORDER && descr[1] == 'f' && (descr[2] == '4' || descr[2] == '8') && descr[3] == '\0';
}

const char *ag_npy_parse(ag_npy_array *array, const unsigned char *bytes, size_t size) {
  const char *damaged = "has a damaged header";
  if (size < MAGIC_SIZE + 4 || memcmp(bytes, MAGIC, MAGIC_SIZE) != 0) return "is not an .npy array";
  const unsigned version = bytes[6];
  if (version < 1 || version > 3 || bytes[7] != 0) return "has an unknown version of the .npy format";
  const size_t front = version == 1 ? MAGIC_SIZE + 4 : MAGIC_SIZE + 6;
  if (size < front) return damaged;
  size_t length = bytes[8] | (size_t)bytes[9] << 8;
  if (version > 1) length |= (size_t)bytes[10] << 16 | (size_t)bytes[11] << 24;
  if (length > size - front || length > LONGEST_HEADER) return damaged;

  header h;
  const char *text = (const char *)bytes + front;
  if (!take_header((cursor){text, text + length}, &h, &array->shape)) return damaged;
  if (!real_type(h.descr, &array->dtype)) return "has elements of another type than float32 and float64";
  if (h.fortran) return "is stored column by column; save it with numpy.ascontiguousarray";
  const int64_t numel = ag_shape_numel(array->shape);
  const size_t left = size - front - length, element = ag_dtype_size(array->dtype);
  if (numel < 0 || left % element != 0 || left / element != (size_t)numel)
    return "has more or fewer elements than its shape";
  array->data = bytes + front + length;
  return NULL;
}
