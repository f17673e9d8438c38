/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * HCL native syntax: Terraform, OpenTofu, tfvars, Packer, Nomad, Vault and Terragrunt files (HCL spec, "Structural Elements").
 * Blocks and attributes here, expressions in hcl_expr.c, tokens in hcl_lex.c, what crosses attributes and files in resolve_hcl.c.
 * More is accepted than Terraform does (several items on a line, quoted attribute names, HCL 1 blocks): what could be read
 * is told with a warning; an error is told where something was not read. Nesting beyond LIMIT_DEPTH is one opaque value.
 * The content of `dynamic "x"` is told once, as a conditional block x behind the dynamic block that holds its for_each.
 */
#include "read/hcl.h"

#include "base/limits.h"
#include "read/read_p.h"

static void hcl_body(struct hcl_reader *r, struct fact *owner, size_t from, size_t to);

void hcl_error(struct hcl_reader *r, enum diag_level level, size_t token, const char *code, const char *text)
{
	uint32_t end = (uint32_t)r->lex.text.n;
	const struct hcl_token *at = token < r->lex.count ? &r->lex.tokens[token] : NULL;

	build_diag(r->b, r->t, level, at ? at->from : end, at ? at->to : end, code, "%s", text);
}

/* Comments are told where they stand: inside the block that is open then. */
static void tell_comments(struct hcl_reader *r, uint32_t before)
{
	while (r->comments_told < r->lex.comment_count) {
		struct place at = r->lex.comments[r->comments_told];

		if (at.offset >= before)
			return;
		r->comments_told++;
		build_comment(r->b, r->t, at.offset, at.offset + at.length);
	}
}

static size_t line_end_token(const struct hcl_reader *r, size_t i, size_t to)
{
	while (i < to && r->lex.tokens[i].kind != HCL_NEWLINE)
		i = hcl_skip(&r->lex, i, to);
	return i;
}

/* Where the value of an attribute ends: line end, or a comma that should not be there. */
static size_t value_end(const struct hcl_reader *r, size_t i, size_t to)
{
	while (i < to && r->lex.tokens[i].kind != HCL_NEWLINE && r->lex.tokens[i].kind != ',')
		i = hcl_skip(&r->lex, i, to);
	return i;
}

static bool is_kind(const struct hcl_reader *r, size_t i, size_t to, int kind)
{
	return i < to && r->lex.tokens[i].kind == kind;
}

static struct span name_text(struct hcl_reader *r, size_t i)
{
	const struct hcl_token *token = &r->lex.tokens[i];
	struct span text = hcl_token_text(&r->lex, i);

	if (token->kind != HCL_STRING && token->kind != HCL_TEMPLATE)
		return text;
	text = span_cut(text, 1, text.n - (token->flags & HCL_UNCLOSED ? 0 : 1));
	return token->flags & HCL_ESCAPED ? hcl_unescape(builder_arena(r->b), text) : text;
}

static struct place token_place(const struct hcl_token *token)
{
	return (struct place){.offset = token->from, .length = token->to - token->from};
}

static size_t hcl_attribute(struct hcl_reader *r, size_t i, size_t to)
{
	const struct hcl_token *name = &r->lex.tokens[i];
	struct fact f = {.key = build_intern(r->b, name_text(r, i)), .head = token_place(name)};
	size_t end = value_end(r, i + 2, to);

	if (name->kind != HCL_WORD)
		hcl_error(r, DIAG_WARNING, i, "syntax", "an attribute's name must not be quoted");
	if (end == i + 2)
		hcl_error(r, DIAG_ERROR, i + 1, "syntax", "expected a value after '='");
	else
		hcl_expression(r, &f, i + 2, end);
	if (is_kind(r, end, to, ',')) {
		hcl_error(r, DIAG_WARNING, end, "syntax", "expected a new line between attributes, not ','");
		end++;
	}
	return end;
}

/* ------------------------------------------------------------------ blocks */

struct block_parts {
	size_t first, open, close;      /* tokens: first word, brace, its partner or the end */
	struct fact fact;
};

