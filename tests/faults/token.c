/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A PKCS#11 module for t-pkcs11 that hands everything on to the module TOKEN_MODULE, counts logins (a line each in TOKEN_LOG: the kind of
 * user and the length of the PIN) and adds TOKEN_FLAGS to the token's flags: a card that is down to its last try, without wearing one out.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef unsigned long (*any_call)(void);

/* CK_FUNCTION_LIST: a version, then the calls in the order of the standard */
struct function_list {
	unsigned char version[2];
	any_call calls[68];
};
enum { GET_FUNCTION_LIST = 3, GET_TOKEN_INFO = 6, LOGIN = 18 };
#define FLAGS_AT 96      /* in CK_TOKEN_INFO, behind label, manufacturer, model and serial number */

typedef unsigned long (*get_list_call)(struct function_list **list);
typedef unsigned long (*token_info_call)(unsigned long slot, char *info);
typedef unsigned long (*login_call)(unsigned long session, unsigned long user, char *pin, unsigned long length);

static struct function_list *real, ours;

unsigned long C_GetFunctionList(struct function_list **list);

static unsigned long token_info(unsigned long slot, char *info)
{
	unsigned long rv = ((token_info_call)real->calls[GET_TOKEN_INFO])(slot, info), flags;
	const char *more = getenv("TOKEN_FLAGS");

	if (rv || !more)
		return rv;
	memcpy(&flags, info + FLAGS_AT, sizeof flags);
	flags |= strtoul(more, NULL, 16);
	memcpy(info + FLAGS_AT, &flags, sizeof flags);
	return 0;
}

static unsigned long login(unsigned long session, unsigned long user, char *pin, unsigned long length)
{
	const char *path = getenv("TOKEN_LOG");
	FILE *log = path ? fopen(path, "a") : NULL;

	if (log) {
		fprintf(log, "%lu %lu\n", user, length);
		fclose(log);
	}
	return ((login_call)real->calls[LOGIN])(session, user, pin, length);
}

unsigned long C_GetFunctionList(struct function_list **list)
{
	const char *path = getenv("TOKEN_MODULE");
	void *module = path ? dlopen(path, RTLD_NOW) : NULL;
	get_list_call get = module ? (get_list_call)dlsym(module, "C_GetFunctionList") : NULL;

	if (!get || get(&real))
		return 5;      /* CKR_GENERAL_ERROR */
	ours = *real;
	ours.calls[GET_FUNCTION_LIST] = (any_call)C_GetFunctionList;
	ours.calls[GET_TOKEN_INFO] = (any_call)token_info;
	ours.calls[LOGIN] = (any_call)login;
	*list = &ours;
	return 0;
}
