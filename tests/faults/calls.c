/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Preloaded by tests/t-calls. FAULT_HOW says what befalls the calls by which a run meets the world:
 *   short     each read and write moves half of what was asked for
 *   interrupt about half of them, and of the polls, are interrupted by a signal
 *   fail      call number FAULT_AT (count.h) of all those below fails with FAULT_ERRNO
 *   change    before call number FAULT_AT the file FAULT_FILE is cut, grown, taken away, rewritten or made a FIFO (FAULT_CHANGE)
 *   clock     from question number FAULT_AT on, the time of day is FAULT_JUMP seconds off
 * Standard output and error are left alone.
 */
#include "count.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/types.h>
#include <time.h>

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static enum how { LEAVE, SHORT, INTERRUPT, FAIL, CHANGE, CLOCK } how;
static int failure;
static _Thread_local unsigned chance = 7;      /* of a fixed generator: a strict turn could hit the same call each time */

__attribute__((constructor)) static void begin(void)
{
	static const char *const names[] = {"leave", "short", "interrupt", "fail", "change", "clock"};
	const char *wanted = getenv("FAULT_HOW"), *number = getenv("FAULT_ERRNO");

	count_begin();
	failure = number ? (int)strtol(number, NULL, 10) : EIO;
	for (size_t i = 0; wanted && i < sizeof names / sizeof *names; i++)
		if (!strcmp(wanted, names[i]))
			how = (enum how)i;
}

/* By system calls alone: the shim's own work is not to meet the shim. */
static void change_file(void)
{
	static const char text[] = "{\"hosting\": {\"provider\": \"aws\", \"region\": \"eu-west-3\"}}\n";
	const char *path = getenv("FAULT_FILE"), *change = getenv("FAULT_CHANGE");
	long fd;

	if (!path || !change)
		return;
	if (!strcmp(change, "vanish") || !strcmp(change, "fifo"))
		syscall(SYS_unlinkat, AT_FDCWD, path, 0);
	if (!strcmp(change, "fifo"))
		syscall(SYS_mknodat, AT_FDCWD, path, S_IFIFO | 0600, 0);
	if (!strcmp(change, "cut"))
		syscall(SYS_truncate, path, 10L);
	if (strcmp(change, "grow") && strcmp(change, "rewrite"))
		return;
	fd = syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | (!strcmp(change, "grow") ? O_APPEND : 0), 0);
	for (int i = 0; fd >= 0 && i < 1000; i++)
		if (syscall(SYS_write, fd, text, sizeof text - 1) < 0 || strcmp(change, "grow"))
			break;
	syscall(SYS_close, fd);
}

/* -1 with errno when this call fails */
static int meet(void)
{
	if (how != FAIL && how != CHANGE)
		return 0;
	if (count_call() != count_at || !count_at)
		return 0;
	if (how == CHANGE) {
		int was = errno;

		change_file();
		errno = was;
		return 0;
	}
	errno = failure;
	return -1;
}

/* The same for what moves n bytes, which may become fewer. */
static int meet_bytes(int fd, size_t *n)
{
	if (fd >= 0 && fd <= STDERR_FILENO)
		return 0;
	if (how == SHORT && *n > 1)
		*n -= *n / 2;
	chance = chance * 1103515245 + 12345;
	if (how == INTERRUPT && chance >> 31) {
		errno = EINTR;
		return -1;
	}
	return meet();
}

ssize_t read(int fd, void *to, size_t n)
{
	return meet_bytes(fd, &n) ? -1 : REAL(read)(fd, to, n);
}

ssize_t write(int fd, const void *from, size_t n)
{
	return meet_bytes(fd, &n) ? -1 : REAL(write)(fd, from, n);
}

ssize_t pread64(int fd, void *to, size_t n, off64_t at)
{
	return meet_bytes(fd, &n) ? -1 : REAL(pread64)(fd, to, n, at);
}

