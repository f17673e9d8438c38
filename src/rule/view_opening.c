/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * View opening: what a network lets in or out: security groups and their rules, NSGs, firewalls, database allow lists, published
 * ports of containers, Kubernetes services. One block an allowing rule: direction, protocol, ports, from[], to[], on; of a published
 * port on_type says what publishes it, target which port of the container it leads to, image what runs there.
 * Denials are no openings; their order against allowances (NSG priorities, network ACLs) is not worked out.
 */
#include "rule/subject_p.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define PEERS 8

struct opening_row {
	const char *type, *rules;      /* canonical type; key of its rule blocks, NULL: the resource is the rule */
	const char *direction;         /* ingress, egress, or a key that says it behind '=' */
	const char *protocol, *low, *high, *ports;
	const char *peers[PEERS];      /* sources, or destinations of an egress rule */
	const char *on;                /* key of what it protects; NULL: the resource itself */
	const char *allow;             /* key whose value must speak of allowing, or NULL */
	const char *any;               /* peers that a rule without any has, or NULL */
};

static const struct opening_row rows[] = {
	{"aws_security_group", "ingress", "ingress", "protocol,IpProtocol,proto", "from_port", "to_port", "ports", {"cidr_blocks", "ipv6_cidr_blocks", "CidrIp", "CidrIpv6", "security_groups", "SourceSecurityGroupId", "prefix_list_ids", "self"}, NULL, NULL, NULL},
	{"aws_security_group", "egress", "egress", "protocol,IpProtocol,proto", "from_port", "to_port", "ports", {"cidr_blocks", "ipv6_cidr_blocks", "CidrIp", "CidrIpv6", "security_groups", "DestinationSecurityGroupId", "prefix_list_ids"}, NULL, NULL, NULL},
	{"aws_security_group_rule", NULL, "=type", "protocol", "from_port", "to_port", NULL, {"cidr_blocks", "ipv6_cidr_blocks", "source_security_group_id", "prefix_list_ids", "self"}, "security_group_id", NULL, NULL},
	{"aws_vpc_security_group_ingress_rule", NULL, "ingress", "ip_protocol", "from_port", "to_port", NULL, {"cidr_ipv4", "cidr_ipv6", "referenced_security_group_id", "SourceSecurityGroupId", "prefix_list_id"}, "security_group_id", NULL, NULL},
	{"aws_vpc_security_group_egress_rule", NULL, "egress", "ip_protocol", "from_port", "to_port", NULL, {"cidr_ipv4", "cidr_ipv6", "referenced_security_group_id", "prefix_list_id"}, "security_group_id", NULL, NULL},
	{"aws_network_acl_rule", NULL, "ingress", "protocol", "from_port", "to_port", NULL, {"cidr_block", "ipv6_cidr_block"}, "network_acl_id", "rule_action", NULL},
	{"azurerm_network_security_group", "security_rule", "=direction", "protocol", NULL, NULL, "destination_port_range,destination_port_ranges", {"source_address_prefix", "source_address_prefixes", "source_application_security_group_ids"}, NULL, "access", NULL},
	{"azurerm_network_security_rule", NULL, "=direction", "protocol", NULL, NULL, "destination_port_range,destination_port_ranges", {"source_address_prefix", "source_address_prefixes", "source_application_security_group_ids"}, "network_security_group_name", "access", NULL},
	{"azurerm_mssql_firewall_rule", NULL, "ingress", NULL, NULL, NULL, NULL, {"start_ip_address", "end_ip_address"}, "server_id,server_name", NULL, NULL},
	{"azurerm_postgresql_flexible_server_firewall_rule", NULL, "ingress", NULL, NULL, NULL, NULL, {"start_ip_address", "end_ip_address"}, "server_id,server_name", NULL, NULL},
	{"google_compute_firewall", "allow", "=^direction", "protocol,IPProtocol,ip_protocol", NULL, NULL, "ports", {"^source_ranges", "^source_tags", "^source_service_accounts"}, "^network", NULL, "0.0.0.0/0"},
	{"openstack_networking_secgroup_rule_v2", NULL, "=direction", "protocol", "port_range_min", "port_range_max", NULL, {"remote_ip_prefix", "remote_group_id", "remote_group"}, "security_group_id,security_group", NULL, "0.0.0.0/0"},
	{"openstack_networking_secgroup_v2", "rule", "ingress", "ip_protocol", "from_port", "to_port", NULL, {"cidr", "from_group_id", "self"}, NULL, NULL, NULL},
	{"openstack_compute_secgrouprule_v2", NULL, "ingress", "ip_protocol", "from_port", "to_port", NULL, {"cidr", "from_group_id", "self"}, "group_id", NULL, NULL},
	{"scaleway_instance_security_group", "inbound_rule", "ingress", "protocol", NULL, NULL, "port,port_range", {"ip_range", "ip"}, NULL, "action", "0.0.0.0/0"},
	{"scaleway_instance_security_group", "outbound_rule", "egress", "protocol", NULL, NULL, "port,port_range", {"ip_range", "ip"}, NULL, "action", "0.0.0.0/0"},
	{"scaleway_instance_security_group_rules", "inbound_rule", "ingress", "protocol", NULL, NULL, "port,port_range", {"ip_range", "ip"}, "^security_group_id", "action", "0.0.0.0/0"},
	{"scaleway_rdb_acl", "acl_rules", "ingress", NULL, NULL, NULL, NULL, {"ip"}, "^instance_id", NULL, NULL},
	{"scaleway_redis_cluster", "acl", "ingress", NULL, NULL, NULL, NULL, {"ip"}, NULL, NULL, NULL},
	{"outscale_security_group_rule", NULL, "=flow", "ip_protocol", "from_port_range", "to_port_range", NULL, {"ip_range", "security_group_name_to_link"}, "security_group_id", NULL, NULL},
	{"outscale_security_group_rule", "rules", "=^flow", "ip_protocol", "from_port_range", "to_port_range", NULL, {"ip_ranges", "security_groups_members"}, "^security_group_id", NULL, NULL},
	{"ovh_cloud_project_database_ip_restriction", NULL, "ingress", NULL, NULL, NULL, NULL, {"ip"}, "cluster_id", NULL, NULL},
	{"ovh_cloud_project_database", "ip_restrictions", "ingress", NULL, NULL, NULL, NULL, {"ip"}, NULL, NULL, NULL},
	{"hcloud_firewall", "rule", "=direction", "protocol", NULL, NULL, "port", {"source_ips"}, NULL, NULL, NULL},
	{"mongodbatlas_project_ip_access_list", NULL, "ingress", NULL, NULL, NULL, NULL, {"cidr_block", "ip_address", "aws_security_group"}, "project_id", NULL, NULL},
	{"exoscale_security_group_rule", NULL, "=type", "protocol", "start_port", "end_port", NULL, {"cidr", "user_security_group_id"}, "security_group_id", NULL, NULL},
};

