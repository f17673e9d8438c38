/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The one place that opens a connection, and only when a user names an address: a time-stamp authority (RFC 3161, 3.4) or an OCSP responder
 * (RFC 6960, appendix A), over HTTP or HTTPS. A courier is a process of its own, forked before the first byte of input is read, so what reads
 * inputs can be confined and never holds a socket. It takes nothing but requests of its kind, which carry one digest, and hands back
 * what came, which is judged by whoever asked. The system's certificates are trusted for HTTPS alone; an answer proves itself.
 */
#include "seal/seal_p.h"

#include "base/io.h"
#include "base/limits.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/http.h>
#include <openssl/ocsp.h>
#include <openssl/ssl.h>
#include <openssl/ts.h>
#include <openssl/x509v3.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define QUERY_BYTES 4096            /* a request is about a hundred */
#define ANSWER_BYTES (1 * MIB)
#define PATIENCE_SECONDS 30

struct courier {
	pid_t child;
	int to, from;
};

/* ------------------------------------------------------------------ what it carries */

static bool is_timestamp_query(struct span query)
{
	const unsigned char *p = (const unsigned char *)query.p;
	TS_REQ *q = d2i_TS_REQ(NULL, &p, (long)query.n);
	bool ok = q && p == (const unsigned char *)query.p + query.n && !TS_REQ_get_ext_count(q);

	TS_REQ_free(q);
	return ok;
}

static bool is_ocsp_query(struct span query)
{
	const unsigned char *p = (const unsigned char *)query.p;
	OCSP_REQUEST *q = d2i_OCSP_REQUEST(NULL, &p, (long)query.n);
	bool ok = q && p == (const unsigned char *)query.p + query.n && OCSP_request_onereq_count(q) == 1 && !OCSP_REQUEST_get_ext_count(q);

	OCSP_REQUEST_free(q);
	return ok;
}

static const struct {
	const char *query, *answer;
	bool (*accepts)(struct span query);
} kinds[] = {
	[COURIER_TIMESTAMP] = {"application/timestamp-query", "application/timestamp-reply", is_timestamp_query},
	[COURIER_OCSP] = {"application/ocsp-request", "application/ocsp-response", is_ocsp_query},
};

/* ------------------------------------------------------------------ one exchange */

struct address {
	char *host, *port, *path;
	int tls;
};

/* Puts TLS under HTTP: the server must be who the address says, by the system's certificates. */
static BIO *secure(BIO *bio, void *data, int connect, int detail)
{
	const struct address *to = data;
	SSL_CTX *ctx;
	SSL *ssl = NULL;
	BIO *tls;

	(void)detail;
	if (!connect || !to->tls)
		return bio;
	ctx = SSL_CTX_new(TLS_client_method());
	if (!ctx || !SSL_CTX_set_default_verify_paths(ctx) || !SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION)) {
		SSL_CTX_free(ctx);
		return NULL;
	}
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
	tls = BIO_new_ssl(ctx, 1);
	SSL_CTX_free(ctx);
	if (tls && BIO_get_ssl(tls, &ssl) == 1 && SSL_set_tlsext_host_name(ssl, to->host) && SSL_set1_host(ssl, to->host))
		return BIO_push(tls, bio);
	BIO_free(tls);
	return NULL;
}

static BIO *transfer(enum courier_kind kind, const struct address *to, struct span query)
{
	BIO *body = BIO_new_mem_buf(query.p, (int)query.n), *answer = NULL;

	if (body)
		answer = OSSL_HTTP_transfer(NULL, to->host, to->port, to->path, to->tls, NULL, NULL, NULL, NULL, secure, (void *)(uintptr_t)to, 0, NULL,
					    kinds[kind].query, body, kinds[kind].answer, 1, ANSWER_BYTES, PATIENCE_SECONDS, 0);
	BIO_free(body);
	return answer;
}

