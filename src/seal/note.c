/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * C2SP signed-note and tlog-checkpoint: three lines (origin, number of leaves, root in base64), an empty line, signature lines. The key is
 * Ed25519, whose keys in text form others' tools read ("origin+hash+key"). A note may carry further signatures (witnesses): they are
 * passed over. Also what a container's leaf in a ledger is, since verify makes it again to check a proof.
 */
#include "seal/note.h"

#include "base/io.h"
#include "base/jsonw.h"
#include "base/limits.h"
#include "seal/base64.h"
#include "seal/seal_p.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { KEY_BYTES = 32, SIGNATURE_BYTES = 64, HASH_BYTES = 4 };
#define ED25519_KIND 1      /* signature type byte of C2SP signed-note */

/* ------------------------------------------------------------------ small things */

/* The next line, without its end; -1 when there is none that is ended. */
static int take_line(struct span *rest, struct span *line)
{
	const char *end = memchr(rest->p, '\n', rest->n);

	if (!end)
		return -1;
	*line = (struct span){rest->p, (size_t)(end - rest->p)};
	*rest = span_cut(*rest, line->n + 1, rest->n);
	return 0;
}

/* Decimal without sign or leading zeros. */
static int get_number(struct span text, uint64_t *ret)
{
	uint64_t n = 0;

	if (!text.n || text.n > 18 || (text.n > 1 && text.p[0] == '0'))
		return -1;
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] < '0' || text.p[i] > '9')
			return -1;
		n = n * 10 + (uint64_t)(text.p[i] - '0');
	}
	*ret = n;
	return 0;
}

static bool origin_allowed(const char *origin)
{
	return *origin && strlen(origin) <= 200 && !strpbrk(origin, "+ \t\r\n\v\f") && span_of(origin).n == strspn(origin, "abcdefghijklmnopqrstuvwxyz"
		"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789./_-:");
}

/* ------------------------------------------------------------------ keys */

struct note_key {
	const char *origin;
	unsigned char key[1 + KEY_BYTES], hash[HASH_BYTES];
};

/* Key hash: SHA-256(origin, newline, kind, key), its first four bytes. */
static void key_hash(struct note_key *k)
{
	struct str text = STR_INIT(1024);
	unsigned char digest[SHA256_BYTES];

	k->key[0] = ED25519_KIND;
	str_printf(&text, "%s\n", k->origin);
	str_put(&text, (const char *)k->key, sizeof k->key);
	sha256(str_get(&text), digest);
	memcpy(k->hash, digest, HASH_BYTES);
	str_free(&text);
}

static int key_of(EVP_PKEY *pkey, const char *origin, struct note_key *k)
{
	size_t n = KEY_BYTES;

	k->origin = origin;
	if (!EVP_PKEY_is_a(pkey, "ED25519") || !EVP_PKEY_get_raw_public_key(pkey, k->key + 1, &n) || n != KEY_BYTES)
		return -1;
	key_hash(k);
	return 0;
}

static const char *vkey_text(struct arena *a, const struct note_key *k)
{
	char text[2 * HASH_BYTES + 1];
	struct str out = STR_INIT(1024);
	const char *vkey;

	str_printf(&out, "%s+%s+", k->origin, hex(k->hash, HASH_BYTES, text));
	base64_write(&out, k->key, sizeof k->key);
	vkey = arena_dup(a, out.p, out.n);
	str_free(&out);
	return vkey;
}

static int vkey_read(struct arena *a, const char *text, struct note_key *k, struct err *e)
{
	const char *first = strchr(text, '+'), *second = first ? strchr(first + 1, '+') : NULL;
	char wanted[2 * HASH_BYTES + 1];
	struct span hash;

	if (!second || base64_exact(span_of(second + 1), k->key, sizeof k->key) || k->key[0] != ED25519_KIND)
		return err_set(e, EXIT_USAGE, "'%.100s' is not a ledger key of the form origin+hash+key", text);
	k->origin = arena_dup(a, text, (size_t)(first - text));
	hash = (struct span){first + 1, (size_t)(second - first - 1)};
	key_hash(k);
	if (!span_is(hash, hex(k->hash, HASH_BYTES, wanted)))
		return err_set(e, EXIT_USAGE, "'%.100s': its hash does not match origin and key", text);
	return 0;
}

