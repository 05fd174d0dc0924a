/*
 * A collector for tests: "sensorclient request KIND [NAME=VALUE ...]" writes a
 * request's frame, "sensorclient replies" prints each frame that it reads as a
 * line of JSON. Times are seconds, keys hexadecimal.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "wire/frame.h"
#include "wire/reply.h"

#define CLIENT_MAX 64

static struct request_item client_items[CLIENT_MAX];
static uint64_t client_keys[CLIENT_MAX];
static uint32_t client_nkeys;

/* item=BUCKET,SET[,NUMBER ...] */
static void
client_item(struct request *r, char *p)
{
	struct request_item *it = &client_items[r->nitems++];
	int base = r->kind == REQUEST_RESOLVE ? 16 : 10;
	uint64_t v[2] = { 0, 0 }, n = 0, x;

	it->bucket_us = strtoll(p, &p, 10) * US_PER_S;
	it->set = (enum request_set)strtoul(p + 1, &p, 10);
	it->keys = client_keys + client_nkeys;
	for (; *p == ',' && client_nkeys < CLIENT_MAX; n++) {
		x = strtoull(p + 1, &p, base);
		if (n < 2)
			v[n] = x;
		client_keys[client_nkeys++] = x;
		it->nkeys++;
	}
	it->from = it->limit = (uint32_t)v[0];
	it->to = (uint32_t)v[1];
}

static void
client_option(struct request *r, char *arg)
{
	char *value = strchr(arg, '=');
	int64_t n;

	INVARIANT(value != NULL);
	*value++ = '\0';
	n = strtoll(value, NULL, 10);
	if (strcmp(arg, "id") == 0)
		r->id = (uint64_t)n;
	else if (strcmp(arg, "from") == 0)
		r->from_us = n * US_PER_S;
	else if (strcmp(arg, "to") == 0)
		r->to_us = n * US_PER_S;
	else if (strcmp(arg, "width") == 0)
		r->width_us = n * US_PER_S;
	else if (strcmp(arg, "settle") == 0)
		r->settle_us = n * US_PER_S;
	else if (strcmp(arg, "shift_us") == 0)
		r->shift_us = n;
	else if (strcmp(arg, "seed") == 0)
		r->seed = strtoull(value, NULL, 16);
	else if (strcmp(arg, "parts") == 0)
		r->parts = (uint32_t)n;
	else if (strcmp(arg, "sample") == 0)
		r->sample = (uint32_t)n;
	else if (strcmp(arg, "item") == 0 && r->nitems < CLIENT_MAX)
		client_item(r, value);
	else
		INVARIANT(!"an option that is known");
}

static int
client_request(int argc, char **argv)
{
	struct request r = { .id = 1,
		.from_us = INT64_MIN,
		.to_us = INT64_MAX,
		.width_us = 60 * US_PER_S,
		.settle_us = 400 * US_PER_S,
		.items = client_items };
	struct buf out = BUF_INIT;
	int i;

	for (i = REQUEST_HELLO; i < REQUEST_END_OF_KINDS; i++)
		if (argc > 0 &&
		    strcmp(argv[0], request_kind_name((enum request_kind)i)) ==
			0)
			r.kind = (enum request_kind)i;
	for (i = 1; i < argc; i++)
		client_option(&r, argv[i]);
	INVARIANT(request_encode(&out, &r));
	INVARIANT(fwrite(out.p, 1, out.n, stdout) == out.n);
	buf_clear(&out);
	return fflush(stdout);
}

static void
client_text(struct buf *b, const char *name, struct span s)
{
	buf_printf(b, ",\"%s\":\"", name);
	buf_add_json(b, s);
	buf_add_char(b, '"');
}

static void
client_texts(struct buf *b, const char *name, const struct wire_texts *t)
{
	size_t i;

	buf_printf(b, ",\"%s\":[", name);
	for (i = 0; i < t->n; i++) {
		buf_add_str(b, i == 0 ? "\"" : ",\"");
		buf_add_json(b, t->v[i]);
		buf_add_char(b, '"');
	}
	buf_add_char(b, ']');
}

static void
client_time(struct buf *b, const char *name, int64_t us)
{
	if (us == INT64_MIN)
		buf_printf(b, ",\"%s\":null", name);
	else
		buf_printf(b, ",\"%s\":%" PRId64, name, us);
}

static void
client_symbols(
    struct buf *b, const char *name, const struct sketch_symbol *s, uint32_t n)
{
	uint32_t i;

