/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A seccomp filter and a Landlock domain (the only file that includes their headers). The filter lists what is refused instead of
 * what is allowed: the C library chooses other system calls from one version to the next, and a reader that is killed by a new
 * one would be a false alarm. What matters is closed by kind: every way to a socket (io_uring among them), to another program, to
 * another process, to kernel modules and namespaces; for the worker every way to a file too. Landlock says the same of files once
 * more, in the kernel's own terms, so that a call forgotten here opens nothing either.
 */
#include "base/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined __SANITIZE_ADDRESS__
#define SANITIZED 1
#elif defined __has_feature
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0      /* a sanitizer maps terabytes, reads /proc and stops its own threads when it reports */
#endif

static const char *const refused[] = {
	/* sockets; io_uring can open and use them without any of these calls */
	"socket", "socketpair", "socketcall", "connect", "bind", "listen", "accept", "accept4", "sendto", "sendmsg", "sendmmsg",
	"recvfrom", "recvmsg", "recvmmsg", "io_uring_setup", "io_uring_enter", "io_uring_register",
	/* other programs */
	"execve", "execveat", "uselib",
	/* other processes */
#if !SANITIZED
	"ptrace",      /* the leak checker of a sanitizer build stops its own threads with it */
#endif
	"process_vm_readv", "process_vm_writev", "pidfd_open", "pidfd_getfd", "pidfd_send_signal", "tkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo",
	/* the machine and its namespaces */
	"mount", "umount2", "pivot_root", "chroot", "setns", "unshare", "move_mount", "open_tree", "fsopen", "fsmount",
	"init_module", "finit_module", "delete_module", "kexec_load", "kexec_file_load", "bpf", "perf_event_open", "userfaultfd",
	"add_key", "request_key", "keyctl", "open_by_handle_at", "reboot", "swapon", "swapoff", "sethostname", "setdomainname",
	"settimeofday", "clock_settime", "adjtimex", "clock_adjtime", "iopl", "ioperm", "acct", "quotactl", "syslog",
};

/* What a process without any need of files does not call. */
static const char *const refused_worker[] = {
#if !SANITIZED
	"open", "openat", "openat2",
#endif
	"creat", "mkdir", "mkdirat", "mknod", "mknodat", "rename", "renameat", "renameat2", "link", "linkat", "symlink", "symlinkat",
	"unlink", "unlinkat", "rmdir", "truncate", "ftruncate", "fallocate", "chmod", "fchmod", "fchmodat", "fchmodat2", "chown", "fchown", "lchown",
	"fchownat", "utime", "utimes", "utimensat", "futimesat", "setxattr", "lsetxattr", "fsetxattr", "removexattr", "lremovexattr",
	"fremovexattr", "mount_setattr", "chdir", "fchdir", "name_to_handle_at", "memfd_create", "memfd_secret", "inotify_init", "inotify_init1",
	"fanotify_init", "fork", "vfork", "shmget", "shmat", "shmctl", "msgget", "msgsnd", "msgrcv", "msgctl", "semget", "semop", "semtimedop", "semctl",
	"mq_open", "mq_unlink", "pipe", "pipe2", "setpgid", "setsid", "setuid", "setgid", "setreuid", "setregid", "setresuid", "setresgid", "setgroups", "capset",
	"landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self",
};

#define COUNT_OF(list) (sizeof(list) / sizeof *(list))

/* ------------------------------------------------------------------ seccomp */

static int refuse(scmp_filter_ctx filter, const char *name)
{
	int number = seccomp_syscall_resolve_name(name);
	int result = number == __NR_SCMP_ERROR ? 0 : seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), number, 0);

	return result == -EDOM ? 0 : result;      /* this library or architecture has no such call: it is not called by name, and the kernel may have none */
}

static int refuse_all(scmp_filter_ctx filter, const char *const *names, size_t count)
{
	int result = 0;

	for (size_t i = 0; i < count && !result; i++)
		result = refuse(filter, names[i]);
	return result;
}

/* Threads yes, processes no: clone3 hides its flags behind a pointer, so the C library is sent back to clone. Signals to itself alone. */
static int refuse_processes(scmp_filter_ctx filter)
{
	int result = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);

	if (!result)
		result = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1, SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0));
	if (!result)
		result = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(tgkill), 1, SCMP_A0(SCMP_CMP_NE, (scmp_datum_t)getpid(), 0));
	return result;
}

enum who { WHO_ALONE, WHO_PARENT, WHO_WORKER };