static EVP_PKEY *open_key(struct arena *a, const char *path, struct err *e)
{
	struct span bytes;
	BIO *in;
	EVP_PKEY *key;

	if (io_read(a, path, MIB, &bytes, e))
		return NULL;
	in = BIO_new_mem_buf(bytes.p, (int)bytes.n);
	key = in ? PEM_read_bio_PrivateKey(in, NULL, NULL, (void *)(uintptr_t)"") : NULL;
	BIO_free(in);
	OPENSSL_cleanse((char *)(uintptr_t)bytes.p, bytes.n);
	ERR_clear_error();
	if (!key || !EVP_PKEY_is_a(key, "ED25519")) {
		EVP_PKEY_free(key);
		err_set(e, EXIT_USAGE, "cannot read '%s': not an Ed25519 key in PEM", path);
		return NULL;
	}
	return key;
}

int note_key_new(struct arena *a, const char *key_path, const char *origin, const char **ret_vkey, struct err *e)
{
	EVP_PKEY *key;
	BIO *out;
	struct note_key k;
	int rc = -1;

	if (!origin_allowed(origin))
		return err_set(e, EXIT_USAGE, "origin '%.100s' is not a name like audit.hospital.example/ledger", origin);
	key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	out = BIO_new(BIO_s_secmem());
	if (!key || !out || !PEM_write_bio_PKCS8PrivateKey(out, key, NULL, NULL, 0, NULL, NULL) || key_of(key, origin, &k))
		err_set(e, EXIT_BROKEN, "cannot make a key: %s", openssl_reason());
	else if (!create_file(key_path, out, 0600, e))
		rc = 0;
	if (!rc)
		*ret_vkey = vkey_text(a, &k);
	BIO_free(out);
	EVP_PKEY_free(key);
	return rc;
}

/* ------------------------------------------------------------------ notes */

static int sign_text(EVP_PKEY *key, struct span text, unsigned char signature[SIGNATURE_BYTES])
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	size_t n = SIGNATURE_BYTES;
	int ok = ctx && EVP_DigestSignInit(ctx, NULL, NULL, NULL, key) == 1 &&
		 EVP_DigestSign(ctx, signature, &n, (const unsigned char *)text.p, text.n) == 1;

	EVP_MD_CTX_free(ctx);
	return ok ? 0 : -1;
}

int note_sign(struct arena *a, const char *key_path, const struct checkpoint *c, struct str *out, const char **ret_vkey, struct err *e)
{
	EVP_PKEY *key = open_key(a, key_path, e);
	unsigned char line[HASH_BYTES + SIGNATURE_BYTES];
	struct str text = STR_INIT(4096);
	struct note_key k;
	int rc = -1;

	if (!key)
		return -1;
	str_printf(&text, "%s\n%llu\n", c->origin, (unsigned long long)c->size);
	base64_write(&text, c->root.b, MERKLE_BYTES);
	str_char(&text, '\n');
	if (key_of(key, c->origin, &k) || sign_text(key, str_get(&text), line + HASH_BYTES)) {
		err_set(e, EXIT_BROKEN, "cannot sign a checkpoint: %s", openssl_reason());
		goto out;
	}
	memcpy(line, k.hash, HASH_BYTES);
	str_span(out, str_get(&text));
	str_printf(out, "\n\xe2\x80\x94 %s ", c->origin);
	base64_write(out, line, sizeof line);
	str_char(out, '\n');
	if (ret_vkey)
		*ret_vkey = vkey_text(a, &k);
	rc = 0;
out:
	str_free(&text);
	EVP_PKEY_free(key);
	return rc;
}

static bool signed_by(const struct note_key *k, struct span text, struct span line)
{
	unsigned char bytes[HASH_BYTES + SIGNATURE_BYTES];
	size_t n = strlen(k->origin);
	EVP_PKEY *key;
	EVP_MD_CTX *ctx;
	bool ok;

	if (!span_starts(line, "\xe2\x80\x94 ") || line.n < 5 + n || memcmp(line.p + 4, k->origin, n) || line.p[4 + n] != ' ' ||
	    base64_exact(span_cut(line, 5 + n, line.n), bytes, sizeof bytes) || memcmp(bytes, k->hash, HASH_BYTES))
		return false;
	key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, k->key + 1, KEY_BYTES);
	ctx = EVP_MD_CTX_new();
	ok = key && ctx && EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, key) == 1 &&
	     EVP_DigestVerify(ctx, bytes + HASH_BYTES, SIGNATURE_BYTES, (const unsigned char *)text.p, text.n) == 1;
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);
	ERR_clear_error();
	return ok;
}

static int check_note_signature(struct arena *a, struct span text, struct span lines, const char *vkey, const char *origin, struct err *e)
{
	struct note_key k;
	struct span line;

	if (vkey_read(a, vkey, &k, e))
		return -1;
	if (strcmp(k.origin, origin))
		return err_set(e, EXIT_UNVERIFIED, "the checkpoint is of '%.100s', the key of '%.100s'", origin, k.origin);
	while (!take_line(&lines, &line))
		if (signed_by(&k, text, line))
			return 0;
	return err_set(e, EXIT_UNVERIFIED, "the checkpoint is not signed by the ledger's key");
}

