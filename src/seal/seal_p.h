/* SPDX-License-Identifier: EUPL-1.2 */
/* What the files of src/seal/ share: manifest, signature, steps. */
#ifndef SEAL_SEAL_P_H
#define SEAL_SEAL_P_H

#include "seal/revocation.h"
#include "seal/seal.h"
#include "seal/zip.h"

#include "base/digest.h"

#include <openssl/cms.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#define ASICE_TYPE "application/vnd.etsi.asic-e+zip"
#define DIGEST_MAX 64

/* ------------------------------------------------------------------ digests that a manifest may name */

struct digest_method {
	const char *name, *uri;
	const EVP_MD *(*md)(void);
	size_t size;
};
extern const struct digest_method digest_methods[];      /* ends with a NULL name */
const struct digest_method *digest_method_ours(void);    /* SHA-384 whatever the key: the manifest must not depend on the signer */

/* ------------------------------------------------------------------ manifest.c */

struct reference {
	struct span name, mime;      /* mime may be empty; name is decoded from the URI */
	const struct digest_method *method;
	unsigned char digest[DIGEST_MAX];
	bool root;                   /* Rootfile: of an archive manifest, the one before it */
};

struct manifest {
	struct span signature, mime;      /* entry name and type of what signs the manifest */
	struct reference *references;
	size_t count;
};

void manifest_write(struct str *out, const struct manifest *m);
/* Exactly the schema en_31916201v010101.xsd, no critical extension, digests of the list above, nothing referenced twice. */
int manifest_read(struct arena *a, struct span bytes, struct manifest *ret, struct err *e);

/* ------------------------------------------------------------------ keys.c */

struct signer {
	EVP_PKEY *key;
	X509 *cert;
	STACK_OF(X509) *chain;      /* further certificates, without cert */
	const EVP_MD *md;           /* what this key signs with */
	struct token_session *token;      /* which key is on it; NULL: a file's */
};

/* Length, 0 when none is to be had, -1 with e set. The caller wipes out. */
#define PASSPHRASE_MAX 1024
int passphrase_get(const struct passphrase *p, bool twice, char out[PASSPHRASE_MAX], struct err *e);

/* pkcs11.c: sets s->key and s->token, and adds the token's certificates to s->chain. */
int token_open(const char *uri, const struct passphrase *p, struct signer *s, struct err *e);
void token_close(struct token_session *t);      /* after the key was released; NULL is fine */

/* NULL, or why the key must not sign (ETSI TS 119 312). */
const char *key_weakness(const EVP_PKEY *key);
const EVP_MD *key_digest(const EVP_PKEY *key);      /* what such a key signs with; NULL when weak */
/* A new file with what a memory BIO holds; an existing one is refused. */
int create_file(const char *path, BIO *bytes, unsigned mode, struct err *e);
/* The text of OpenSSL's first error, for messages; clears its queue. */
const char *openssl_reason(void);
/* A certificate's subject, safe for a terminal. */
const char *cert_subject(struct arena *a, const X509 *cert);
bool cert_is_self_signed(X509 *cert);
/* Certificates of a PEM file (or one DER), appended to list. */
int certs_read(const char *path, STACK_OF(X509) *list, struct err *e);

/* ------------------------------------------------------------------ cms.c */

/* CAdES-B-B over content, detached, DER, in the arena. */
int cms_add_chain(CMS_ContentInfo *cms, const struct signer *s);
int cms_sign(struct arena *a, const struct signer *s, struct span content, struct span *ret, struct err *e);

/* ------------------------------------------------------------------ verify.c and its parts */

struct verification {
	struct arena *arena;
	const struct verify_request *request;
	struct verify_result *result;
	struct zip zip;
	EVP_PKEY *signer_key;             /* of the first signature that is good; released by verify */
	bool ours;                        /* the first manifest is byte for byte what manifest_write makes */
	struct trusted_lists *lists;      /* tsl.c; NULL: none were given */
	struct archive *archives;         /* verify_archive.c: those that are trusted */
	size_t archive_count;
	const ASN1_TIME *claimed_time;    /* of a PDF, whose signature has none of its own; NULL: a container */
};

/* Adds a step; both formats take the same arguments in the same order. Returns result == STEP_FAILED ? -1 : 0. */
int step(struct verification *v, const char *name, enum question question, enum step_result result, const char *fr, const char *en, ...)
	__attribute__((format(printf, 5, 7), format(printf, 6, 7)));
/* Text of an input, made safe for a terminal, in the arena. */
const char *safe(struct verification *v, struct span text);

#define CLOCK_SLACK 300      /* seconds by which two good clocks may differ */

/* verify_cms.c: the octets of a signature, which time stamps are about. */
struct span signature_value(CMS_SignerInfo *si);
const char *time_text(struct arena *a, const ASN1_TIME *t);      /* 2026-01-31T12:00:00Z; NULL when t is no time */
const char *seconds_text(struct arena *a, int64_t at);           /* the same of unix seconds */

/* ------------------------------------------------------------------ chain.c, tsl.c: whom to trust */

struct anchors {
	const char *path;            /* file or folder of certificates; NULL: none */
	STACK_OF(X509) *more;        /* borrowed; NULL: none */
};
STACK_OF(X509) *certs_of(const char *path, struct err *e);      /* of such a file or folder, at least one; NULL otherwise */
X509_STORE *anchors_store(const struct anchors *from, int64_t at, struct err *e);
/* From cert to an anchor, cert first; NULL and a reason when there is none. purpose: X509_PURPOSE_..., 0: any. */
STACK_OF(X509) *chain_find(X509_STORE *store, X509 *cert, STACK_OF(X509) *others, int purpose, const char **ret_reason);

