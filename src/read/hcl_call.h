/* SPDX-License-Identifier: EUPL-1.2 */
/* The functions of HCL: the table (hcl_call.c), of texts (hcl_call_text.c), of lists and maps (hcl_call_list.c). */
#ifndef READ_HCL_CALL_H
#define READ_HCL_CALL_H

#include "base/str.h"
#include "read/hcl_eval.h"

struct call {
	struct eval *e;
	struct span name;
	const struct fact *const *args;
	const bool *missing;
	size_t count;
};

/* Each returns NULL for what is not known. */
const struct fact *call_case(const struct call *c);         /* lower, upper */
const struct fact *call_extreme(const struct call *c);      /* min, max of whole numbers */
const struct fact *call_format(const struct call *c);
const struct fact *call_join(const struct call *c);
const struct fact *call_replace(const struct call *c);
const struct fact *call_search(const struct call *c);       /* startswith, endswith, strcontains */
const struct fact *call_split(const struct call *c);
const struct fact *call_substr(const struct call *c);
const struct fact *call_trim(const struct call *c);         /* trim, trimprefix, trimsuffix, trimspace, chomp */

const struct fact *call_all_any(const struct call *c);      /* alltrue, anytrue */
const struct fact *call_compact(const struct call *c);
const struct fact *call_contains(const struct call *c);
const struct fact *call_distinct(const struct call *c);     /* toset too; a map has each key once */
const struct fact *call_element(const struct call *c);
const struct fact *call_flatten(const struct call *c);
const struct fact *call_gather(const struct call *c);       /* concat, merge */
const struct fact *call_keys(const struct call *c);
const struct fact *call_length(const struct call *c);
const struct fact *call_one(const struct call *c);
const struct fact *call_reverse(const struct call *c);
const struct fact *call_slice(const struct call *c);
const struct fact *call_sort(const struct call *c);
const struct fact *call_values(const struct call *c);
const struct fact *call_zipmap(const struct call *c);

bool call_is(const struct fact *f, enum fact_kind kind);      /* known, of that kind, and all of it is there */
bool call_number(const struct fact *f, int64_t *ret);         /* a whole number */
const struct fact *call_text(const struct call *c, struct str *text, const struct fact *because);      /* and text is freed */
const char *call_path(const struct fact *f);

#endif
