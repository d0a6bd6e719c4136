// The supervisor's parts. Only async-signal-safe calls are allowed in all of them: the process was forked from one
// with many threads, any of which may have held the allocator's or stdio's lock.
#pragma once

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "supervisor.h"

#include <stdbool.h>

// text.c: numbers and JSON without stdio.

struct text {
    char *bytes;
    size_t capacity;
    size_t length;
};

void text_add(struct text *text, const char *bytes, size_t length);
void text_add_string(struct text *text, const char *string);
void text_add_number(struct text *text, int64_t number);
// Milliseconds as seconds with three decimals.
void text_add_seconds(struct text *text, int64_t milliseconds);
// As a JSON string with its quotes; bytes outside ASCII become "?".
void text_add_quoted(struct text *text, const char *bytes, size_t length);

// log.c: the job's output on its way to the disk.

struct log {
    int file;
    int64_t limit;
    int64_t written;
    int64_t left_out;
    const struct supervisor_secret *secrets;
    size_t secret_count;
    // The start of what was written, for the message of a job that could not be started.
    char head[512];
    size_t head_length;
};

void log_open(struct log *log, const struct supervisor_job *job);
// Reads once from the pipe; returns what read(2) returned.
ssize_t log_read(struct log *log, int pipe);
// Writes what was held back, and how much was left out.
void log_close(struct log *log);

// tree.c: the processes below one process.

// Sends a signal to every descendant.
void tree_signal(pid_t root, int signal);
// How many descendants are alive (a zombie is not).
int tree_count(pid_t root);
// Resident bytes of all descendants. If their plain sum is over `limit`, pages that they share are counted once.
int64_t tree_memory(pid_t root, int64_t limit);
// Kills and reaps every descendant of this process, a subreaper, until there is none. Gives up after ten seconds: a
// process may hang in the kernel or belong to another user.
void tree_kill_all(void);

// An entry as the system call getdents64 gives it; readdir(3) would allocate.
struct entry {
    uint64_t inode;
    int64_t offset;
    unsigned short length;
    unsigned char type;
    char name[];
};

// disk.c: how much the job's folders hold.

// Starts a new walk over the folders.
void disk_start(char *const *roots);
// Looks at so many more entries; true when the walk is complete.
bool disk_step(int entries);
// The bytes counted by the last complete walk.
int64_t disk_bytes(void);
// The size of the largest file that it saw.
int64_t disk_largest(void);

// command.c: the program that runs the job's commands.

struct command {
    pid_t process;
    // What it prints; does not block.
    int output;
    // What the sandbox reports; does not block; -1 without one.
    int report;
    // Why it could not be started.
    char problem[512];
    size_t problem_length;
};

// Starts the program; false with a problem if that failed. `largest_file` is what a file of it may grow to, 0 for any.
bool command_start(struct command *command, const struct supervisor_job *job, int64_t largest_file);

// status.c: the job's `status.json`.

struct status {
    // "running", or how the job ended.
    const char *state;
    // Exit status or signal.
    int code;
    int64_t wall;
    int64_t cpu;
    int64_t peak_memory;
    const char *message;
    size_t message_length;
};

// Writes the status so that after a crash the old one or the new one is there. Returns 0 or the error number.
int status_write(const struct supervisor_job *job, const struct status *status);

// supervise.c: the life of the supervisor process.

_Noreturn void supervise(const struct supervisor_job *job, int ready);

// time.c

int64_t milliseconds_now(void);
int64_t milliseconds_since_1970(void);
void sleep_milliseconds(int milliseconds);
