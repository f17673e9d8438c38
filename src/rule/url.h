/* SPDX-License-Identifier: EUPL-1.2 */
/* URLs as configuration writes them: with templates in any part (${HOST}, {{ host }}), user names, jdbc: before the scheme. */
#ifndef RULE_URL_H
#define RULE_URL_H

#include "base/span.h"

struct url {
	size_t from, to;                            /* bytes of the text */
	struct span scheme, host, port, path;
	size_t host_at;
};

/* The next URL of the text at or behind from. */
bool url_next(struct span text, size_t from, struct url *ret);
/* Behind ${...}, {{...}} or {...} at i; i itself where none stands. */
size_t url_skip_template(struct span text, size_t i);
/* End of the host that begins at from; from when none does. */
size_t url_host_end(struct span text, size_t from);
/* Port and path of u from i on, where its host ended; sets u->to. */
void url_take_rest(struct span text, struct url *u, size_t i);

#endif