enum service_kind { SERVICE_CERTIFICATES, SERVICE_TIMESTAMP };
/* Certificates of services that the request's trusted lists call granted at that time; NULL without lists. Owned by v->lists. */
STACK_OF(X509) *trusted_services(struct verification *v, enum service_kind kind, int64_t at);
/* "FR, Provider, Service" of the anchor of a chain, when a list vouches for it at that time; NULL otherwise. */
const char *service_of_chain(struct verification *v, enum service_kind kind, STACK_OF(X509) *chain, int64_t at);
void verify_lists(struct verification *v);
void trusted_lists_free(struct trusted_lists *lists);
/* qualified.c: the step about what the certificate of a signer is, once a list vouches for its issuer. */
void verify_qualified(struct verification *v, const char *name, X509 *cert, const char *service);

/* ------------------------------------------------------------------ verify_tsp.c: a time-stamp token about data */

/* SOUND: no anchors for authorities were given */
enum token_state { TOKEN_WRONG, TOKEN_SOUND, TOKEN_TRUSTED };
struct token {
	enum token_state state;
	const char *reason;      /* of WRONG */
	int64_t time;
	const char *text;        /* the time */
	enum standing standing;      /* of its authority, when TRUSTED */
	const char *about;       /* the certificate that decided the standing, NULL: the authority is itself the anchor */
	const char *service;     /* of a trusted list; NULL: of none */
};
struct token_question {
	struct span bytes, data;
	struct span signature;      /* a CMS signature whose revocation data counts too; may be empty */
	int64_t at;                 /* when the authority's certificate must be good */
	bool kept;                  /* at is the time of a trusted stamp over this one, not now */
};
void token_verify(struct verification *v, const struct token_question *q, struct token *ret);
/* Says whether the authority was revoked, as a step; true when the token is trusted and it was not. */
bool token_proves(struct verification *v, const struct token *t, const char *name);

/* ------------------------------------------------------------------ verify_archive.c: level LTA */

/* The steps about archive manifests and their stamps, newest first. */
void verify_archives(struct verification *v);
/* The earliest time at which a trusted archive stamp that names all of these entries proves them; 0: none does. */
int64_t preserved_since(const struct verification *v, const struct span *names, size_t count);
bool is_archive_manifest(struct span name);
bool is_timestamp(struct span name);

/* tsp.c: what may be added to a signature later; si lives with cms. */
struct target {
	struct zip_item *item;
	CMS_ContentInfo *cms;
	CMS_SignerInfo *si;
};
int target_open(struct zip_item *item, struct target *t, struct err *e);
void target_free(struct target *t);
/* The container with t's signature as it is now; it must still verify. */
int target_write(struct arena *a, struct zip *z, struct target *t, struct str *out, struct err *e);
/* The signatures that manifests name, in their order. */
size_t signatures_find(struct arena *a, struct zip *z, struct zip_item *found[]);
int container_verifies(struct arena *a, struct span container, struct err *e);      /* now */

/* verify_cms.c: the steps about one signature over one manifest. */
struct signed_manifest {
	struct span bytes;
	const struct zip_item *signature;
	int64_t preserved;      /* since when an archive stamp proves both; 0: none does */
	bool archived;          /* an archive manifest names both */
};
void verify_signature(struct verification *v, const struct signed_manifest *m);
/* verify.c: an archive manifest is read and its digests compared by the same steps as a manifest. */
int read_manifest(struct verification *v, const struct zip_item *item, struct manifest *m);
int check_digests(struct verification *v, const char *name, const struct zip_item *item, const struct manifest *m);
const struct reference *reference_of(const struct manifest *m, struct span name);
/* ocsp.c: a request about cert, whose issuer is among those certificates; an answer that can be attached to them. */
int ocsp_request(struct arena *a, X509 *cert, STACK_OF(X509) *among, struct span *ret, struct err *e);
int ocsp_check_answer(struct span answer, STACK_OF(X509) *certs, struct err *e);
/* archive.c: the next archive manifest, and the container with it and its token; *ret_manifest is what the token must be about. */
int archive_next(struct arena *a, struct zip *z, struct manifest *ret, struct span *ret_manifest, struct err *e);
int archive_write(struct zip *z, struct arena *a, const struct manifest *m, struct span manifest, struct span token);
/* verify_pdf.c */
void verify_pdf(struct verification *v);
/* tsp.c: the token of a time-stamp response, as received. */
int token_of_response(struct span response, struct span *ret, struct err *e);
/* dsse.c: a Sigstore bundle with one DSSE signature. */
struct bundle {
	struct span statement, signature;
	const char *key;
	struct span *stamps;      /* time-stamp responses over the signature */
	size_t stamp_count;
};
int bundle_put(struct str *out, const struct bundle *b);
const char *bundle_read(struct arena *a, struct span bytes, struct bundle *ret);      /* NULL, or what is wrong with it */
/* dsse.c: statement.json against the entries of the first manifest; the request's bundle against statement.json. */
void verify_statement(struct verification *v, const struct seal_entry *entries, size_t count);
void verify_bundle(struct verification *v);
/* note.c: the request's proof that the container is in a ledger. */
void verify_proof(struct verification *v);
/* note.c: the ledger's head that the container carries, if it does. */
void verify_before(struct verification *v);
/* inputs.c: compares the request's folder with inputs.json. */
void verify_inputs(struct verification *v);

#endif
