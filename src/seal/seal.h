/* SPDX-License-Identifier: EUPL-1.2 */
/* Evidence: keys, the ASiC-E container with its CAdES signature (ETSI EN 319 162-1, EN 319 122-1), and its verification. */
#ifndef SEAL_SEAL_H
#define SEAL_SEAL_H

#include "base/arena.h"
#include "base/err.h"
#include "base/span.h"
#include "base/str.h"

#include <stdint.h>

/* ------------------------------------------------------------------ keys */

struct signer;

/* How a passphrase is got: never from the command line. */
struct passphrase {
	int fd;                /* -1: none */
	const char *file;      /* first line of it; NULL: none */
	bool ask;              /* prompt on the terminal */
};

/* key: a PKCS#11 URI (the passphrase is then the token's PIN), or the path of a PEM or PKCS#8 file; PKCS#12 carries its certificate, cert may then be NULL. chain: further certificates of cert's file. */
int signer_open(const char *key, const char *cert, const struct passphrase *p, struct signer **ret, struct err *e);
void signer_free(struct signer *s);
bool key_is_on_token(const char *key);      /* a URI, no path */

struct new_key {
	const char *key_path;
	const char *cert_path;         /* self-signed: proves that the bytes are unchanged since signing by this key, not who signed; NULL: none */
	const char *request_path;      /* PKCS#10, for an authority to sign; NULL: none */
	const char *common_name;
	int days;
};
/* Makes a P-256 key. All files are new (an existing one is refused); the key has mode 0600, encrypted when a passphrase is given. */
int key_new(const struct new_key *k, const struct passphrase *p, struct err *e);

/* ------------------------------------------------------------------ sealing */

struct seal_entry {
	const char *name;      /* [A-Za-z0-9._/-], no "..", no two that differ by case alone, at most LIMIT_CONTAINER_ENTRIES - 3 */
	const char *mime;
	struct span bytes;
};

struct seal_request {
	const struct seal_entry *entries;      /* in this order in the container, behind mimetype */
	size_t entry_count;
	int64_t fixed_time;      /* unix seconds of the audit date: the entries' DOS time; the signing time is the real clock */
};

/* The whole container in out. Two seals of the same request differ only in META-INF/signature001.p7s. */
int seal_write(const struct seal_request *q, struct signer *s, struct str *out, struct err *e);

/* The container with a further signature over the same files (ASiCManifest002.xml, signature002.p7s, whose name *ret_name is). It must verify at now. */
int seal_add(struct arena *a, struct span container, struct signer *s, int64_t now, struct str *out, const char **ret_name, struct err *e);

#define SEAL_INPUTS_NAME "inputs.json"

struct seal_input {
	const char *name;      /* as collect() names documents: "infra/main.tf", "offer.zip!infra/main.tf" */
	const char *sha256;
	uint64_t size;
};

/* The bytes of inputs.json, an entry of each audit's container: {"inputs":[{"name","sha256","size"}...]}. verify --inputs reads it. */
int seal_inputs(struct str *out, const struct seal_input *inputs, size_t count);

/* ------------------------------------------------------------------ PDF reports (PAdES, ETSI EN 319 142-1) */

bool is_pdf(struct span file);
/* The report with a signature appended; The signing time is the clock's. timestamp_attach and verify take signed PDFs too. */
int pdf_sign(struct span report, struct signer *s, struct str *out, struct err *e);

/* ------------------------------------------------------------------ the same claim for pipelines */

#define STATEMENT_NAME "statement.json"
#define BEFORE_NAME "ledger/checkpoint.txt"      /* the head of the ledger before the container was entered: chains containers to each other */

struct claim {
	const char *key, *value;      /* keys in the order of RFC 8785; value may be NULL */
};

/* The bytes of statement.json: an in-toto Statement v1 with the entries as subjects and the claims as its predicate. */
int statement_write(struct str *out, const struct seal_entry *entries, size_t count, const struct claim *claims, size_t claim_count);
/* The container's statement.json as a DSSE envelope in a Sigstore bundle v0.3. */
int bundle_write(struct span container, struct signer *s, struct str *out, struct err *e);

/* ------------------------------------------------------------------ requests (RFC 3161, RFC 6960) and what answers them */

enum request_kind {
	REQUEST_SIGNATURE,      /* a time stamp over a signature (level T) */
	REQUEST_ARCHIVE,        /* one over everything in the container (level LTA) */
	REQUEST_OCSP,           /* is the signer's certificate revoked? */
};
/*
 * The request, in the arena. signature: "META-INF/signature002.p7s", NULL: the first. chain: a file of certificates among which the signer's
 * issuer is looked for, NULL: the container's alone. The container must verify.
 */
