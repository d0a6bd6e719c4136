/* Sends deliveries that were made and signed before, each once, over connections that stay open.
 *
 *     deliver PORT PATH FILE RECORD CONNECTIONS RATE SECONDS
 *
 * FILE is mapped: a record is a signature of 64 digits, an id of 36, a body. RATE 0: every connection sends its next
 * delivery as soon as the one before is answered. Else so many a second are due, and the time of one counts from when
 * it was due, so that a server that falls behind cannot hide it. It ends after SECONDS or with the file, once all that
 * was sent is answered. One line of JSON: what was answered how often, the seconds, milliseconds of the 202s, its own
 * CPU seconds.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { SIGNATURE = 64, ID = 36, MOST = 4096 };

struct connection {
    int socket;
    int busy;
    double due;
    size_t length;
    char answer[16384];
};

static int port, events;
static const char *path, *data;
static size_t record;
static struct connection connections[MOST];
static double *times;
static long sent, answered, taken, known, refused, broken;

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static void reach(struct connection *connection) {
    struct sockaddr_in place = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int one = 1;
    connection->socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connection->socket < 0 || connect(connection->socket, (struct sockaddr *)&place, sizeof place) < 0) fail("connect");
    setsockopt(connection->socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    fcntl(connection->socket, F_SETFL, O_NONBLOCK);
    struct epoll_event wanted = {.events = EPOLLIN, .data.ptr = connection};
    if (epoll_ctl(events, EPOLL_CTL_ADD, connection->socket, &wanted) < 0) fail("epoll_ctl");
    connection->busy = 0;
    connection->length = 0;
}

static void lose(struct connection *connection) {
    if (connection->busy) {
        broken++;
        answered++;
    }
    close(connection->socket);
    reach(connection);
}

static void deliver(struct connection *connection, double due) {
    const char *from = data + record * sent;
    size_t body = record - SIGNATURE - ID;
    char head[1024];
    int length = snprintf(
        head, sizeof head,
        "POST %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUser-Agent: GitHub-Hookshot/bench\r\nContent-Type: application/json\r\n"
        "X-GitHub-Event: push\r\nX-GitHub-Delivery: %.*s\r\nX-Hub-Signature-256: sha256=%.*s\r\nContent-Length: %zu\r\n\r\n",
        path, port, ID, from + SIGNATURE, SIGNATURE, from, body);
    struct iovec parts[] = {{head, length}, {(void *)(from + SIGNATURE + ID), body}};
    connection->due = due;
    connection->busy = 1;
    sent++;
    /* The send buffer is empty and larger than a delivery. */
    if (writev(connection->socket, parts, 2) != (ssize_t)(length + body)) lose(connection);
}

/* 0: more is to come; else the length of the whole answer. */
static size_t whole(struct connection *connection, int *status) {
    connection->answer[connection->length] = 0;
    char *end = strstr(connection->answer, "\r\n\r\n");
    if (!end) return 0;
    if (sscanf(connection->answer, "HTTP/1.1 %d", status) != 1) return connection->length;
    char *length = strcasestr(connection->answer, "\r\ncontent-length:");
    size_t head = end + 4 - connection->answer;
    size_t all = head + (length && length < end ? strtoul(length + 17, NULL, 10) : 0);
    return connection->length < all ? 0 : all;
}

static void hear(struct connection *connection) {
    ssize_t count = read(
        connection->socket, connection->answer + connection->length, sizeof connection->answer - connection->length - 1);
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0 || !connection->busy) return lose(connection);
    connection->length += count;
    int status = 0;
    if (!whole(connection, &status)) return;
    connection->length = 0;
    connection->busy = 0;
    answered++;
    if (status == 202) times[taken++] = now() - connection->due;
    else if (status == 200) known++;
    else refused++;
}

static int order(const void *one, const void *other) {
    double difference = *(const double *)one - *(const double *)other;
    return difference < 0 ? -1 : difference > 0;
}

static double at(double share) { return taken ? times[(long)((taken - 1) * share)] * 1000 : 0; }

int main(int count, char **words) {
    if (count != 8) return fprintf(stderr, "deliver PORT PATH FILE RECORD CONNECTIONS RATE SECONDS\n"), 64;
    port = atoi(words[1]);
    path = words[2];
    record = strtoul(words[4], NULL, 10);
    int callers = atoi(words[5]);
    double rate = atof(words[6]), seconds = atof(words[7]);
    int file = open(words[3], O_RDONLY);
    struct stat facts;
    if (callers < 1 || callers > MOST || file < 0 || fstat(file, &facts) < 0) fail(words[3]);
    long most = facts.st_size / record;
    data = mmap(NULL, facts.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, file, 0);
    times = calloc(most, sizeof *times);
    if (data == MAP_FAILED || !times) fail("memory");
    events = epoll_create1(EPOLL_CLOEXEC);
    for (int index = 0; index < callers; index++) reach(&connections[index]);

    double began = now(), end = began + seconds;
    while (1) {
        double moment = now();
        int going = moment < end && sent < most;
        if (!going && sent == answered) break;
        if (moment > end + 60) break;
        for (int index = 0; going && index < callers && sent < most; index++) {
            double due = rate > 0 ? began + sent / rate : moment;
            if (due > moment) break;
            if (!connections[index].busy) deliver(&connections[index], due);
        }
        struct timespec pause = {.tv_nsec = rate > 0 && going ? 200000 : 50000000};
        struct epoll_event heard[256];
        int ready = epoll_pwait2(events, heard, 256, &pause, NULL);
        for (int index = 0; index < ready; index++) hear(heard[index].data.ptr);
    }
    double took = now() - began;
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    qsort(times, taken, sizeof *times, order);
    printf(
        "{\"sent\": %ld, \"taken\": %ld, \"known\": %ld, \"refused\": %ld, \"broken\": %ld, \"unanswered\": %ld, "
        "\"seconds\": %.3f, \"p50\": %.3f, \"p99\": %.3f, \"most\": %.3f, \"cpu\": %.3f}\n",
        sent, taken, known, refused, broken, sent - answered, took, at(0.5), at(0.99), at(1),
        used.ru_utime.tv_sec + used.ru_stime.tv_sec + (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6);
    return 0;
}