	if (s == NULL)
		return;
	buf_printf(b, ",\"%s\":[", name);
	for (i = 0; i < n; i++)
		buf_printf(b,
		    "%s[%" PRIu64 ",\"%016" PRIx64 "\",\"%08" PRIx64 "\"]",
		    i == 0 ? "" : ",", s[i].count, s[i].sum, s[i].check);
	buf_add_char(b, ']');
}

static void
client_bucket(struct buf *b, const struct reply_bucket *r)
{
	unsigned f, v, n;

	buf_printf(b,
	    ",\"start\":%" PRId64 ",\"flows\":%" PRIu64 ",\"packets\":%" PRIu64
	    ",\"ip_bytes\":%" PRIu64 ",\"bad\":%" PRIu64
	    ",\"after_log\":%s,\"facets\":{",
	    r->start_us / US_PER_S, r->flows, r->packets, r->ip_bytes, r->bad,
	    r->after_log ? "true" : "false");
	for (f = 0; f < DIGEST_NFACETS; f++) {
		buf_printf(b, "%s\"%s\":{", f == 0 ? "" : ",",
		    digest_facet_name((enum digest_facet)f));
		for (v = n = 0; v < DIGEST_FACET_VALUES; v++)
			if (r->facets[f][v].flows > 0)
				buf_printf(b,
				    "%s\"%s\":{\"flows\":%" PRIu64
				    ",\"packets\":%" PRIu64
				    ",\"ip_bytes\":%" PRIu64 "}",
				    n++ == 0 ? "" : ",",
				    digest_facet_value((enum digest_facet)f, v),
				    r->facets[f][v].flows,
				    r->facets[f][v].packets,
				    r->facets[f][v].ip_bytes);
		buf_add_char(b, '}');
	}
	buf_add_str(b, "},\"workers\":{");
	for (v = n = 0; v < 256; v++)
		if (r->workers[v] > 0)
			buf_printf(b, "%s\"%u\":%u", n++ == 0 ? "" : ",", v,
			    r->workers[v]);
	buf_add_char(b, '}');
	if (r->shards != NULL) {
		buf_add_str(b, ",\"shards\":[");
		for (v = 0; v < DIGEST_SHARDS; v++)
			buf_printf(b,
			    "%s[%" PRIu64 ",\"%016" PRIx64 "\",%" PRIu64
			    ",%" PRIu64 ",%" PRIu64 "]",
			    v == 0 ? "" : ",", r->shards[v].flows,
			    r->shards[v].key_sum, r->shards[v].time_sum_us,
			    r->shards[v].packets, r->shards[v].ip_bytes);
		buf_add_char(b, ']');
	}
	client_symbols(b, "keys", r->keys, SKETCH_MIN);
	client_symbols(b, "states", r->states, SKETCH_MIN);
}

static void
client_records(struct buf *b, const struct reply_records *r)
{
	struct cursor c = cursor_of(r->packed);
	char orig[FLOW_ADDR_MAX], resp[FLOW_ADDR_MAX];
	struct record rec;
	unsigned n = 0;

	buf_printf(b, ",\"bytes\":%zu,\"records\":[", r->packed.n);
	while (record_decode(&c, r->base_us, &rec)) {
		const struct flow *f = &rec.flow;

		flow_addr_format(&f->orig, orig);
		flow_addr_format(&f->resp, resp);
		buf_printf(b,
		    "%s{\"bucket\":%" PRId64 ",\"ts\":%" PRId64
		    ",\"duration\":%" PRId64
		    ",\"orig\":\"%s\",\"orig_p\":%u,\"resp\":\"%s\","
		    "\"resp_p\":%u,\"proto\":%u,\"state\":\"%s\",\"pkts\":["
		    "%" PRIu64 ",%" PRIu64 "],\"worker\":%u,\"delay\":%u,"
		    "\"late\":%s",
		    n++ == 0 ? "" : ",",
		    record_bucket(f, r->width_us, r->shift_us) / US_PER_S,
		    f->start_us, f->duration_us, orig, f->orig_port, resp,
		    f->resp_port, f->proto,
		    flow_state_name((enum flow_state)f->state), f->orig_pkts,
		    f->resp_pkts, f->worker, rec.delay,
		    rec.late ? "true" : "false");
		client_text(b, "uid", f->uid);
		client_text(b, "service", f->service);
		client_text(b, "history", f->history);
		buf_add_char(b, '}');
	}
	buf_add_char(b, ']');
	INVARIANT(c.failed == NULL);
}

