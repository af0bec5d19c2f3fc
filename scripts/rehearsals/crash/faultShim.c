/*
  Preloaded into the process under test (LD_PRELOAD): every change of a file below CRASH_ROOT goes through here. It makes the faults that
  the control page asks for, ends the process at an exact call, and writes each change and each sync to the journal, from which
  durableFiles.ts knows what a power failure may take away. Other files, sockets and pipes are passed through.

  Not seen: what is written by mmap (LMDB's map, SQLite's -shm), and files in folders named `ledger` are not in the journal.
*/
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum kind { OPEN, READ, WRITE, SYNC, NAME, KINDS };

/* Calls of one kind fail with `error` after `after` of them, `count` times. */
struct fault { int64_t after, count, error, struck, seen; };

/* The same as controlPage.ts. */
struct control {
  int64_t clock_shift_ns; /* added to the time of day */
  int64_t space_left;     /* bytes that files may still grow by; below 0: without end */
  int64_t short_permille; /* so many of 1000 writes are short */
  int64_t seed;
  int64_t kill_at;        /* the call at which the process is killed; 0: none */
  int64_t calls;          /* calls that were seen */
  int64_t shorted;        /* writes that were short, disk-full ones included */
  int64_t space_errors;
  int64_t sync_delay_ms;  /* each sync takes so long */
  struct fault faults[KINDS];
};

struct header { uint32_t bytes; uint32_t op; uint64_t inode; int64_t offset; int64_t saved; uint32_t path_bytes; uint32_t data_bytes; };

enum { MAX_FD = 65536, TRACKED = 1, JOURNALED = 2, SYNCED_WRITES = 4, APPENDS = 8, OF_LMDB = 16 };
static uint8_t flags_of[MAX_FD];
static uint64_t inode_at[MAX_FD];
static struct control *control;
static char root[PATH_MAX], saved_folder[PATH_MAX];
static size_t root_bytes;
static int journal = -1;
static int64_t saved_files;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

