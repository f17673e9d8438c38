/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Opening keys and certificates that others made (PEM, PKCS#8, PKCS#12) through OpenSSL's store. A passphrase comes from a file, a descriptor or
 * the terminal, never from the command line, and is wiped after use. Keys on tokens are pkcs11.c's, new ones key_new.c's. Refuses to sign with
 * keys that ETSI TS 119 312 no longer recommends, and with certificates that are not valid now or not for signing.
 */
#include "seal/seal_p.h"

#include "base/io.h"
#include "base/limits.h"
#include "base/utf8.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rand.h>
#include <openssl/store.h>
#include <openssl/ui.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>
#include <unistd.h>

#define CERT_FILE_BYTES (4 * MIB)

const char *openssl_reason(void)
{
	unsigned long code = ERR_peek_error();
	const char *text = code ? ERR_reason_error_string(code) : NULL;

	ERR_clear_error();
	return text ? text : "no reason given";
}

/* ------------------------------------------------------------------ passphrases */

static int read_line_of(int fd, char *out, size_t size)
{
	size_t n = 0;

	while (n + 1 < size) {
		ssize_t got = read(fd, out + n, 1);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (!got || out[n] == '\n')
			break;
		n++;
	}
	if (n && out[n - 1] == '\r')
		n--;
	out[n] = '\0';
	return (int)n;
}

int passphrase_get(const struct passphrase *p, bool twice, char out[PASSPHRASE_MAX], struct err *e)
{
	int n = 0, fd;

	if (!p)
		return 0;
	if (p->file) {
		fd = open(p->file, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			return err_errno(e, EXIT_USAGE, "cannot read passphrase file '%s'", p->file);
		n = read_line_of(fd, out, PASSPHRASE_MAX);
		close(fd);
	} else if (p->fd >= 0) {
		n = read_line_of(p->fd, out, PASSPHRASE_MAX);
	} else if (p->ask) {
		if (EVP_read_pw_string_min(out, 0, PASSPHRASE_MAX - 1, "Passphrase: ", twice))
			return err_set(e, EXIT_USAGE, "no passphrase was read from the terminal");
		n = (int)strlen(out);
	} else {
		return 0;
	}
	if (n <= 0)
		return err_set(e, EXIT_USAGE, "the passphrase is empty or cannot be read");
	return n;
}

/* ------------------------------------------------------------------ judging a key */

static const EVP_MD *ec_digest(const EVP_PKEY *key)
{
	static const struct { const char *curve; const EVP_MD *(*md)(void); } curves[] = {
		{SN_X9_62_prime256v1, EVP_sha256}, {SN_secp384r1, EVP_sha384}, {SN_secp521r1, EVP_sha512},
	};
	char group[64] = "";

	EVP_PKEY_get_group_name(key, group, sizeof group, NULL);
	for (size_t i = 0; i < sizeof curves / sizeof *curves; i++)
		if (!strcmp(group, curves[i].curve))
			return curves[i].md();
	return NULL;
}

static bool key_is_rsa(const EVP_PKEY *key)
{
	return EVP_PKEY_is_a(key, "RSA") || EVP_PKEY_is_a(key, "RSA-PSS");
}

const char *key_weakness(const EVP_PKEY *key)
{
	if (key_is_rsa(key))
		return EVP_PKEY_get_bits(key) < 3000 ? "an RSA key of less than 3000 bits" : NULL;
	if (!EVP_PKEY_is_a(key, "EC"))
		return "not an RSA or elliptic-curve key";
	return ec_digest(key) ? NULL : "an elliptic curve other than P-256, P-384 and P-521";
}

const EVP_MD *key_digest(const EVP_PKEY *key)
{
	return key_is_rsa(key) ? EVP_sha256() : ec_digest(key);
}

bool cert_is_self_signed(X509 *cert)
{
	return X509_self_signed(cert, 1) == 1;
}

const char *cert_subject(struct arena *a, const X509 *cert)
{
	BIO *out = BIO_new(BIO_s_mem());
	struct str safe_text = STR_INIT(4096);
	char *p = NULL, *subject;
	long n;

	if (!out || X509_NAME_print_ex(out, X509_get_subject_name(cert), 0, XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB) < 0)
		arena_exhausted();
	n = BIO_get_mem_data(out, &p);
	utf8_safe(&safe_text, (struct span){p, n > 0 ? (size_t)n : 0});
	subject = arena_dup(a, safe_text.p ? safe_text.p : "", safe_text.n);
	str_free(&safe_text);
	BIO_free(out);
	return subject;
}

/* ------------------------------------------------------------------ opening */

/* Adds to list what a PEM file holds, or the one certificate of a DER file. */
int certs_read(const char *path, STACK_OF(X509) *list, struct err *e)
{
	struct arena *a = arena_new();
	struct span bytes;
	BIO *in = NULL;
	X509 *cert;
	int rc = -1, before = sk_X509_num(list);

	if (io_read(a, path, CERT_FILE_BYTES, &bytes, e))
		goto out;
	in = BIO_new_mem_buf(bytes.p, (int)bytes.n);
	while (in && (cert = PEM_read_bio_X509(in, NULL, NULL, NULL)))
		sk_X509_push(list, cert);
	if (sk_X509_num(list) == before) {
		const unsigned char *p = (const unsigned char *)bytes.p;

		if ((cert = d2i_X509(NULL, &p, (long)bytes.n)))
			sk_X509_push(list, cert);
	}
	ERR_clear_error();
	rc = sk_X509_num(list) > before ? 0 : err_set(e, EXIT_USAGE, "cannot read '%s': no certificate in it", path);
out:
	BIO_free(in);
	arena_free(a);
	return rc;
}

struct asked {
	const struct passphrase *passphrase;
	struct err *err;
	bool wanted;
};

static int give_passphrase(char *out, int size, int writing, void *data)
{
	struct asked *asked = data;
	char text[PASSPHRASE_MAX];
	int n;

	(void)writing;
	asked->wanted = true;
	n = passphrase_get(asked->passphrase, false, text, asked->err);
	if (n > size)
		n = -1;
	if (n > 0)
		memcpy(out, text, (size_t)n);
	OPENSSL_cleanse(text, sizeof text);
	return n > 0 ? n : -1;
}

/* Takes the first private key, and the certificates that lie with it (PKCS#12). */
static void load_all(OSSL_STORE_CTX *store, struct signer *s)
{
	while (!OSSL_STORE_eof(store)) {
		OSSL_STORE_INFO *info = OSSL_STORE_load(store);
		int type = info ? OSSL_STORE_INFO_get_type(info) : 0;

		if (type == OSSL_STORE_INFO_PKEY && !s->key)
			s->key = OSSL_STORE_INFO_get1_PKEY(info);
		else if (type == OSSL_STORE_INFO_CERT)
			sk_X509_push(s->chain, OSSL_STORE_INFO_get1_CERT(info));
		OSSL_STORE_INFO_free(info);
		if (!info && OSSL_STORE_error(store))
			break;
	}
}

static int load_key(const char *path, const struct passphrase *p, struct signer *s, struct err *e)
{
	struct asked asked = {.passphrase = p, .err = e};
	UI_METHOD *ui = UI_UTIL_wrap_read_pem_callback(give_passphrase, 0);
	struct arena *a = arena_new();
	OSSL_STORE_CTX *store = NULL;
	struct span bytes;
	BIO *in = NULL;
	int rc = -1;

	if (io_read(a, path, CERT_FILE_BYTES, &bytes, e))
		goto out;
	in = BIO_new_mem_buf(bytes.p, (int)bytes.n);
	store = in && ui ? OSSL_STORE_attach(in, "file", NULL, NULL, ui, &asked, NULL, NULL, NULL) : NULL;
	if (store)
		load_all(store, s);
	if (!s->key)
		err_set(e, EXIT_USAGE, asked.wanted ? "cannot open key '%s': the passphrase is missing or wrong" : "cannot open key '%s': no private key in it",
			path);
	rc = s->key ? 0 : -1;
	if (asked.wanted || !rc)
		OPENSSL_cleanse((char *)(uintptr_t)bytes.p, bytes.n);
out:
	ERR_clear_error();
	OSSL_STORE_close(store);
	BIO_free(in);
	UI_destroy_method(ui);
	arena_free(a);
	return rc;
}

/* Moves the certificate of the key out of the chain. */
static int choose_cert(struct signer *s, const char *key_path, struct err *e)
{
	for (int i = 0; i < sk_X509_num(s->chain); i++)
		if (X509_check_private_key(sk_X509_value(s->chain, i), s->key)) {
			s->cert = sk_X509_delete(s->chain, i);
			ERR_clear_error();
			return 0;
		}
	ERR_clear_error();
	if (!sk_X509_num(s->chain))
		return err_set(e, EXIT_USAGE, "no certificate for key '%s': give it with --cert", key_path);
	return err_set(e, EXIT_USAGE, "the certificate does not belong to key '%s'", key_path);
}

static int check_signer(struct signer *s, const char *key_path, struct err *e)
{
	const char *weak = key_weakness(s->key);
	uint32_t usage = X509_get_key_usage(s->cert);

	if (weak)
		return err_set(e, EXIT_USAGE, "cannot sign with key '%s': it is %s, not to be used any more (ETSI TS 119 312)", key_path, weak);
	if (X509_cmp_current_time(X509_get0_notBefore(s->cert)) >= 0)
		return err_set(e, EXIT_USAGE, "cannot sign: the certificate is not valid yet");
	if (X509_cmp_current_time(X509_get0_notAfter(s->cert)) <= 0)
		return err_set(e, EXIT_USAGE, "cannot sign: the certificate has expired");
	if (usage != UINT32_MAX && !(usage & (X509v3_KU_DIGITAL_SIGNATURE | X509v3_KU_NON_REPUDIATION)))
		return err_set(e, EXIT_USAGE, "cannot sign: the certificate is not for signatures (key usage)");
	s->md = key_digest(s->key);
	return 0;
}

int signer_open(const char *key, const char *cert, const struct passphrase *p, struct signer **ret, struct err *e)
{
	struct signer *s = OPENSSL_zalloc(sizeof *s);

	if (!s || !(s->chain = sk_X509_new_null()))
		arena_exhausted();
	if ((key_is_on_token(key) ? token_open(key, p, s, e) : load_key(key, p, s, e)) || (cert && certs_read(cert, s->chain, e)) || choose_cert(s, key, e) || check_signer(s, key, e)) {
		signer_free(s);
		return -1;
	}
	*ret = s;
	return 0;
}

void signer_free(struct signer *s)
{
	if (!s)
		return;
	sk_X509_pop_free(s->chain, X509_free);
	X509_free(s->cert);
	EVP_PKEY_free(s->key);
	token_close(s->token);
	OPENSSL_free(s);
}
