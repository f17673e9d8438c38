/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Preloaded by tests/t-faults and t-seal-faults: the call number FAULT_AT among those that write to files (write, pwrite, fsync, fdatasync,
 * close of a written file, rename, unlink) fails, or the process is killed in the middle of it (FAULT_KILL). Standard output and error are
 * left alone. SQLite writes by pwrite64, and by unlink of its journal it commits.
 */
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>

static long calls;
static int written_fd = -1;

int rename(const char *from, const char *to);

/* 0: go on, 1: fail */
static int meets_fault(void)
{
	const char *at = getenv("FAULT_AT");

	return at && ++calls == strtol(at, NULL, 10);
}

static void die_when_asked(void)
{
	if (getenv("FAULT_KILL"))
		raise(SIGKILL);
}

ssize_t write(int fd, const void *bytes, size_t n)
{
	ssize_t (*real)(int, const void *, size_t) = (ssize_t (*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write");

	if (fd <= 2)
		return real(fd, bytes, n);
	written_fd = fd;
	if (!meets_fault())
		return real(fd, bytes, n);
	(void)!real(fd, bytes, n / 2);
	die_when_asked();
	errno = ENOSPC;
	return -1;
}

int fsync(int fd)
{
	int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fsync");

	if (fd != written_fd || !meets_fault())      /* the folder's sync comes after the rename and is only an attempt */
		return real(fd);
	die_when_asked();
	errno = EIO;
	return -1;
}

int close(int fd)
{
	int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "close");
	int result = real(fd);

	if (fd != written_fd)
		return result;
	written_fd = -1;
	if (!meets_fault())
		return result;
	die_when_asked();
	errno = EDQUOT;
	return -1;
}

int rename(const char *from, const char *to)
{
	int (*real)(const char *, const char *) = (int (*)(const char *, const char *))dlsym(RTLD_NEXT, "rename");

	if (!meets_fault())
		return real(from, to);
	die_when_asked();
	errno = EACCES;
	return -1;
}

/* ------------------------------------------------------------------ SQLite's */

ssize_t pwrite64(int fd, const void *bytes, size_t n, off64_t at)
{
	ssize_t (*real)(int, const void *, size_t, off64_t) = (ssize_t (*)(int, const void *, size_t, off64_t))dlsym(RTLD_NEXT, "pwrite64");

	if (!meets_fault())
		return real(fd, bytes, n, at);
	(void)!real(fd, bytes, n / 2, at);
	die_when_asked();
	errno = ENOSPC;
	return -1;
}

ssize_t pwrite(int fd, const void *bytes, size_t n, off_t at)
{
	return pwrite64(fd, bytes, n, at);
}

int fdatasync(int fd)
{
	int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");

	if (!meets_fault())
		return real(fd);
	die_when_asked();
	errno = EIO;
	return -1;
}

int unlink(const char *path)
{
	int (*real)(const char *) = (int (*)(const char *))dlsym(RTLD_NEXT, "unlink");

	if (!meets_fault())
		return real(path);
	die_when_asked();
	errno = EIO;
	return -1;
}