ssize_t pread(int fd, void *to, size_t n, off_t at)
{
	return pread64(fd, to, n, at);
}

ssize_t pwrite64(int fd, const void *from, size_t n, off64_t at)
{
	return meet_bytes(fd, &n) ? -1 : REAL(pwrite64)(fd, from, n, at);
}

ssize_t pwrite(int fd, const void *from, size_t n, off_t at)
{
	return pwrite64(fd, from, n, at);
}

int poll(struct pollfd *fds, nfds_t count, int timeout)
{
	size_t one = 1;

	return meet_bytes(-1, &one) ? -1 : REAL(poll)(fds, count, timeout);
}

/* ------------------------------------------------------------------ files */

static mode_t mode_of(int flags, va_list args)
{
	return flags & (O_CREAT | O_TMPFILE) ? (mode_t)va_arg(args, int) : 0;
}

int open(const char *path, int flags, ...)
{
	va_list args;
	mode_t mode;

	va_start(args, flags);
	mode = mode_of(flags, args);
	va_end(args);
	return meet() ? -1 : REAL(open)(path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
	va_list args;
	mode_t mode;

	va_start(args, flags);
	mode = mode_of(flags, args);
	va_end(args);
	return meet() ? -1 : REAL(open)(path, flags, mode);
}

int stat(const char *restrict path, struct stat *restrict st)
{
	return meet() ? -1 : REAL(stat)(path, st);
}

int lstat(const char *restrict path, struct stat *restrict st)
{
	return meet() ? -1 : REAL(lstat)(path, st);
}

int fstat(int fd, struct stat *st)
{
	return meet() ? -1 : REAL(fstat)(fd, st);
}

int fstatat(int folder, const char *restrict path, struct stat *restrict st, int flags)
{
	return meet() ? -1 : REAL(fstatat)(folder, path, st, flags);
}

DIR *opendir(const char *path)
{
	return meet() ? NULL : REAL(opendir)(path);
}

struct dirent *readdir(DIR *d)
{
	return meet() ? NULL : REAL(readdir)(d);
}

struct dirent64 *readdir64(DIR *d)
{
	return meet() ? NULL : REAL(readdir64)(d);
}

int fsync(int fd)
{
	return meet() ? -1 : REAL(fsync)(fd);
}

int fdatasync(int fd)
{
	return meet() ? -1 : REAL(fdatasync)(fd);
}

int ftruncate64(int fd, off64_t size)
{
	return meet() ? -1 : REAL(ftruncate64)(fd, size);
}

int rename(const char *from, const char *to)
{
	return meet() ? -1 : REAL(rename)(from, to);
}

int mkdir(const char *path, mode_t mode)
{
	return meet() ? -1 : REAL(mkdir)(path, mode);
}

/* ------------------------------------------------------------------ processes */

int pipe2(int ends[2], int flags)
{
	return meet() ? -1 : REAL(pipe2)(ends, flags);
}

pid_t fork(void)
{
	return meet() ? -1 : REAL(fork)();
}

/* ------------------------------------------------------------------ the clock */

static time_t offset(void)
{
	const char *jump = getenv("FAULT_JUMP");

	return how == CLOCK && jump && count_call() >= count_at ? strtol(jump, NULL, 10) : 0;
}

time_t time(time_t *ret)
{
	struct timespec t;
	time_t now;

	REAL(clock_gettime)(CLOCK_REALTIME, &t);
	now = t.tv_sec + offset();
	if (ret)
		*ret = now;
	return now;
}

int clock_gettime(clockid_t clock, struct timespec *t)
{
	int result = REAL(clock_gettime)(clock, t);

	if (!result && clock == CLOCK_REALTIME)
		t->tv_sec += offset();
	return result;
}

int gettimeofday(struct timeval *restrict t, void *restrict zone)
{
	int result = REAL(gettimeofday)(t, zone);

	if (!result)
		t->tv_sec += offset();
	return result;
}
