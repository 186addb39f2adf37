/* Files: read whole, written whole, put in place at the end. */
#ifndef REPORT_FILES_H
#define REPORT_FILES_H

#include <stdbool.h>

#include "experiments/message.h"

char *file_read(const char *path, message *m); /* to be freed; NULL and a line on an error */
int file_write(const char *path, const char *text, message *m);
bool file_is_empty(const char *path);          /* or not there at all */
int folder_make(const char *path, message *m); /* and those above it; fine if it is there */

/* Renames every file of the folder `from`, and of the folders in it, to the same place under `to`, replacing
 * what is there, and removes `from`. A file is synced to the disk before, so that whoever finds it under its
 * new name finds it whole. Files of `to` that have no counterpart stay. */
int folder_move_into(const char *from, const char *to, message *m);
void folder_remove(const char *path); /* with everything in it; a folder that is not there is fine */

#endif
