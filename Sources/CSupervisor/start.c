#include "internal.h"

#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <fcntl.h>
#include <unistd.h>

// The supervisor is the grandchild, so that the bot has no zombie to collect and the supervisor's parent is init.
static _Noreturn void become_supervisor(const struct supervisor_job *job, int ready) {
    setsid();
    // Not fork(): its handlers take locks that another thread may have held.
    pid_t child = _Fork();
    if (child == 0) supervise(job, ready);
    if (child < 0) {
        int error = errno;
        if (write(ready, &error, sizeof error) < 0) _exit(1);
    }
    _exit(0);
}

// What the supervisor said about its start; a supervisor that died says nothing.
static int read_answer(int ready) {
    int error = ECHILD;
    ssize_t count;
    do {
        count = read(ready, &error, sizeof error);
    } while (count < 0 && errno == EINTR);
    return count == sizeof error ? error : ECHILD;
}

int supervisor_start(const struct supervisor_job *job) {
    int ready[2];
    if (pipe2(ready, O_CLOEXEC) != 0) return errno;

    // No handler of the bot may run in the child before it has reset them.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pid_t child = _Fork();
    if (child == 0) become_supervisor(job, ready[1]);
    int error = child < 0 ? errno : 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);

    close(ready[1]);
    if (child > 0) {
        while (waitpid(child, NULL, 0) < 0 && errno == EINTR) continue;
        error = read_answer(ready[0]);
    }
    close(ready[0]);
    return error;
}

int supervisor_pidfd(pid_t process) {
    return (int)syscall(SYS_pidfd_open, process, 0);
}

int supervisor_signal(int pidfd, int signal) {
    return (int)syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0);
}

int supervisor_memory_file(const char *name) {
    return memfd_create(name, MFD_CLOEXEC);
}
