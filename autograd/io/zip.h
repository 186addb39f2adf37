/* Zip archives of stored (not compressed) members, below 4 GiB (PKWARE APPNOTE 6.3, sections 4.3.7
 * to 4.3.16). */
#ifndef AG_IO_ZIP_H
#define AG_IO_ZIP_H

#include "io/file.h"

typedef struct {
  const char *name; /* not terminated when it was read */
  size_t name_length;
  const unsigned char *data;
  size_t size;
  uint32_t crc, offset; /* of the data, and of the member in the archive */
} ag_zip_member;

/* Appends a member whose bytes are head and then data; fills in *member for ag_zip_finish. */
bool ag_zip_add(ag_file_out *out, ag_zip_member *member, const char *name, const void *head, size_t head_size,
                const void *data, size_t size);
/* Appends the directory of all members. */
bool ag_zip_finish(ag_file_out *out, const ag_zip_member *member, size_t count);

/* A strict reader of an archive in memory. next is where the directory goes on. */
typedef struct {
  const unsigned char *bytes, *directory, *next, *end;
  size_t count; /* members still to come */
} ag_zip_reader;

/* Both return NULL, or what is wrong. */
const char *ag_zip_open(ag_zip_reader *reader, const unsigned char *bytes, size_t size);
const char *ag_zip_next(ag_zip_reader *reader, ag_zip_member *member);

#endif
