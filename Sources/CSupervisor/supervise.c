#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/close_range.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

enum ending { none, cancelled, over_time, over_memory, over_disk };

enum {
    grace = 2000,
    first_memory_pause = 8,
    last_memory_pause = 64,
    first_disk_pause = 250,
    // Looking at memory or disk takes at most one part in so many of the time.
    patience = 20,
    disk_entries = 2000,
    reads_a_turn = 16,
    // What a file may grow beyond the disk limit, so that the growth itself is seen.
    file_slack = 1 << 20,
};

// All state of this process. Static, because nothing may be allocated.
static const struct supervisor_job *job;
static struct log output_log;
static struct command command;
static int signals;

static bool has_ended;
static int wait_status;
static int64_t started;
static int64_t ended;

static enum ending ending;
static int64_t kill_at;

static int64_t peak_memory;
static int64_t memory_due;
static int64_t memory_pause = first_memory_pause;

static bool is_walking;
static int64_t disk_before;
static int64_t disk_begun;
static int64_t disk_due;

static char report[1024];
static size_t report_length;

// MARK: - Becoming independent of the bot

static void sort(int *numbers, int count) {
    for (int i = 1; i < count; i++) {
        for (int j = i; j > 0 && numbers[j - 1] > numbers[j]; j--) {
            int number = numbers[j];
            numbers[j] = numbers[j - 1];
            numbers[j - 1] = number;
        }
    }
}

// Kernels before 5.9 cannot close a range at once.
static void close_all(unsigned first, unsigned last) {
    if (close_range(first, last, 0) == 0) return;
    for (unsigned file = first; file <= last && file < 65536; file++) close((int)file);
}

// The bot's database, locks and sockets must not live on in us: above all a lock that we kept by accident.
static void close_what_is_not_ours(int ready) {
    int ours[] = {job->lock, job->log, job->directory, job->arguments_file, ready};
    int count = sizeof ours / sizeof ours[0];
    sort(ours, count);
    unsigned next = 0;
    for (int i = 0; i < count; i++) {
        if (ours[i] < 0) continue;
        if ((unsigned)ours[i] > next) close_all(next, (unsigned)ours[i] - 1);
        next = (unsigned)ours[i] + 1;
    }
    close_all(next, ~0U);
    // Descriptors 0, 1 and 2 were the bot's, and nothing else may take their place.
    while (true) {
        int file = open("/dev/null", O_RDWR);
        if (file < 0) return;
        if (file > STDERR_FILENO) {
            close(file);
            return;
        }
    }
}

static void take_over_signals(void) {
    struct sigaction usual = {.sa_handler = SIG_DFL};
    for (int signal = 1; signal < NSIG; signal++) sigaction(signal, &usual, NULL);
    struct sigaction ignored = {.sa_handler = SIG_IGN};
    sigaction(SIGHUP, &ignored, NULL);
    sigaction(SIGINT, &ignored, NULL);
    sigaction(SIGPIPE, &ignored, NULL);

    sigset_t watched;
    sigemptyset(&watched);
    sigaddset(&watched, SIGTERM);
    sigaddset(&watched, SIGCHLD);
    sigprocmask(SIG_SETMASK, &watched, NULL);
    signals = signalfd(-1, &watched, SFD_CLOEXEC | SFD_NONBLOCK);
}

// MARK: - Stopping

// The process below which all of the job's commands are, or 0 while the sandbox is not up.
static pid_t job_root(void) {
    if (!job->is_sandbox) return getpid();
    const char *field = strstr(report, "\"child-pid\":");
    if (field == NULL) return 0;
    pid_t process = 0;
    for (field += strlen("\"child-pid\":"); *field == ' '; field++) continue;
    while (*field >= '0' && *field <= '9') process = process * 10 + (*field++ - '0');
    return *field == 0 ? 0 : process;
}

static void stop(enum ending reason, bool is_gentle) {
    if (ending != none) return;
    ending = reason;
    kill_at = milliseconds_now();
    pid_t root = job_root();
    if (!is_gentle || root == 0) return;

    kill_at += grace;
    // A stopped init cannot notice that the first command has gone, which would end the grace of all others.
    if (job->is_sandbox) kill(root, SIGSTOP);
    tree_signal(root, SIGTERM);
}

// MARK: - Watching

static void take_signals(void) {
    struct signalfd_siginfo info;
    bool is_cancelled = false;
    while (read(signals, &info, sizeof info) == sizeof info) {
        if (info.ssi_signo == SIGTERM) is_cancelled = true;
    }
    int status;
    pid_t child;
    while ((child = waitpid(-1, &status, WNOHANG)) > 0) {
        if (child != command.process) continue;
        has_ended = true;
        wait_status = status;
        ended = milliseconds_now();
    }
    // A command that ended by itself stays as it ended.
    if (is_cancelled && !has_ended) stop(cancelled, true);
}

static void read_output(struct pollfd *source) {
    for (int i = 0; i < reads_a_turn; i++) {
        ssize_t count = log_read(&output_log, command.output);
        if (count > 0 || (count < 0 && errno == EINTR)) continue;
        // At its end poll would report it for ever.
        if (count == 0) source->fd = -1;
        return;
    }
}

static void read_report(struct pollfd *source) {
    ssize_t count = read(command.report, report + report_length, sizeof report - 1 - report_length);
    if (count > 0) report_length += (size_t)count;
    if (count == 0 && source != NULL) source->fd = -1;
}

static void watch_memory(int64_t now) {
    int64_t memory = tree_memory(getpid(), job->memory_limit);
    if (memory > peak_memory) peak_memory = memory;
    if (job->memory_limit > 0 && memory > job->memory_limit) stop(over_memory, false);

    int64_t cost = milliseconds_now() - now;
    memory_due = now + (memory_pause > cost * patience ? memory_pause : cost * patience);
    if (memory_pause < last_memory_pause) memory_pause *= 2;
}

