/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * New keys: P-256, with a self-signed certificate that says in its subject what it is worth, or a request for one that an authority signs. Files are
 * new or refused; the key's is readable by its owner alone, encrypted when there is a passphrase.
 */
#include "seal/seal_p.h"

#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#define PBKDF2_ROUNDS 600000      /* OWASP's figure for PBKDF2 with SHA-256 */

static int add_extension(X509 *cert, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *extension;
	int ok;

	X509V3_set_ctx(&ctx, cert, cert, NULL, NULL, 0);
	extension = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	ok = extension && X509_add_ext(cert, extension, -1);
	X509_EXTENSION_free(extension);
	return ok ? 0 : -1;
}

/* 127 bits of serial number: positive, never zero. */
static int set_serial(X509 *cert)
{
	unsigned char bytes[16];
	BIGNUM *n = NULL;
	int ok = RAND_bytes(bytes, sizeof bytes) == 1;

	bytes[0] = (bytes[0] & 0x7f) | 0x40;
	n = ok ? BN_bin2bn(bytes, sizeof bytes, NULL) : NULL;
	ok = n && BN_to_ASN1_INTEGER(n, X509_get_serialNumber(cert));
	BN_free(n);
	return ok ? 0 : -1;
}

/* The subject itself says what the certificate is worth: it is what every verifier shows first. */
static int set_subject(X509 *cert, const char *common_name)
{
	X509_NAME *name = X509_get_subject_name(cert);
	static const unsigned char unit[] = "self-signed: proves integrity, not identity";

	return X509_NAME_add_entry_by_txt(name, "OU", MBSTRING_UTF8, unit, -1, -1, 0) &&
	       X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)common_name, -1, -1, 0) &&
	       X509_set_issuer_name(cert, name) ? 0 : -1;
}

static X509 *make_cert(EVP_PKEY *key, const char *common_name, int days, struct err *e)
{
	static const struct { int nid; const char *value; } extensions[] = {
		{NID_basic_constraints, "critical,CA:FALSE"},
		{NID_key_usage, "critical,digitalSignature,nonRepudiation"},
		{NID_subject_key_identifier, "hash"},
		{NID_netscape_comment, "Self-signed by scelle: proves that the sealed bytes are unchanged, not who sealed them. "
				       "Auto-signe par scelle : prouve que le contenu est intact, pas qui l'a scelle."},
	};
	X509 *cert = X509_new();
	bool ok = cert && X509_set_version(cert, X509_VERSION_3) && !set_serial(cert) && !set_subject(cert, common_name) &&
		  X509_gmtime_adj(X509_getm_notBefore(cert), 0) && X509_time_adj_ex(X509_getm_notAfter(cert), days, 0, NULL) &&
		  X509_set_pubkey(cert, key);

	for (size_t i = 0; ok && i < sizeof extensions / sizeof *extensions; i++)
		ok = !add_extension(cert, extensions[i].nid, extensions[i].value);
	if (ok && X509_sign(cert, key, EVP_sha256()))
		return cert;
	err_set(e, EXIT_BROKEN, "cannot make a certificate: %s", openssl_reason());
	X509_free(cert);
	return NULL;
}

/* PKCS#8, encrypted by PBES2 with AES-256 and many rounds when there is a passphrase. */
static int write_key(BIO *out, EVP_PKEY *key, const char *passphrase, int length)
{
	PKCS8_PRIV_KEY_INFO *plain;
	X509_ALGOR *how;
	X509_SIG *sealed;
	int ok;

	if (!length)
		return PEM_write_bio_PKCS8PrivateKey(out, key, NULL, NULL, 0, NULL, NULL) ? 0 : -1;
	plain = EVP_PKEY2PKCS8(key);
	how = PKCS5_pbe2_set_iv(EVP_aes_256_cbc(), PBKDF2_ROUNDS, NULL, 0, NULL, NID_hmacWithSHA256);
	sealed = plain && how ? PKCS8_set0_pbe(passphrase, length, plain, how) : NULL;
	ok = sealed && PEM_write_bio_PKCS8(out, sealed);
	if (!sealed)
		X509_ALGOR_free(how);
	X509_SIG_free(sealed);
	PKCS8_PRIV_KEY_INFO_free(plain);
	return ok ? 0 : -1;
}

