/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * `scelle init DIR`: writes a commented scelle.yaml from the table of fields, one deployment for each --use, or for each system of a
 * register or bill of materials given by --from.
 * Every core field is there with the answer `unknown`, which never passes: nothing is declared on the facility's behalf except
 * what the use itself says (its technique, the kinds of data that usually flow), and that is to be confirmed.
 * An existing file is never overwritten.
 */
#include "cli/cli.h"

#include "base/date.h"
#include "base/io.h"
#include "base/sandbox.h"
#include "know/intake.h"
#include "know/know.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#define OUTPUT_BYTES ((size_t)4 << 20)

extern const struct command command_init;

struct preset {
	const char *use, *id_fr, *id_en, *purpose_fr, *purpose_en, *ai_kind, *data;
};

static const struct preset presets[] = {
	{"imaging", "imagerie-01", "imaging-01", "aide à la lecture d'images médicales", "support for reading medical images", "imaging",
	 "[patient-identity, imaging]"},
	{"appointments", "rendez-vous-01", "appointments-01", "prise de rendez-vous assistée", "assisted appointment booking", "llm",
	 "[patient-identity, clinical-text]"},
	{"patient-flow", "flux-patients-01", "patient-flow-01", "prévision des flux et des lits", "forecast of flows and beds", "prediction",
	 "[patient-identity]"},
	{"clinical-text", "texte-clinique-01", "clinical-text-01", "rédaction et synthèse de textes cliniques",
	 "drafting and summary of clinical texts", "llm", "[patient-identity, clinical-text, audio]"},
	{"coding", "codage-01", "coding-01", "aide au codage médical", "support for medical coding", "coding",
	 "[clinical-text, billing]"},
};

struct init {
	struct arena *arena;
	struct str *out;
	bool fr;
};

static void comment(const struct init *in, const char *indent, const char *fr, const char *en)
{
	str_printf(in->out, "%s# %s\n", indent, in->fr ? fr : en);
}

static const struct preset *preset_of(const char *use)
{
	for (size_t i = 0; i < sizeof presets / sizeof *presets; i++)
		if (!strcmp(presets[i].use, use))
			return &presets[i];
	return NULL;
}

/* What is written for a core field: what the use says, else unknown. */
static void put_value(const struct init *in, const struct preset *p, const struct intake_entry *entry, const struct field *f)
{
	const char *said[][2] = {
		{"deployment_id", in->fr ? p->id_fr : p->id_en}, {"purpose", in->fr ? p->purpose_fr : p->purpose_en},
		{"ai_kind", p->ai_kind}, {"data_categories", p->data},
	};

	if (entry) {
		str_printf(in->out, " %s\n", intake_value(entry, f->name) ? intake_value(entry, f->name) : "unknown");
		return;
	}
	if (!strcmp(f->name, "exports")) {
		str_printf(in->out, " [\"exports/%s/**\"]\n", in->fr ? p->id_fr : p->id_en);
		return;
	}
	for (size_t i = 0; i < sizeof said / sizeof *said; i++)
		if (!strcmp(f->name, said[i][0])) {
			str_printf(in->out, strpbrk(said[i][1], "[") || !strpbrk(said[i][1], " '") ? " %s\n" : " \"%s\"\n", said[i][1]);
			return;
		}
	str_text(in->out, " unknown\n");
}

static void put_description(const struct init *in, const char *indent, const struct field *f)
{
	str_printf(in->out, "%s# %s", indent, in->fr ? f->fr : f->en);
	if (*f->allowed)
		str_printf(in->out, in->fr ? " ; valeurs : %s" : "; values: %s", f->allowed);
	str_char(in->out, '\n');
}

/* The fields of one item of a record list, as a commented example. */
static void put_records(const struct init *in, const char *name)
{
	static const struct {
		const char *name;
		enum field_section section;
	} records[] = {
		{"transfers", FIELDS_TRANSFERS}, {"telemetry_endpoints", FIELDS_TELEMETRY_ENDPOINTS},
		{"interfaces", FIELDS_INTERFACES}, {"subprocessors", FIELDS_SUBPROCESSORS},
	};
	size_t count;
	const struct field *all = fields_all(&count);

	for (size_t i = 0; i < sizeof records / sizeof *records; i++) {
		bool first = true;

		if (strcmp(records[i].name, name) != 0)
			continue;
		for (size_t j = 0; j < count; j++) {
			if (all[j].section != records[i].section)
				continue;
			str_printf(in->out, "    #   %s %s:%*s  # %s%s%s\n", first ? "-" : " ", all[j].name,
				   (int)(12 - (strlen(all[j].name) < 12 ? strlen(all[j].name) : 12)), "",
				   in->fr ? all[j].fr : all[j].en, *all[j].allowed ? ": " : "", all[j].allowed);
			first = false;
		}
	}
}

/* What the facility has said above for all its deployments; an `unknown` here would hide that. */
static bool said_above(const char *name)
{
	return !strcmp(name, "facility_finess") || !strcmp(name, "entity_type") || !strcmp(name, "dpo_contact");
}

/* Where the entry stood, and what was said there without a field for it. */
static void put_notes(const struct init *in, const struct intake_entry *entry)
{
	str_printf(in->out, in->fr ? "  # Repris de %s\n" : "  # Taken from %s\n", intake_quoted(in->arena, span_of(entry->place)));
	for (size_t i = 0; i < entry->note_count; i++)
		str_printf(in->out, "  #   %s\n", entry->notes[i]);
}

/* A preset, or an entry of a register: the other is NULL, or not looked at. */
static void put_deployment(const struct init *in, const struct preset *p, const struct intake_entry *entry)
{
	size_t count;
	const struct field *all = fields_all(&count);
	bool first = true;

	if (entry)
		put_notes(in, entry);
	for (size_t i = 0; i < count; i++) {
		const char *own = entry ? intake_value(entry, all[i].name) : NULL;
		bool above = said_above(all[i].name) && !own;

		if (all[i].section != FIELDS_CORE)
			continue;
		if (!first)
			put_description(in, "    ", &all[i]);
		str_printf(in->out, "%s%s:", first ? "  - " : above ? "    # " : "    ", all[i].name);
		if (above)
			str_char(in->out, '\n');
		else
			put_value(in, p, entry, &all[i]);
		if (!own)
			put_records(in, all[i].name);
		first = false;
	}
	comment(in, "    ", "Champs facultatifs : retirer le dièse de ceux qui servent.", "Optional fields: uncomment those that serve.");
	for (size_t i = 0; i < count; i++)
		if (all[i].section == FIELDS_MORE && entry && intake_value(entry, all[i].name))
			str_printf(in->out, "    %s: %s\n", all[i].name, intake_value(entry, all[i].name));
		else if (all[i].section == FIELDS_MORE)
			str_printf(in->out, "    # %s:  # %s%s%s\n", all[i].name, in->fr ? all[i].fr : all[i].en,
				   *all[i].allowed ? ": " : "", all[i].allowed);
}

static void put_section(const struct init *in, enum field_section section, const char *indent, const char *lead)
{
	size_t count;
	const struct field *all = fields_all(&count);

	for (size_t i = 0; i < count; i++)
		if (all[i].section == section) {
			put_description(in, indent, &all[i]);
			str_printf(in->out, "%s%s%s: unknown\n", indent, lead, all[i].name);
		}
}

static void put_head(const struct init *in, date_t today)
{
	char day[16];

	comment(in, "", "Déclaration des systèmes d'IA de l'établissement, lue par scelle.", "The facility's declaration of its AI systems, read by scelle.");
	comment(in, "", "unknown : demandé, sans réponse ; ne passe jamais. not-applicable : { not_applicable: \"motif\" }. Ligne absente : non demandé.",
		"unknown: asked, not answered; it never passes. not-applicable: { not_applicable: \"reason\" }. No line: not asked.");
	comment(in, "", "Ni donnée de patient, ni secret dans ce fichier.", "No patient data and no secrets in this file.");
	str_printf(in->out, "facility:\n");
	put_section(in, FIELDS_FACILITY, "  ", "");
	comment(in, "", "Qui déclare, et quand ; la déclaration vaut douze mois sauf valid_until.", "Who declares, and when; it holds for twelve months unless valid_until says otherwise.");
	str_printf(in->out, "declared_by: unknown\ndeclared_on: %s\n# valid_until:\n", date_format(today, day));
	comment(in, "", "Politique de l'établissement : elle peut être plus stricte que la loi (FR, EU, EEA), jamais moins.",
		"The facility's policy: it may be stricter than the law (FR, EU, EEA), never laxer.");
	str_text(in->out, "policy:\n  territory:\n");
	str_text(in->out, "    storage: EEA\n    processing: EEA\n    backup: EEA\n");
	str_text(in->out, "  log_retention_min: 180d\n  log_retention_max: 1y\n");
}

static void put_waivers(const struct init *in, const char *id)
{
	comment(in, "", "Dérogations : toutes les lignes sont obligatoires, sauf path et fingerprint.", "Waivers: all lines are mandatory, but path and fingerprint.");
	str_text(in->out, "# waivers:\n");
	comment(in, "", "  - control: HOST-10", "  - control: HOST-10");
	str_printf(in->out, "#     deployment: %s\n#     reason: \"...\"\n#     approver: \"...\"\n#     until: 2027-06-30\n", id);
}

static int put_uses(const struct init *in, const struct text_list *uses, struct err *e)
{
	for (size_t i = 0; i < uses->count; i++) {
		const struct preset *p = preset_of(uses->items[i]);

		for (size_t j = 0; j < i; j++)
			if (!strcmp(uses->items[i], uses->items[j]))
				return err_set(e, EXIT_USAGE, "--use %.40s is given twice", uses->items[i]);
		if (!p)
			return err_set(e, EXIT_USAGE, "unknown use '%.40s': imaging, appointments, patient-flow, clinical-text or coding",
				       uses->items[i]);
		put_deployment(in, p, NULL);
	}
	put_waivers(in, in->fr ? preset_of(uses->items[0])->id_fr : preset_of(uses->items[0])->id_en);
	return 0;
}

