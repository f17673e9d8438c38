/* SPDX-License-Identifier: EUPL-1.2 */
/* The XML of signed things (manifests, trusted lists in canonical form), as a stream of events with namespaces. Not the reader of inputs: that one is lenient, this one is not. */
#ifndef SEAL_XML_H
#define SEAL_XML_H

#include "base/arena.h"
#include "base/err.h"
#include "base/span.h"

#define XML_DEPTH 32           /* a manifest needs four, a trusted list's qualifications fifteen and more */
#define XML_ATTRIBUTES 16
#define XML_BINDINGS 64

enum xml_event { XML_START, XML_END, XML_TEXT, XML_DONE, XML_BROKEN };

struct xml_name {
	struct span ns, local;
};

struct xml_attribute {
	struct xml_name name;
	struct span value;
};

struct xml {
	struct arena *arena;
	struct span in;
	size_t at;
	struct err *err;
	struct span open[XML_DEPTH];      /* names as written, for the end tags */
	size_t depth;
	struct {
		struct span prefix, uri;
		size_t depth;
	} bindings[XML_BINDINGS];
	size_t binding_count;
	bool empty;                       /* the last start tag was <x/>: its end is due */
	bool began;
	/* of the last event */
	struct xml_name name;
	struct xml_attribute attributes[XML_ATTRIBUTES];
	size_t attribute_count;
	struct span text;
};

/* UTF-8 only, no document type, no CDATA, no entity but the five and character references. */
void xml_begin(struct xml *x, struct arena *a, struct span in, struct err *e);
/* Comments and processing instructions are passed over. Text between two tags is one event; blank text is none. */
enum xml_event xml_next(struct xml *x);
bool xml_is(const struct xml_name *name, const char *ns, const char *local);

#endif
