/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Trust anchors and chains to them, at a time. Only the caller's anchors count (a file or folder, services of trusted lists): no system store, no
 * network. Every certificate given is trusted as such, also one that is not a root.
 */
#include "seal/seal_p.h"

#include "base/io.h"

#include <dirent.h>
#include <errno.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

static int anchors_of_folder(const char *path, STACK_OF(X509) *list, struct err *e)
{
	DIR *folder = opendir(path);
	struct dirent *entry;
	char file[4096];
	int rc = 0;

	if (!folder)
		return err_errno(e, EXIT_USAGE, "cannot read anchors '%s'", path);
	while (!rc && (entry = readdir(folder))) {
		struct span name = span_of(entry->d_name);
		struct stat st;

		if (entry->d_name[0] == '.' || snprintf(file, sizeof file, "%s/%s", path, entry->d_name) >= (int)sizeof file ||
		    stat(file, &st) || !S_ISREG(st.st_mode))
			continue;
		if (span_ends(name, ".pem") || span_ends(name, ".crt") || span_ends(name, ".cer") || span_ends(name, ".der"))
			rc = certs_read(file, list, e);
	}
	closedir(folder);
	return rc;
}

/* Certificates of a file, or of the .pem, .crt, .cer and .der files of a folder. */
static int anchors_read(const char *path, STACK_OF(X509) *list, struct err *e)
{
	struct stat st;
	int before = sk_X509_num(list);

	if (stat(path, &st))
		return err_errno(e, EXIT_USAGE, "cannot read anchors '%s'", path);
	if (S_ISDIR(st.st_mode) ? anchors_of_folder(path, list, e) : certs_read(path, list, e))
		return -1;
	return sk_X509_num(list) > before ? 0 : err_set(e, EXIT_USAGE, "no certificate in anchors '%s'", path);
}

STACK_OF(X509) *certs_of(const char *path, struct err *e)
{
	STACK_OF(X509) *list = sk_X509_new_null();

	if (!list)
		arena_exhausted();
	if (!anchors_read(path, list, e))
		return list;
	sk_X509_pop_free(list, X509_free);
	return NULL;
}

X509_STORE *anchors_store(const struct anchors *from, int64_t at, struct err *e)
{
	STACK_OF(X509) *list = sk_X509_new_null();
	X509_STORE *store = X509_STORE_new();
	int rc = list && store ? 0 : -1;

	if (!rc && from->path)
		rc = anchors_read(from->path, list, e);
	for (int i = 0; !rc && i < sk_X509_num(list); i++)
		X509_STORE_add_cert(store, sk_X509_value(list, i));
	for (int i = 0; !rc && i < sk_X509_num(from->more); i++)
		X509_STORE_add_cert(store, sk_X509_value(from->more, i));
	sk_X509_pop_free(list, X509_free);
	if (rc) {
		X509_STORE_free(store);
		return NULL;
	}
	X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN);
	X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(store), (time_t)at);
	return store;
}

STACK_OF(X509) *chain_find(X509_STORE *store, X509 *cert, STACK_OF(X509) *others, int purpose, const char **ret_reason)
{
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	STACK_OF(X509) *chain = NULL;

	if (!ctx || !X509_STORE_CTX_init(ctx, store, cert, others))
		arena_exhausted();
	if (purpose)
		X509_STORE_CTX_set_purpose(ctx, purpose);
	if (X509_verify_cert(ctx) == 1)
		chain = X509_STORE_CTX_get1_chain(ctx);
	else
		*ret_reason = X509_verify_cert_error_string(X509_STORE_CTX_get_error(ctx));
	X509_STORE_CTX_free(ctx);
	ERR_clear_error();
	return chain;
}
