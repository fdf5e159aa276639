// A shim between a server and the kernel: it moves the clock, fails writes and syncs, and keeps beside every
// SQLite file what a power cut would leave of it: FILE.durable gets what was written when it is synced.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

// Written by whoever started the server, seen here at once.
struct control {
  volatile int64_t clock_s;
  volatile int32_t write_errno;
  volatile int32_t sync_errno;
  volatile int32_t shadows;
};

struct file {
  dev_t device;
  ino_t inode;
  off_t from, to;
};

enum { FILES = 64 };
static const struct control *control;
static struct file files[FILES];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

__attribute__((constructor)) static void begin(void) {
  const char *path = getenv("CONFER_SHIM");
  int fd = path ? syscall(SYS_openat, AT_FDCWD, path, O_RDONLY, 0) : -1;
  if (fd < 0) return;
  void *page = mmap(NULL, sizeof(struct control), PROT_READ, MAP_SHARED, fd, 0);
  if (page != MAP_FAILED) control = page;
  syscall(SYS_close, fd);
}

// The clock.

int clock_gettime(clockid_t id, struct timespec *at) {
  int outcome = syscall(SYS_clock_gettime, id, at);
  if (outcome == 0 && control && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE)) at->tv_sec += control->clock_s;
  return outcome;
}

int gettimeofday(struct timeval *restrict at, void *restrict zone) {
  (void)zone;
  struct timespec now;
  int outcome = clock_gettime(CLOCK_REALTIME, &now);
  if (outcome == 0) {
    at->tv_sec = now.tv_sec;
    at->tv_usec = now.tv_nsec / 1000;
  }
  return outcome;
}

time_t time(time_t *at) {
  struct timespec now = {0};
  clock_gettime(CLOCK_REALTIME, &now);
  if (at) *at = now.tv_sec;
  return now.tv_sec;
}

// Files.

static int fail(int why) {
  errno = why;
  return -1;
}

// The path of a database or its log, but not of what is only memory.
static int is_ours(int fd, char *path) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, PATH_MAX - 16);
  if (length <= 0) return 0;
  path[length] = 0;
  const char *name = strrchr(path, '/');
  return name && strncmp(name, "/confer.db", 10) == 0 && !strstr(name, "-shm") && !strstr(name, ".durable");
}

static struct file *find(int fd) {
  struct stat stat;
  if (fstat(fd, &stat) != 0) return NULL;
  struct file *vacant = NULL;
  for (int at = 0; at < FILES; at++) {
    struct file *file = &files[at];
    if (file->inode == stat.st_ino && file->device == stat.st_dev) return file;
    if (!file->inode && !vacant) vacant = file;
  }
  if (vacant) *vacant = (struct file){.device = stat.st_dev, .inode = stat.st_ino, .from = -1};
  return vacant;
}

static void soil(int fd, off_t from, off_t to) {
  pthread_mutex_lock(&lock);
  struct file *file = find(fd);
  if (file) {
    if (file->from < 0 || from < file->from) file->from = from;
    if (to > file->to) file->to = to;
  }
  pthread_mutex_unlock(&lock);
}

static void keep(int fd, const char *path) {
  char durable[PATH_MAX];
  static char bytes[1 << 16];
  snprintf(durable, sizeof durable, "%s.durable", path);
  pthread_mutex_lock(&lock);
  struct file *file = find(fd);
  struct stat stat;
  int is_new = access(durable, F_OK) != 0;
  int in = syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
  int out = syscall(SYS_openat, AT_FDCWD, durable, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (file && in >= 0 && out >= 0 && fstat(fd, &stat) == 0) {
    off_t at = is_new || file->from < 0 ? 0 : file->from;
    off_t to = is_new ? stat.st_size : file->to;
    while (at < to) {
      size_t most = to - at < (off_t)sizeof bytes ? (size_t)(to - at) : sizeof bytes;
      ssize_t got = syscall(SYS_pread64, in, bytes, most, at);
      if (got <= 0 || syscall(SYS_pwrite64, out, bytes, got, at) != got) break;
      at += got;
    }
    if (syscall(SYS_ftruncate, out, stat.st_size) != 0) perror("durable");
    file->from = -1;
    file->to = 0;
  }
  if (in >= 0) syscall(SYS_close, in);
  if (out >= 0) syscall(SYS_close, out);
  pthread_mutex_unlock(&lock);
}

static void forget(int fd) {
  pthread_mutex_lock(&lock);
  struct file *file = find(fd);
  if (file) {
    file->from = -1;
    file->to = 0;
  }
  pthread_mutex_unlock(&lock);
}

static ssize_t put(int fd, const void *bytes, size_t count, off_t at, int here) {
  char path[PATH_MAX];
  int ours = control && is_ours(fd, path);
  if (ours && control->write_errno) return fail(control->write_errno);
  if (ours && here) at = syscall(SYS_lseek, fd, 0, SEEK_CUR);
  ssize_t put = here ? syscall(SYS_write, fd, bytes, count) : syscall(SYS_pwrite64, fd, bytes, count, at);
  if (ours && control->shadows && put > 0) soil(fd, at, at + put);
  return put;
}

ssize_t write(int fd, const void *bytes, size_t count) { return put(fd, bytes, count, 0, 1); }
ssize_t pwrite(int fd, const void *bytes, size_t count, off_t at) { return put(fd, bytes, count, at, 0); }
ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t at) { return put(fd, bytes, count, at, 0); }

static int sync_with(long call, int fd) {
  char path[PATH_MAX];
  int ours = control && is_ours(fd, path);
  if (ours && control->sync_errno) {
    // As Linux does: what could not be written is not tried again.
    forget(fd);
    return fail(control->sync_errno);
  }
  if (!ours || !control->shadows) return syscall(call, fd);
  // The shadow is the disk.
  keep(fd, path);
  return 0;
}

int fsync(int fd) { return sync_with(SYS_fsync, fd); }
int fdatasync(int fd) { return sync_with(SYS_fdatasync, fd); }

int unlink(const char *path) {
  char durable[PATH_MAX];
  int outcome = syscall(SYS_unlinkat, AT_FDCWD, path, 0);
  if (outcome == 0 && control && control->shadows && strstr(path, "/confer.db")) {
    snprintf(durable, sizeof durable, "%s.durable", path);
    syscall(SYS_unlinkat, AT_FDCWD, durable, 0);
  }
  return outcome;
}
