/* SPDX-License-Identifier: EUPL-1.2 */
/* `scelle ledger new|add|list|show|prove|check|export|import|heads|settle`: the history of sealed containers. */
#include "cli/cli.h"

#include "base/io.h"
#include "base/limits.h"
#include "ledger/ledger.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

extern const struct command command_ledger;

#define NOTE_BYTES (64 * 1024)

struct order {
	const char *ledger, *key, *origin, *vkey, *checkpoint, *output, *lang;
	char **operands;      /* behind the verb */
	int count, since;
	bool french;
};

static int make(struct arena *a, const struct order *o, struct err *e)
{
	const char *vkey;

	if (!o->key || !o->origin)
		return err_set(e, EXIT_USAGE, "ledger new needs --key and --origin; see `scelle ledger --help`");
	if (ledger_new(a, o->ledger, o->key, o->origin, &vkey, e))
		return -1;
	printf("%s\n", vkey);
	return 0;
}

static int identify(struct arena *a, const char *path, struct container_identity *id, struct err *e)
{
	struct span container;

	return io_read(a, path, LIMIT_CONTAINER_BYTES, &container, e) || container_identity(a, container, (int64_t)time(NULL), id, e) ? -1 : 0;
}

static int add(struct arena *a, const struct order *o, struct err *e)
{
	struct container_identity id;
	uint64_t index;

	if (!o->key || o->count != 1)
		return err_set(e, EXIT_USAGE, "ledger add needs --key and one container; see `scelle ledger --help`");
	if (identify(a, o->operands[0], &id, e) || ledger_add(a, o->ledger, o->key, &id, &index, e))
		return -1;
	printf("%llu\n", (unsigned long long)index);
	return 0;
}

static int list(struct arena *a, const struct order *o, struct err *e)
{
	struct ledger_state l;

	if (ledger_read(a, o->ledger, &l, e))
		return -1;
	for (size_t i = 0; i < l.count; i++)
		printf("%.*s\n", (int)l.leaves[i].data.n, l.leaves[i].data.p);
	return 0;
}

/* A number, or a container whose entry is looked for. */
static int find_entry(struct arena *a, const struct order *o, const struct ledger_state *l, uint64_t *ret, struct err *e)
{
	struct container_identity id;
	const char *word = o->operands[0];
	int64_t found;
	char *end;

	errno = 0;
	*ret = strtoull(word, &end, 10);
	if (*word >= '0' && *word <= '9' && !*end && !errno)
		return *ret < l->count ? 0 : err_set(e, EXIT_USAGE, "the ledger has no entry %s", word);
	if (identify(a, word, &id, e))
		return -1;
	found = ledger_find(l, &id);
	*ret = (uint64_t)found;
	return found >= 0 ? 0 : err_set(e, EXIT_UNVERIFIED, "'%s' is not in the ledger", word);
}

static int show(struct arena *a, const struct order *o, struct err *e)
{
	struct ledger_state l;
	uint64_t index;

	if (o->count != 1)
		return err_set(e, EXIT_USAGE, "ledger show needs a number or a container; see `scelle ledger --help`");
	if (ledger_read(a, o->ledger, &l, e) || find_entry(a, o, &l, &index, e))
		return -1;
	printf("%.*s\n", (int)l.leaves[index].data.n, l.leaves[index].data.p);
	return 0;
}

static int prove(struct arena *a, const struct order *o, struct err *e)
{
	struct str out = STR_INIT(MIB);
	struct ledger_state l;
	uint64_t index;
	int rc;

	if (o->count != 1)
		return err_set(e, EXIT_USAGE, "ledger prove needs a number or a container; see `scelle ledger --help`");
	rc = ledger_read(a, o->ledger, &l, e) || ledger_check(a, &l, o->vkey, (struct span){0}, e) || find_entry(a, o, &l, &index, e) ||
	     ledger_prove(&l, index, &out, e) || io_write(o->output ? o->output : "-", str_get(&out), 0644, e) ? -1 : 0;
	str_free(&out);
	return rc;
}

static int check(struct arena *a, const struct order *o, struct err *e)
{
	struct span held = {0};
	struct ledger_state l;

	if (o->checkpoint && io_read(a, o->checkpoint, NOTE_BYTES, &held, e))
		return -1;
	if (o->checkpoint && !held.n)
		return err_set(e, EXIT_UNVERIFIED, "checkpoint '%s' is empty", o->checkpoint);
	if (ledger_read(a, o->ledger, &l, e) || ledger_check(a, &l, o->vkey, held, e))
		return -1;
	printf(o->french ? "registre %s : %zu entrées, %zu états signés, tous recalculés\n" : "ledger %s: %zu entries, %zu signed states, all recomputed\n", l.origin,
	       l.count, l.note_count);
	if (!held.n)
		puts(o->french ? "Un registre ramené à un état antérieur ne se voit pas de l'intérieur : donnez un état gardé ailleurs (--checkpoint)."
			       : "A ledger cut back to an earlier state does not show from inside: give a state kept elsewhere (--checkpoint).");
	return 0;
}

/* The last checkpoint: what others keep. With --since, also the proof that it grew from what they have. */
static int export(struct arena *a, const struct order *o, struct err *e)
{
	struct str out = STR_INIT(MIB);
	struct ledger_state l;
	int rc;

	if (o->since < 0)
		return err_set(e, EXIT_USAGE, "--since %d is no number of entries", o->since);
	rc = ledger_read(a, o->ledger, &l, e) || ledger_check(a, &l, o->vkey, (struct span){0}, e) || ledger_growth(&l, (uint64_t)o->since, &out, e) ||
	     io_write(o->output ? o->output : "-", str_get(&out), 0644, e) ? -1 : 0;
	str_free(&out);
	return rc;
}

/* A head of another office, compared with the last one that was kept. */
static int import(struct arena *a, const struct order *o, struct err *e)
{
	struct held_head head;
	struct span bytes;

	if (o->count != 1)
		return err_set(e, EXIT_USAGE, "ledger import needs a file that `scelle ledger export` wrote; see `scelle ledger --help`");
	if (io_read(a, o->operands[0], NOTE_BYTES, &bytes, e) || ledger_import(a, o->ledger, bytes, o->vkey, &head, e))
		return -1;
	printf(o->french ? "%s : %llu entrées, gardé\n" : "%s: %llu entries, kept\n", head.origin, (unsigned long long)head.size);
	return 0;
}

static int heads(struct arena *a, const struct order *o, struct err *e)
{
	struct held_head *list;
	size_t count;

	if (ledger_heads(a, o->ledger, &list, &count, e))
		return -1;
	for (size_t i = 0; i < count; i++)
		printf("%s %llu\n", list[i].origin, (unsigned long long)list[i].size);
	return 0;
}

/* After a kill between an entry and its files. */
static int settle(struct arena *a, const struct order *o, struct err *e)
{
	size_t count;

	if (ledger_settle(a, o->ledger, &count, e))
		return -1;
	printf("%zu\n", count);
	return 0;
}

static int dispatch(struct arena *a, const struct order *o, const char *verb, struct err *e)
{
	static const struct { const char *name; int (*run)(struct arena *a, const struct order *o, struct err *e); } verbs[] = {
		{"new", make}, {"add", add}, {"list", list}, {"show", show}, {"prove", prove}, {"check", check}, {"export", export},
		{"import", import}, {"heads", heads}, {"settle", settle},
	};

	for (size_t i = 0; verb && i < sizeof verbs / sizeof *verbs; i++)
		if (!strcmp(verb, verbs[i].name))
			return o->ledger ? verbs[i].run(a, o, e) : err_set(e, EXIT_USAGE, "--ledger is needed; see `scelle ledger --help`");
	return err_set(e, EXIT_USAGE, "expected new, add, list, show, prove, check, export, import, heads or settle; see `scelle ledger --help`");
}

static int run(int argc, char **argv)
{
	struct order o = {0};
	struct err e = {0};
	struct arena *a;
	int operands, rc;
	bool done = false;
	const struct option_row rows[] = {
		{"ledger", 0, OPTION_TEXT, &o.ledger, "FILE", "the ledger", "le registre"},
		{"key", 0, OPTION_TEXT, &o.key, "FILE", "new, add: the ledger's Ed25519 key", "new, add : la clé Ed25519 du registre"},
		{"origin", 0, OPTION_TEXT, &o.origin, "NAME", "new: a name for the ledger, as audit.hospital.example/ia", "new : un nom pour le registre, comme audit.hopital.example/ia"},
		{"ledger-key", 0, OPTION_TEXT, &o.vkey, "KEY", "prove, check, export: the key it must have (new prints it); import: the key of the other ledger, for its first head",
		 "prove, check, export : la clé qu'il doit avoir (new l'affiche) ; import : la clé de l'autre registre, pour son premier état"},
		{"since", 0, OPTION_INT, &o.since, "N", "export: also prove that it grew from the state of N entries that somebody kept", "export : prouver aussi qu'il prolonge l'état à N entrées que quelqu'un a gardé"},
		{"checkpoint", 0, OPTION_TEXT, &o.checkpoint, "FILE", "check: a state kept elsewhere (export writes it)", "check : un état gardé ailleurs (export l'écrit)"},
		{"output", 'o', OPTION_TEXT, &o.output, "FILE", "prove, export: where to write (default: standard output)", "prove, export : où écrire (par défaut : sortie standard)"},
		{"lang", 0, OPTION_TEXT, &o.lang, "LANG", "fr or en", "fr ou en"},
		{0}
	};

	if (options_parse(&command_ledger, rows, argc, argv, &operands, &done, &e))
		return complain(&e);
	if (done)
		return EXIT_CLEAN;
	o.operands = argv + 2;
	o.count = operands - 1;
	o.french = lang_choose(o.lang) == LANG_FR;
	a = arena_new();
	rc = dispatch(a, &o, operands ? argv[1] : NULL, &e);
	arena_free(a);
	return rc ? complain(&e) : EXIT_CLEAN;
}

const struct command command_ledger = {
	.name = "ledger",
	.usage = "ledger new|add|list|show|prove|check|export|import|heads|settle --ledger FILE [options] [CONTAINER, NUMBER or HEAD]",
	.help_en = "keep a history of sealed containers from which nothing can be taken",
	.help_fr = "tenir un registre des conteneurs scellés dont rien ne peut être retiré",
	.run = run,
};
