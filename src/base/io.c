/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Whole files in, whole files out. Reading refuses what is not a regular file before opening it, since an export folder may
 * hold a FIFO or a device. Writing goes to a temporary file beside the target and renames: a reader, a full disk or kill -9
 * meets the old content or the new one, never a half. Deliberately no memory mapping: a file cut while mapped is a SIGBUS.
 */
#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Opens a regular file only: O_NONBLOCK keeps a FIFO that slipped in after the check from blocking. */
static int open_regular(const char *path, struct stat *st, struct err *e)
{
	int fd;

	if (stat(path, st))
		return err_errno(e, EXIT_INCOMPLETE, "cannot read '%s'", path);
	if (!S_ISREG(st->st_mode))
		return err_set(e, EXIT_INCOMPLETE, "cannot read '%s': not a regular file", path);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return err_errno(e, EXIT_INCOMPLETE, "cannot read '%s'", path);
	if (fstat(fd, st))
		err_errno(e, EXIT_INCOMPLETE, "cannot read '%s'", path);
	else if (!S_ISREG(st->st_mode))
		err_set(e, EXIT_INCOMPLETE, "cannot read '%s': not a regular file", path);
	else
		return fd;
	close(fd);
	return -1;
}

static int read_all(int fd, char *buffer, size_t size, size_t *ret_n)
{
	size_t n = 0;

	while (n < size) {
		ssize_t got = read(fd, buffer + n, size - n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (!got)
			break;
		n += (size_t)got;
	}
	*ret_n = n;
	return 0;
}

/* Whether the file is another than it was: what was read may then be half of one and half of the other. */
static bool has_changed(int fd, const struct stat *was)
{
	struct stat is;

	return fstat(fd, &is) || is.st_size != was->st_size || is.st_mtim.tv_sec != was->st_mtim.tv_sec || is.st_mtim.tv_nsec != was->st_mtim.tv_nsec;
}

int io_read(struct arena *a, const char *path, uint64_t max, struct span *ret, struct err *e)
{
	struct stat st;
	int fd = open_regular(path, &st, e);
	char *buffer;
	size_t n;

	if (fd < 0)
		return -1;
	if ((uint64_t)st.st_size > max) {
		close(fd);
		return err_set(e, EXIT_INCOMPLETE, "cannot read '%s': larger than the limit of %" PRIu64 " bytes", path, max);
	}
	buffer = arena_alloc(a, (size_t)st.st_size + 1);
	if (read_all(fd, buffer, (size_t)st.st_size, &n)) {
		err_errno(e, EXIT_INCOMPLETE, "cannot read '%s'", path);
		close(fd);
		return -1;
	}
	if (n != (size_t)st.st_size || has_changed(fd, &st)) {
		close(fd);
		return err_set(e, EXIT_INCOMPLETE, "cannot read '%s': it changed while being read", path);
	}
	close(fd);
	*ret = (struct span){buffer, n};
	return 0;
}

int io_read_stdin(struct arena *a, uint64_t max, struct span *ret, struct err *e)
{
	size_t size = 65536, n = 0, got;
	char *buffer = malloc(size);

	if (!buffer)
		arena_exhausted();
	while (!read_all(STDIN_FILENO, buffer + n, size - n, &got)) {
		n += got;
		if (n < size) {
			*ret = arena_span(a, (struct span){buffer, n});
			free(buffer);
			return 0;
		}
		if (size > max) {
			free(buffer);
			return err_set(e, EXIT_INCOMPLETE, "cannot read standard input: larger than the limit of %" PRIu64 " bytes", max);
		}
		size *= 2;
		buffer = realloc(buffer, size);
		if (!buffer)
			arena_exhausted();
	}
	free(buffer);
	return err_errno(e, EXIT_INCOMPLETE, "cannot read standard input");
}

int io_put(int fd, struct span bytes, struct err *e)
{
	while (bytes.n) {
		ssize_t put = write(fd, bytes.p, bytes.n);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return err_errno(e, EXIT_BROKEN, "cannot write");
		bytes.p += put;
		bytes.n -= (size_t)put;
	}
	return 0;
}

static void sync_folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	char folder[4096];
	int fd;

	snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - path) + 1 : 1, slash ? path : ".");
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return;      /* the rename itself is done; a folder that cannot be opened cannot be synced */
	(void)fsync(fd);
	close(fd);
}

