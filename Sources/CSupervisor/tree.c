#include "internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

// The processes found and not yet looked into. More than this many at once are found by the next walk.
static pid_t found[32768];
static size_t found_count;

static int open_process_file(pid_t process, const char *name, const char *thread, const char *suffix, int flags) {
    char path[96];
    struct text text = {.bytes = path, .capacity = sizeof path - 1};
    text_add_string(&text, "/proc/");
    text_add_number(&text, process);
    text_add_string(&text, name);
    text_add_string(&text, thread);
    text_add_string(&text, suffix);
    path[text.length] = 0;
    return open(path, flags | O_CLOEXEC);
}

// Reads a small file of a process whole and ends it with a zero; returns its length, 0 if the process is gone.
static size_t read_process_file(pid_t process, const char *name, char *bytes, size_t capacity) {
    int file = open_process_file(process, name, "", "", O_RDONLY);
    if (file < 0) return 0;
    ssize_t count = read(file, bytes, capacity - 1);
    close(file);
    if (count < 0) count = 0;
    bytes[count] = 0;
    return (size_t)count;
}

static void add_children(int file) {
    char bytes[4096];
    pid_t process = 0;
    ssize_t count;
    while ((count = read(file, bytes, sizeof bytes)) > 0) {
        for (ssize_t i = 0; i < count; i++) {
            if (bytes[i] >= '0' && bytes[i] <= '9') {
                process = process * 10 + (bytes[i] - '0');
            } else if (process > 0) {
                if (found_count < sizeof found / sizeof found[0]) found[found_count++] = process;
                process = 0;
            }
        }
    }
}

// The kernel lists children by the thread that made them.
static void add_children_of(pid_t process) {
    int tasks = open_process_file(process, "/task", "", "", O_RDONLY | O_DIRECTORY);
    if (tasks < 0) return;
    _Alignas(struct entry) char bytes[2048];
    long count;
    while ((count = syscall(SYS_getdents64, tasks, bytes, sizeof bytes)) > 0) {
        for (long at = 0; at < count;) {
            const struct entry *entry = (const struct entry *)(bytes + at);
            at += entry->length;
            if (entry->name[0] == '.') continue;
            int file = open_process_file(process, "/task/", entry->name, "/children", O_RDONLY);
            if (file < 0) continue;
            add_children(file);
            close(file);
        }
    }
    close(tasks);
}

// Fills `found` with all descendants, parents before children.
static void walk(pid_t root) {
    found_count = 0;
    add_children_of(root);
    for (size_t i = 0; i < found_count; i++) add_children_of(found[i]);
}

void tree_signal(pid_t root, int signal) {
    walk(root);
    for (size_t i = 0; i < found_count; i++) kill(found[i], signal);
}

static bool is_alive(pid_t process) {
    char bytes[512];
    if (read_process_file(process, "/stat", bytes, sizeof bytes) == 0) return false;
    // The state follows the name in brackets, which may itself hold brackets.
    const char *state = strrchr(bytes, ')');
    return state != NULL && state[1] == ' ' && state[2] != 'Z' && state[2] != 'X';
}

int tree_count(pid_t root) {
    int alive = 0;
    walk(root);
    for (size_t i = 0; i < found_count; i++) {
        if (is_alive(found[i])) alive++;
    }
    return alive;
}

static int64_t number_in(const char *bytes) {
    int64_t number = 0;
    while (*bytes == ' ') bytes++;
    while (*bytes >= '0' && *bytes <= '9') number = number * 10 + (*bytes++ - '0');
    return number;
}

static int64_t resident(pid_t process) {
    char bytes[128];
    if (read_process_file(process, "/statm", bytes, sizeof bytes) == 0) return 0;
    const char *second = strchr(bytes, ' ');
    return second == NULL ? 0 : number_in(second) * sysconf(_SC_PAGESIZE);
}

// Resident bytes where a page that n processes share counts as an n-th of a page. The kernel walks the page tables
// for it, so it is asked for only when the cheap sum is over the limit.
static int64_t fair_share(pid_t process) {
    char bytes[1024];
    if (read_process_file(process, "/smaps_rollup", bytes, sizeof bytes) == 0) return resident(process);
    const char *line = strstr(bytes, "\nPss:");
    return line == NULL ? resident(process) : number_in(line + 5) * 1024;
}

int64_t tree_memory(pid_t root, int64_t limit) {
    int64_t sum = 0;
    walk(root);
    for (size_t i = 0; i < found_count; i++) sum += resident(found[i]);
    if (limit == 0 || sum <= limit) return sum;

    int64_t fair = 0;
    for (size_t i = 0; i < found_count; i++) fair += fair_share(found[i]);
    return fair;
}

void tree_kill_all(void) {
    int64_t give_up = milliseconds_now() + 10000;
    int pause = 1;
    while (milliseconds_now() < give_up) {
        tree_signal(getpid(), SIGKILL);
        pid_t reaped;
        while ((reaped = waitpid(-1, NULL, WNOHANG)) > 0) pause = 1;
        // As the subreaper we inherit every orphan, so no child means no descendant.
        if (reaped < 0 && errno == ECHILD) return;
        sleep_milliseconds(pause);
        if (pause < 16) pause *= 2;
    }
}