int note_read(struct arena *a, struct span note, const char *vkey, struct checkpoint *ret, struct err *e)
{
	struct span rest = note, origin, size, root, empty;
	struct checkpoint c;

	if (take_line(&rest, &origin) || take_line(&rest, &size) || take_line(&rest, &root) || take_line(&rest, &empty) || empty.n || !rest.n ||
	    /* analyser: base64_exact fills the root or fails */
	    get_number(size, &c.size) || base64_exact(root, c.root.b, MERKLE_BYTES))
		return err_set(e, EXIT_UNVERIFIED, "not a checkpoint (C2SP tlog-checkpoint)");
	c.origin = arena_dup(a, origin.p, origin.n);
	if (!origin_allowed(c.origin))
		return err_set(e, EXIT_UNVERIFIED, "not a checkpoint: its origin is not a name");
	if (vkey && check_note_signature(a, (struct span){note.p, note.n - rest.n - 1}, rest, vkey, c.origin, e))
		return -1;
	*ret = c;
	return 0;
}

/* ------------------------------------------------------------------ proofs */

#define PROOF_HEAD "c2sp.org/tlog-proof@v1"

static void put_hashes(struct str *out, const struct merkle_proof *p)
{
	for (size_t i = 0; i < p->count; i++) {
		base64_write(out, p->hashes[i].b, MERKLE_BYTES);
		str_char(out, '\n');
	}
	str_char(out, '\n');
}

/* Lines of hashes up to an empty one; rest is then what follows. */
static int take_hashes(struct span *rest, struct merkle_proof *p, struct err *e)
{
	struct span line;

	for (p->count = 0;;) {
		if (take_line(rest, &line))
			return err_set(e, EXIT_UNVERIFIED, "the proof is cut");
		if (!line.n)
			return 0;
		if (p->count == MERKLE_PROOF_MAX || base64_exact(line, p->hashes[p->count++].b, MERKLE_BYTES))
			return err_set(e, EXIT_UNVERIFIED, "the proof has a line that is no hash");
	}
}

void tlog_proof_write(struct str *out, const struct tlog_proof *p)
{
	str_printf(out, PROOF_HEAD "\nindex %llu\n", (unsigned long long)p->index);
	put_hashes(out, &p->proof);
	str_span(out, p->note);
}

void growth_write(struct str *out, uint64_t since, const struct merkle_proof *proof)
{
	str_printf(out, "old %llu\n", (unsigned long long)since);
	put_hashes(out, proof);
}

int growth_read(struct span text, struct growth *ret, struct err *e)
{
	struct growth g = {.note = text};
	struct span line;

	if (span_starts(text, "old ")) {
		if (take_line(&g.note, &line) || get_number(span_cut(line, 4, line.n), &g.since))
			return err_set(e, EXIT_UNVERIFIED, "not a head with a proof (C2SP tlog-witness)");
		if (take_hashes(&g.note, &g.proof, e))
			return -1;
	}
	*ret = g;
	return 0;
}

static int tlog_proof_read(struct span text, struct tlog_proof *ret, struct err *e)
{
	struct span rest = text, line;
	struct tlog_proof p = {0};

	if (take_line(&rest, &line) || !span_is(line, PROOF_HEAD) || take_line(&rest, &line) || !span_starts(line, "index ") ||
	    get_number(span_cut(line, 6, line.n), &p.index))
		return err_set(e, EXIT_UNVERIFIED, "not a proof of the form " PROOF_HEAD);
	if (take_hashes(&rest, &p.proof, e))
		return -1;
	p.note = rest;
	*ret = p;
	return 0;
}

/* ------------------------------------------------------------------ containers as leaves */

static void sha384_hex(struct span bytes, char out[97])
{
	unsigned char raw[48];

	if (!EVP_Digest(bytes.p, bytes.n, raw, NULL, EVP_sha384(), NULL))
		arena_exhausted();
	hex(raw, sizeof raw, out);
}