/* ------------------------------------------------------------------ reading a rule by its row */

/* The first present of keys separated by commas; "^key" stands in the resource, not in the rule block. */
static const struct fact *first_of(const struct fact *rule, const struct fact *resource, const char *keys)
{
	while (keys && *keys) {
		size_t n = strcspn(keys, ",");
		bool outer = *keys == '^';
		char key[80];
		const struct fact *f;

		snprintf(key, sizeof key, "%.*s", (int)(n - outer), keys + outer);
		f = fact_at(outer ? resource : rule, key);
		if (f && f->kind != FACT_NULL && !(fact_is_scalar(f) && !f->value.n))
			return f;
		keys += n + (keys[n] == ',');
	}
	return NULL;
}

static bool allows(const struct fact *rule, const char *key)
{
	const char *text = key ? fact_text(rule, key) : NULL;

	return !text || strcasestr(text, "allow") || strcasestr(text, "accept");
}

static bool starts_out(const char *text)
{
	return !strncasecmp(text, "egress", 6) || !strncasecmp(text, "out", 3);
}

static void put_direction(struct build *b, struct fact *opening, const struct opening_row *row, const struct fact *rule, const struct fact *resource)
{
	const struct fact *f = *row->direction == '=' ? first_of(rule, resource, row->direction + 1) : NULL;

	if (*row->direction != '=')
		block_field(b->arena, opening, "direction", row->direction, rule);
	else if (f && fact_is_unresolved(f))
		block_hang(b->arena, opening, f, "direction");
	else
		block_field(b->arena, opening, "direction", f && starts_out(f->value.p) ? "egress" : "ingress", f ? f : rule);
}

