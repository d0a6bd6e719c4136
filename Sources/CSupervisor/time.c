#include "internal.h"

#include <time.h>

static int64_t read_clock(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t milliseconds_now(void) {
    return read_clock(CLOCK_MONOTONIC);
}

int64_t milliseconds_since_1970(void) {
    return read_clock(CLOCK_REALTIME);
}

void sleep_milliseconds(int milliseconds) {
    struct timespec pause = {.tv_sec = milliseconds / 1000, .tv_nsec = (milliseconds % 1000) * 1000000L};
    nanosleep(&pause, NULL);
}
