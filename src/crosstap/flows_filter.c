/*
 * The two ends of a flow are those of its first record: both have the same.
 */
#include <strings.h>
#include "crosstap/flows_filter.h"

static bool
filter_nets(const struct option_list *list, const char *option,
    const char *wanted, struct flow_net out[], size_t *n, struct diag *d)
{
	size_t i;

	for (i = 0; i < list->n; i++) {
		const char *text = list->item[i];
		bool one = strchr(text, '/') == NULL;

		if (!flow_net_parse(span_from(text), &out[i]) ||
		    (strcmp(option, "--host") == 0 && !one)) {
			diag_set(d, "%s: bad value '%.60s'; wanted %s", option,
			    text, wanted);
			return false;
		}
	}
	*n = list->n;
	return true;
}

static bool
filter_ports(
    const struct option_list *list, struct flows_filter *out, struct diag *d)
{
	uint64_t v;
	size_t i;

	for (i = 0; i < list->n; i++) {
		if (!span_parse_u64(span_from(list->item[i]), 65535, &v)) {
			diag_set(d,
			    "--port: bad value '%.60s'; wanted a number from "
			    "0 to 65535",
			    list->item[i]);
			return false;
		}
		out->port[i] = (uint16_t)v;
	}
	out->nports = list->n;
	return true;
}

/* A name stands for each protocol that Zeek calls so. */
static bool
filter_proto(const char *text, struct flows_filter *out)
{
	uint64_t number;
	bool found = false;
	unsigned i;

	if (span_parse_u64(span_from(text), 255, &number)) {
		out->proto[number] = true;
		return true;
	}
	for (i = 0; i < ARRAY_LEN(out->proto); i++) {
		const char *name = flow_proto_name((uint8_t)i);

		if (name == NULL || strcasecmp(name, text) != 0)
			continue;
		out->proto[i] = true;
		found = true;
	}
	return found;
}

static bool
filter_protos(
    const struct option_list *list, struct flows_filter *out, struct diag *d)
{
	size_t i;

	for (i = 0; i < list->n; i++)
		if (!filter_proto(list->item[i], out)) {
			diag_set(d,
			    "--proto: bad value '%.60s'; wanted tcp, udp, icmp "
			    "or a number from 0 to 255",
			    list->item[i]);
			return false;
		}
	out->nprotos = list->n;
	return true;
}

bool
flows_filter_parse(const struct flows_filter_options *o,
    struct flows_filter *out, struct diag *d)
{
	memset(out, 0, sizeof(*out));
	out->service = o->service;
	out->only_on = o->only_on;
	out->damaged = o->damaged;
	out->from_us = INT64_MIN;
	out->to_us = INT64_MAX;
	if (o->damaged && o->only_on != NULL) {
		diag_set(d, "--damaged and --only-on exclude each other");
		return false;
	}
	return filter_nets(&o->host, "--host", "an address such as 192.0.2.7",
		   out->host, &out->nhosts, d) &&
	    filter_nets(&o->net, "--net", "a network such as 10.20.0.0/16",
		out->net, &out->nnets, d) &&
	    filter_ports(&o->port, out, d) && filter_protos(&o->proto, out, d);
}

static bool
filter_in_nets(const struct flow_net *v, size_t n, const struct flow *f)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (flow_net_has(&v[i], &f->orig) ||
		    flow_net_has(&v[i], &f->resp))
			return true;
	return n == 0;
}

static bool
filter_has_port(const struct flows_filter *p, const struct flow *f)
{
	bool icmp = f->proto == 1 || f->proto == 58;
	size_t i;

	for (i = 0; i < p->nports && !icmp; i++)
		if (f->orig_port == p->port[i] || f->resp_port == p->port[i])
			return true;
	return p->nports == 0;
}

/* Zeek names several services of a flow with commas between them. */
static bool
filter_is_service(struct span list, const char *name)
{
	size_t n;

	while (list.n > 0) {
		for (n = 0; n < list.n && list.p[n] != ','; n++)
			;
		if (n == strlen(name) && strncasecmp(list.p, name, n) == 0)
			return true;
		n += n < list.n;
		list.p += n;
		list.n -= n;
	}
	return false;
}

static bool
filter_has_service(const struct flows_filter *p, const struct flow_diff *f)
{
	size_t i;

	for (i = 0; i < p->service.n; i++)
		if ((f->a != NULL &&
			filter_is_service(f->a->service, p->service.item[i])) ||
		    (f->b != NULL &&
			filter_is_service(f->b->service, p->service.item[i])))
			return true;
	return p->service.n == 0;
}

static bool
filter_is_only_on(const struct flow_diff *f, const char *sensor)
{
	if (f->a != NULL && f->b != NULL)
		return false;
	return strcmp(f->a != NULL ? f->sensor_a : f->sensor_b, sensor) == 0;
}

bool
flows_filter_wants(const struct flows_filter *p, const struct flow_diff *f)
{
	const struct flow *any = f->a != NULL ? f->a : f->b;
	int64_t end_us = flow_end_us(any);

	return end_us >= p->from_us && end_us < p->to_us &&
	    (!p->damaged || strcmp(f->verdict, "damaged") == 0) &&
	    (p->only_on == NULL || filter_is_only_on(f, p->only_on)) &&
	    (p->about == NULL || strcmp(f->sensor_a, p->about) == 0 ||
		strcmp(f->sensor_b, p->about) == 0) &&
	    (p->nprotos == 0 || p->proto[any->proto]) &&
	    filter_has_port(p, any) &&
	    filter_in_nets(p->host, p->nhosts, any) &&
	    filter_in_nets(p->net, p->nnets, any) && filter_has_service(p, f);
}
