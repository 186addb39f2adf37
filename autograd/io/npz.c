/* Registered tensors as a NumPy archive: a zip file with one stored member "name.npy" for each.
 *   numpy.load("model.npz")["conv1.weight"] reads one back.
 * Loading checks everything first and assigns last. */
#include "core/internal.h"

#include <string.h>

#include "io/npy.h"
#include "io/zip.h"

#define SUFFIX ".npy"
#define SUFFIX_LENGTH 4
#define MOST_TENSORS 65534
#define LONGEST_NAME 65535

/* ---- Saving ---- */

/* Writes one tensor; its member's name must live until the directory is written. */
static bool save_tensor(ag_file_out *out, ag_zip_member *member, const ag_tensor *x) {
  ag_ctx *c = x->c;
  const size_t length = strlen(x->name);
  char *name = length + SUFFIX_LENGTH <= LONGEST_NAME
                   ? ag_scope_bytes(c, length + SUFFIX_LENGTH + 1, out->task.at)
                   : NULL;
  if (!name) {
    ag_fail(c, AG_EIO, out->task.at, "save: the name %.40s... is too long for an archive", x->name);
    return false;
  }
  memcpy(name, x->name, length);
  memcpy(name + length, SUFFIX, SUFFIX_LENGTH + 1);
  char head[AG_NPY_HEAD];
  const size_t head_size = ag_npy_head(head, x->dtype, ag_shape_of(x));
  return ag_zip_add(out, member, name, head, head_size, x->data, (size_t)x->numel * ag_dtype_size(x->dtype));
}

static bool save_all(ag_ctx *c, ag_file_task task) {
  const size_t count = (size_t)c->n_registered;
  ag_zip_member *member = ag_scope_bytes(c, count * sizeof *member, task.at);
  ag_file_out out;
  if (!member) return false;
  bool done = ag_file_create(&out, task);
  for (size_t i = 0; done && i < count; i++) done = save_tensor(&out, &member[i], c->registered[i]);
  done = done && ag_zip_finish(&out, member, count) && ag_file_commit(&out);
  if (!done) ag_file_discard(&out);
  return done;
}

bool(ag_save)(ag_site at, ag_ctx *c, const char *path) {
  if (ag_error(c) != AG_OK) return false;
  if (c->n_registered == 0 || c->n_registered > MOST_TENSORS) {
    ag_fail(c, AG_ESTATE, at, "save: %s: there are %d parameters to save; an archive holds 1 to %d", path,
            c->n_registered, MOST_TENSORS);
    return false;
  }
  ag_scope_begin(c);
  const bool done = save_all(c, (ag_file_task){c, at, "save", path});
  ag_scope_end(c);
  return done;
}

/* ---- Loading ---- */

/* A name from a file, made fit for one line of a message. */
static const char *printable(char text[64], const ag_zip_member *member) {
  const size_t length = member->name_length < 63 ? member->name_length : 63;
  for (size_t i = 0; i < length; i++) {
    text[i] = member->name[i] >= ' ' && member->name[i] <= '~' ? member->name[i] : '?';
  }
  text[length] = '\0';
  return text;
}

/* The index of the registered tensor with this name, or -1. */
static int index_of(const ag_ctx *c, const char *name, size_t length) {
  for (int i = 0; i < c->n_registered; i++) {
    const char *own = c->registered[i]->name;
    if (strlen(own) == length && memcmp(own, name, length) == 0) return i;
  }
  return -1;
}

/* Checks one member against the model and notes where the elements of registered tensor i are in data[i]. */
static bool read_member(const ag_file_task *t, const ag_zip_member *member, const unsigned char **data) {
  ag_ctx *c = t->c;
  const size_t stem = member->name_length > SUFFIX_LENGTH ? member->name_length - SUFFIX_LENGTH : 0;
  const bool named = stem > 0 && memcmp(member->name + stem, SUFFIX, SUFFIX_LENGTH) == 0;
  const int i = named ? index_of(c, member->name, stem) : -1;
  if (i < 0) {
    char text[64];
    ag_fail(c, AG_EIO, t->at, "load: %s: the model has no tensor for %s", t->path, printable(text, member));
    return false;
  }
  const ag_tensor *x = c->registered[i];
  ag_npy_array array;
  const char *wrong = ag_npy_parse(&array, member->data, member->size);
  if (wrong) {
    ag_fail(c, AG_EIO, t->at, "load: %s: %s %s", t->path, x->name, wrong);
  } else if (data[i]) {
    ag_fail(c, AG_EIO, t->at, "load: %s: %s is there twice", t->path, x->name);
  } else if (!ag_shape_equal(array.shape, ag_shape_of(x))) {
    ag_fail(c, AG_EIO, t->at, "load: %s: %s has shape %s, the model wants %s", t->path, x->name,
            ag_shape_text(c, array.shape), ag_shape_text(c, ag_shape_of(x)));
  } else if (array.dtype != x->dtype) {
    ag_fail(c, AG_EIO, t->at, "load: %s: %s is %s, the model wants %s", t->path, x->name,
            ag_dtype_name(array.dtype), ag_dtype_name(x->dtype));
  } else {
    data[i] = array.data;
  }
  return ag_error(c) == AG_OK;
}

/* Reads all members; every registered tensor must have arrived in the end. */
static bool read_archive(const ag_file_task *t, const unsigned char *bytes, size_t size,
                         const unsigned char **data) {
  ag_zip_reader reader;
  ag_zip_member member = {.name = NULL};
  const char *wrong = ag_zip_open(&reader, bytes, size);
  while (!wrong && reader.count > 0) {
    wrong = ag_zip_next(&reader, &member);
    if (!wrong && !read_member(t, &member, data)) return false;
  }
  if (wrong) {
    char text[64];
    ag_fail(t->c, AG_EIO, t->at, "load: %s: %s%s%s", t->path, member.name ? printable(text, &member) : "",
            member.name ? " " : "", wrong);
    return false;
  }
  for (int i = 0; i < t->c->n_registered; i++) {
    if (data[i]) continue;
    ag_fail(t->c, AG_EIO, t->at, "load: %s: %s is missing", t->path, t->c->registered[i]->name);
    return false;
  }
  return true;
}

static bool load_all(const ag_file_task *t) {
  ag_ctx *c = t->c;
  const size_t count = (size_t)c->n_registered;
  const unsigned char **data = ag_scope_bytes(c, count * sizeof *data, t->at);
  size_t size;
  unsigned char *bytes = data ? ag_file_read(t, &size) : NULL;
  if (!bytes) return false;
  memset(data, 0, count * sizeof *data);
  const bool done = read_archive(t, bytes, size, data);
  for (size_t i = 0; done && i < count; i++) {
    ag_tensor *x = c->registered[i];
    memcpy(x->data, data[i], (size_t)x->numel * ag_dtype_size(x->dtype));
    ag_overwritten(x);
  }
  ag_release(c, bytes);
  return done;
}

bool(ag_load)(ag_site at, ag_ctx *c, const char *path) {
  if (ag_error(c) != AG_OK) return false;
  ag_scope_begin(c);
  const bool done = load_all(&(ag_file_task){c, at, "load", path});
  ag_scope_end(c);
  return done;
}