static bool is_any_protocol(const struct fact *protocol)
{
	static const char *const any[] = {"-1", "all", "any", "*", "tcp_udp_all", NULL};

	return protocol && fact_literal(protocol) && text_in(protocol->value.p, any);
}

/* Where a rule is told that names no peer: at the port it opens to everybody, else at its head. */
static const struct fact *port_or_head(const struct opening_row *row, const struct fact *rule)
{
	const struct fact *f = first_of(rule, rule, row->ports ? row->ports : row->low);

	return f && f->kind == FACT_LIST && f->first ? f->first : f ? f : rule;
}

static void put_ports(struct build *b, struct fact *opening, const struct opening_row *row, const struct fact *rule, const struct fact *protocol)
{
	const struct fact *low = first_of(rule, rule, row->low), *high = first_of(rule, rule, row->high), *ports = first_of(rule, rule, row->ports);

	if (low && high && (fact_is_unresolved(low) || fact_is_unresolved(high))) {
		block_field(b->arena, opening, "ports", NULL, fact_is_unresolved(low) ? low : high);
		return;
	}
	if ((row->low && is_any_protocol(protocol)) || (low && fact_is_scalar(low) && (span_is(low->value, "-1") || (span_is(low->value, "0") && high && span_is(high->value, "0"))))) {
		block_field(b->arena, opening, "ports", "0-65535", low ? low : protocol ? protocol : rule);
	} else if (low && fact_is_scalar(low)) {
		bool one = !high || !fact_is_scalar(high) || span_eq(low->value, high->value);

		block_field(b->arena, opening, "ports", one ? low->value.p : arena_printf(b->arena, "%s-%s", low->value.p, high->value.p), low);
	} else if (ports && ports->kind == FACT_LIST) {
		struct fact *list = block_list(b->arena, opening, "ports", ports);

		list->open = ports->open;
		FACT_EACH(item, ports)
			if (fact_is_scalar(item))
				block_hang(b->arena, list, item, NULL);
	} else if (ports && fact_is_scalar(ports)) {
		if (span_is(ports->value, "*"))
			block_field(b->arena, opening, "ports", "0-65535", ports);
		else
			block_hang(b->arena, opening, ports, "ports");
	} else {
		block_field(b->arena, opening, "ports", "0-65535", rule);      /* no port named: all of them */
	}
}

static void put_peer(struct build *b, struct fact *list, const struct fact *f)
{
	struct fact *item;

	if (fact_has_parts(f)) {
		list->open |= f->open;
		FACT_EACH(child, f)
			if (fact_is_scalar(child) && child->kind != FACT_NULL)
				put_peer(b, list, child);
		return;
	}
	if (span_is(f->value, "*") || (fact_literal(f) && (!strcasecmp(f->value.p, "Internet") || !strcasecmp(f->value.p, "any")))) {
		block_field(b->arena, list, NULL, "0.0.0.0/0", f);
		return;
	}
	item = block_hang(b->arena, list, f, NULL);
	item->key = NULL;
	item->written = f->written ? f->written : f;
}

/* A range given by its first and last address. */
static bool put_range(struct build *b, struct fact *list, const struct fact *rule)
{
	const struct fact *low = fact_child(rule, "start_ip_address"), *high = fact_child(rule, "end_ip_address");

	if (!low || !high || !fact_literal(low) || !fact_literal(high))
		return false;
	if (span_is(low->value, "0.0.0.0") && span_is(high->value, "255.255.255.255"))
		block_field(b->arena, list, NULL, "0.0.0.0/0", low);
	else
		block_field(b->arena, list, NULL, span_eq(low->value, high->value) ? low->value.p : arena_printf(b->arena, "%s-%s", low->value.p, high->value.p), low);
	return true;
}