/* The file is somebody else's: it is read as an export is, by a process that can open no socket. */
static int put_intake(const struct init *in, const char *from, struct err *e)
{
	struct input_set set;
	struct collect_options how = {0};
	struct intake intake;
	struct err why = {0};

	if (sandbox_enter(&why) > 0)
		fprintf(stderr, "scelle: warning: not confined: %s\n", why.text);
	if (collect(&set, in->arena, &from, 1, &how, e) || intake_read(in->arena, &set, &intake, e))
		return -1;
	if (!intake.count)
		return err_set(e, EXIT_INCOMPLETE, in->fr ? "'%s' : ni registre avec une colonne « Traitement », « Outil » ou « Système », ni modèle ou service d'une nomenclature CycloneDX"
							    : "'%s': neither a register with a column \"Traitement\", \"Outil\" or \"System\", nor a model or service of a CycloneDX bill of materials", from);
	for (size_t i = 0; i < intake.count; i++)
		put_deployment(in, &presets[0], &intake.entries[i]);
	put_waivers(in, intake.entries[0].id);
	return 0;
}

static int put_all(const struct init *in, const struct text_list *uses, const char *from, date_t today, struct err *e)
{
	put_head(in, today);
	comment(in, "", "Un élément par système d'IA.", "One item for each AI system.");
	str_text(in->out, "deployments:\n");
	if (from ? put_intake(in, from, e) : put_uses(in, uses, e))
		return -1;
	return str_failed(in->out) ? err_set(e, EXIT_BROKEN, "the declaration is too long") : 0;
}

/* Made here and now, or not at all: a file that someone wrote meanwhile is not overwritten either. */
static int write_new(struct arena *a, const char *dir, const struct str *out, bool fr, struct err *e)
{
	const char *path = arena_printf(a, "%s/scelle.yaml", dir);

	if (io_make_folders(dir, e) < 0)
		return -1;
	if (access(path, F_OK) == 0 || errno != ENOENT)
		return err_set(e, EXIT_USAGE, fr ? "'%s' existe déjà et n'est pas remplacé" : "'%s' exists and is not overwritten", path);
	if (io_write(path, str_get(out), 0644, e) < 0)
		return -1;
	fprintf(stderr, fr ? "scelle: '%s' écrit ; compléter les « unknown », puis `scelle audit %s`\n"
			   : "scelle: wrote '%s'; answer the unknowns, then `scelle audit %s`\n", path, dir);
	return 0;
}

static int init(const char *dir, const struct text_list *uses, const char *from, bool fr, struct err *e)
{
	static const char *const first[] = {"clinical-text"};
	struct text_list none = {(const char **)(void *)first, 1};
	struct str out = STR_INIT(OUTPUT_BYTES);
	struct arena *a = arena_new();
	struct init in = {a, &out, fr};
	bool from_clock;
	int failed = put_all(&in, uses->count ? uses : &none, from, clock_today(&from_clock), e) || write_new(a, dir, &out, fr, e);

	str_free(&out);
	arena_free(a);
	return failed ? -1 : 0;
}

static int cmd_init(int argc, char **argv)
{
	const char *lang = NULL, *from = NULL;
	struct text_list uses = {0};
	const struct option_row rows[] = {
		{"use", 0, OPTION_LIST, &uses, "USE", "imaging, appointments, patient-flow, clinical-text or coding; may be repeated",
		 "imaging, appointments, patient-flow, clinical-text ou coding ; peut être répété"},
		{"from", 0, OPTION_TEXT, &from, "FILE", "take systems over from a register (CSV, XLSX, ODS) or a CycloneDX bill of materials",
		 "reprendre les systèmes d'un registre (CSV, XLSX, ODS) ou d'une nomenclature CycloneDX"},
		{"lang", 0, OPTION_TEXT, &lang, "LANG", "language of the comments: fr or en", "langue des commentaires : fr ou en"},
		{0},
	};
	struct err e = {0};
	bool done = false;
	int operands = 0;

	if (options_parse(&command_init, rows, argc, argv, &operands, &done, &e) < 0)
		return complain(&e);
	if (done)
		return EXIT_CLEAN;
	if (operands != 1)
		err_set(&e, EXIT_USAGE, "init takes one folder; see `scelle init --help`");
	else if (from && uses.count)
		err_set(&e, EXIT_USAGE, "--from and --use exclude each other");
	else if (!init(argv[1], &uses, from, lang_choose(lang) == LANG_FR, &e))
		return (int)finish(EXIT_CLEAN);
	return complain(&e);
}

const struct command command_init = {
	.name = "init",
	.usage = "init [options] DIR",
	.help_en = "write a commented declaration to fill in",
	.help_fr = "écrire une déclaration commentée, à compléter",
	.run = cmd_init,
};