static int load_filter(enum who who)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	int result;

	if (!filter)
		return -ENOMEM;
	result = refuse_all(filter, refused, COUNT_OF(refused));
	if (!result && who != WHO_PARENT)
		result = refuse(filter, "kill");
	if (!result && who == WHO_WORKER)
		result = refuse_all(filter, refused_worker, COUNT_OF(refused_worker));
	if (!result && who == WHO_WORKER)
		result = refuse_processes(filter);
	if (!result)
		result = seccomp_attr_set(filter, SCMP_FLTATR_CTL_NNP, 1);
	if (!result)
		result = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
	if (!result)
		result = seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);      /* a tree of comparisons: every call passes through it */
	if (!result)
		result = seccomp_load(filter);
	seccomp_release(filter);
	return result;
}

static int enter(enum who who, struct err *e)
{
	int result = load_filter(who);

	if (!result)
		return 0;
	err_set(e, EXIT_BROKEN, "cannot confine the process: %s", strerror(-result));
	return 1;
}

int sandbox_enter(struct err *e)
{
	return enter(WHO_ALONE, e);
}

int sandbox_enter_parent(struct err *e)
{
	return enter(WHO_PARENT, e);
}

/* ------------------------------------------------------------------ Landlock */

/* What each version of the interface knows: bits of LANDLOCK_ACCESS_FS_*, _NET_* and LANDLOCK_SCOPE_*; headers may be older than kernels. */
struct domain {
	uint64_t files, network, scopes;
};

static struct domain domain_of(long version)
{
	static const int file_bits[] = {0, 13, 14, 15, 15, 16};      /* + refer, + truncate, network, + ioctl on devices */
	struct domain d = {.files = (UINT64_C(1) << file_bits[version < 5 ? version : 5]) - 1};

	d.network = version >= 4 ? 3 : 0;      /* bind and connect, TCP */
	d.scopes = version >= 6 ? 3 : 0;       /* abstract sockets, signals */
	return d;
}

static int allow_reading(int ruleset, const char *path)
{
	const uint64_t file = LANDLOCK_ACCESS_FS_READ_FILE, folder = file | LANDLOCK_ACCESS_FS_READ_DIR;
	struct landlock_path_beneath_attr beneath = {.parent_fd = open(path, O_PATH | O_CLOEXEC)};
	struct stat st;
	long result;

	if (beneath.parent_fd < 0)
		return 0;      /* what cannot be opened needs no permission: the command says so itself */
	beneath.allowed_access = !fstat(beneath.parent_fd, &st) && S_ISDIR(st.st_mode) ? folder : file;
	result = syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0);
	close(beneath.parent_fd);
	return result ? -errno : 0;
}

/* 0, or why not. Nothing can be opened afterwards but for reading below these paths. */
static int restrict_files(const char *const *paths, size_t count)
{
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	struct domain d;
	int ruleset, result = 0;

	if (version < 1)
		return -errno;
	d = domain_of(version);
	ruleset = (int)syscall(SYS_landlock_create_ruleset, &d, version >= 6 ? sizeof d : version >= 4 ? 2 * sizeof d.files : sizeof d.files, 0);
	if (ruleset < 0)
		return -errno;
	for (size_t i = 0; i < count && !result; i++)
		result = allow_reading(ruleset, paths[i]);
	if (!result && SANITIZED && count)      /* where the leak checker looks for its threads when the process ends */
		result = allow_reading(ruleset, "/proc");
	if (!result && (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || syscall(SYS_landlock_restrict_self, ruleset, 0)))
		result = -errno;
	close(ruleset);
	return result;
}

int sandbox_read_only(const char *const *paths, size_t count, struct err *e)
{
	int files = restrict_files(paths, count);

	if (sandbox_enter(e))
		return 1;
	if (!files)
		return 0;
	err_set(e, EXIT_BROKEN, "cannot confine the process to its files: Landlock: %s", strerror(-files));
	return 1;
}

/* ------------------------------------------------------------------ the worker */

static void bound(int what, uint64_t most)
{
	const struct rlimit limit = {most, most};

	if (most)
		(void)setrlimit((__rlimit_resource_t)what, &limit);      /* fails only where a lower bound holds already */
}

int sandbox_worker(uint64_t memory, uint64_t seconds, struct err *e)
{
	int files, calls;

	(void)prctl(PR_SET_PDEATHSIG, 9, 0, 0, 0);
	bound(RLIMIT_AS, SANITIZED ? 0 : memory);
	bound(RLIMIT_CPU, seconds);
	bound(RLIMIT_FSIZE, SANITIZED ? 0 : 1);      /* no file grows, whatever is open */
	setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});      /* what was read would lie in it */
	files = restrict_files(NULL, 0);
	calls = load_filter(WHO_WORKER);
	if (!files && !calls)
		return 0;
	err_set(e, EXIT_BROKEN, "%s%s%s%s%s", files ? "Landlock: " : "", files ? strerror(-files) : "", files && calls ? "; " : "",
		calls ? "seccomp: " : "", calls ? strerror(-calls) : "");
	return 1;
}
