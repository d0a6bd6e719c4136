// Calls of Linux that Swift's Glibc does not show. All of them answer as the calls do: -1 and errno.
#pragma once

// The kind of the file system on which a path lies: one of the numbers of linux/magic.h; 0 if it cannot be told.
unsigned long clinux_file_system(const char *path);

// A rename within open directories that never replaces what has the new name: EEXIST then.
int clinux_rename_new(int from_directory, const char *from, int to_directory, const char *to);

// 1 if what has the path, a link not followed, has attributes besides its mode: an access list, a capability, a note of
// somebody; the label that SELinux gives to everything does not count. 0 if it has none, also where there are none.
int clinux_has_attributes(const char *path);

// A descriptor that can be read once 8 bytes were written to it: eventfd.
int clinux_wakeup(void);