/* `word label... {`; false when no brace follows. */
static bool block_header(struct hcl_reader *r, struct block_parts *p, size_t i, size_t to)
{
	const struct hcl_token *tokens = r->lex.tokens;
	struct arena *a = builder_arena(r->b);
	const char **labels = NULL;
	size_t count = 0;

	p->first = i++;
	for (; is_kind(r, i, to, HCL_STRING) || is_kind(r, i, to, HCL_WORD) || is_kind(r, i, to, HCL_TEMPLATE); i++)
		;
	if (!is_kind(r, i, to, '{'))
		return false;
	if (i > p->first + 1)
		labels = ARENA_ARRAY(a, const char *, i - p->first - 1);
	for (size_t k = p->first + 1; k < i; k++)
		labels[count++] = build_intern(r->b, name_text(r, k));
	p->open = i;
	p->close = tokens[i].match < to ? tokens[i].match : to;
	p->fact = (struct fact){.key = build_intern(r->b, name_text(r, p->first)), .kind = FACT_BLOCK, .block_syntax = true,
		.head = token_place(&tokens[p->first]),
		.at = {.offset = tokens[p->first].from}};
	fact_put_labels(a, &p->fact, labels, (uint32_t)count);
	return true;
}

static uint32_t block_end(struct hcl_reader *r, const struct block_parts *p, size_t to)
{
	const struct hcl_token *tokens = r->lex.tokens;

	if (p->close < to && tokens[p->close].kind == '}')
		return tokens[p->close].to;
	hcl_error(r, DIAG_ERROR, p->open, "unclosed", "this '{' has no '}'");
	return p->close < r->lex.count ? tokens[p->close].from : r->lex.at;
}

static void hcl_block_body(struct hcl_reader *r, struct block_parts *p, size_t to)
{
	struct fact *block;
	uint32_t end = block_end(r, p, to);

	p->fact.at.length = end - p->fact.at.offset;
	block = build_open(r->b, r->t, &p->fact);
	if (!block)
		return;
	hcl_body(r, block, p->open + 1, p->close);
	if (p->close < r->lex.count)
		tell_comments(r, r->lex.tokens[p->close].from);
	build_close(r->b, r->t, end);
	hcl_presence(block);
}

/* Token of `content {` directly in a dynamic block, or to. */
static size_t find_content(const struct hcl_reader *r, size_t i, size_t to)
{
	for (; i < to; i = hcl_skip(&r->lex, i, to))
		if (r->lex.tokens[i].kind == HCL_WORD && is_kind(r, i + 1, to, '{') && hcl_token_is(&r->lex, i, "content"))
			return i;
	return to;
}

static void hcl_dynamic(struct hcl_reader *r, struct fact *owner, struct block_parts *p, size_t to)
{
	size_t content = find_content(r, p->open + 1, p->close), behind;
	struct block_parts made;
	struct fact *block;
	uint32_t end = block_end(r, p, to);

	owner->open = true;
	p->fact.at.length = end - p->fact.at.offset;
	block = build_open(r->b, r->t, &p->fact);
	if (!block)
		return;
	hcl_body(r, block, p->open + 1, content);
	behind = content < p->close ? hcl_skip(&r->lex, content + 1, p->close) : p->close;
	hcl_body(r, block, behind, p->close);
	build_close(r->b, r->t, end);
	if (content == p->close || !block_header(r, &made, content, p->close))
		return;
	made.fact.key = fact_labels(&p->fact)[0];
	made.fact.conditional = true;
	hcl_block_body(r, &made, p->close);
}

static size_t hcl_block(struct hcl_reader *r, struct fact *owner, size_t i, size_t to)
{
	struct block_parts p;
	size_t next;

	if (!block_header(r, &p, i, to)) {
		hcl_error(r, DIAG_ERROR, i, "syntax", "expected '=' or a block after this name");
		return line_end_token(r, i, to);
	}
	next = hcl_skip(&r->lex, p.open, to);
	if (builder_depth(r->b) >= LIMIT_DEPTH) {
		hcl_error(r, DIAG_ERROR, p.open, "limit-depth", "nested too deeply, not read from here");
		return next;
	}
	if (owner && fact_label_count(&p.fact) == 1 && !strcmp(p.fact.key, "dynamic"))
		hcl_dynamic(r, owner, &p, to);
	else
		hcl_block_body(r, &p, to);
	return next;
}

/* ------------------------------------------------------------------ bodies */

