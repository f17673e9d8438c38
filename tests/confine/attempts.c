/* SPDX-License-Identifier: EUPL-1.2 */
/* Each attempt is one function of a path; the table is what tests/t-confine goes through. */
#include "attempts.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static int said(long result)
{
	return result < 0 ? errno : 0;
}

static int try_open(const char *path)
{
	(void)path;
	return said(open("/etc/passwd", O_RDONLY));
}

static int try_list(const char *path)
{
	(void)path;
	return said(open("/", O_RDONLY | O_DIRECTORY));
}

static int try_input(const char *path)
{
	return said(open(path, O_RDONLY));
}

static int try_create(const char *path)
{
	return said(open(path, O_WRONLY | O_CREAT, 0600));
}

static int try_append(const char *path)
{
	return said(open(path, O_WRONLY | O_APPEND));
}

static int try_remove(const char *path)
{
	return said(unlink(path));
}

static int try_rename(const char *path)
{
	char to[4096];

	snprintf(to, sizeof to, "%s.taken", path);
	return said(rename(path, to));
}

static int try_folder(const char *path)
{
	return said(mkdir(path, 0700));
}

static int try_mode(const char *path)
{
	return said(chmod(path, 0777));
}

static int try_link(const char *path)
{
	return said(symlink("/etc/passwd", path));
}

static int try_socket(const char *path)
{
	const struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(9), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	(void)path;
	return fd < 0 ? errno : said(connect(fd, (const struct sockaddr *)&to, sizeof to));
}

static int try_local(const char *path)
{
	(void)path;
	return said(socket(AF_UNIX, SOCK_STREAM, 0));
}

static int try_exec(const char *path)
{
	char *const argv[] = {(char *)"true", NULL};

	(void)path;
	return said(execv("/bin/true", argv));
}

static int try_fork(const char *path)
{
	pid_t child = fork();

	(void)path;
	if (!child)
		_exit(0);
	if (child > 0)
		waitpid(child, NULL, 0);
	return said(child);
}

#ifndef SCELLE_MALLOC_ARENA      /* a sanitizer stops its own threads with it */
static int try_trace(const char *path)
{
	(void)path;
	return said(ptrace(PTRACE_TRACEME, 0, NULL, NULL));
}
#endif

static int try_signal(const char *path)
{
	(void)path;
	return said(kill(getppid(), 0));
}

static int try_memfd(const char *path)
{
	(void)path;
	return said(syscall(SYS_memfd_create, "x", 0));
}

/* ------------------------------------------------------------------ ends */

static int do_abort(const char *path)
{
	(void)path;
	abort();
}

static int do_crash(const char *path)
{
	(void)path;
	raise(SIGSEGV);
	return 0;
}

static int do_loop(const char *path)
{
	volatile bool on = true;

	(void)path;
	while (on)
		;
	return 0;
}

static int do_memory(const char *path)
{
	(void)path;
#ifndef SCELLE_MALLOC_ARENA      /* a sanitizer's memory has no bound but the machine's */
	for (size_t taken = 0; taken < ((size_t)8 << 30); taken += ((size_t)64 << 20)) {
		char *p = malloc(((size_t)64 << 20));

		if (!p)
			arena_exhausted();
		*p = 1;
	}
	return 0;
#else
	arena_exhausted();
#endif
}

static int do_exit(const char *path)
{
	(void)path;
	_exit(0);
}

/* An answer of one's own in place of the report. */
static int do_forge(const char *path)
{
	static const char lie[] = "R\0\6check\0\377\377\377\377\17lie";

	(void)path;
	for (int fd = 3; fd < 64; fd++)
		(void)!write(fd, lie, sizeof lie);
	_exit(0);
}

static const struct {
	const char *name;
	int (*act)(const char *path);
} acts[] = {
	{"open", try_open}, {"list", try_list}, {"input", try_input}, {"create", try_create}, {"append", try_append}, {"remove", try_remove},
	{"rename", try_rename}, {"folder", try_folder}, {"mode", try_mode}, {"link", try_link}, {"connect", try_socket}, {"local", try_local},
	{"exec", try_exec}, {"fork", try_fork},
#ifndef SCELLE_MALLOC_ARENA
	{"trace", try_trace},
#endif
	{"signal", try_signal}, {"memfd", try_memfd},
	{"abort", do_abort}, {"crash", do_crash}, {"loop", do_loop}, {"memory", do_memory}, {"exit", do_exit}, {"forge", do_forge},
};

int attempt(struct span words)
{
	char name[32] = "", path[4000] = "";

	words.n = words.n < 4000 ? words.n : 4000;
	if (sscanf(words.p, "scelle-test-hook: %31s %3999s", name, path) < 1)
		return -1;
	for (size_t i = 0; i < sizeof acts / sizeof *acts; i++)
		if (!strcmp(acts[i].name, name))
			return acts[i].act(path);
	return -1;
}

void test_hook(const struct doc *d)
{
	int result = span_starts(d->bytes, "scelle-test-hook: ") ? attempt(d->bytes) : 0;

	if (result)
		raise(result == EPERM || result == EACCES ? SIGUSR1 : SIGUSR2);
}