static void
client_hello(struct buf *b, const struct reply_hello *r)
{
	buf_printf(b, ",\"version\":[%" PRIu64 ",%" PRIu64 "]", r->version_min,
	    r->version_max);
	client_text(b, "name", r->name);
	client_text(b, "os", r->os);
	client_text(b, "machine", r->machine);
	client_texts(b, "attributes", &r->attributes);
	client_texts(b, "folders", &r->folders);
	client_time(b, "watermark", r->watermark_us);
	client_time(b, "lag", r->lag_us);
}

static void
client_end(struct buf *b, const struct reply_end *r)
{
	uint64_t problems = 0;
	unsigned i;

	for (i = 0; i < FLOW_NPROBLEMS; i++)
		problems += r->problems[i];
	buf_printf(b,
	    ",\"frames\":%" PRIu64 ",\"ended\":%s,\"live\":%s,\"late\":%" PRIu64
	    ",\"problems\":%" PRIu64 ",\"trouble\":%u",
	    r->frames, r->ended ? "true" : "false", r->live ? "true" : "false",
	    r->late, problems, r->trouble);
	client_text(b, "trouble_text", r->trouble_text);
	client_time(b, "begin", r->begin_us);
	client_time(b, "watermark", r->watermark_us);
	client_texts(b, "workers", &r->workers);
}

static void
client_print(struct buf *b, const struct reply *r)
{
	buf_printf(b, "{\"kind\":\"%s\",\"id\":%" PRIu64,
	    reply_kind_name(r->kind), r->id);
	switch (r->kind) {
	case REPLY_HELLO:
		client_hello(b, &r->u.hello);
		break;
	case REPLY_BUCKET:
		client_bucket(b, &r->u.bucket);
		break;
	case REPLY_SYMBOLS:
		buf_printf(b, ",\"from\":%u,\"to\":%u", r->u.symbols.from,
		    r->u.symbols.to);
		client_symbols(b, "symbols", r->u.symbols.symbols,
		    r->u.symbols.to - r->u.symbols.from);
		break;
	case REPLY_RECORDS:
		client_records(b, &r->u.records);
		break;
	case REPLY_FILE:
		client_text(b, "path", r->u.file.path);
		client_text(b, "trouble", r->u.file.trouble);
		client_time(b, "first", r->u.file.first_us);
		buf_printf(b,
		    ",\"size\":%" PRIu64 ",\"lines\":%" PRIu64
		    ",\"checksum\":\"%016" PRIx64 "\"",
		    r->u.file.size, r->u.file.lines, r->u.file.checksum);
		break;
	case REPLY_END:
		client_end(b, &r->u.end);
		break;
	default:
		buf_printf(
		    b, ",\"code\":\"%s\"", reply_code_name(r->u.error.code));
		client_text(b, "text", r->u.error.text);
		client_time(b, "watermark", r->u.error.watermark_us);
		break;
	}
	buf_add_str(b, "}\n");
}

/* 0: whole frames, each of which could be decoded. */
static int
client_replies(void)
{
	struct frame_reader frames = FRAME_READER_INIT;
	static char block[65536];
	struct buf out = BUF_INIT;
	struct span in, body;
	struct diag d = DIAG_INIT;
	enum frame_status status = FRAME_MORE;
	struct reply r;
	bool ok = true;
	size_t n;

	while (ok && (n = fread(block, 1, sizeof(block), stdin)) > 0)
		for (in = (struct span){ block, n }; ok && in.n > 0;) {
			status = frame_read(&frames, &in, &body);
			ok = status != FRAME_BAD;
			if (status != FRAME_READY)
				continue;
			ok = reply_decode(body, &r, &d) == WIRE_OK;
			out.n = 0;
			if (ok)
				client_print(&out, &r);
			reply_clear(&r);
			if (ok)
				(void)fwrite(out.p, 1, out.n, stdout);
		}
	if (d.text[0] != '\0' || frames.bad != NULL)
		(void)fprintf(stderr, "sensorclient: %s\n",
		    frames.bad != NULL ? frames.bad : d.text);
	ok = ok && frame_reader_is_idle(&frames);
	frame_reader_clear(&frames);
	buf_clear(&out);
	return fflush(stdout) == 0 && ok ? 0 : 1;
}

int
main(int argc, char **argv)
{
	if (argc > 2 && strcmp(argv[1], "request") == 0)
		return client_request(argc - 2, argv + 2);
	if (argc == 2 && strcmp(argv[1], "replies") == 0)
		return client_replies();
	(void)fprintf(
	    stderr, "usage: sensorclient request KIND ... | replies\n");
	return 2;
}