static size_t hcl_item(struct hcl_reader *r, struct fact *owner, size_t i, size_t to)
{
	const struct hcl_token *token = &r->lex.tokens[i];
	bool name = token->kind == HCL_WORD || token->kind == HCL_STRING || token->kind == HCL_TEMPLATE;

	tell_comments(r, token->from);
	if (name && is_kind(r, i + 1, to, '='))
		return hcl_attribute(r, i, to);
	if (token->kind == HCL_WORD)
		return hcl_block(r, owner, i, to);
	hcl_error(r, DIAG_ERROR, i, "syntax", "expected an attribute or a block");
	return token->match == HCL_NONE && token->kind == '}' ? i + 1 : line_end_token(r, i, to);
}

/* A block on one line may hold one attribute and no block; nothing is lost when it holds more. */
static void check_one_line(struct hcl_reader *r, size_t from, size_t to, size_t items)
{
	const struct hcl_token *tokens = r->lex.tokens;

	if (from == to || tokens[from].kind == HCL_NEWLINE)
		return;
	if (line_end_token(r, from, to) < to)
		hcl_error(r, DIAG_NOTE, from, "syntax", "a block that begins on its header's line must end on it");
	else if (items > 1)
		hcl_error(r, DIAG_NOTE, from, "syntax", "a block on one line holds one attribute only");
}

static void hcl_body(struct hcl_reader *r, struct fact *owner, size_t from, size_t to)
{
	size_t i = from, items = 0;

	while (i < to && !build_full(r->b)) {
		if (r->lex.tokens[i].kind == HCL_NEWLINE) {
			i++;
			continue;
		}
		i = hcl_item(r, owner, i, to);
		items++;
		if (i < to && r->lex.tokens[i].kind != HCL_NEWLINE && r->lex.tokens[i - 1].kind == '}' && !owner)
			hcl_error(r, DIAG_WARNING, i, "syntax", "expected a new line after the block");
	}
	if (owner && r->lex.tokens[from - 1].kind == '{')
		check_one_line(r, from, to, items);
}

static void hcl_read(struct builder *b, const struct text *t)
{
	struct hcl_reader r = {.b = b, .t = t, .lex = {.text = t->bytes, .open = HCL_NONE}};
	struct fact root = {.kind = FACT_BLOCK, .at = {.length = (uint32_t)t->bytes.n}};

	if (!build_open(b, t, &root))
		return;
	while (!build_full(b) && hcl_lex_item(&r.lex)) {
		r.comments_told = 0;
		hcl_body(&r, NULL, 0, r.lex.count);
		tell_comments(&r, HCL_NONE);
		if (r.lex.unclosed_comment)
			hcl_error(&r, DIAG_ERROR, r.lex.count, "unclosed", "a comment that begins with '/*' has no '*/'");
		if (r.lex.full)
			hcl_error(&r, DIAG_ERROR, r.lex.count, "limit-tokens", "a block is too large, not read to its end");
	}
	build_close(b, t, (uint32_t)t->bytes.n);
	hcl_lexer_free(&r.lex);
}

/* ------------------------------------------------------------------ bidding */

/* The first word that is no comment begins a labelled Terraform block. */
static bool looks_like_terraform(struct span head)
{
	static const char *const starts[] = {"resource \"", "data \"", "variable \"", "provider \"", "module \"", "output \"", "terraform {", "locals {"};

	while (head.n) {
		const char *end;

		head = span_trim(head);
		for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
			if (span_starts(head, starts[i]))
				return true;
		if (!span_starts(head, "#") && !span_starts(head, "//"))
			return false;
		end = memchr(head.p, '\n', head.n);
		head = end ? span_cut(head, (size_t)(end - head.p), head.n) : (struct span){head.p, 0};
	}
	return false;
}

static int hcl_bid(struct span name, struct span head)
{
	static const char *const endings[] = {".tf", ".tfvars", ".hcl", ".tofu", ".nomad"};

	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
		if (span_ends(name, endings[i]))
			return 90;
	return looks_like_terraform(head) ? 60 : 0;
}

const struct format format_hcl = {
	.name = "hcl",
	.help = "HCL: Terraform, OpenTofu, tfvars, Packer, Nomad, Vault, Terragrunt",
	.bid = hcl_bid,
	.read = hcl_read,
};