static void watch_disk(int64_t now) {
    if (!is_walking) {
        disk_start(job->measured);
        disk_begun = now;
        is_walking = true;
    }
    disk_due = now;
    if (!disk_step(disk_entries)) return;

    is_walking = false;
    if (disk_bytes() - disk_before > job->disk_limit) stop(over_disk, false);
    now = milliseconds_now();
    int64_t cost = now - disk_begun;
    disk_due = now + (first_disk_pause > cost * patience ? first_disk_pause : cost * patience);
}

static bool has_grace_left(int64_t now) {
    return now < kill_at && tree_count(job_root()) > 0;
}

static int pause_until_due(int64_t now) {
    int64_t due = memory_due;
    if (disk_due < due) due = disk_due;
    if (ending == none && started + job->time_limit < due) due = started + job->time_limit;
    // During the grace we look more often: it ends when the last process has gone.
    if (ending != none && now + 20 < due) due = now + 20;
    return due > now ? (int)(due - now) : 0;
}

static void watch(void) {
    struct pollfd sources[] = {
        {.fd = signals, .events = POLLIN},
        {.fd = command.output, .events = POLLIN},
        {.fd = command.report, .events = POLLIN},
    };
    disk_due = job->disk_limit > 0 ? started + first_disk_pause : INT64_MAX;
    memory_due = started + first_memory_pause;
    while (true) {
        poll(sources, 3, pause_until_due(milliseconds_now()));
        if (sources[2].revents != 0) read_report(&sources[2]);
        if (sources[1].revents != 0) read_output(&sources[1]);
        take_signals();

        int64_t now = milliseconds_now();
        if (ending == none && has_ended) return;
        if (ending != none && !has_grace_left(now)) return;
        if (now - started >= job->time_limit) stop(over_time, true);
        if (now >= memory_due) watch_memory(now);
        if (now >= disk_due) watch_disk(now);
    }
}

// MARK: - The end

static void drain_output(void) {
    while (true) {
        ssize_t count = log_read(&output_log, command.output);
        if (count == 0 || (count < 0 && errno != EINTR)) return;
    }
}

// True if the sandbox could not be set up: it reports the command's status only if it started it.
static bool has_sandbox_failed(void) {
    return job->is_sandbox && WIFEXITED(wait_status) && strstr(report, "\"exit-code\":") == NULL;
}

static void describe_end(struct status *status) {
    static const char *const names[] = {"", "cancelled", "over_time", "over_memory", "over_disk"};
    status->state = names[ending];
    if (ending != none) return;
    if (has_sandbox_failed()) {
        status->state = "not_started";
        status->message = output_log.head;
        status->message_length = output_log.head_length;
    } else if (WIFSIGNALED(wait_status)) {
        status->state = "signaled";
        status->code = WTERMSIG(wait_status);
    } else {
        status->state = "exited";
        status->code = WEXITSTATUS(wait_status);
        // The shell's way to say that a signal ended a command.
        if (status->code > 128 && status->code <= 128 + 31) {
            status->state = "signaled";
            status->code -= 128;
        }
    }
    if (job->disk_limit > 0 && strcmp(status->state, "signaled") == 0 && status->code == SIGXFSZ) {
        status->state = names[over_disk];
    }
}

static int64_t cpu_of_children(void) {
    struct rusage usage;
    getrusage(RUSAGE_CHILDREN, &usage);
    return (int64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000
        + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1000;
}

// The job is over: nothing of it may run on, and what it left is measured.
static void conclude(struct status *status) {
    if (ended == 0) ended = milliseconds_now();
    tree_kill_all();
    drain_output();
    if (command.report >= 0) read_report(NULL);
    log_close(&output_log);
    if (job->disk_limit > 0 && ending == none) {
        disk_start(job->measured);
        while (!disk_step(INT_MAX)) continue;
        if (disk_bytes() - disk_before > job->disk_limit) ending = over_disk;
    }
    describe_end(status);
    status->wall = ended - started;
    status->cpu = cpu_of_children();
    status->peak_memory = peak_memory;
}

static int64_t measure_before(void) {
    if (job->disk_limit == 0) return 0;
    disk_start(job->measured);
    while (!disk_step(INT_MAX)) continue;
    disk_before = disk_bytes();
    return disk_largest() + job->disk_limit + file_slack;
}

_Noreturn void supervise(const struct supervisor_job *given, int ready) {
    job = given;
    close_what_is_not_ours(ready);
    take_over_signals();
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    prctl(PR_SET_NAME, "sluice-job");
    // Neither keep the bot's folder busy nor depend on it.
    int error = chdir("/") == 0 ? 0 : errno;

    // The command starts only after this is on the disk: no status means that nothing was run.
    struct status status = {.state = "running", .message = ""};
    if (error == 0) error = status_write(job, &status);
    // A bot that was killed since the fork hears nothing of it. Whoever follows it finds the status, and must find the job.
    if (write(ready, &error, sizeof error) < 0 && errno != EPIPE) _exit(1);
    if (error != 0) _exit(1);
    close(ready);

    log_open(&output_log, job);
    int64_t largest_file = measure_before();
    started = milliseconds_now();
    if (command_start(&command, job, largest_file)) {
        if (job->arguments_file >= 0) close(job->arguments_file);
        watch();
        conclude(&status);
    } else {
        tree_kill_all();
        status.state = "not_started";
        status.message = command.problem;
        status.message_length = command.problem_length;
    }
    // A full disk may have room again in a moment; without a status the job would count as lost.
    for (int i = 0; i < 50 && status_write(job, &status) != 0; i++) sleep_milliseconds(100);
    _exit(0);
}
