/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Keys that stay on a token: a smart card, an HSM, SoftHSM (PKCS#11), named by a URI of RFC 7512 and reached through libp11, whose only door
 * this is. The module is the user's choice (module-path= in the URI, else SCELLE_PKCS11_MODULE); there is no default, since a module is code.
 * One PIN is tried once: a card counts wrong ones and then locks itself for good, so nothing here tries again, and a token that says that the
 * next wrong PIN is the last is left alone. The PIN is never in the URI, which others can see in the list of processes.
 */
#include "config.h"

#include "seal/seal_p.h"

#include <stdlib.h>

bool key_is_on_token(const char *key)
{
	return !strncmp(key, "pkcs11:", 7);
}

#ifdef HAVE_P11

#include <libp11.h>
#include <openssl/err.h>
#include <openssl/ui.h>
#include <openssl/x509v3.h>

struct token_session {
	PKCS11_CTX *ctx;
	PKCS11_SLOT *slots;
	unsigned slot_count;
	UI_METHOD *ui;
	bool loaded;
	char pin[PASSPHRASE_MAX];      /* some keys want it again for each signature (CKA_ALWAYS_AUTHENTICATE) */
};

/* ------------------------------------------------------------------ the URI */

struct token_uri {
	struct span token, serial, manufacturer, model, object, id;      /* p NULL: not named */
	const char *module;
};

static int hex_value(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Percent-decoded, in the arena, with a NUL behind it. */
static int decode(struct arena *a, struct span text, struct span *ret)
{
	char *out = arena_dup(a, text.p, text.n);
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (c == '%') {
			int high = i + 2 < text.n ? hex_value(text.p[i + 1]) : -1, low = i + 2 < text.n ? hex_value(text.p[i + 2]) : -1;

			if (high < 0 || low < 0)
				return -1;
			c = (char)(high * 16 + low);
			i += 2;
		}
		out[n++] = c;
	}
	out[n] = '\0';
	*ret = (struct span){out, n};
	return 0;
}

static int take_attribute(struct arena *a, struct token_uri *u, struct span name, struct span value, struct err *e)
{
	struct span module = {0}, type = {0};
	const struct { const char *name; struct span *target; } known[] = {
		{"token", &u->token}, {"serial", &u->serial}, {"manufacturer", &u->manufacturer}, {"model", &u->model},
		{"object", &u->object}, {"id", &u->id}, {"module-path", &module}, {"type", &type},
	};
	size_t i = 0, count = sizeof known / sizeof *known;

	if (span_is(name, "pin-value") || span_is(name, "pin-source"))
		return err_set(e, EXIT_USAGE, "no PIN in the URI of a key: give it with --passphrase-file, --passphrase-fd or at the prompt");
	while (i < count && !span_is(name, known[i].name))
		i++;
	if (i == count || known[i].target->p)
		return err_set(e, EXIT_USAGE, "cannot use '%.*s' in the URI of a key: token, serial, manufacturer, model, object, id, type and module-path, each once",
			       (int)(name.n < 40 ? name.n : 40), name.p);
	if (decode(a, value, known[i].target))
		return err_set(e, EXIT_USAGE, "a %% in the URI of a key is not followed by two hexadecimal digits");
	if (type.p && !span_is(type, "private"))
		return err_set(e, EXIT_USAGE, "the URI of a key names a private key (type=private)");
	if (module.p)
		u->module = module.p;
	return 0;
}

static int parse_uri(struct arena *a, const char *text, struct token_uri *u, struct err *e)
{
	const char *p = text + 7;

	*u = (struct token_uri){.module = getenv("SCELLE_PKCS11_MODULE")};
	while (*p) {
		size_t n = strcspn(p, ";?&"), name = strcspn(p, "=;?&");

		if (n && name == n)
			return err_set(e, EXIT_USAGE, "'%.60s' in the URI of a key is not of the form name=value", p);
		if (n && take_attribute(a, u, (struct span){p, name}, (struct span){p + name + 1, n - name - 1}, e))
			return -1;
		p += n + (p[n] != '\0');
	}
	if (!u->module || !*u->module)
		return err_set(e, EXIT_USAGE, "which PKCS#11 module? give SCELLE_PKCS11_MODULE, or module-path= in the URI of the key");
	return 0;
}

/* ------------------------------------------------------------------ finding token and key */

static bool text_matches(struct span wanted, const char *text)
{
	return !wanted.p || (text && span_is(wanted, text));
}

static bool slot_matches(const struct token_uri *u, const PKCS11_SLOT *slot)
{
	const PKCS11_TOKEN *t = slot->token;

	return t && t->initialized && text_matches(u->token, t->label) && text_matches(u->serial, t->serialnr) &&
	       text_matches(u->manufacturer, t->manufacturer) && text_matches(u->model, t->model);
}

static int find_slot(struct token_session *t, const struct token_uri *u, PKCS11_SLOT **ret, struct err *e)
{
	*ret = NULL;
	if (PKCS11_CTX_load(t->ctx, u->module))
		return err_set(e, EXIT_USAGE, "cannot load PKCS#11 module '%s': %s", u->module, openssl_reason());
	t->loaded = true;
	if (PKCS11_enumerate_slots(t->ctx, &t->slots, &t->slot_count))
		return err_set(e, EXIT_USAGE, "cannot list the tokens of '%s': %s", u->module, openssl_reason());
	for (unsigned i = 0; i < t->slot_count; i++) {
		if (!slot_matches(u, &t->slots[i]))
			continue;
		if (*ret)
			return err_set(e, EXIT_USAGE, "several tokens match the URI of the key: name one (token=, serial=)");
		*ret = &t->slots[i];
	}
	return *ret ? 0 : err_set(e, EXIT_USAGE, "no token matches the URI of the key");
}

static bool key_matches(const struct token_uri *u, const PKCS11_KEY *key)
{
	return text_matches(u->object, key->label) && (!u->id.p || (u->id.n == key->id_len && !memcmp(u->id.p, key->id, key->id_len)));
}

static int find_key(const struct token_uri *u, PKCS11_TOKEN *token, struct signer *s, struct err *e)
{
	PKCS11_KEY *keys, *found = NULL;
	unsigned count;

	if (PKCS11_enumerate_keys(token, &keys, &count))
		return err_set(e, EXIT_USAGE, "cannot list the keys of token '%s': %s (libp11 before 0.4.17 stops at an Ed25519 key)", token->label, openssl_reason());
	for (unsigned i = 0; i < count; i++) {
		if (!key_matches(u, &keys[i]))
			continue;
		if (found)
			return err_set(e, EXIT_USAGE, "several keys of token '%s' match: name one (object=, id=)", token->label);
		found = &keys[i];
	}
	if (!found)
		return err_set(e, EXIT_USAGE, "no private key of token '%s' matches", token->label);
	s->key = PKCS11_get_private_key(found);
	return s->key ? 0 : err_set(e, EXIT_USAGE, "cannot use the key of token '%s': %s", token->label, openssl_reason());
}

/* The key's own and those of authorities: the holder's other certificates are nobody's business who receives the seal. */
static void take_certs(PKCS11_TOKEN *token, struct signer *s)
{
	PKCS11_CERT *certs;
	unsigned count;

	if (!PKCS11_enumerate_certs(token, &certs, &count))
		for (unsigned i = 0; i < count; i++)
			if (certs[i].x509 && (X509_check_ca(certs[i].x509) > 0 || X509_check_private_key(certs[i].x509, s->key)) && X509_up_ref(certs[i].x509))
				sk_X509_push(s->chain, certs[i].x509);
	ERR_clear_error();
}

/* ------------------------------------------------------------------ logging in */

static int give_pin(char *out, int size, int writing, void *data)
{
	const struct token_session *t = data;
	size_t n = strlen(t->pin);

	(void)writing;
	if (size < 0 || n > (size_t)size)
		return -1;
	memcpy(out, t->pin, n);
	return (int)n;
}

static int login(struct token_session *t, PKCS11_SLOT *slot, const struct passphrase *p, struct err *e)
{
	/* analyser: find_slot sets the slot or fails */
	const PKCS11_TOKEN *token = slot->token;
	int n;

	if (token->userPinLocked)
		return err_set(e, EXIT_USAGE, "token '%s' is locked: too many wrong PINs", token->label);
	if (token->userPinFinalTry)
		return err_set(e, EXIT_USAGE, "token '%s' has one try left: a wrong PIN would lock it; enter the PIN with its own program first", token->label);
	if (!token->loginRequired)
		return 0;
	n = token->secureLogin ? 0 : passphrase_get(p, false, t->pin, e);
	if (n < 0)
		return -1;
	if (!n && !token->secureLogin)
		return err_set(e, EXIT_USAGE, "token '%s' wants its PIN: give --passphrase-file or --passphrase-fd", token->label);
	t->ui = UI_UTIL_wrap_read_pem_callback(give_pin, 0);
	if (!t->ui || PKCS11_set_ui_method(t->ctx, t->ui, t))
		arena_exhausted();
	/* with a PIN pad of its own (secureLogin) the token asks by itself */
	if (PKCS11_login(slot, 0, n ? t->pin : NULL))
		return err_set(e, EXIT_USAGE, "token '%s' does not take this PIN, which was tried once: %s", token->label, openssl_reason());
	return 0;
}

int token_open(const char *uri, const struct passphrase *p, struct signer *s, struct err *e)
{
	struct arena *a = arena_new();
	struct token_uri u;
	PKCS11_SLOT *slot;
	int rc;

	s->token = OPENSSL_zalloc(sizeof *s->token);
	if (!s->token || !(s->token->ctx = PKCS11_CTX_new()))
		arena_exhausted();
	/* analyser: find_slot sets the slot or fails */
	rc = parse_uri(a, uri, &u, e) || find_slot(s->token, &u, &slot, e) || login(s->token, slot, p, e) || find_key(&u, slot->token, s, e) ? -1 : 0;
	if (!rc)
		take_certs(slot->token, s);
	arena_free(a);
	return rc;
}

void token_close(struct token_session *t)
{
	if (!t)
		return;
	if (t->slots)
		PKCS11_release_all_slots(t->ctx, t->slots, t->slot_count);
	if (t->loaded)
		PKCS11_CTX_unload(t->ctx);
	PKCS11_CTX_free(t->ctx);
	UI_destroy_method(t->ui);
	OPENSSL_cleanse(t->pin, sizeof t->pin);
	OPENSSL_free(t);
}

#else

int token_open(const char *uri, const struct passphrase *p, struct signer *s, struct err *e)
{
	(void)p;
	(void)s;
	return err_set(e, EXIT_USAGE, "cannot use key '%.200s': this scelle was built without libp11, so it reaches no token", uri);
}

void token_close(struct token_session *t)
{
	(void)t;
}

#endif
