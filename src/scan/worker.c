/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The child is a copy of this process: it has rules and the bytes of all files in memory, and needs no file of its own. It confines
 * itself (base/sandbox.c), works, and answers through a pipe. A board in shared memory says at which file each of its threads is,
 * so that when a child dies, runs out of memory or stays too long, the file is known: it is marked unreadable with the reason, and
 * another child goes on without it. The parent reads numbers from the board and bytes from the pipe, and trusts neither.
 */
#include "scan/worker.h"

#include "base/io.h"
#include "base/limits.h"
#include "base/sandbox.h"
#include "scan/progress.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct worker_board {
	struct watch watch;                   /* used by the child alone, in its own copy */
	struct slot {
		_Atomic uint32_t file;        /* number + 1 of the file; 0: none yet */
		_Atomic uint32_t turn;        /* grows with each document */
	} slots[WORKER_THREADS];
	_Atomic uint64_t documents;           /* taken up to be read or matched, for the eye */
	_Atomic uint32_t confined;            /* 1 confined, 2 not wholly */
	char why[200];                        /* not wholly: what is missing */
};

enum ending { ENDED_WELL, ENDED_CRASHED, ENDED_MEMORY, ENDED_TIME, ENDED_ANSWER };

/* One child, seen from outside. */
struct child {
	pid_t pid;
	int fd;
	struct str answer;
	struct worker_board *board;
	struct stay { uint32_t turn; double since; } stays[WORKER_THREADS];
	enum ending ending;
	int signal;                           /* of ENDED_CRASHED, 0: it gave up by itself */
	size_t blamed;                        /* file that stayed too long; set->count: none */
};

/* ------------------------------------------------------------------ inside */

static void note_document(struct watch *w, unsigned thread, const struct doc *d)
{
	struct worker_board *board = (struct worker_board *)(void *)w;
	struct slot *s = &board->slots[thread == WATCH_ALONE ? 0 : (thread & ~WATCH_AGAIN) % WORKER_THREADS];

	if (!(thread & WATCH_AGAIN) && d)
		atomic_fetch_add(&board->documents, 1);
	atomic_store(&s->file, d ? d->file + 1 : 0);
	atomic_fetch_add(&s->turn, 1);
}

/* Nothing but the pipe stays open; where a sanitizer reports, it needs standard error. */
static void close_all_but(int fd)
{
	int nothing = open("/dev/null", O_RDWR);

#if defined __SANITIZE_ADDRESS__ || defined SCELLE_MALLOC_ARENA
	const int last = STDOUT_FILENO;
#else
	const int last = STDERR_FILENO;
#endif
	for (int i = STDIN_FILENO; nothing >= 0 && i <= last; i++)
		dup2(nothing, i);
	if (fd > STDERR_FILENO + 1)
		close_range(STDERR_FILENO + 1, (unsigned)fd - 1, 0);
	close_range((unsigned)fd + 1, ~0U, 0);
}

_Noreturn static void work_inside(const struct worker *w, struct worker_board *board, int fd)
{
	struct str out = STR_INIT(LIMIT_ANSWER_BYTES);
	struct err why = {0};
	bool confined;

	close_all_but(fd);
	confined = !sandbox_worker(w->memory, w->cpu_seconds, &why);
	if (!confined)
		memcpy(board->why, why.text, sizeof board->why - 1);
	atomic_store(&board->confined, confined ? 1 : 2);
	board->watch.at = note_document;
	w->set->watch = &board->watch;
	w->task(w->data, w->set, &out);
	if (str_failed(&out))
		_exit(EXIT_BROKEN);
	_exit(io_put(fd, str_get(&out), NULL) ? EXIT_BROKEN : EXIT_CLEAN);
}