static void exchange(enum courier_kind kind, const char *url, struct span query, struct str *out)
{
	struct address to = {0};
	BIO *answer = NULL;
	char piece[4096];
	int n;

	if (!kinds[kind].accepts(query)) {
		str_text(out, "Erefused to carry what is not a request");
		return;
	}
	ERR_clear_error();
	if (OSSL_HTTP_parse_url(url, &to.tls, NULL, &to.host, &to.port, NULL, &to.path, NULL, NULL))
		answer = transfer(kind, &to, query);
	str_char(out, answer ? 'A' : 'E');
	while (answer && (n = BIO_read(answer, piece, sizeof piece)) > 0)
		str_put(out, piece, (size_t)n);
	if (!answer)
		str_text(out, openssl_reason());
	BIO_free(answer);
	OPENSSL_free(to.host);
	OPENSSL_free(to.port);
	OPENSSL_free(to.path);
}

/* ------------------------------------------------------------------ the process */

static int read_exactly(int fd, char *p, size_t n)
{
	while (n) {
		ssize_t got = read(fd, p, n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return -1;
		p += got;
		n -= (size_t)got;
	}
	return 0;
}

/* Everything up to the other end's close; -1 beyond max. */
static int read_all(int fd, size_t max, struct str *out)
{
	char piece[4096];
	ssize_t n;

	while ((n = read(fd, piece, sizeof piece)) > 0 || (n < 0 && errno == EINTR)) {
		if (n > 0)
			str_put(out, piece, (size_t)n);
		if (out->n > max)
			return -1;
	}
	return n < 0 ? -1 : 0;
}

/* The query comes with its length, since its end does not show: a courier forked later holds the same pipe. */
_Noreturn static void carry(enum courier_kind kind, const char *url, int from, int to)
{
	struct str answer = STR_INIT(2 * ANSWER_BYTES);
	struct err ignored = {0};
	char query[QUERY_BYTES];
	uint32_t n;

	signal(SIGPIPE, SIG_IGN);
	if (!read_exactly(from, (char *)&n, sizeof n) && n && n <= sizeof query && !read_exactly(from, query, n)) {
		exchange(kind, url, (struct span){query, n}, &answer);
		(void)io_put(to, str_get(&answer), &ignored);
	}
	_exit(0);
}

int courier_start(enum courier_kind kind, const char *url, struct courier **ret, struct err *e)
{
	struct span address = span_of(url);
	int to[2], from[2];
	struct courier *c;
	pid_t child;

	if (!span_starts(address, "http://") && !span_starts(address, "https://"))
		return err_set(e, EXIT_USAGE, "'%.200s' is no address: http://... or https://...", url);
	if (pipe(to))
		return err_errno(e, EXIT_BROKEN, "cannot start a process that talks to '%.200s'", url);
	if (pipe(from) || (child = fork()) < 0)
		return err_errno(e, EXIT_BROKEN, "cannot start a process that talks to '%.200s'", url);
	if (!child) {
		close(to[1]);
		close(from[0]);
		carry(kind, url, to[0], from[1]);
	}
	close(to[0]);
	close(from[1]);
	c = malloc(sizeof *c);
	if (!c)
		arena_exhausted();
	*c = (struct courier){child, to[1], from[0]};
	*ret = c;
	return 0;
}

int courier_ask(struct courier *c, struct arena *a, struct span query, struct span *ret, struct err *e)
{
	struct str answer = STR_INIT(2 * ANSWER_BYTES);
	uint32_t n = (uint32_t)query.n;
	int rc = -1;

	if (!io_put(c->to, (struct span){(const char *)&n, sizeof n}, e) && !io_put(c->to, query, e)) {
		if (read_all(c->from, ANSWER_BYTES + 1, &answer) || !answer.n)
			err_set(e, EXIT_BROKEN, "the process that talks to the authority ended without an answer");
		else if (answer.p[0] != 'A')
			err_set(e, EXIT_BROKEN, "no answer from the authority: %.300s", answer.p + 1);
		else
			rc = 0;
	}
	if (!rc)
		*ret = arena_span(a, span_cut(str_get(&answer), 1, answer.n));
	str_free(&answer);
	return rc;
}

void courier_stop(struct courier *c)
{
	if (!c)
		return;
	close(c->to);
	close(c->from);
	kill(c->child, SIGTERM);      /* it may still wait, or talk to somebody who does not answer */
	while (waitpid(c->child, NULL, 0) < 0 && errno == EINTR)
		;
	free(c);
}
