// Calls of Linux that Swift's Glibc does not show. All of them answer as the calls do: -1 and errno.
#pragma once

// The kind of the file system on which a path lies: one of the numbers of linux/magic.h; 0 if it cannot be told.
unsigned long clinux_file_system(const char *path);

// A rename within open directories that never replaces what has the new name: EEXIST then.
int clinux_rename_new(int from_directory, const char *from, int to_directory, const char *to);

// A descriptor that can be read once 8 bytes were written to it: eventfd.
int clinux_wakeup(void);
