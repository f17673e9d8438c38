/* SPDX-License-Identifier: EUPL-1.2 */
/* What a confined process can and cannot do, each tried in a child of its own. */
#include "unit.h"

#include "base/arena.h"
#include "base/io.h"
#include "base/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ALLOWED, REFUSED, OTHER_ERROR, NOT_CONFINED };

static int answer(long result)
{
	return result >= 0 ? ALLOWED : errno == EPERM ? REFUSED : OTHER_ERROR;
}

static int try_socket(void)
{
	return answer(socket(AF_INET, SOCK_STREAM, 0));
}

static int try_unix_socket(void)
{
	return answer(socket(AF_UNIX, SOCK_DGRAM, 0));
}

static int try_io_uring(void)
{
	char params[256] = {0};

	return answer(syscall(SYS_io_uring_setup, 4, params));
}

static int try_exec(void)
{
	char *argv[] = {(char *)"true", NULL};

	return answer(execv("/bin/true", argv));
}

static int try_kill(void)
{
	return answer(kill(getppid(), 0));
}

static int try_unshare(void)
{
	return answer(syscall(SYS_unshare, 0));
}

static int try_files(void)
{
	struct arena *a = arena_new();
	char *path = arena_printf(a, "%s/confined", unit_tmp());
	struct err e = {0};
	struct span got;
	int result = io_write(path, SPAN("x"), 0600, &e) || io_read(a, path, 10, &got, &e) ? REFUSED : ALLOWED;

	arena_free(a);
	return result;
}

/* ------------------------------------------------------------------ with files of its own alone */

static int try_other_file(void)
{
	const char *paths[] = {unit_tmp()};
	struct err e = {0};
	int fd;

	if (sandbox_read_only(paths, 1, &e))
		return NOT_CONFINED;
	fd = open("/etc/passwd", O_RDONLY);
	/* analyser: the process ends next */
	return fd >= 0 ? ALLOWED : errno == EACCES ? REFUSED : OTHER_ERROR;
}

static int try_own_file(void)
{
	struct arena *a = arena_new();
	const char *paths[] = {unit_tmp()};
	char *path = arena_printf(a, "%s/own", paths[0]);
	struct err e = {0};
	struct span got;
	int result;

	if (io_write(path, SPAN("x"), 0600, &e))
		return OTHER_ERROR;
	if (sandbox_read_only(paths, 1, &e))
		return NOT_CONFINED;
	result = io_read(a, path, 10, &got, &e) ? REFUSED : ALLOWED;
	if (!io_write(path, SPAN("y"), 0600, &e))      /* to be read, not written */
		result = OTHER_ERROR;
	arena_free(a);
	return result;
}

static void *nothing(void *p)
{
	return p;
}

static int try_thread(void)
{
	pthread_t thread;

	return pthread_create(&thread, NULL, nothing, NULL) || pthread_join(thread, NULL) ? REFUSED : ALLOWED;
}

/* The answer of one attempt in a child that confines itself first, when asked. */
static int in_child(int (*attempt)(void), bool confined)
{
	int status = 0;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (child == 0) {
		struct err e = {0};

		if (confined && sandbox_enter(&e))
			_exit(NOT_CONFINED);
		_exit(attempt());
	}
	if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status))
		return OTHER_ERROR;
	return WEXITSTATUS(status);
}

struct row {
	int (*attempt)(void);
	int wanted;
	const char *what;
};

void u_sandbox(void)
{
	static const struct row files[] = {
		{try_other_file, REFUSED, "sandbox: with files of its own, no other can be opened"},
		{try_own_file, ALLOWED, "sandbox: and its own are read, not written"},
	};
	static const struct row rows[] = {
		{try_socket, REFUSED, "sandbox: no internet socket"}, {try_unix_socket, REFUSED, "sandbox: no local socket"},
		{try_io_uring, REFUSED, "sandbox: no io_uring"},      {try_exec, REFUSED, "sandbox: no other program"},
		{try_kill, REFUSED, "sandbox: no signal to another process"}, {try_unshare, REFUSED, "sandbox: no namespace"},
		{try_files, ALLOWED, "sandbox: files are read and written"},  {try_thread, ALLOWED, "sandbox: threads start"},
	};

	/* without this one, a machine without sockets would make the others pass for nothing */
	CHECK(in_child(try_unix_socket, false) == ALLOWED, "sandbox: a process that is not confined opens a socket");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		int got = in_child(rows[i].attempt, true);

		if (got == NOT_CONFINED)
			unit_skip(rows[i].what, "the kernel refuses seccomp filters");
		else
			CHECK(got == rows[i].wanted, rows[i].what);
	}
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		int got = in_child(files[i].attempt, false);

		if (got == NOT_CONFINED)
			unit_skip(files[i].what, "the kernel has no Landlock");
		else
			CHECK(got == files[i].wanted, files[i].what);
	}
}
