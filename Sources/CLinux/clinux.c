#define _GNU_SOURCE
#include "clinux.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/xattr.h>

unsigned long clinux_file_system(const char *path) {
    struct statfs info;
    if (statfs(path, &info) != 0) return 0;
    return (unsigned long)(unsigned int)info.f_type;
}

int clinux_rename_new(int from_directory, const char *from, int to_directory, const char *to) {
    if (renameat2(from_directory, from, to_directory, to, RENAME_NOREPLACE) == 0) return 0;
    if (errno != EINVAL && errno != ENOSYS) return -1;
    // Some network and FUSE file systems know no flags: look first, which leaves a moment in which somebody else may
    // take the name.
    struct stat info;
    if (fstatat(to_directory, to, &info, AT_SYMLINK_NOFOLLOW) == 0) {
        errno = EEXIST;
        return -1;
    }
    return renameat(from_directory, from, to_directory, to);
}

int clinux_has_attributes(const char *path) {
    char names[4096];
    ssize_t length = llistxattr(path, names, sizeof names);
    if (length < 0) return errno == ENOTSUP ? 0 : errno == ERANGE ? 1 : -1;
    for (ssize_t place = 0; place < length; place += (ssize_t)strlen(names + place) + 1) {
        if (strcmp(names + place, "security.selinux") != 0) return 1;
    }
    return 0;
}

int clinux_wakeup(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }
