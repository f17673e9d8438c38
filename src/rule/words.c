/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What the words in a key or a text say: what a place is used for, which provider, whether a host may follow, whether what
 * follows only names something. The lists are long and the keys are few, so that an answer about a key is kept by its
 * address: keys are interned, or live as long as the build.
 */
#include "rule/subject_p.h"

#include <ctype.h>
#include <string.h>

struct word {
	const char *word, *means;      /* word in lower case */
};

#define SHORT_BYTES 256      /* of a text that is folded once for the whole list; a longer one is searched without case */

/* Most words have a letter that a short text has not. */
static bool has_letters(const bool there[256], const char *word)
{
	while (*word && there[(unsigned char)*word])
		word++;
	return !*word;
}

/* What the first word of the table that stands in text means. */
static const char *word_of(const char *text, const struct word *table, size_t count)
{
	char low[SHORT_BYTES];
	bool there[256] = {false};
	size_t n = 0;

	for (; n < SHORT_BYTES - 1 && text[n]; n++) {
		low[n] = (char)tolower((unsigned char)text[n]);
		there[(unsigned char)low[n]] = true;
	}
	low[n] = '\0';
	for (size_t i = 0; i < count; i++)
		if (text[n] ? strcasestr(text, table[i].word) != NULL : has_letters(there, table[i].word) && strstr(low, table[i].word))
			return table[i].means;
	return NULL;
}

#define WORD_OF(text, table) word_of((text), (table), sizeof(table) / sizeof *(table))

const char *text_use(const char *text)
{
	static const struct word table[] = {
		{"backup", "backup"}, {"sauvegarde", "backup"}, {"snapshot", "backup"}, {"archive", "backup"}, {"replic", "replica"}, {"secondary", "replica"},
		{"geo_location", "replica"}, {"georep", "replica"}, {"failover", "replica"}, {"bedrock", "inference"}, {"inference", "inference"},
		{"openai", "inference"}, {"sagemaker", "inference"}, {"vertex", "inference"}, {"aiplatform", "inference"}, {"llm", "inference"},
		{"mistral", "inference"}, {"model_region", "inference"}, {"s3", "storage"}, {"bucket", "storage"}, {"storage", "storage"}, {"blob", "storage"},
		{"swift", "storage"}, {"rds", "storage"}, {"database", "storage"}, {"dynamo", "storage"}, {"minio", "storage"}, {"object_store", "storage"},
		{"cdn", "cdn"}, {"cloudfront", "cdn"}, {"kms", "key"}, {"cloudwatch", "log"}, {"logs.", "log"}, {"log_", "log"},
	};

	return WORD_OF(text, table);
}

const char *text_provider(const char *text)
{
	static const struct word table[] = {
		{"amazonaws", "aws"}, {"aws", "aws"}, {"bedrock", "aws"}, {"sagemaker", "aws"}, {"dynamo", "aws"}, {"google", "google"}, {"gcp", "google"},
		{"gcs", "google"}, {"vertex", "google"}, {"azure", "azure"}, {"ovh", "ovh"}, {"scaleway", "scaleway"}, {"scw_", "scaleway"},
		{"outscale", "outscale"}, {"osc_", "outscale"}, {"os_region", "ovh"}, {"cloudflare", "cloudflare"}, {"clever", "clever cloud"},
	};

	return WORD_OF(text, table);
}

static bool ends_with_word(const char *key, const char *word)
{
	size_t n = strlen(key), w = strlen(word);

	return n >= w && !strcasecmp(key + n - w, word);
}

bool text_speaks_of_place(const char *key)
{
	static const char *const words[] = {"region", "location", "region_name", "regionname", "availability_zone", "availabilityzone", "datacenter",
					    "data_center", "cloud_region", NULL};

	for (size_t i = 0; words[i]; i++)
		if (ends_with_word(key, words[i]))
			return true;
	return !strcasecmp(key, "zone") || ends_with_word(key, "_zone");
}

/* Inside a resource: a setting that says where a part of it lies. */
static bool tells_place(const char *key)
{
	static const struct word parts[] = {{"region_name", "place"}, {"regionname", "place"}, {"locationname", "place"}};
	size_t n = strlen(key);

	if (n < 6)
		return false;
	return key_eq(key, "region") || key_eq(key, "location") || key_eq(key, "locations") || key_eq(key, "regions") || WORD_OF(key, parts) ||
	       ends_with_word(key, "region") || (n > 8 && ends_with_word(key, "location"));
}

