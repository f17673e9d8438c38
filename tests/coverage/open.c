/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Linked into what --enable-coverage builds: a process writes its counts into files when it ends, which a confined one cannot, and which
 * _exit leaves out. So _exit writes them first, and with SCELLE_COVERAGE set the confinement is left away: `make coverage` sets it for all
 * families but those that are about confinement.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

void __gcov_dump(void);
_Noreturn void __real__exit(int code);
_Noreturn void __wrap__exit(int code);
__attribute__((weak)) int __real_seccomp_load(void *filter);      /* the table maker has no filter */
int __wrap_seccomp_load(void *filter);
int __real_setrlimit(int what, const struct rlimit *limit);
int __wrap_setrlimit(int what, const struct rlimit *limit);
long __real_syscall(long number, ...);
long __wrap_syscall(long number, ...);

_Noreturn void __wrap__exit(int code)
{
	__gcov_dump();
	__real__exit(code);
}

int __wrap_seccomp_load(void *filter)
{
	return getenv("SCELLE_COVERAGE") ? 0 : __real_seccomp_load(filter);
}

/* A worker's files may not grow, its counts among them. */
int __wrap_setrlimit(int what, const struct rlimit *limit)
{
	return what == RLIMIT_FSIZE && getenv("SCELLE_COVERAGE") ? 0 : __real_setrlimit(what, limit);
}

long __wrap_syscall(long number, ...)
{
	va_list args;
	long a, b, c, d;

	va_start(args, number);
	a = va_arg(args, long);
	b = va_arg(args, long);
	c = va_arg(args, long);
	d = va_arg(args, long);
	va_end(args);
	return number == SYS_landlock_restrict_self && getenv("SCELLE_COVERAGE") ? 0 : __real_syscall(number, a, b, c, d);
}
