#include "internal.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { chunk = 64 * 1024 };

// What was read but may still be the start of a secret, and the next chunk after it.
static char input[SUPERVISOR_LONGEST_SECRET + chunk];
static size_t held;

// Which bytes start a secret: most bytes do not and need no comparison.
static bool starts_secret[256];

void log_open(struct log *log, const struct supervisor_job *job) {
    log->file = job->log;
    log->limit = job->output_limit;
    log->secrets = job->secrets;
    log->secret_count = job->secret_count;
    for (size_t i = 0; i < log->secret_count; i++) {
        starts_secret[(unsigned char)log->secrets[i].bytes[0]] = true;
    }
}

static void write_out(struct log *log, const char *bytes, size_t length) {
    while (length > 0) {
        ssize_t count = write(log->file, bytes, length);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) {
            // The disk is full: the job goes on, and the last line tells what is missing if it can be written.
            log->left_out += (int64_t)length;
            return;
        }
        log->written += count;
        bytes += count;
        length -= (size_t)count;
    }
}

static void emit(struct log *log, const char *bytes, size_t length) {
    size_t head_room = sizeof log->head - log->head_length;
    size_t head = length < head_room ? length : head_room;
    memcpy(log->head + log->head_length, bytes, head);
    log->head_length += head;

    int64_t room = log->limit - log->written;
    // Once something was left out nothing more is written: a log with holes would mislead.
    if (log->left_out > 0 || room < 0) room = 0;
    size_t kept = (int64_t)length < room ? length : (size_t)room;
    write_out(log, bytes, kept);
    log->left_out += (int64_t)(length - kept);
}

// The length of the longest secret at the start of these bytes, or 0. `may_continue` is set if a longer one may be
// on its way.
static size_t secret_at(const struct log *log, const char *bytes, size_t length, bool *may_continue) {
    size_t longest = 0;
    *may_continue = false;
    for (size_t i = 0; i < log->secret_count; i++) {
        const struct supervisor_secret *secret = &log->secrets[i];
        if (secret->length <= length) {
            if (secret->length > longest && memcmp(bytes, secret->bytes, secret->length) == 0) longest = secret->length;
        } else if (memcmp(bytes, secret->bytes, length) == 0) {
            *may_continue = true;
        }
    }
    return longest;
}

// Writes the input with its secrets masked and keeps back a possible start of one. It is not written when the stream
// merely pauses: a program that prints a secret slowly would leak it.
static void mask(struct log *log, size_t length, bool is_end) {
    size_t start = 0;
    size_t at = 0;
    while (at < length) {
        if (!starts_secret[(unsigned char)input[at]]) {
            at++;
            continue;
        }
        bool may_continue;
        size_t secret = secret_at(log, input + at, length - at, &may_continue);
        if (may_continue && !is_end) break;
        if (secret == 0) {
            at++;
            continue;
        }
        emit(log, input + start, at - start);
        emit(log, "***", 3);
        at += secret;
        start = at;
    }
    emit(log, input + start, at - start);
    held = length - at;
    memmove(input, input + at, held);
}

ssize_t log_read(struct log *log, int pipe) {
    ssize_t count = read(pipe, input + held, chunk);
    if (count <= 0) return count;
    if (log->left_out > 0) {
        log->left_out += count;
    } else {
        mask(log, held + (size_t)count, false);
    }
    return count;
}

void log_close(struct log *log) {
    mask(log, held, true);
    if (log->left_out == 0) return;

    char line[160];
    struct text note = {.bytes = line, .capacity = sizeof line};
    text_add_string(&note, "\n[sluice] the log ends here, at its limit: ");
    text_add_number(&note, log->left_out);
    text_add_string(&note, " more bytes of output were left out\n");
    write_out(log, line, note.length);
}