/* ------------------------------------------------------------------ outside: one child */

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int start(const struct worker *w, struct child *c, struct err *e)
{
	int ends[2];

	*c = (struct child){.board = c->board, .answer = STR_INIT(LIMIT_ANSWER_BYTES), .blamed = w->set->count};
	memset(c->board, 0, sizeof *c->board);
	if (pipe2(ends, O_CLOEXEC))
		return err_errno(e, EXIT_BROKEN, "cannot make a pipe");
	c->pid = fork();
	if (c->pid < 0) {
		err_errno(e, EXIT_BROKEN, "cannot start a process");
		close(ends[0]);
		close(ends[1]);
		return -1;
	}
	if (!c->pid) {
		work_inside(w, c->board, ends[1]);
	}
	close(ends[1]);
	c->fd = ends[0];
	for (size_t i = 0; i < WORKER_THREADS; i++)
		c->stays[i].since = now();
	return 0;
}

/* The file that a slot says it is at; count when it says none, or one that is not. */
static size_t file_at(const struct worker *w, const struct child *c, size_t slot)
{
	uint32_t said = atomic_load(&c->board->slots[slot].file);

	return said && said <= w->set->count ? said - 1 : w->set->count;
}

/* Seconds that a file may take: a large one more. */
static double seconds_for(const struct worker *w, size_t file)
{
	double size = file < w->set->count ? (double)w->set->docs[file]->bytes.n : 0;

	return w->file_seconds * (1 + size / LIMIT_FILE_SECONDS_BYTES);
}

/* Whether a thread stays at one document for too long. Before the first document, and behind the last, it is not asked. */
static bool stays_too_long(const struct worker *w, struct child *c)
{
	double time = now();

	for (size_t i = 0; w->file_seconds && i < WORKER_THREADS; i++) {
		uint32_t turn = atomic_load(&c->board->slots[i].turn);
		size_t file = file_at(w, c, i);

		if (turn != c->stays[i].turn) {
			c->stays[i].turn = turn;
			c->stays[i].since = time;
		} else if (file < w->set->count && time - c->stays[i].since > seconds_for(w, file)) {
			c->blamed = file;
			return true;
		}
	}
	return false;
}

/* Takes what the pipe holds. 1: more may come, 0: its end, -1: too much. */
static int take(struct child *c)
{
	char piece[65536];
	ssize_t n = read(c->fd, piece, sizeof piece);

	if (n < 0)
		return errno == EINTR || errno == EAGAIN ? 1 : 0;
	str_put(&c->answer, piece, (size_t)n);
	return str_failed(&c->answer) ? -1 : n > 0;
}

#define LOOK_MS 200      /* how often the board is looked at */

static void follow(const struct worker *w, struct child *c, struct progress *p)
{
	struct pollfd wait = {.fd = c->fd, .events = POLLIN};
	int more = 1;

	while (more > 0) {
		int ready = poll(&wait, 1, LOOK_MS);

		if (ready > 0)
			more = take(c);
		else if (stays_too_long(w, c))
			break;
		progress_show(p, atomic_load(&c->board->documents), now());
	}
	if (more)
		kill(c->pid, SIGKILL);
	if (more > 0)
		c->ending = ENDED_TIME;
	else if (more < 0)
		c->ending = ENDED_ANSWER;
	close(c->fd);
}

static void reap(struct child *c)
{
	int status = 0;

	while (waitpid(c->pid, &status, 0) < 0 && errno == EINTR)
		;
	if (c->ending != ENDED_WELL)
		return;
	if (WIFSIGNALED(status)) {
		c->ending = WTERMSIG(status) == SIGXCPU ? ENDED_TIME : ENDED_CRASHED;
		c->signal = WTERMSIG(status);
	} else if (WEXITSTATUS(status) || !c->answer.n) {
		c->ending = WEXITSTATUS(status) == EXIT_BROKEN ? ENDED_MEMORY : ENDED_CRASHED;
	}
}

/* ------------------------------------------------------------------ outside: whom to blame */

static const char *reason_of(struct arena *a, const struct child *c)
{
	switch (c->ending) {
	case ENDED_WELL:
		break;
	case ENDED_MEMORY:
		return "reading it took more memory than the limit";
	case ENDED_TIME:
		return "reading it took more time than the limit";
	case ENDED_ANSWER:
		return "what came of reading it is no report";
	case ENDED_CRASHED:
		if (c->signal)
			return arena_printf(a, "reading it crashed (signal %d)", c->signal);
		return "reading it ended the process that reads";
	}
	return "";
}

