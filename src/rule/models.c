/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Which model of the knowledge base a name is. Its patterns are compiled when a name holds what one of them must: nearly all names are
 * told apart without any. A pattern that does not compile, in the tables of a folder, names nothing.
 */
#include "rule/rule_p.h"

void models_list(struct ruleset *s)
{
	size_t count;
	const struct model *models = s->know ? know_models(s->know, &count) : NULL;

	s->models = models && count ? ARENA_ARRAY(s->arena, struct pattern *, count) : NULL;
	for (size_t i = 0; s->models && i < count; i++)
		s->models[i] = pattern_new(s->arena, models[i].pattern);
}

const struct model *ruleset_model(const struct ruleset *s, struct span name)
{
	uint64_t pairs = text_pairs(name);
	size_t count;
	const struct model *models = s->models ? know_models(s->know, &count) : NULL;

	for (size_t i = 0; models && i < count; i++)
		if (pattern_may_match(s->models[i], pairs) && pattern_compiles(s->models[i]) &&
		    regex_find(pattern_get(s->models[i]), name, 0, NULL, 0) == REGEX_YES)
			return &models[i];
	return NULL;
}