struct request_order {
	enum request_kind kind;
	const char *signature, *chain;
};
int request_make(struct arena *a, struct span container, const struct request_order *order, struct span *ret, struct err *e);
/*
 * The container with the response's token in it: in the signature that the token is about, or as the archive stamp over all. query, when not
 * empty, is the request whose nonce must come back.
 */
int timestamp_attach(struct arena *a, struct span container, struct span response, struct span query, struct str *out, struct err *e);

/* The same for a Sigstore bundle (JSON): the stamp is over its DSSE signature, and the whole response is kept. */
int bundle_request(struct arena *a, struct span bundle, struct span *ret, struct err *e);
int bundle_attach(struct arena *a, struct span bundle, struct span response, struct span query, struct str *out, struct err *e);
bool is_bundle(struct span bytes);

/* A process of its own that has opened no input and speaks to one address only, made before any input is read. */
struct courier;
enum courier_kind { COURIER_TIMESTAMP, COURIER_OCSP };
int courier_start(enum courier_kind kind, const char *url, struct courier **ret, struct err *e);
int courier_ask(struct courier *c, struct arena *a, struct span query, struct span *ret, struct err *e);
void courier_stop(struct courier *c);      /* NULL is fine */
/* request_make, the courier, timestamp_attach: the container with its stamp. */
int bundle_fetch(struct arena *a, struct span bundle, struct courier *c, struct str *out, struct err *e);
int timestamp_fetch(struct arena *a, struct span container, const struct request_order *order, struct courier *c, struct str *out, struct err *e);

/* ------------------------------------------------------------------ certificates and revocation data (level LT) */

struct revocation_data {
	const char *chain;      /* file of certificates to put in; NULL: none */
	const char *const *crls, *const *ocsps;      /* files of revocation lists (PEM or DER) and of OCSP responses */
	size_t crl_count, ocsp_count;
};
/*
 * The container with them in each signature and archive stamp that has certificates they are about, and that no later stamp closes. What is
 * about none of them is left out; when all of it is, it is an error.
 */
int revocation_attach(struct arena *a, struct span container, const struct revocation_data *what, struct str *out, struct err *e);

/* ------------------------------------------------------------------ verifying */

enum step_result { STEP_PASSED, STEP_FAILED, STEP_NOT_CHECKED, STEP_WARNING };
enum question { ASKS_INTEGRITY, ASKS_SIGNER, ASKS_TIME, ASKS_HISTORY, QUESTIONS };

struct verify_step {
	const char *name;          /* "container-form", "unlisted-file", "digests", "signature", "signer-chain", ... */
	enum question question;
	enum step_result result;
	const char *reason_fr, *reason_en;
};

struct verify_request {
	struct span container;
	const char *anchors;       /* folder or file of trusted certificates, NULL: none, the signer is then not checked */
	const char *tsa_anchors;   /* the same for time-stamp authorities; NULL: a stamp is checked, but not whose it is */
	int64_t now;               /* unix seconds */
	struct span bundle;        /* a Sigstore bundle that must say the same as statement.json; empty: not asked */
	struct span proof;         /* a tlog-proof that the container is in a ledger; empty: not asked */
	const char *ledger_key;    /* "origin+hash+key" that must have signed its checkpoint; NULL: not checked whose it is */
	const char *lists;         /* folder of trusted lists (ETSI TS 119 612), NULL: none; their services are anchors too */
	const char *lists_anchors; /* certificates that may sign the list of lists, or a list given alone */
	const char *inputs;        /* folder of the inputs to compare with inputs.json, NULL: not asked */
};

struct verify_result {
	struct verify_step *steps;      /* in the order of docs/evidence.md */
	size_t count;
	enum step_result answers[QUESTIONS];
	const char *signer_subject, *signing_time, *certificate_sha256;      /* NULL when not known; safe for a terminal */
	const char *proven_time;        /* of the earliest trusted time stamp, NULL: none */
	const char *level;              /* of the first good signature: B-B, B-T, B-LT, B-LTA (EN 319 122-1, 6); NULL: there is none */
	bool self_signed;
};

/* Fails closed: what cannot be read is a failed step. Needs no network. Returns -1 only when a step failed; e says which. */
int verify(struct arena *a, const struct verify_request *q, struct verify_result *ret, struct err *e);

/*
 * The shell lines that check a container with unzip, sed and openssl alone (src/seal/verify_lines.txt, embedded): container and cert are
 * file names, put in as one quoted word each. Reports print the same text.
 */
void verify_lines(struct str *out, bool french, const char *container, const char *cert);

/* Entries of a container that passed form and digests; for `report` and `diff`. */
int container_entries(struct arena *a, struct span container, struct seal_entry **ret, size_t *ret_count, struct err *e);

#endif