#define REAL(type, name, ...) \
  static type (*real)(__VA_ARGS__); \
  if (!real) real = (type (*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

static int real_open(const char *path, int flags, mode_t mode) {
  REAL(int, "open64", const char *, int, ...);
  return real(path, flags, mode);
}
static ssize_t real_write(int fd, const void *data, size_t size) {
  REAL(ssize_t, "write", int, const void *, size_t);
  return real(fd, data, size);
}
static ssize_t real_pwrite(int fd, const void *data, size_t size, off_t offset) {
  REAL(ssize_t, "pwrite64", int, const void *, size_t, off_t);
  return real(fd, data, size, offset);
}

__attribute__((constructor)) static void begin(void) {
  const char *page = getenv("CRASH_CONTROL"), *folder = getenv("CRASH_ROOT"), *to = getenv("CRASH_JOURNAL"), *saved = getenv("CRASH_SAVED");
  if (!page || !folder || !to || !saved) return;
  int fd = real_open(page, O_RDWR, 0);
  if (fd < 0) return;
  void *mapped = mmap(NULL, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close(fd);
  if (mapped == MAP_FAILED) return;
  /* Out of the way of a process that counts its descriptors from below. */
  fd = real_open(to, O_WRONLY | O_APPEND, 0);
  snprintf(root, sizeof root, "%s/", folder);
  snprintf(saved_folder, sizeof saved_folder, "%s", saved);
  root_bytes = strlen(root);
  journal = fd;
  saved_files = ((int64_t)getpid()) << 20;
  control = mapped;
}

static uint8_t flags_for(const char *path) {
  if (!control || !path) return 0;
  /* The folder itself: a sync of it is one of the names in it. */
  if (strlen(path) == root_bytes - 1 && strncmp(path, root, root_bytes - 1) == 0) return TRACKED | JOURNALED;
  if (strncmp(path, root, root_bytes) != 0) return 0;
  size_t length = strlen(path);
  if (strstr(path + root_bytes, "ledger/")) return TRACKED | (length > 4 && strcmp(path + length - 4, ".mdb") == 0 ? OF_LMDB : 0);
  return length > 4 && strcmp(path + length - 4, "-shm") == 0 ? TRACKED : TRACKED | JOURNALED;
}
/* libuv closes files with no call of libc, and its number may stand for a socket now. */
static uint8_t flags_at(int fd) {
  struct stat found;
  if (!control || fd < 0 || fd >= MAX_FD || !flags_of[fd]) return 0;
  int before = errno;
  if (fstat(fd, &found) < 0 || found.st_ino != inode_at[fd] || S_ISSOCK(found.st_mode)) flags_of[fd] = 0;
  errno = before;
  return flags_of[fd];
}

/* The same seed and call give the same number (splitmix64). */
static uint64_t draw(uint64_t below) {
  uint64_t z = (uint64_t)control->seed * 0x9e3779b97f4a7c15u + (uint64_t)control->calls * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return (z ^ (z >> 31)) % below;
}

static void note(char op, uint64_t inode, int64_t offset, int64_t saved, const char *path, const void *data, size_t size) {
  size_t path_bytes = path ? strlen(path) : 0;
  struct header header = {(uint32_t)(sizeof header + path_bytes + size), (uint32_t)op, inode, offset, saved, (uint32_t)path_bytes, (uint32_t)size};
  struct iovec parts[3] = {{&header, sizeof header}, {(void *)path, path_bytes}, {(void *)data, size}};
  static ssize_t (*real)(int, const struct iovec *, int);
  if (!real) real = (ssize_t (*)(int, const struct iovec *, int))dlsym(RTLD_NEXT, "writev");
  int before = errno;
  if (real(journal, parts, 3) < 0) abort();
  errno = before;
}

static void die(void) {
  kill(getpid(), SIGKILL);
  for (;;) pause();
}

/* Counts a call; true where it must fail, with errno set. Called with the mutex held. */
static int fails(enum kind kind) {
  control->calls++;
  struct fault *fault = &control->faults[kind];
  fault->seen++;
  if (fault->after > 0) return fault->after--, 0;
  if (fault->count <= 0) return 0;
  fault->count--;
  fault->struck++;
  errno = (int)fault->error;
  return 1;
}
/* Killed before the call, after it, or in the midst of it: which, the seed says. */
static int dies_now(void) { return control->kill_at > 0 && control->calls == control->kill_at; }

static uint64_t inode_of(int fd, int64_t *size) {
  struct stat found;
  if (fstat(fd, &found) < 0) return 0;
  if (size) *size = found.st_size;
  return found.st_ino;
}

/*
  Whether a write to this file is looked at. LMDB crashes where it cannot write the beginning of its files (lmdbLedger looks for space
  before it calls it): that one is let through.
*/
static int changes(int fd) {
  int64_t size = 0;
  return flags_at(fd) && (!(flags_at(fd) & OF_LMDB) || (inode_of(fd, &size) && size > 0));
}

static ssize_t put(int fd, const void *data, size_t size, off_t offset, int at) {
  uint8_t flags = flags_at(fd);
  pthread_mutex_lock(&mutex);
  ssize_t written = -1;
  int64_t file_size = 0;
  uint64_t inode = inode_of(fd, &file_size);
  off_t start = at ? offset : (flags & APPENDS) ? file_size : lseek(fd, 0, SEEK_CUR);
  size_t part = size;
  int failing = fails(WRITE);
  /* libuv goes on with a write that was short: only where it fails then, the program hears of a short one. So a fault begins with one. */
  if (failing && size > 1 && control->faults[WRITE].struck == 1 && control->faults[WRITE].count > 0) { part = 1 + draw(size - 1); failing = 0; control->shorted++; }
  if (!failing && control->space_left >= 0) {
    int64_t growth = start + (int64_t)part - file_size;
    if (growth > control->space_left) {
      int64_t fits = (int64_t)part - (growth - control->space_left);
      if (fits <= 0) { failing = 1; errno = ENOSPC; control->space_errors++; }
      else { part = (size_t)fits; control->shorted++; control->space_left = 0; }
    } else if (growth > 0) control->space_left -= growth;
  }
  /* Without a full disk, no system writes less than LMDB asks for; it would crash. */
  if (!failing && part == size && size > 1 && (flags & JOURNALED) && (int64_t)draw(1000) < control->short_permille) { part = 1 + draw(size - 1); control->shorted++; }
  int dies = dies_now();
  if (dies && draw(3) == 0) die();
  if (dies && size > 1 && draw(3) == 1) part = 1 + draw(part);
  if (!failing) {
    if (flags & JOURNALED) note('W', inode, start, 0, NULL, data, part);
    written = at ? real_pwrite(fd, data, part, offset) : real_write(fd, data, part);
    if (written > 0 && (flags & SYNCED_WRITES) && (flags & JOURNALED)) note('S', inode, 0, 0, NULL, NULL, 0);
  }
  if (dies) die();
  pthread_mutex_unlock(&mutex);
  return written;
}

ssize_t write(int fd, const void *data, size_t size) { return changes(fd) ? put(fd, data, size, 0, 0) : real_write(fd, data, size); }
ssize_t pwrite64(int fd, const void *data, size_t size, off_t offset) {
  return changes(fd) ? put(fd, data, size, offset, 1) : real_pwrite(fd, data, size, offset);
}
ssize_t pwrite(int fd, const void *data, size_t size, off_t offset) { return pwrite64(fd, data, size, offset); }

static ssize_t put_all(int fd, const struct iovec *parts, int count, off_t offset, int at) {
  size_t size = 0, end = 0;
  for (int i = 0; i < count; i++) size += parts[i].iov_len;
  char *data = malloc(size ? size : 1);
  for (int i = 0; i < count; end += parts[i++].iov_len) memcpy(data + end, parts[i].iov_base, parts[i].iov_len);
  ssize_t written = put(fd, data, size, offset, at);
  free(data);
  return written;
}
ssize_t writev(int fd, const struct iovec *parts, int count) {
  REAL(ssize_t, "writev", int, const struct iovec *, int);
  return changes(fd) ? put_all(fd, parts, count, 0, 0) : real(fd, parts, count);
}
ssize_t pwritev64(int fd, const struct iovec *parts, int count, off_t offset) {
  REAL(ssize_t, "pwritev64", int, const struct iovec *, int, off_t);
  return changes(fd) ? put_all(fd, parts, count, offset, 1) : real(fd, parts, count, offset);
}
ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t offset) { return pwritev64(fd, parts, count, offset); }

static int read_fails(int fd) {
  if (!flags_at(fd)) return 0;
  pthread_mutex_lock(&mutex);
  int failing = fails(READ);
  if (dies_now()) die();
  pthread_mutex_unlock(&mutex);
  return failing;
}
ssize_t read(int fd, void *data, size_t size) {
  REAL(ssize_t, "read", int, void *, size_t);
  return read_fails(fd) ? -1 : real(fd, data, size);
}
ssize_t pread64(int fd, void *data, size_t size, off_t offset) {
  REAL(ssize_t, "pread64", int, void *, size_t, off_t);
  return read_fails(fd) ? -1 : real(fd, data, size, offset);
}
ssize_t pread(int fd, void *data, size_t size, off_t offset) { return pread64(fd, data, size, offset); }
ssize_t readv(int fd, const struct iovec *parts, int count) {
  REAL(ssize_t, "readv", int, const struct iovec *, int);
  return read_fails(fd) ? -1 : real(fd, parts, count);
}
ssize_t preadv64(int fd, const struct iovec *parts, int count, off_t offset) {
  REAL(ssize_t, "preadv64", int, const struct iovec *, int, off_t);
  return read_fails(fd) ? -1 : real(fd, parts, count, offset);
}
ssize_t preadv(int fd, const struct iovec *parts, int count, off_t offset) { return preadv64(fd, parts, count, offset); }

/* A sync that fails has forgotten the pages: a later one of the same file says that all is well, and they are not on the disk. */
static int sync_file(int fd, const char *name) {
  uint8_t flags = flags_at(fd);
  if (!flags) {
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    return real(fd);
  }
  struct timespec delay = {control->sync_delay_ms / 1000, control->sync_delay_ms % 1000 * 1000000};
  if (control->sync_delay_ms > 0) nanosleep(&delay, NULL);
  pthread_mutex_lock(&mutex);
  int failing = fails(SYNC), dies = dies_now();
  if (dies && draw(2)) die();
  if (flags & JOURNALED) note(failing ? 'F' : 'S', inode_of(fd, NULL), 0, 0, NULL, NULL, 0);
  if (dies) die();
  pthread_mutex_unlock(&mutex);
  return failing ? -1 : 0;
}
int fsync(int fd) { return sync_file(fd, "fsync"); }
int fdatasync(int fd) { return sync_file(fd, "fdatasync"); }

static int absolute(int folder, const char *path, char *into) {
  if (path[0] == '/' || folder == AT_FDCWD) return snprintf(into, PATH_MAX, "%s", path);
  char link[64], base[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
  ssize_t size = readlink(link, base, sizeof base - 1);
  if (size < 0) return -1;
  base[size] = 0;
  return snprintf(into, PATH_MAX, "%s/%s", base, path);
}

static int open_file(const char *path, int flags, mode_t mode) {
  uint8_t tracked = flags_for(path);
  if (!tracked) {
    int fd = real_open(path, flags, mode);
    if (fd >= 0 && fd < MAX_FD) flags_of[fd] = 0;
    return fd;
  }
  pthread_mutex_lock(&mutex);
  struct stat found;
  int is_new = (flags & O_CREAT) && lstat(path, &found) < 0, fd = -1;
  int failing = fails(OPEN), dies = dies_now();
  if (!failing && is_new && control->space_left == 0) { failing = 1; errno = ENOSPC; control->space_errors++; }
  if (dies && draw(2)) die();
  if (!failing) {
    if ((flags & O_TRUNC) && !is_new && (tracked & JOURNALED) && stat(path, &found) == 0) note('T', found.st_ino, 0, 0, NULL, NULL, 0);
    fd = real_open(path, flags, mode);
    if (fd >= 0 && fd < MAX_FD) {
      flags_of[fd] = tracked | ((flags & (O_DSYNC | O_SYNC)) ? SYNCED_WRITES : 0) | ((flags & O_APPEND) ? APPENDS : 0);
      inode_at[fd] = inode_of(fd, NULL);
      if (is_new && (tracked & JOURNALED)) note('C', inode_at[fd], 0, 0, path, NULL, 0);
    }
  }
  if (dies) die();
  pthread_mutex_unlock(&mutex);
  return fd;
}
#define MODE_OF(flags) \
  mode_t mode = 0; \
  if ((flags) & (O_CREAT | O_TMPFILE)) { va_list rest; va_start(rest, flags); mode = va_arg(rest, mode_t); va_end(rest); }
int open64(const char *path, int flags, ...) { MODE_OF(flags) return open_file(path, flags, mode); }
int open(const char *path, int flags, ...) { MODE_OF(flags) return open_file(path, flags, mode); }
int openat64(int folder, const char *path, int flags, ...) {
  MODE_OF(flags)
  char whole[PATH_MAX];
  if (absolute(folder, path, whole) >= 0 && flags_for(whole)) return open_file(whole, flags, mode);
  REAL(int, "openat64", int, const char *, int, ...);
  return real(folder, path, flags, mode);
}
int openat(int folder, const char *path, int flags, ...) { MODE_OF(flags) return openat64(folder, path, flags, mode); }
int close(int fd) {
  REAL(int, "close", int);
  if (fd >= 0 && fd < MAX_FD) flags_of[fd] = 0;
  return real(fd);
}

static int cut(int fd, uint64_t inode, uint8_t flags, off_t size) {
  int failing = fails(WRITE), dies = dies_now(), result = -1;
  if (dies && draw(2)) die();
  if (!failing) {
    if (flags & JOURNALED) note('T', inode, size, 0, NULL, NULL, 0);
    REAL(int, "ftruncate64", int, off_t);
    result = real(fd, size);
  }
  if (dies) die();
  return result;
}
int ftruncate64(int fd, off_t size) {
  uint8_t flags = flags_at(fd);
  if (!changes(fd)) {
    REAL(int, "ftruncate64", int, off_t);
    return real(fd, size);
  }
  pthread_mutex_lock(&mutex);
  int result = cut(fd, inode_of(fd, NULL), flags, size);
  pthread_mutex_unlock(&mutex);
  return result;
}
int ftruncate(int fd, off_t size) { return ftruncate64(fd, size); }

/* What a name stood for is kept under a number, so that a power failure can bring it back. */
static int64_t keep(const char *path) {
  char copy[PATH_MAX + 32];
  snprintf(copy, sizeof copy, "%s/%lld", saved_folder, (long long)++saved_files);
  return link(path, copy) == 0 ? saved_files : 0;
}
int rename(const char *from, const char *to) {
  REAL(int, "rename", const char *, const char *);
  uint8_t flags = flags_for(to);
  if (!flags) return real(from, to);
  pthread_mutex_lock(&mutex);
  int failing = fails(NAME), dies = dies_now(), result = -1;
  if (dies && draw(2)) die();
  if (!failing) {
    int64_t saved = (flags & JOURNALED) ? keep(to) : 0;
    result = real(from, to);
    if (result == 0 && (flags & JOURNALED)) note('R', 0, 0, saved, to, from, strlen(from));
  }
  if (dies) die();
  pthread_mutex_unlock(&mutex);
  return result;
}
int unlink(const char *path) {
  REAL(int, "unlink", const char *);
  uint8_t flags = flags_for(path);
  if (!flags) return real(path);
  pthread_mutex_lock(&mutex);
  int failing = fails(NAME), dies = dies_now(), result = -1;
  if (dies && draw(2)) die();
  if (!failing) {
    int64_t saved = (flags & JOURNALED) ? keep(path) : 0;
    result = real(path);
    if (result == 0 && (flags & JOURNALED)) note('U', 0, 0, saved, path, NULL, 0);
  }
  if (dies) die();
  pthread_mutex_unlock(&mutex);
  return result;
}

/* The time of day jumps; the monotonic clock does not. */
int clock_gettime(clockid_t clock, struct timespec *time) {
  REAL(int, "clock_gettime", clockid_t, struct timespec *);
  int result = real(clock, time);
  if (result == 0 && control && control->clock_shift_ns && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
    time->tv_sec += control->clock_shift_ns / 1000000000;
  return result;
}
int gettimeofday(struct timeval *restrict time, void *restrict zone) {
  REAL(int, "gettimeofday", struct timeval *, void *);
  int result = real(time, zone);
  if (result == 0 && control) time->tv_sec += control->clock_shift_ns / 1000000000;
  return result;
}
time_t time(time_t *into) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (into) *into = now.tv_sec;
  return now.tv_sec;
}