static int write_temporary(const char *temporary, struct span bytes, unsigned mode, struct err *e)
{
	const int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC;
	int fd = open(temporary, flags, mode);

	/* left by a run that was killed: in a container the process number may be the same every time */
	if (fd < 0 && errno == EEXIST && !unlink(temporary))
		fd = open(temporary, flags, mode);
	if (fd < 0)
		return err_errno(e, EXIT_BROKEN, "cannot write '%s'", temporary);
	if (io_put(fd, bytes, e)) {
		close(fd);
		return -1;
	}
	if (fsync(fd)) {
		err_errno(e, EXIT_BROKEN, "cannot write '%s'", temporary);
		close(fd);
		return -1;
	}
	return close(fd) ? err_errno(e, EXIT_BROKEN, "cannot write '%s'", temporary) : 0;
}

/* A device or a pipe (/dev/null, /dev/stdout, a shell's /dev/fd/63) is written to: a rename would put a file in its place. */
static int write_through(const char *path, struct span bytes, struct err *e)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY), result;

	if (fd < 0)
		return err_errno(e, EXIT_BROKEN, "cannot write '%s'", path);
	result = io_put(fd, bytes, e);
	if (close(fd) && !result)
		return err_errno(e, EXIT_BROKEN, "cannot write '%s'", path);
	return result;
}

#define TEMPORARY_BYTES 4096

static int temporary_name(char out[TEMPORARY_BYTES], const char *path, long owner, struct err *e)
{
	if (snprintf(out, TEMPORARY_BYTES, "%s.tmp.%ld", path, owner) >= TEMPORARY_BYTES)
		return err_set(e, EXIT_BROKEN, "cannot write '%.64s...': the name is too long", path);
	return 0;
}

int io_stage(const char *path, long owner, struct span bytes, unsigned mode, struct err *e)
{
	char temporary[TEMPORARY_BYTES];

	if (temporary_name(temporary, path, owner, e))
		return -1;
	if (write_temporary(temporary, bytes, mode, e)) {
		unlink(temporary);
		return -1;
	}
	return 0;
}

int io_publish(const char *path, long owner, struct err *e)
{
	char temporary[TEMPORARY_BYTES];

	if (temporary_name(temporary, path, owner, e))
		return -1;
	if (rename(temporary, path)) {
		if (errno != ENOENT)
			return err_errno(e, EXIT_BROKEN, "cannot write '%s'", path);
		if (access(path, F_OK))
			return 1;
	}
	sync_folder_of(path);
	return 0;
}

void io_unstage(const char *path, long owner)
{
	char temporary[TEMPORARY_BYTES];

	if (!temporary_name(temporary, path, owner, NULL))
		unlink(temporary);
}

int io_write(const char *path, struct span bytes, unsigned mode, struct err *e)
{
	const long owner = (long)getpid();
	struct stat st;

	if (!strcmp(path, "-"))
		return io_put(STDOUT_FILENO, bytes, e);
	if (!stat(path, &st) && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
		return write_through(path, bytes, e);
	if (io_stage(path, owner, bytes, mode, e))
		return -1;
	if (io_publish(path, owner, e)) {
		io_unstage(path, owner);
		return err_set(e, EXIT_BROKEN, "cannot write '%s': it was taken away", path);
	}
	return 0;
}

int io_make_folders(const char *path, struct err *e)
{
	char part[4096];
	size_t n = strlen(path);

	if (n >= sizeof part)
		return err_set(e, EXIT_BROKEN, "cannot create '%.64s...': the name is too long", path);
	for (size_t i = 1; i <= n; i++) {
		if (path[i] != '/' && path[i])
			continue;
		memcpy(part, path, i);
		part[i] = '\0';
		if (mkdir(part, 0777) && errno != EEXIST)
			return err_errno(e, EXIT_BROKEN, "cannot create folder '%s'", part);
	}
	return 0;
}

const char *io_base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}
