/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A seccomp filter (the only file that includes libseccomp). It lists what is refused instead of what is allowed: the C library
 * chooses other system calls from one version to the next, and a reader that is killed by a new one would be a false alarm.
 * What matters is closed by kind: every way to a socket (io_uring among them), to another program, to another process, to
 * kernel modules and namespaces. Files are not confined here: the command writes its reports where it was told.
 */
#include "base/sandbox.h"

#include <errno.h>
#include <seccomp.h>
#include <string.h>

static const char *const refused[] = {
	/* sockets; io_uring can open and use them without any of these calls */
	"socket", "socketpair", "socketcall", "connect", "bind", "listen", "accept", "accept4", "sendto", "sendmsg", "sendmmsg",
	"recvfrom", "recvmsg", "recvmmsg", "io_uring_setup", "io_uring_enter", "io_uring_register",
	/* other programs */
	"execve", "execveat", "uselib",
	/* other processes */
#ifndef __SANITIZE_ADDRESS__
	"ptrace",      /* the leak checker of a sanitizer build stops its own threads with it */
#endif
	"process_vm_readv", "process_vm_writev", "pidfd_open", "pidfd_getfd", "pidfd_send_signal", "kill", "tkill", "rt_sigqueueinfo",
	/* the machine and its namespaces */
	"mount", "umount2", "pivot_root", "chroot", "setns", "unshare", "move_mount", "open_tree", "fsopen", "fsmount",
	"init_module", "finit_module", "delete_module", "kexec_load", "kexec_file_load", "bpf", "perf_event_open", "userfaultfd",
	"add_key", "request_key", "keyctl", "open_by_handle_at", "reboot", "swapon", "swapoff", "sethostname", "setdomainname",
	"settimeofday", "clock_settime", "adjtimex", "clock_adjtime", "iopl", "ioperm", "acct", "quotactl", "syslog",
};

static int add_rules(scmp_filter_ctx filter)
{
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
		int number = seccomp_syscall_resolve_name(refused[i]);
		int result = number == __NR_SCMP_ERROR ? -ENOSYS : seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), number, 0);

		if (result && result != -EDOM)      /* EDOM: this architecture has no such call */
			return result;
	}
	return 0;
}

int sandbox_enter(struct err *e)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	int result;

	if (!filter) {
		err_set(e, EXIT_BROKEN, "cannot confine the process: no memory for the filter");
		return 1;
	}
	result = add_rules(filter);
	if (!result)
		result = seccomp_attr_set(filter, SCMP_FLTATR_CTL_NNP, 1);
	if (!result)
		result = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
	if (!result)
		result = seccomp_load(filter);
	seccomp_release(filter);
	if (!result)
		return 0;
	err_set(e, EXIT_BROKEN, "cannot confine the process: %s", strerror(-result));
	return 1;
}
