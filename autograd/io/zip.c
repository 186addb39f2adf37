/* An archive is
 *   for each member: a local header (30 bytes, name), the data;
 *   for each member: a directory entry (46 bytes, name);
 *   the end record (22 bytes), which says where the directory is.
 * Numbers are little-endian. The reader trusts nothing: every offset is compared with what is there before it
 * is followed, and every member's check sum is computed. */
#include "io/zip.h"

#include <string.h>
#include <zlib.h>

#define LOCAL_SIZE 30
#define ENTRY_SIZE 46
#define END_SIZE 22
#define LOCAL_MARK 0x04034b50u
#define ENTRY_MARK 0x02014b50u
#define END_MARK 0x06054b50u
#define VERSION 20 /* of the format that a reader must know: 2.0 */
#define UTF8_NAMES 0x0800
#define EPOCH 0x0021 /* 1 January 1980: archives of the same tensors are the same bytes */
#define ENCRYPTED 0x0001
#define MOST_BYTES 0xffffffffu
#define MOST_MEMBERS 0xffffu

static void put16(unsigned char *p, unsigned value) {
  p[0] = (unsigned char)(value & 0xff);
  p[1] = (unsigned char)(value >> 8 & 0xff);
}

static void put32(unsigned char *p, uint32_t value) {
  put16(p, value & 0xffff);
  put16(p + 2, value >> 16);
}

static unsigned get16(const unsigned char *p) { return p[0] | (unsigned)p[1] << 8; }

static uint32_t get32(const unsigned char *p) { return get16(p) | (uint32_t)get16(p + 2) << 16; }

/* The check sum of more bytes; zlib counts them in 32 bits. */
static uint32_t more_crc(uint32_t crc, const unsigned char *data, size_t size) {
  while (size > 0) {
    const uInt part = size > 1u << 30 ? 1u << 30 : (uInt)size;
    crc = (uint32_t)crc32(crc, data, part);
    data += part;
    size -= part;
  }
  return crc;
}

/* ---- Writing ---- */

/* The 26 bytes that a local header and a directory entry have in common. */
static void put_common(unsigned char *p, const ag_zip_member *member) {
  put16(p, VERSION);
  put16(p + 2, UTF8_NAMES);
  put16(p + 4, 0); /* stored */
  put16(p + 6, 0);
  put16(p + 8, EPOCH);
  put32(p + 10, member->crc);
  put32(p + 14, (uint32_t)member->size);
  put32(p + 18, (uint32_t)member->size);
  put16(p + 22, (unsigned)member->name_length);
  put16(p + 24, 0);
}

static bool fits(const ag_file_out *out, size_t more) {
  if (more <= MOST_BYTES && out->written + more <= MOST_BYTES) return true;
  const ag_file_task *t = &out->task;
  ag_fail(t->c, AG_EIO, t->at, "%s: %s: would be larger than 4 GiB, the most that an archive holds", t->what,
          t->path);
  return false;
}

bool ag_zip_add(ag_file_out *out, ag_zip_member *member, const char *name, const void *head, size_t head_size,
                const void *data, size_t size) {
  *member = (ag_zip_member){.name = name, .name_length = strlen(name), .size = head_size + size};
  if (!fits(out, member->size)) return false;
  member->crc = more_crc(more_crc(0, head, head_size), data, size);
  member->offset = (uint32_t)out->written;
  unsigned char header[LOCAL_SIZE];
  put32(header, LOCAL_MARK);
  put_common(header + 4, member);
  return ag_file_write(out, header, sizeof header) && ag_file_write(out, name, member->name_length) &&
         ag_file_write(out, head, head_size) && ag_file_write(out, data, size);
}

bool ag_zip_finish(ag_file_out *out, const ag_zip_member *member, size_t count) {
  const uint64_t start = out->written;
  for (size_t i = 0; i < count; i++) {
    unsigned char entry[ENTRY_SIZE] = {0};
    put32(entry, ENTRY_MARK);
    put16(entry + 4, VERSION);
    put_common(entry + 6, &member[i]);
    put32(entry + 42, member[i].offset);
    if (!ag_file_write(out, entry, sizeof entry)) return false;
    if (!ag_file_write(out, member[i].name, member[i].name_length)) return false;
  }
  if (!fits(out, END_SIZE)) return false;
  unsigned char end[END_SIZE] = {0};
  put32(end, END_MARK);
  put16(end + 8, (unsigned)count);
  put16(end + 10, (unsigned)count);
  put32(end + 12, (uint32_t)(out->written - start));
  put32(end + 16, (uint32_t)start);
  return ag_file_write(out, end, sizeof end);
}

/* ---- Reading ---- */

const char *ag_zip_open(ag_zip_reader *reader, const unsigned char *bytes, size_t size) {
  const char *cut = "is not a complete .npz archive: the directory at its end is missing";
  if (size < END_SIZE || get32(bytes + size - END_SIZE) != END_MARK) return cut;
  const unsigned char *end = bytes + size - END_SIZE;
  const size_t start = get32(end + 16), length = get32(end + 12);
  if (start == MOST_BYTES || get16(end + 10) == MOST_MEMBERS)
    return "is a zip64 archive, which is not supported";
  if (get16(end + 20) != 0 || length > size - END_SIZE || start != size - END_SIZE - length) return cut;
  *reader = (ag_zip_reader){bytes, bytes + start, bytes + start, end, get16(end + 10)};
  return NULL;
}

/* Finds the data of a member whose directory entry is read; its local header must agree. */
static const char *locate(const ag_zip_reader *reader, ag_zip_member *member) {
  const size_t limit = (size_t)(reader->directory - reader->bytes);
  const char *damaged = "has a damaged header";
  if (limit < LOCAL_SIZE || member->offset > limit - LOCAL_SIZE) return damaged;
  const unsigned char *header = reader->bytes + member->offset;
  const size_t name = get16(header + 26), extra = get16(header + 28);
  const size_t left = limit - LOCAL_SIZE - member->offset;
  if (get32(header) != LOCAL_MARK || name != member->name_length) return damaged;
  if (name + extra > left || memcmp(header + LOCAL_SIZE, member->name, name) != 0) return damaged;
  if (member->size > left - name - extra) return damaged;
  member->data = header + LOCAL_SIZE + name + extra;
  return more_crc(0, member->data, member->size) == member->crc ? NULL : "is damaged: its check sum is wrong";
}

const char *ag_zip_next(ag_zip_reader *reader, ag_zip_member *member) {
  const char *damaged = "the directory of the archive is damaged";
  const unsigned char *entry = reader->next;
  const size_t left = (size_t)(reader->end - entry);
  *member = (ag_zip_member){.name = NULL};
  if (left < ENTRY_SIZE || get32(entry) != ENTRY_MARK) return damaged;
  const size_t name = get16(entry + 28), after = (size_t)get16(entry + 30) + get16(entry + 32);
  if (name + after > left - ENTRY_SIZE) return damaged;
  reader->next += ENTRY_SIZE + name + after;
  reader->count--;
  if (reader->count == 0 && reader->next != reader->end) return damaged;
  *member = (ag_zip_member){.name = (const char *)entry + ENTRY_SIZE,
                            .name_length = name,
                            .size = get32(entry + 24),
                            .crc = get32(entry + 16),
                            .offset = get32(entry + 42)};
  if (get16(entry + 8) & ENCRYPTED) return "is encrypted";
  if (get16(entry + 10) != 0) return "is compressed; write the file with numpy.savez, not savez_compressed";
  if (get32(entry + 20) != get32(entry + 24)) return "has a damaged header";
  return locate(reader, member);
}