static void give_up_on(struct worker *w, size_t file, const char *reason)
{
	struct doc *d = w->set->docs[file];

	d->status = DOC_UNREADABLE;
	d->reason = reason;
}

/* Memory goes file by file, in this order: what did not fit is not tried again. */
static void give_up_from(struct worker *w, size_t file, const char *reason)
{
	for (; file < w->set->count; file++)
		if (w->set->docs[file]->status != DOC_UNREADABLE)
			give_up_on(w, file, reason);
}

/* Nobody knows which: none is read any more, and the report says so of each. */
static void give_up_all(struct worker *w, const char *reason)
{
	give_up_from(w, 0, reason);
}

/* Threads at work on files that still count; *ret: the file of one of them. */
static size_t suspects(const struct worker *w, const struct child *c, size_t *ret)
{
	size_t n = 0;

	for (size_t i = 0; i < WORKER_THREADS; i++) {
		size_t file = file_at(w, c, i);

		if (file == w->set->count || w->set->docs[file]->status == DOC_UNREADABLE)
			continue;
		*ret = file;
		n++;
	}
	return n;
}

/* Takes one file out, or all. Which of several threads failed cannot be told from outside: one thread alone will show it. */
static void blame(struct arena *a, struct worker *w, const struct child *c, size_t attempt)
{
	const char *reason = reason_of(a, c);
	size_t file = w->set->count, n = suspects(w, c, &file);

	if (attempt >= LIMIT_WORKERS)
		give_up_all(w, "not read: the process that reads was lost too often");
	else if (c->blamed < w->set->count)
		give_up_on(w, c->blamed, reason);
	else if (*w->jobs > 1)
		*w->jobs = 1;
	else if (c->ending == ENDED_MEMORY && n && w->starved++ >= LIMIT_WORKERS_STARVED)
		give_up_from(w, file, "not read: the files before it took all the memory that the limit allows");
	else if (n)
		give_up_on(w, file, reason);
	else
		give_up_all(w, reason);
}

static bool all_given_up(const struct worker *w)
{
	for (size_t i = 0; i < w->set->count; i++)
		if (w->set->docs[i]->status != DOC_UNREADABLE)
			return false;
	return true;
}

/* ------------------------------------------------------------------ the whole */

static void note_confinement(struct arena *a, struct worker *w, struct worker_board *board)
{
	board->why[sizeof board->why - 1] = '\0';
	w->unconfined = atomic_load(&board->confined) == 1 ? NULL : arena_str(a, board->why);
}

int worker_run(struct arena *a, struct worker *w, struct err *e)
{
	struct child c = {0};
	struct progress p = progress_begin(w->progress, w->set, now());
	bool done = false, last = false;
	int failed = 0;

	/* analyser: -1 is what MAP_ANONYMOUS wants */
	c.board = mmap(NULL, sizeof *c.board, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (c.board == MAP_FAILED)
		return err_errno(e, EXIT_BROKEN, "cannot share memory with a process");
	for (size_t attempt = 1; !done && !failed; attempt++) {
		failed = start(w, &c, e);
		if (failed)
			break;
		follow(w, &c, &p);
		reap(&c);
		note_confinement(a, w, c.board);
		if (c.ending == ENDED_WELL && !w->accept(w->data, arena_span(a, str_get(&c.answer))))
			c.ending = ENDED_ANSWER;
		done = c.ending == ENDED_WELL;
		w->lost = w->lost || !done;
		if (!done && last)
			failed = err_set(e, EXIT_BROKEN, "the process that reads does not answer: %s", reason_of(a, &c));
		else if (!done)
			blame(a, w, &c, attempt);
		last = all_given_up(w);
		str_free(&c.answer);
	}
	progress_end(&p);
	munmap(c.board, sizeof *c.board);
	return failed ? -1 : 0;
}
