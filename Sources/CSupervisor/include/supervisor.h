// One supervisor process per job, made by fork without exec: it lives on when the bot dies, keeps the job's lock,
// writes its log and its status, and leaves no process of the job behind.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct supervisor_secret {
    const char *bytes;
    size_t length;
};

// The longest secret that can be masked: as long as a variable of a process can be.
#define SUPERVISOR_LONGEST_SECRET (128 * 1024)

// Everything a supervisor needs, made before the fork: afterwards it may not allocate. All pointers need to live only
// until `supervisor_start` returns; the supervisor has its own copy of the address space.
struct supervisor_job {
    // Descriptors: the locked lock file, the log (opened for appending), the job's directory.
    int lock;
    int log;
    int directory;
    // Arguments for the program to read on its descriptor 3 (bubblewrap's `--args 3`), or -1.
    int arguments_file;

    const char *program;
    char *const *arguments;
    char *const *environment;
    // Where the program starts.
    const char *working_directory;
    // True if the program is bubblewrap and reports on its descriptor 4 (`--json-status-fd 4`).
    int is_sandbox;

    // Marks the job's processes and its status.
    const char *token;
    // Folders whose growth counts for the disk limit; ends with a null pointer.
    char *const *measured;
    const struct supervisor_secret *secrets;
    size_t secret_count;

    // Milliseconds; bytes; 0 in memory and disk means no limit.
    int64_t time_limit;
    int64_t memory_limit;
    int64_t disk_limit;
    int64_t output_limit;
};

// Forks the supervisor and returns 0 as soon as `status.json` says "running"; else the error number. Blocks for
// milliseconds. May be called from any thread. The caller keeps its descriptors and should close them.
int supervisor_start(const struct supervisor_job *job);

// What Swift's Glibc module lacks: each returns -1 and sets errno as the system call does.
int supervisor_pidfd(pid_t process);
int supervisor_signal(int pidfd, int signal);
int supervisor_memory_file(const char *name);
