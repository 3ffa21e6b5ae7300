// The least that a program can do with datagrams, many of them in one system call.
//
//   udp-floor receive              counts them
//   udp-floor answer               counts them and sends 16 bytes back to each
//   udp-floor send FILE PORT SECS  sends the datagrams of FILE (each after its length, two bytes big-endian) over and
//                                  over from 16 ports, as many as the receiver's queue in the kernel has room for
//
// Prints JSON lines with an `event`, like the other processes of the benchmark. SIGUSR2 asks a receiver for its count.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 64, SOCKETS = 16, LARGEST = 2048, ANSWER = 16 };

static struct mmsghdr messages[BATCH];
static struct iovec parts[BATCH];
static struct sockaddr_in peers[BATCH];
static char buffers[BATCH][LARGEST];

static void point_at(int i, void *bytes, size_t length, struct sockaddr_in *peer) {
  parts[i] = (struct iovec){bytes, length};
  messages[i].msg_hdr = (struct msghdr){
      .msg_name = peer, .msg_namelen = sizeof *peer, .msg_iov = &parts[i], .msg_iovlen = 1};
}

static int open_socket(struct sockaddr_in *address) {
  int fd = socket(AF_INET, SOCK_DGRAM, 0), bytes = 4 << 20;
  socklen_t length = sizeof *address;
  *address = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
  if (fd < 0 || bind(fd, (struct sockaddr *)address, sizeof *address) < 0) { perror("udp-floor"); exit(1); }
  getsockname(fd, (struct sockaddr *)address, &length);
  return fd;
}

static volatile sig_atomic_t asked;
static void on_signal(int signal) { asked = signal; }

static void receive(int answers) {
  struct sockaddr_in address;
  int fd = open_socket(&address);
  long received = 0;
  struct sigaction action = {.sa_handler = on_signal};
  sigaction(SIGUSR2, &action, NULL);
  // without a limit, a signal just before the call would be noticed only after it
  struct timeval limit = {.tv_usec = 50000};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  printf("{\"event\":\"ready\",\"udpPort\":%d}\n", ntohs(address.sin_port));
  fflush(stdout);
  for (;;) {
    for (int i = 0; i < BATCH; i++) point_at(i, buffers[i], LARGEST, &peers[i]);
    int count = recvmmsg(fd, messages, BATCH, MSG_WAITFORONE, NULL);
    if (asked) {
      asked = 0;
      if (count > 0) received += count;
      printf("{\"event\":\"counted\",\"received\":%ld}\n", received);
      fflush(stdout);
      continue;
    }
    if (count <= 0) continue;
    received += count;
    if (!answers) continue;
    for (int i = 0; i < count; i++) parts[i].iov_len = ANSWER;
    for (int sent = 0; sent < count;) {
      int now = sendmmsg(fd, messages + sent, count - sent, 0);
      if (now <= 0) break;
      sent += now;
    }
  }
}

// bytes that wait in the receiver's queue, by /proc/net/udp
static long waiting(int port) {
  static char table[1 << 20];
  int fd = open("/proc/net/udp", O_RDONLY);
  long length = 0, got, bytes = 0;
  while ((got = read(fd, table + length, sizeof table - 1 - length)) > 0) length += got;
  close(fd);
  table[length] = 0;
  for (char *line = strchr(table, '\n'); line; line = strchr(line + 1, '\n')) {
    unsigned local, queued;
    if (sscanf(line, " %*d: %*x:%x %*x:%*x %*x %*x:%x", &local, &queued) == 2 && (int)local == port) bytes += queued;
  }
  return bytes;
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

static int send_all(const char *path, int port, double seconds) {
  static unsigned char file[16 << 20];
  int fd = open(path, O_RDONLY), sockets[SOCKETS];
  long length = read(fd, file, sizeof file), at = 0, sent = 0;
  struct sockaddr_in own, target = {.sin_family = AF_INET, .sin_port = htons(port),
                                    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  for (int i = 0; i < SOCKETS; i++) sockets[i] = open_socket(&own);
  double end = now() + seconds;
  for (int turn = 0; now() < end; turn++) {
    if (turn % 8 == 0) while (waiting(port) > (3 << 20)) usleep(100);
    for (int i = 0; i < BATCH; i++) {
      if (at + 2 > length) at = 0;
      int bytes = file[at] << 8 | file[at + 1];
      point_at(i, file + at + 2, bytes, &target);
      at += 2 + bytes;
    }
    int one = sockets[turn % SOCKETS], count = sendmmsg(one, messages, BATCH, 0);
    if (count > 0) sent += count;
    // reads the answers, if there are any
    for (int i = 0; i < BATCH; i++) point_at(i, buffers[i], LARGEST, &peers[i]);
    recvmmsg(one, messages, BATCH, MSG_DONTWAIT, NULL);
  }
  printf("{\"event\":\"sent\",\"sent\":%ld}\n", sent);
  return 0;
}

int main(int count, char **words) {
  if (count == 5 && !strcmp(words[1], "send")) return send_all(words[2], atoi(words[3]), atof(words[4]));
  receive(count > 1 && !strcmp(words[1], "answer"));
}
