#include "internal.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

// A folder that is being read.
struct level {
    int folder;
    long filled;
    long at;
    _Alignas(8) char entries[4096];
};

enum { deepest = 200 };

// The walk can be interrupted after any entry, so that a large tree delays neither output nor a cancel.
static struct level levels[deepest];
static int depth;
static char *const *next_root;
static int64_t counted;
static int64_t counted_largest;
static int64_t total;
static int64_t total_largest;

void disk_start(char *const *roots) {
    while (depth > 0) close(levels[--depth].folder);
    next_root = roots;
    counted = 0;
    counted_largest = 0;
}

static void enter(int parent, const char *name) {
    // A tree this deep is made to hide something: it counts as boundless.
    if (depth == deepest) {
        counted = INT64_MAX / 2;
        return;
    }
    int folder = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (folder < 0) return;
    levels[depth].folder = folder;
    levels[depth].filled = 0;
    levels[depth].at = 0;
    depth++;
}

static void look_at(int folder, const char *name) {
    struct stat info;
    if (name[0] == '.' && (name[1] == 0 || (name[1] == '.' && name[2] == 0))) return;
    if (fstatat(folder, name, &info, AT_SYMLINK_NOFOLLOW) != 0) return;
    if (S_ISDIR(info.st_mode)) {
        if (counted < INT64_MAX / 2) counted += (int64_t)info.st_blocks * 512;
        enter(folder, name);
        return;
    }
    // Each name of a file with several counts for its part.
    int64_t names = info.st_nlink > 0 ? (int64_t)info.st_nlink : 1;
    if (counted < INT64_MAX / 2) counted += (int64_t)info.st_blocks * 512 / names;
    if (S_ISREG(info.st_mode) && info.st_size > counted_largest) counted_largest = info.st_size;
}

bool disk_step(int entries) {
    while (entries-- > 0) {
        if (depth == 0) {
            if (*next_root == NULL) {
                total = counted;
                total_largest = counted_largest;
                return true;
            }
            enter(AT_FDCWD, *next_root++);
            continue;
        }
        struct level *level = &levels[depth - 1];
        if (level->at >= level->filled) {
            level->at = 0;
            level->filled = syscall(SYS_getdents64, level->folder, level->entries, sizeof level->entries);
            if (level->filled <= 0) {
                close(level->folder);
                depth--;
                continue;
            }
        }
        const struct entry *entry = (const struct entry *)(level->entries + level->at);
        level->at += entry->length;
        look_at(level->folder, entry->name);
    }
    return false;
}

int64_t disk_bytes(void) {
    return total;
}

int64_t disk_largest(void) {
    return total_largest;
}