/* What follows is named, shown or permitted, not called. */
static bool only_names(const char *key)
{
	static const char *const keys[] = {
		"$schema", "$id", "$ref", "schema", "description", "title", "summary", "comment", "comments", "_comment", "help", "documentation", "docs",
		"docs_url", "documentationUrl", "homepage", "homepage_url", "home", "icon", "iconUrl", "icon_url", "logo", "logo_url", "license", "licenses", "licence",
		"licenseUrl", "maintainers", "source", "sources", "repository", "changelog", "notes", "message", "copyright", "termsOfService", "externalDocs", "contact",
		"author", "authors", "name", "namespace", "targetNamespace", "xmlns", "projectUrl", "faq", "support_url", "bugs", "readme", "attribution", "annotation", "label",
		"contentVersion", "templateLink", "apiVersion", "@context", "@type", "system", "profile", "fullUrl", "landingURL", "repo", "project_url", "service", "services",
		"apis", "activate_apis", NULL};
	static const struct word parts[] = {
		{"cors", "named"}, {"origin", "named"}, {"allowed_host", "named"}, {"allowedhost", "named"}, {"redirect", "named"}, {"callback", "named"},
		{"support_url", "named"}, {"character", "named"}, {"collation", "named"}, {"virtualhost", "named"}, {"virtual_host", "named"}, {"privacy", "named"},
		{"terms", "named"}, {"screenshot", "named"}, {"logout_url", "named"}, {"defaulthost", "named"}, {"public_url", "named"}, {"publicurl", "named"},
		{"root_url", "named"}, {"site_url", "named"}, {"external_url", "named"}, {"externalurl", "named"}, {"listen", "named"},
		{"assigningauthority", "named"}, {"assigning_authority", "named"}, {"identifier_system", "named"}, {"identifiersystem", "named"},
		{"namespaceuri", "named"}, {"namespace_uri", "named"}};

	return WORD_OF(key, parts) || text_in(key, keys) || !strncasecmp(key, "xmlns", 5) || !strncasecmp(key, "xsi:", 4) ||
	       !strncasecmp(key, "description", 11);
}

static bool holds_host(const char *key)
{
	static const char *const words[] = {"host", "hostname", "server", "endpoint", "base_url", "baseurl", "api_base", "url", "uri", "broker", "brokers",
					    "bootstrap_servers", "bootstrap.servers", "servers", "fqdn", "address", "remote", "upstream", "smtp", "proxy_pass", "domain_url", NULL};
	size_t n = strlen(key);

	for (size_t i = 0; words[i]; i++) {
		size_t w = strlen(words[i]);

		if (n >= w && !strcasecmp(key + n - w, words[i]) && (n == w || !isalpha((unsigned char)key[n - w - 1]) || isupper((unsigned char)key[n - w])))
			return true;
	}
	return false;
}

/* A block below which settings are prose, metadata or a definition of something else. */
static bool sets_aside(const char *key)
{
	static const char *const keys[] = {"annotations", "externalDocs", "maintainers", "licenses", "externalReferences", "required_providers", "metadata",
					   "description", "Outputs", NULL};

	return text_in(key, keys) || strcasestr(key, "listener");
}

/* ------------------------------------------------------------------ kept answers */

static bool (*const questions[KEY_QUESTIONS])(const char *) = {
	[KEY_SPEAKS_OF_PLACE] = text_speaks_of_place, [KEY_TELLS_PLACE] = tells_place, [KEY_ONLY_NAMES] = only_names,
	[KEY_HOLDS_HOST] = holds_host, [KEY_SETS_ASIDE] = sets_aside,
};

static const char *(*const meanings[KEY_MEANINGS])(const char *) = {[KEY_USE] = text_use, [KEY_PROVIDER] = text_provider};

struct key_note {
	unsigned char asked, yes;      /* a bit a question */
	bool looked[KEY_MEANINGS];
	const char *meaning[KEY_MEANINGS];
};

/* One key is asked several questions in a row. */
static struct key_note *note_of(struct build *b, const char *key)
{
	struct map_entry *entry;

	if (b->last_note && key == b->last_key)
		return b->last_note;
	entry = map_entry(&b->key_notes, (struct span){(const char *)&key, sizeof key});
	if (!entry->value)
		entry->value = ARENA_NEW(b->scratch, struct key_note);
	b->last_key = key;
	b->last_note = entry->value;
	return b->last_note;
}

bool key_is(struct build *b, const char *key, enum key_question q)
{
	struct key_note *note = note_of(b, key);
	unsigned char bit = (unsigned char)(1u << q);

	if (!(note->asked & bit)) {
		note->asked |= bit;
		note->yes |= questions[q](key) ? bit : 0;
	}
	return note->yes & bit;
}

const char *key_means(struct build *b, const char *key, enum key_meaning m)
{
	struct key_note *note = note_of(b, key);

	if (!note->looked[m])
		note->meaning[m] = meanings[m](key);
	note->looked[m] = true;
	return note->meaning[m];
}
