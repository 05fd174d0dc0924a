/*
 * Both formats are driven by one table of fields, so that they cannot come to
 * disagree. A line never exceeds CONN_LOG_LINE_MAX: no field has a length
 * that traffic could choose.
 */
#include "simulate/conn_log.h"
#include "simulate/host.h"

#define CONN_LOG_LINE_MAX 1024

enum conn_log_field {
	CONN_LOG_TS,
	CONN_LOG_UID,
	CONN_LOG_ORIG_H,
	CONN_LOG_ORIG_P,
	CONN_LOG_RESP_H,
	CONN_LOG_RESP_P,
	CONN_LOG_PROTO,
	CONN_LOG_SERVICE,
	CONN_LOG_DURATION,
	CONN_LOG_ORIG_BYTES,
	CONN_LOG_RESP_BYTES,
	CONN_LOG_STATE,
	CONN_LOG_LOCAL_ORIG,
	CONN_LOG_LOCAL_RESP,
	CONN_LOG_MISSED_BYTES,
	CONN_LOG_HISTORY,
	CONN_LOG_ORIG_PKTS,
	CONN_LOG_ORIG_IP_BYTES,
	CONN_LOG_RESP_PKTS,
	CONN_LOG_RESP_IP_BYTES,
	CONN_LOG_PARENTS,
	CONN_LOG_PEER,
	CONN_LOG_NFIELDS
};

/* A value of JSON is quoted if its type is not a number or bool. */
static const struct {
	const char *name, *type;
	bool quoted;
} conn_log_fields[CONN_LOG_NFIELDS] = {
	{ "ts", "time", false },
	{ "uid", "string", true },
	{ "id.orig_h", "addr", true },
	{ "id.orig_p", "port", false },
	{ "id.resp_h", "addr", true },
	{ "id.resp_p", "port", false },
	{ "proto", "enum", true },
	{ "service", "string", true },
	{ "duration", "interval", false },
	{ "orig_bytes", "count", false },
	{ "resp_bytes", "count", false },
	{ "conn_state", "string", true },
	{ "local_orig", "bool", false },
	{ "local_resp", "bool", false },
	{ "missed_bytes", "count", false },
	{ "history", "string", true },
	{ "orig_pkts", "count", false },
	{ "orig_ip_bytes", "count", false },
	{ "resp_pkts", "count", false },
	{ "resp_ip_bytes", "count", false },
	{ "tunnel_parents", "set[string]", true },
	{ "peer", "string", true },
};

static const char *const conn_log_services[SERVICE_NSERVICES] = { "", "dns",
	"ntp", "ssl", "http", "ssh", "smtp", "ftp" };

static char *
conn_log_text(char *p, const char *s)
{
	while (*s != '\0')
		*p++ = *s++;
	return p;
}

static char *
conn_log_u64(char *p, uint64_t x)
{
	char digits[20];
	size_t n = 0;

	do
		digits[n++] = (char)('0' + x % 10);
	while ((x /= 10) > 0);
	while (n > 0)
		*p++ = digits[--n];
	return p;
}

static char *
conn_log_hex(char *p, uint32_t x)
{
	int shift = 28;

	while (shift > 0 && x >> shift == 0)
		shift -= 4;
	for (; shift >= 0; shift -= 4)
		*p++ = "0123456789abcdef"[(x >> shift) & 15];
	return p;
}

/* Seconds with six decimals; JSON has no zeros at the end. */
static char *
conn_log_seconds(char *p, int64_t us, enum conn_log_format f)
{
	uint32_t part;
	int i;

	if (us < 0) {
		*p++ = '-';
		us = -us;
	}
	p = conn_log_u64(p, (uint64_t)(us / US_PER_S));
	part = (uint32_t)(us % US_PER_S);
	*p++ = '.';
	for (i = 5; i >= 0; i--) {
		p[i] = (char)('0' + part % 10);
		part /= 10;
	}
	p += 6;
	if (f == CONN_LOG_JSON)
		while (p[-1] == '0' && p[-2] != '.')
			p--;
	return p;
}

/* RFC 5952. Hosts are made so that the longest run of zeros is known. */
static char *
conn_log_addr(char *p, const struct host *h)
{
	struct flow_addr a;
	int i;

	if (!h->is_v6) {
		for (i = 24; i >= 0; i -= 8) {
			p = conn_log_u64(p, (h->bits >> i) & 255);
			*p++ = '.';
		}
		return p - 1;
	}
	if (h->is_local) {
		p = conn_log_text(p, "2620:83:");
		if (h->net != 0) {
			p = conn_log_text(p, "0:");
			p = conn_log_hex(p, h->net);
			*p++ = ':';
		}
	} else {
		host_addr(h, &a);
		p = conn_log_hex(p, (uint32_t)a.b[0] << 8 | a.b[1]);
		*p++ = ':';
		p = conn_log_hex(p, h->bits >> 8);
		*p++ = ':';
	}
	*p++ = ':';
	return conn_log_hex(p, h->bits & 255);
}

/* 'C' and 17 base-62 digits, as Zeek makes of 96 random bits. */
static char *
conn_log_uid(char *p, uint64_t uid)
{
	static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz";
	uint64_t x = uid;
	int i;

	*p++ = 'C';
	for (i = 0; i < 17; i++) {
		if (i == 9)
			x = prng_mix(uid);
		*p++ = digits[x % 62];
		x /= 62;
	}
	return p;
}

static char *
conn_log_bool(char *p, bool b, enum conn_log_format f)
{
	if (f == CONN_LOG_TSV) {
		*p++ = b ? 'T' : 'F';
		return p;
	}
	return conn_log_text(p, b ? "true" : "false");
}

static char *
conn_log_identity(char *p, const struct record *r, enum conn_log_field field)
{
	const struct tuple *t = &r->tuple;

	switch (field) {
	case CONN_LOG_ORIG_H:
		return conn_log_addr(p, &t->orig);
	case CONN_LOG_ORIG_P:
		return conn_log_u64(p, t->orig_port);
	case CONN_LOG_RESP_H:
		return conn_log_addr(p, &t->resp);
	case CONN_LOG_RESP_P:
		return conn_log_u64(p, t->resp_port);
	default:
		return conn_log_text(p,
		    t->proto == PROTO_TCP       ? "tcp"
			: t->proto == PROTO_UDP ? "udp"
						: "icmp");
	}
}

/* The value of a field; returns p itself where it is unset. */
static char *
conn_log_value(char *p, const struct record *r, enum conn_log_field field,
    enum conn_log_format f)
{
	bool timed = r->duration_us > 0;
	uint8_t i;

	switch (field) {
	case CONN_LOG_TS:
		return conn_log_seconds(p, r->start_us, f);
	case CONN_LOG_UID:
		return conn_log_uid(p, r->uid);
	case CONN_LOG_SERVICE:
		return conn_log_text(p, conn_log_services[r->service]);
	case CONN_LOG_DURATION:
		return timed ? conn_log_seconds(p, r->duration_us, f) : p;
	case CONN_LOG_ORIG_BYTES:
		return timed ? conn_log_u64(p, r->orig_bytes) : p;
	case CONN_LOG_RESP_BYTES:
		return timed ? conn_log_u64(p, r->resp_bytes) : p;
	case CONN_LOG_STATE:
		return conn_log_text(
		    p, flow_state_name((enum flow_state)r->state));
	case CONN_LOG_LOCAL_ORIG:
		return conn_log_bool(
		    p, r->tuple.orig.is_local && (r->unlocal & 1) == 0, f);
	case CONN_LOG_LOCAL_RESP:
		return conn_log_bool(
		    p, r->tuple.resp.is_local && (r->unlocal & 2) == 0, f);
	case CONN_LOG_MISSED_BYTES:
		return conn_log_u64(p, r->missed_bytes);
	case CONN_LOG_HISTORY:
		for (i = 0; i < r->nhistory; i++)
			*p++ = r->history[i];
		return p;
	case CONN_LOG_ORIG_PKTS:
		return conn_log_u64(p, r->orig_pkts);
	case CONN_LOG_ORIG_IP_BYTES:
		return conn_log_u64(p, r->orig_ip_bytes);
	case CONN_LOG_RESP_PKTS:
		return conn_log_u64(p, r->resp_pkts);
	case CONN_LOG_RESP_IP_BYTES:
		return conn_log_u64(p, r->resp_ip_bytes);
	case CONN_LOG_PARENTS:
		return p;
	case CONN_LOG_PEER:
		return conn_log_u64(
		    conn_log_text(p, "worker-"), r->worker + 1u);
	default:
		return conn_log_identity(p, r, field);
	}
}

