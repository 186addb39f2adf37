/* Files that are read whole, and files that replace another one whole or not at all. */
#ifndef AG_IO_FILE_H
#define AG_IO_FILE_H

#include <autograd.h>

/* What is being done to which file, for messages: "site: what: path: ...". */
typedef struct {
  ag_ctx *c;
  ag_site at;
  const char *what, *path;
} ag_file_task;

/* The bytes of a regular file, to be given back with ag_release; NULL and AG_EIO when it cannot be read. */
unsigned char *ag_file_read(const ag_file_task *task, size_t *size);

/* A new file beside task->path, which takes its place when it is complete. */
typedef struct {
  ag_file_task task;
  FILE *file;
  char *temporary;
  uint64_t written;
} ag_file_out;

/* Each returns false, and stores an error, when it fails. After the first failure only ag_file_discard is
 * left: it removes the new file, and the old one is as it was. */
bool ag_file_create(ag_file_out *out, ag_file_task task);
bool ag_file_write(ag_file_out *out, const void *data, size_t bytes);
/* Syncs the new file, gives it its name and syncs the folder. */
bool ag_file_commit(ag_file_out *out);
void ag_file_discard(ag_file_out *out);

#endif
