/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A letter for each vendor, ready to be signed: the points to correct with their places and days, then the documents to hand over. Always in
 * French, the language of the contract, whatever the language of the reports; hence its sentences stand here and not in texts.def.
 */
#include "report/markdown.h"
#include "report/plain.h"
#include "report/plan.h"

struct letter {
	struct str *out;
	const struct report *report;
	const struct plan_task *tasks;
	size_t task_count, written;
	struct str text;
};

static void put_item(struct letter *l, const char *label, const char *value, bool code)
{
	if (!value || !*value)
		return;
	str_printf(l->out, "   - %s : ", label);
	if (code)
		md_code(l->out, value);
	else
		md_text(l->out, value);
	str_char(l->out, '\n');
}

static void put_scratch(struct letter *l, const char *label, bool code)
{
	put_item(l, label, str_get(&l->text).p, code);
	str_clear(&l->text);
}

static bool is_for(const struct plan_task *t, const char *deployment)
{
	return t->actor == ACTOR_VENDOR && (deployment ? t->deployment && !strcmp(t->deployment, deployment) : !t->deployment);
}

/* ------------------------------------------------------------------ points and documents */

static void put_point(struct letter *l, const struct plan_task *t, size_t number)
{
	const struct report_finding *f = t->findings[0];

	str_printf(l->out, "%zu. **%s, avant le %s** : ", number, severity_text(t->severity, LANG_FR), t->due);
	md_text(l->out, both_in(&f->title, LANG_FR));
	str_char(l->out, '\n');
	put_item(l, "Pourquoi", both_in(&f->why, LANG_FR), false);
	put_item(l, "À faire", both_in(&f->fix, LANG_FR), false);
	report_law(&l->text, l->report, f->controls, f->control_count, LANG_FR);
	put_scratch(l, "Texte", false);
	for (size_t i = 0; i < t->count; i++) {
		str_text(l->out, "   - Constaté dans ");
		plan_place(&l->text, t->findings[i]);
		md_code(l->out, str_get(&l->text).p);
		str_clear(&l->text);
		finding_observed(&l->text, t->findings[i], LANG_FR);
		if (l->text.n) {
			str_text(l->out, " : ");
			md_code(l->out, str_get(&l->text).p);
		}
		str_clear(&l->text);
		str_printf(l->out, " (repère %s/%u)\n", t->findings[i]->fingerprint, t->findings[i]->occurrence);
	}
}

static void put_document(struct letter *l, const struct plan_task *t)
{
	const struct control *c = report_control_named(l->report, t->cell->control);

	str_printf(l->out, "- **avant le %s** : %s, ", t->due, c->id);
	md_text(l->out, both_in(&c->title, LANG_FR));
	str_text(l->out, ". ");
	md_text(l->out, both_in(&c->requirement, LANG_FR));
	str_text(l->out, " Ce qui le montrerait : ");
	md_text(l->out, both_in(&c->shown_by, LANG_FR));
	str_char(l->out, '\n');
}

static void put_points(struct letter *l, const char *deployment)
{
	size_t n = 0;

	for (size_t i = 0; i < l->task_count; i++)
		if (is_for(&l->tasks[i], deployment) && !l->tasks[i].cell) {
			if (!n)
				str_text(l->out, "\n## Points à corriger\n\n");
			put_point(l, &l->tasks[i], ++n);
		}
	n = 0;
	for (size_t i = 0; i < l->task_count; i++)
		if (is_for(&l->tasks[i], deployment) && l->tasks[i].cell) {
			if (!n++)
				str_text(l->out, "\n## Pièces à fournir\n\nRien, dans les fichiers remis, ne démontre les points suivants. "
						 "Merci de nous adresser le document, l'attestation ou l'extrait de configuration qui les démontre.\n\n");
			put_document(l, &l->tasks[i]);
		}
}

/* ------------------------------------------------------------------ the letter */

static void put_head(struct letter *l, const char *name, const char *vendor)
{
	const struct report *r = l->report;

	str_text(l->out, "# Lettre à l'éditeur");
	if (vendor) {
		str_text(l->out, " ");
		md_text(l->out, vendor);
	}
	str_text(l->out, "\n\n");
	if (r->facility) {
		md_text(l->out, r->facility);
		if (r->finess) {
			str_text(l->out, " (FINESS ");
			md_text(l->out, r->finess);
			str_text(l->out, ")");
		}
		str_text(l->out, "  \n");
	}
	str_printf(l->out, "Audit du %s\n\n**Objet : points à corriger", r->date);
	if (name) {
		str_text(l->out, ", ");
		md_text(l->out, name);
	}
	str_text(l->out, "**\n\nMadame, Monsieur,\n\n"
			 "La configuration que vous nous avez remise a été examinée au regard du droit applicable aux données de santé. Nous vous demandons "
			 "de corriger les points ci-dessous aux dates indiquées, de nous remettre une configuration à jour, et de nous signaler sans délai "
			 "tout point que vous contesteriez, en citant son repère.\n");
}

static void put_letter(struct letter *l, const char *deployment, const char *name, const char *vendor)
{
	bool any = false;

	for (size_t i = 0; i < l->task_count; i++)
		any |= is_for(&l->tasks[i], deployment);
	if (!any)
		return;
	str_text(l->out, l->written++ ? "\n---\n\n" : "");
	put_head(l, name, vendor);
	put_points(l, deployment);
	str_text(l->out, "\nNous vous prions d'agréer, Madame, Monsieur, l'expression de nos salutations distinguées.\n");
	if (l->report->facility) {
		str_text(l->out, "\nPour l'établissement ");
		md_text(l->out, l->report->facility);
		str_text(l->out, "\n");
	}
}

static int letter_write(struct str *out, const struct report *r, enum lang lang)
{
	struct letter l = {.out = out, .report = r, .text = STR_INIT(1 << 20)};
	struct arena *a = arena_new();
	struct plan_task *tasks;

	(void)lang;
	l.task_count = plan_make(a, r, &tasks);
	l.tasks = tasks;
	for (size_t i = 0; i < r->deployment_count; i++)
		put_letter(&l, r->deployments[i].id, r->deployments[i].name ? r->deployments[i].name : r->deployments[i].id, r->deployments[i].vendor);
	put_letter(&l, NULL, NULL, NULL);
	if (!l.written)
		str_text(out, "Aucun point n'est à corriger ni à démontrer par un éditeur.\n");
	str_free(&l.text);
	arena_free(a);
	return str_failed(out) ? -1 : 0;
}

const struct writer writer_letter = {
	.name = "letter", .help = "letter to each vendor, in French: points to correct, documents to hand over", .mime = "text/markdown", .extension = "md",
	.write = letter_write,
};