static void put_peers(struct build *b, struct fact *opening, const struct opening_row *row, const struct fact *rule, const struct fact *resource)
{
	const char *direction = fact_text(opening, "direction");
	struct fact *list = block_list(b->arena, opening, direction && !strcmp(direction, "egress") ? "to" : "from", rule);

	if (put_range(b, list, rule))
		return;
	for (size_t i = 0; i < PEERS && row->peers[i]; i++) {
		const struct fact *f = first_of(rule, resource, row->peers[i]);

		if (f && fact_literal(f) && !strcmp(row->peers[i], "self")) {
			if (span_is(f->value, "true"))
				block_field(b->arena, list, NULL, "self", f);
		} else if (f) {
			put_peer(b, list, f);
		}
	}
	if (!list->first && !list->open && row->any)
		block_field(b->arena, list, NULL, row->any, port_or_head(row, rule));
}

static void tell_rule(struct build *b, const struct subject *s, const struct opening_row *row, const struct fact *rule)
{
	const struct fact *protocol = first_of(rule, s->block, row->protocol), *on = first_of(rule, s->block, row->on);
	struct fact *opening;

	if (!allows(rule, row->allow))
		return;
	opening = block_new(b->arena, rule);
	opening->key = "opening";
	fact_put_labels(b->arena, opening, NULL, 0);
	opening->written = rule->written ? rule->written : rule;
	opening->open = rule->open && rule != s->block;
	put_direction(b, opening, row, rule, s->block);
	if (protocol)
		block_hang(b->arena, opening, protocol, "protocol");
	put_ports(b, opening, row, rule, protocol);
	put_peers(b, opening, row, rule, s->block);
	if (on)
		block_hang(b->arena, opening, on, "on");
	else
		block_hang(b->arena, opening, subject_reference(b, s), "on");
	view_emit(b, "opening", opening, rule, s->doc, s, s->address);
}

/* ARM puts a rule's settings below properties. */
static const struct fact *rule_body(const struct fact *rule)
{
	const struct fact *properties = fact_child(rule, "properties");

	return properties && properties->kind == FACT_BLOCK ? properties : rule;
}

static void tell_by_row(struct build *b, const struct subject *s, const struct opening_row *row)
{
	if (!row->rules) {
		if (!fact_child(s->block, "rules"))      /* OUTSCALE writes one rule flat, several in blocks */
			tell_rule(b, s, row, s->block);
		return;
	}
	FACT_EACH(f, s->block) {
		if (!f->key || !key_eq(f->key, row->rules))
			continue;
		if (f->kind == FACT_BLOCK)
			tell_rule(b, s, row, rule_body(f));
		else if (f->kind == FACT_LIST)
			FACT_EACH(item, f)
				if (item->kind == FACT_BLOCK)
					tell_rule(b, s, row, rule_body(item));
	}
}

/* ------------------------------------------------------------------ containers */

/* What a published port is, beside its address. NULL: not written, or only known at run time. */
struct port {
	const char *published, *target, *protocol;
};

static void tell_port(struct build *b, const struct subject *s, const struct fact *from, const struct fact *host, const char *host_text, struct port port)
{
	const struct fact *image = fact_child(s->block, "image");
	struct fact *opening = block_new(b->arena, from), *list;

	opening->kind = FACT_BLOCK;
	opening->key = "opening";
	opening->written = from->written ? from->written : from;
	block_field(b->arena, opening, "direction", "ingress", from);
	block_field(b->arena, opening, "protocol", port.protocol, from);
	block_field(b->arena, opening, "ports", port.published, from);
	if (port.target)
		block_field(b->arena, opening, "target", port.target, from);
	if (image && fact_is_scalar(image) && image->value.n && *image->value.p != '$')      /* told at the port: what is published decides the place */
		block_field(b->arena, opening, "image", arena_dup(b->arena, image->value.p, strcspn(image->value.p, "$")), from);
	list = block_list(b->arena, opening, "from", host ? host : from);
	if (host && fact_is_unresolved(host))
		put_peer(b, list, host);
	else
		block_field(b->arena, list, NULL, host_text, host ? host : from);
	block_hang(b->arena, opening, subject_reference(b, s), "on");
	block_field(b->arena, opening, "on_type", s->type, from);
	view_emit(b, "opening", opening, from, s->doc, s, s->address);
}

