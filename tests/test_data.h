/* What the files of the data room's suite share: a home for each test, and the message that was last written.
 */
#ifndef TESTS_TEST_DATA_H
#define TESTS_TEST_DATA_H

#include "experiments/data/data.h"

#include <check.h>
#include <stddef.h>
#include <sys/types.h>

#include "tests/each.h"

#define LENGTH(array) ((int)(sizeof(array) / sizeof *(array)))

/* Set up before each test: a temporary folder that is its HOME, the cache folder therein (not made yet), a
 * message. */
extern char home[64], cache[128], message[DATA_MESSAGE_SIZE];

/* Set a variable of the environment, or remove it where the value is NULL. */
void set(const char *name, const char *value);

/* home/name, written to path[256]. */
char *in_home(char *path, const char *name);

void write_file(const char *path, const char *bytes, size_t n, mode_t mode);

/* Assert that the message is `before`, `where` and `after` in a row. */
void expect(const char *before, const char *where, const char *after);

/* Compress a string of n bytes; returns the size. */
size_t gzip(const char *bytes, size_t n, char *out, size_t size);

/* One group of tests a file. */
TCase *data_parse_tests(void);
TCase *data_folder_tests(void);
TCase *data_cache_tests(void);
TCase *data_sets_tests(void);

#endif
