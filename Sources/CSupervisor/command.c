#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

// Where the program finds what it is given, beside input, output and errors.
enum { arguments_descriptor = 3, report_descriptor = 4, first_free_descriptor = 10 };

// What failed in the child before the program took over.
struct failure {
    int is_directory;
    int error;
};

struct ends {
    int output;
    int report;
    int failure;
};

static void reset_signals(void) {
    struct sigaction usual = {.sa_handler = SIG_DFL};
    for (int signal = 1; signal < NSIG; signal++) sigaction(signal, &usual, NULL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static void set_limits(int64_t largest_file) {
    struct rlimit no_core = {0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    if (largest_file > 0) {
        struct rlimit size = {(rlim_t)largest_file, (rlim_t)largest_file};
        setrlimit(RLIMIT_FSIZE, &size);
    }
    // If the machine runs out of memory, the kernel should end the job and not the bot.
    int score = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (score >= 0) {
        if (write(score, "500", 3) < 0) errno = 0;
        close(score);
    }
}

// Moves the descriptors to where the program expects them; all others end with the exec.
static void arrange_descriptors(const struct supervisor_job *job, struct ends *ends) {
    int arguments = job->arguments_file;
    if (arguments >= 0) arguments = fcntl(arguments, F_DUPFD_CLOEXEC, first_free_descriptor);
    int report = ends->report;
    if (report >= 0) report = fcntl(report, F_DUPFD_CLOEXEC, first_free_descriptor);
    ends->failure = fcntl(ends->failure, F_DUPFD_CLOEXEC, first_free_descriptor);
    dup2(ends->output, STDOUT_FILENO);
    dup2(ends->output, STDERR_FILENO);
    close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
    if (arguments >= 0) dup2(arguments, arguments_descriptor);
    if (report >= 0) dup2(report, report_descriptor);
}

static _Noreturn void become_command(
    const struct supervisor_job *job, struct ends ends, pid_t supervisor, int64_t largest_file
) {
    // If the supervisor is killed, so is the program; it may have been killed already.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != supervisor) _exit(1);
    setsid();
    arrange_descriptors(job, &ends);
    set_limits(largest_file);

    struct failure failure = {.is_directory = chdir(job->working_directory) != 0};
    if (!failure.is_directory) {
        reset_signals();
        execve(job->program, job->arguments, job->environment);
    }
    failure.error = errno;
    if (write(ends.failure, &failure, sizeof failure) < 0) _exit(1);
    _exit(1);
}

static bool fail(struct command *command, const char *act, const char *path, int error) {
    struct text text = {.bytes = command->problem, .capacity = sizeof command->problem};
    text_add_string(&text, act);
    text_add_string(&text, path);
    text_add_string(&text, ": ");
    // Unlike strerror, it neither allocates nor translates.
    const char *description = strerrordesc_np(error);
    text_add_string(&text, description == NULL ? "unknown error" : description);
    command->problem_length = text.length;
    return false;
}

static void stop_blocking(int file) {
    fcntl(file, F_SETFL, fcntl(file, F_GETFL) | O_NONBLOCK);
}

bool command_start(struct command *command, const struct supervisor_job *job, int64_t largest_file) {
    int output[2], failing[2], report[2] = {-1, -1};
    if (pipe2(output, O_CLOEXEC) != 0 || pipe2(failing, O_CLOEXEC) != 0
        || (job->is_sandbox && pipe2(report, O_CLOEXEC) != 0)) {
        return fail(command, "could not make a pipe", "", errno);
    }
    // Fewer switches between a chatty command and us; refused beyond the user's limit, which does no harm.
    fcntl(output[0], F_SETPIPE_SZ, 1 << 20);

    pid_t supervisor = getpid();
    pid_t child = _Fork();
    if (child < 0) return fail(command, "could not start a process", "", errno);
    if (child == 0) {
        struct ends ends = {.output = output[1], .report = report[1], .failure = failing[1]};
        become_command(job, ends, supervisor, largest_file);
    }
    command->process = child;
    command->output = output[0];
    command->report = report[0];
    close(output[1]);
    close(failing[1]);
    stop_blocking(output[0]);
    if (job->is_sandbox) {
        close(report[1]);
        stop_blocking(report[0]);
    }

    // The pipe closes when the program takes over.
    struct failure failure;
    ssize_t count = read(failing[0], &failure, sizeof failure);
    close(failing[0]);
    if (count != sizeof failure) return true;
    if (failure.is_directory) return fail(command, "could not enter ", job->working_directory, failure.error);
    return fail(command, "could not run ", job->program, failure.error);
}
