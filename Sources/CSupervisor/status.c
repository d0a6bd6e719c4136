#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int64_t started;

static void add_field(struct text *text, const char *name) {
    text_add_string(text, ",\"");
    text_add_string(text, name);
    text_add_string(text, "\":");
}

static void describe(struct text *text, const struct supervisor_job *job, const struct status *status) {
    if (started == 0) started = milliseconds_since_1970();
    text_add_string(text, "{\"state\":\"");
    text_add_string(text, status->state);
    text_add_string(text, "\"");
    add_field(text, "supervisor");
    text_add_number(text, getpid());
    add_field(text, "token");
    text_add_quoted(text, job->token, strlen(job->token));
    add_field(text, "started");
    text_add_seconds(text, started);
    add_field(text, "code");
    text_add_number(text, status->code);
    add_field(text, "wall");
    text_add_seconds(text, status->wall);
    add_field(text, "cpu");
    text_add_seconds(text, status->cpu);
    add_field(text, "peak_memory");
    text_add_number(text, status->peak_memory);
    add_field(text, "message");
    text_add_quoted(text, status->message, status->message_length);
    text_add_string(text, "}\n");
}

int status_write(const struct supervisor_job *job, const struct status *status) {
    char bytes[4096];
    struct text text = {.bytes = bytes, .capacity = sizeof bytes};
    describe(&text, job, status);

    int file = openat(job->directory, ".status.json", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (file < 0) return errno;
    ssize_t count = write(file, bytes, text.length);
    int error = count < 0 ? errno : (size_t)count < text.length ? ENOSPC : 0;
    if (error == 0 && fsync(file) != 0) error = errno;
    close(file);
    if (error != 0) return error;

    if (renameat(job->directory, ".status.json", job->directory, "status.json") != 0) return errno;
    return fsync(job->directory) == 0 ? 0 : errno;
}