/* Who reaches a port bound to an address: everybody, unless it is the machine itself. */
static const char *reach_of(const char *address)
{
	if (!strncmp(address, "127.", 4) || !strcmp(address, "::1") || !strcmp(address, "[::1]") || !strcmp(address, "localhost"))
		return "127.0.0.1/32";
	return "0.0.0.0/0";
}

/* A port or a range of ports in digits, else NULL. */
static const char *port_number(const char *text)
{
	return text && *text && strspn(text, "0123456789-") == strlen(text) && *text != '-' ? text : NULL;
}

/* [address:]published:target[/protocol]; a lone target gets a port of Docker's choice, open all the same. */
static void tell_compose_text(struct build *b, const struct subject *s, const struct fact *f)
{
	char *text = arena_dup(b->arena, f->value.p, f->value.n), *slash = strchr(text, '/'), *last, *published = NULL, *address = NULL;
	const char *target;

	if (fact_is_unresolved(f) && !strchr(text, ':'))
		return;
	if (slash)
		*slash = 0;
	last = strrchr(text, ':');
	target = port_number(last ? last + 1 : text);
	if (last && strchr(text, '{') && strchr(text, '{') < last && !strchr(last, '}'))
		published = text;      /* ${PORT:-80}:80 */
	if (last) {
		*last = 0;
		published = text;
		address = strchr(text, '{') ? NULL : strrchr(text, ':');
	}
	if (address) {
		*address = 0;
		published = address + 1;
		address = text;
	}
	tell_port(b, s, f, NULL, address ? reach_of(address) : "0.0.0.0/0",
		  (struct port){published && !strchr(published, '$') ? published : NULL, target, slash ? slash + 1 : "tcp"});
}

static void tell_compose(struct build *b, const struct subject *s)
{
	const struct fact *ports = fact_child(s->block, "ports");

	if (!ports || ports->kind != FACT_LIST)
		return;
	FACT_EACH(f, ports) {
		if (f->kind == FACT_BLOCK) {
			const char *published = fact_text(f, "published"), *protocol = fact_text(f, "protocol");
			const struct fact *host = fact_child(f, "host_ip");

			tell_port(b, s, f, host, host ? reach_of(host->value.p) : "0.0.0.0/0",
				  (struct port){published, port_number(fact_text(f, "target")), protocol ? protocol : "tcp"});
		} else if (fact_is_scalar(f) && f->value.n) {
			tell_compose_text(b, s, f);
		}
	}
}

static void tell_service(struct build *b, const struct subject *s)
{
	const char *type = text_at(s->block, "spec.type");
	const struct fact *ports = fact_at(s->block, "spec.ports"), *ranges = fact_at(s->block, "spec.loadBalancerSourceRanges");

	if (!type || (strcmp(type, "LoadBalancer") && strcmp(type, "NodePort")) || !ports || ports->kind != FACT_LIST)
		return;
	FACT_EACH(f, ports) {
		const char *port = f->kind == FACT_BLOCK ? fact_text(f, !strcmp(type, "NodePort") && fact_child(f, "nodePort") ? "nodePort" : "port") : NULL;
		const char *protocol = port ? fact_text(f, "protocol") : NULL;
		struct fact *opening;

		if (!port)
			continue;
		tell_port(b, s, f, NULL, "0.0.0.0/0", (struct port){port, port_number(fact_text(f, "targetPort")), protocol ? protocol : "TCP"});
		if (!ranges)
			continue;
		opening = (struct fact *)(uintptr_t)b->views[b->view_count - 1].subject.block;
		FACT_EACH(field, opening)
			if (field->key && !strcmp(field->key, "from")) {
				struct fact *list = (struct fact *)(uintptr_t)field;

				list->first = NULL;
				put_peer(b, list, ranges);
			}
	}
}

static void of_resource(struct build *b, const struct subject *s)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (!strcmp(rows[i].type, s->type))
			tell_by_row(b, s, &rows[i]);
	if (!strcmp(s->type, "compose_service"))
		tell_compose(b, s);
	else if (!strcmp(s->type, "Service"))
		tell_service(b, s);
}

static const char *const fields[] = {"direction", "protocol", "ports", "from", "to", "on", "on_type", "target", "image", NULL};

const struct view view_opening = {.name = "opening", .fields = fields, .of_resource = of_resource};