static char *
conn_log_tsv(char *p, const struct record *r)
{
	int field;

	for (field = 0; field < CONN_LOG_NFIELDS; field++) {
		char *end = conn_log_value(
		    p, r, (enum conn_log_field)field, CONN_LOG_TSV);

		if (end == p)
			*end++ = '-';
		*end++ = '\t';
		p = end;
	}
	p[-1] = '\n';
	return p;
}

static char *
conn_log_json(char *p, const struct record *r)
{
	int field;

	*p++ = '{';
	for (field = 0; field < CONN_LOG_NFIELDS; field++) {
		char *start = p, *value, *end;

		*p++ = '"';
		p = conn_log_text(p, conn_log_fields[field].name);
		p = conn_log_text(p, "\":");
		if (conn_log_fields[field].quoted)
			*p++ = '"';
		value = p;
		end = conn_log_value(
		    p, r, (enum conn_log_field)field, CONN_LOG_JSON);
		if (end == value) {
			p = start;
			continue;
		}
		if (conn_log_fields[field].quoted)
			*end++ = '"';
		*end++ = ',';
		p = end;
	}
	p[-1] = '}';
	*p++ = '\n';
	return p;
}

void
conn_log_record(struct buf *out, enum conn_log_format f, const struct record *r)
{
	char *p, *end;

	if (!buf_reserve(out, CONN_LOG_LINE_MAX))
		return;
	p = out->p + out->n;
	end = f == CONN_LOG_TSV ? conn_log_tsv(p, r) : conn_log_json(p, r);
	INVARIANT(end - p < CONN_LOG_LINE_MAX);
	out->n += (size_t)(end - p);
	*end = '\0';
}

/* YYYY-MM-DD-HH-MM-SS; days to date: Richards in Urban and Seidelmann,
 * Explanatory Supplement to the Astronomical Almanac, 2013, 15.11. */
static void
conn_log_stamp(struct buf *out, int64_t us)
{
	int64_t s = us / US_PER_S, day = s / 86400;
	int64_t f = day + 2440588 + 1401 +
	    (4 * (day + 2440588) + 274277) / 146097 * 3 / 4 - 38;
	int64_t e = 4 * f + 3, h = 5 * (e % 1461 / 4) + 2;
	int64_t month = (h / 153 + 2) % 12 + 1;

	buf_printf(out, "%04d-%02d-%02d-%02d-%02d-%02d\n",
	    (int)(e / 1461 - 4716 + (14 - month) / 12), (int)month,
	    (int)(h % 153 / 5 + 1), (int)(s % 86400 / 3600),
	    (int)(s % 3600 / 60), (int)(s % 60));
}

void
conn_log_open(struct buf *out, enum conn_log_format f, int64_t us)
{
	int i;

	if (f != CONN_LOG_TSV)
		return;
	buf_add_str(out,
	    "#separator \\x09\n#set_separator\t,\n"
	    "#empty_field\t(empty)\n#unset_field\t-\n"
	    "#path\tconn\n#open\t");
	conn_log_stamp(out, us);
	buf_add_str(out, "#fields");
	for (i = 0; i < CONN_LOG_NFIELDS; i++)
		buf_printf(out, "\t%s", conn_log_fields[i].name);
	buf_add_str(out, "\n#types");
	for (i = 0; i < CONN_LOG_NFIELDS; i++)
		buf_printf(out, "\t%s", conn_log_fields[i].type);
	buf_add_char(out, '\n');
}

void
conn_log_close(struct buf *out, enum conn_log_format f, int64_t us)
{
	if (f != CONN_LOG_TSV)
		return;
	buf_add_str(out, "#close\t");
	conn_log_stamp(out, us);
}