/* A new file: one that exists, or a link in its place, is refused by the kernel. */
int create_file(const char *path, BIO *bytes, unsigned mode, struct err *e)
{
	char *p = NULL;
	long n = BIO_get_mem_data(bytes, &p);
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);

	if (fd < 0)
		return err_errno(e, EXIT_USAGE, "cannot create '%s'", path);
	if (io_put(fd, (struct span){p, (size_t)n}, e) || fsync(fd)) {
		err_errno(e, EXIT_BROKEN, "cannot write '%s'", path);
		close(fd);
		unlink(path);
		return -1;
	}
	if (!close(fd))
		return 0;
	unlink(path);
	return err_errno(e, EXIT_BROKEN, "cannot write '%s'", path);
}

/* A request by which an authority certifies the key (PKCS#10); it signs itself, which proves that the key is at hand. */
static X509_REQ *make_request(EVP_PKEY *key, const char *common_name, struct err *e)
{
	X509_REQ *request = X509_REQ_new();
	X509_NAME *name = request ? X509_REQ_get_subject_name(request) : NULL;

	if (name && X509_REQ_set_version(request, X509_REQ_VERSION_1) &&
	    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)common_name, -1, -1, 0) && X509_REQ_set_pubkey(request, key) &&
	    X509_REQ_sign(request, key, EVP_sha256()))
		return request;
	err_set(e, EXIT_BROKEN, "cannot make a certificate request: %s", openssl_reason());
	X509_REQ_free(request);
	return NULL;
}

/* What is written beside the key, as PEM: a self-signed certificate, a request, or both. NULL: could not be made. */
static BIO *cert_pem(EVP_PKEY *key, const struct new_key *k, struct err *e)
{
	X509 *cert = make_cert(key, k->common_name, k->days, e);
	BIO *out = cert ? BIO_new(BIO_s_mem()) : NULL;

	if (out && !PEM_write_bio_X509(out, cert)) {
		BIO_free(out);
		out = NULL;
	}
	X509_free(cert);
	return out;
}

static BIO *request_pem(EVP_PKEY *key, const struct new_key *k, struct err *e)
{
	X509_REQ *request = make_request(key, k->common_name, e);
	BIO *out = request ? BIO_new(BIO_s_mem()) : NULL;

	if (out && !PEM_write_bio_X509_REQ(out, request)) {
		BIO_free(out);
		out = NULL;
	}
	X509_REQ_free(request);
	return out;
}

/* All of them or none. */
static int create_files(const struct new_key *k, BIO *const bytes[3], struct err *e)
{
	const char *const paths[3] = {k->key_path, k->cert_path, k->request_path};
	static const unsigned modes[3] = {0600, 0644, 0644};

	for (int i = 0; i < 3; i++)
		if (paths[i] && create_file(paths[i], bytes[i], modes[i], e)) {
			while (i--)
				if (paths[i])
					unlink(paths[i]);
			return -1;
		}
	return 0;
}

int key_new(const struct new_key *k, const struct passphrase *p, struct err *e)
{
	char passphrase[PASSPHRASE_MAX];
	BIO *bytes[3] = {0};
	EVP_PKEY *key = NULL;
	int rc = -1, length = passphrase_get(p, true, passphrase, e);

	if (length < 0)
		return -1;
	key = EVP_EC_gen("P-256");
	bytes[0] = BIO_new(BIO_s_secmem());
	if (!key || !bytes[0] || write_key(bytes[0], key, passphrase, length))
		err_set(e, EXIT_BROKEN, "cannot write the key: %s", openssl_reason());
	else if ((!k->cert_path || (bytes[1] = cert_pem(key, k, e))) && (!k->request_path || (bytes[2] = request_pem(key, k, e))))
		rc = create_files(k, bytes, e);
	OPENSSL_cleanse(passphrase, sizeof passphrase);
	for (int i = 0; i < 3; i++)
		BIO_free(bytes[i]);
	EVP_PKEY_free(key);
	return rc;
}