static int identify(struct arena *a, const struct zip *z, struct container_identity *id, struct err *e)
{
	const struct zip_item *manifest = NULL, *signature, *statement = zip_find(z, SPAN(STATEMENT_NAME));
	const unsigned char *p;
	struct manifest m;
	CMS_ContentInfo *cms;
	bool ok;

	for (size_t i = 0; i < z->count && !manifest; i++)
		if (span_starts(z->items[i].name, "META-INF/ASiCManifest"))
			manifest = &z->items[i];
	if (!manifest || manifest_read(a, manifest->data, &m, e) || !(signature = zip_find(z, m.signature)))
		return err_set(e, EXIT_UNVERIFIED, "the container has no signature");
	p = (const unsigned char *)signature->data.p;
	cms = d2i_CMS_ContentInfo(NULL, &p, (long)signature->data.n);
	ok = cms && CMS_get0_SignerInfos(cms) && sk_CMS_SignerInfo_num(CMS_get0_SignerInfos(cms)) == 1;
	if (ok)
		sha384_hex(signature_value(sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(cms), 0)), id->signature_sha384);
	CMS_ContentInfo_free(cms);
	ERR_clear_error();
	if (!ok)
		return err_set(e, EXIT_UNVERIFIED, "the container's signature cannot be read");
	sha384_hex(manifest->data, id->manifest_sha384);
	id->statement_sha256[0] = '\0';
	if (statement)
		sha256_hex(statement->data, id->statement_sha256);
	return 0;
}

int container_identity(struct arena *a, struct span container, int64_t now, struct container_identity *ret, struct err *e)
{
	struct verify_request q = {.container = container, .now = now ? now : (int64_t)time(NULL)};
	struct verify_result result;
	struct zip z;

	return verify(a, &q, &result, e) || zip_read(a, container, &z, e) || identify(a, &z, ret, e) ? -1 : 0;
}

int container_leaf(struct str *out, const struct container_identity *id, uint64_t index)
{
	struct jsonw w;

	jsonw_init(&w, out);
	jsonw_object(&w);
	jsonw_member_int(&w, "index", (int64_t)index);
	jsonw_member(&w, "kind", "container");
	jsonw_member(&w, "manifestSha384", id->manifest_sha384);
	jsonw_member(&w, "signatureSha384", id->signature_sha384);
	jsonw_member(&w, "statementSha256", id->statement_sha256[0] ? id->statement_sha256 : NULL);
	jsonw_object_end(&w);
	return jsonw_end(&w);
}

/* ------------------------------------------------------------------ verify's step */

static int check_proof(struct verification *v, struct checkpoint *c, struct tlog_proof *p, struct err *e)
{
	struct container_identity id;
	struct str text = STR_INIT(4096);
	struct merkle_hash leaf;
	int rc;

	if (tlog_proof_read(v->request->proof, p, e) || note_read(v->arena, p->note, v->request->ledger_key, c, e) || identify(v->arena, &v->zip, &id, e))
		return -1;
	rc = container_leaf(&text, &id, p->index);
	merkle_leaf(str_get(&text), &leaf);
	str_free(&text);
	if (rc || !merkle_included(&leaf, p->index, c->size, &c->root, p->proof.hashes, p->proof.count))
		return err_set(e, EXIT_UNVERIFIED, "the proof does not lead from this container to the checkpoint");
	return 0;
}

void verify_proof(struct verification *v)
{
	struct tlog_proof p;
	struct checkpoint c;
	struct err e = {0};

	if (check_proof(v, &c, &p, &e))
		step(v, "ledger-proof", ASKS_HISTORY, STEP_FAILED, "la preuve d'inscription ne vaut pas : %s", "the proof of entry is not good: %s", safe(v, span_of(e.text)));
	else
		step(v, "ledger-proof", ASKS_HISTORY, v->request->ledger_key ? STEP_PASSED : STEP_NOT_CHECKED,
		     "inscrit au registre %s sous le numéro %llu, de %llu entrées%s", "entry of the ledger %s under number %llu, of %llu entries%s", safe(v, span_of(c.origin)),
		     (unsigned long long)p.index, (unsigned long long)c.size, v->request->ledger_key ? "" : " (--ledger-key ?)");
}

void verify_before(struct verification *v)
{
	const struct zip_item *item = zip_find(&v->zip, SPAN(BEFORE_NAME));
	struct checkpoint c;
	struct err e = {0};

	if (!item)
		return;
	if (note_read(v->arena, item->data, v->request->ledger_key, &c, &e))
		step(v, "ledger-before", ASKS_HISTORY, STEP_FAILED, BEFORE_NAME " ne vaut pas : %s", BEFORE_NAME " is not good: %s", safe(v, span_of(e.text)));
	else
		step(v, "ledger-before", ASKS_HISTORY, v->request->ledger_key ? STEP_PASSED : STEP_NOT_CHECKED,
		     "scellé après l'état à %llu entrées du registre %s%s", "sealed after the state of %llu entries of the ledger %s%s", (unsigned long long)c.size,
		     safe(v, span_of(c.origin)), v->request->ledger_key ? "" : " (--ledger-key ?)");
}
