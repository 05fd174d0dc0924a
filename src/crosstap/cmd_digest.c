/*
 * crosstap digest: the digests of one log, bucket by bucket, as text for a
 * look or as JSON for a program. Keys are shown in hexadecimal, since they do
 * not fit a double.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include "crosstap/command.h"
#include "crosstap/digest_options.h"
#include "crosstap/pull.h"
#include "crosstap/terminal.h"
#include "crosstap/url_operand.h"
#include "pipeline/clickhouse_files.h"
#include "pipeline/remote_files.h"
#include "sys/address.h"

static void
digest_counts(struct buf *out, const struct digest_count *c)
{
	buf_printf(out,
	    "{\"flows\":%" PRIu64 ",\"packets\":%" PRIu64
	    ",\"ip_bytes\":%" PRIu64 "}",
	    c->flows, c->packets, c->ip_bytes);
}

static void
digest_json_facets(struct buf *out, const struct digest *d)
{
	unsigned f, v, shown;

	for (f = 0; f < DIGEST_NFACETS; f++) {
		buf_printf(out, "%s\"%s\":{", f == 0 ? "" : ",",
		    digest_facet_name((enum digest_facet)f));
		for (v = shown = 0; v < DIGEST_FACET_VALUES; v++) {
			struct digest_count c =
			    digest_facet(d, (enum digest_facet)f, v);

			if (c.flows == 0)
				continue;
			buf_printf(out, "%s\"%s\":", shown++ == 0 ? "" : ",",
			    digest_facet_value((enum digest_facet)f, v));
			digest_counts(out, &c);
		}
		buf_add_str(out, "}");
	}
}

static void
digest_json_symbols(
    struct buf *out, const char *name, const struct sketch_symbol *s, size_t n)
{
	size_t i;

	buf_printf(out, ",\"%s\":[", name);
	for (i = 0; i < n; i++)
		buf_printf(out,
		    "%s[%" PRIu64 ",\"%016" PRIx64 "\",\"%016" PRIx64 "\"]",
		    i == 0 ? "" : ",", s[i].count, s[i].sum, s[i].check);
	buf_add_str(out, "]");
}

/* More symbols than a digest has are made from the elements themselves. */
static bool
digest_json_keys(struct buf *out, const struct bin *bin, size_t n)
{
	struct sketch s;
	size_t i;

	if (n <= SKETCH_MIN) {
		digest_json_symbols(out, "keys", bin->digest->keys, n);
		return true;
	}
	if (!sketch_init(&s, (uint32_t)n))
		return false;
	for (i = 0; i < bin->nelements; i++)
		sketch_add(&s, bin->elements[i]);
	digest_json_symbols(out, "keys", s.symbols, n);
	sketch_clear(&s);
	return true;
}

static bool
digest_json(struct buf *out, const struct bin *bin, size_t symbols)
{
	const struct digest *d = bin->digest;
	struct digest_count all = digest_totals(d);
	unsigned i;
	bool ok;

	buf_printf(out,
	    "{\"start\":%" PRId64 ",\"width\":%" PRId64 ",\"totals\":",
	    d->start_us / US_PER_S, d->width_us / US_PER_S);
	digest_counts(out, &all);
	buf_add_str(out, ",\"facets\":{");
	digest_json_facets(out, d);
	buf_add_str(out, "},\"shards\":[");
	for (i = 0; i < DIGEST_SHARDS; i++) {
		const struct digest_shard *s = &d->shards[i];

		buf_printf(out,
		    "%s[%" PRIu64 ",\"%016" PRIx64 "\",%" PRIu64 ",%" PRIu64
		    ",%" PRIu64 "]",
		    i == 0 ? "" : ",", s->flows, s->key_sum, s->time_sum_us,
		    s->packets, s->ip_bytes);
	}
	buf_add_str(out, "],\"sample\":[");
	for (i = 0; i < d->nsample; i++)
		buf_printf(out,
		    "%s[\"%016" PRIx64 "\",%" PRId64 ",%" PRId64 "]",
		    i == 0 ? "" : ",", d->sample[i].key, d->sample[i].start_us,
		    d->sample[i].end_us);
	buf_add_str(out, "]");
	ok = digest_json_keys(out, bin, symbols);
	digest_json_symbols(out, "states", d->state,
	    symbols < SKETCH_MIN ? symbols : SKETCH_MIN);
	buf_add_str(out, "}\n");
	return ok;
}

/* One line a bucket; the checksum is of all shards, so that two logs that
 * agree show equal lines. */
static void
digest_text(struct buf *out, const struct digest *d)
{
	struct digest_count all = digest_totals(d);
	uint64_t sum = 0;
	unsigned i;

	for (i = 0; i < DIGEST_SHARDS; i++)
		sum += d->shards[i].key_sum;
	buf_printf(out,
	    "%" PRId64 "  flows %" PRIu64 "  packets %" PRIu64
	    "  ip_bytes %" PRIu64 "  keys %016" PRIx64 "\n",
	    d->start_us / US_PER_S, all.flows, all.packets, all.ip_bytes, sum);
}

static bool
digest_print(struct pull *p, const struct digest_options *o)
{
	struct buf out = BUF_INIT;
	struct bin *bin;
	bool ok = true;

	while ((bin = pull_take(p)) != NULL) {
		out.n = 0;
		if (o->format == REPORT_JSON)
			ok = digest_json(&out, bin, o->symbols);
		else
			digest_text(&out, bin->digest);
		ok = ok && buf_ok(&out) &&
		    fwrite(out.p, 1, out.n, stdout) == out.n;
		bin_free(bin);
	}
	buf_clear(&out);
	return fflush(stdout) == 0 && ok;
}

static int
digest_problems(const struct reader *reader)
{
	int k, status = EXIT_AGREE;

	for (k = 0; k < FLOW_NPROBLEMS; k++) {
		const char *text = reader_message(reader, (enum flow_problem)k);

		if (text == NULL)
			continue;
		(void)fprintf(stderr, "crosstap: %s (%" PRIu64 " in all)\n",
		    text, reader_problems(reader, (enum flow_problem)k));
		status = EXIT_PARTIAL;
	}
	if (reader_trouble(reader) != NULL) {
		(void)fprintf(stderr, "crosstap: %s\n", reader_trouble(reader));
		status = EXIT_PARTIAL;
	}
	return status;
}

/* The log of an operand ssh://..., which path and *files get. */
static bool
digest_reach(struct config *c, const char *url, struct pull_options *po,
    struct buf *path, struct remote_files **files, struct diag *d)
{
	if (!url_operand_parse(url, c, d))
		return false;
	remote_files_path(&c->sensors[0], c->sensors[0].logs.item[0], path);
	if (!buf_ok(path)) {
		diag_set(d, "out of memory");
		return false;
	}
	*files = remote_files_new(&c->sensors[0], terminal_answer(), d);
	if (*files == NULL)
		return false;
	po->operand = path->p;
	po->source.files = remote_files_table(*files);
	return true;
}

/* The same of an operand clickhouse://... */
static bool
digest_reach_table(struct clickhouse_conn **conn,
    struct clickhouse_files **table, struct pull_options *po, struct diag *d)
{
	*conn = clickhouse_conn_open(po->operand, d);
	if (*conn == NULL)
		return false;
	*table = clickhouse_files_new(*conn);
	if (*table == NULL) {
		diag_set(d, "out of memory");
		return false;
	}
	clickhouse_files_window(*table, &po->source.window, CLICKHOUSE_WHOLE);
	po->operand = clickhouse_conn_path(*conn);
	po->source.files = clickhouse_files_table(*table);
	return true;
}

int
cmd_digest(int argc, char **argv)
{
	struct digest_options o;
	struct pull_options po;
	struct config c = { .nsensors = 0 };
	struct remote_files *files = NULL;
	struct clickhouse_conn *conn = NULL;
	struct clickhouse_files *table = NULL;
	struct buf path = BUF_INIT;
	struct diag d = DIAG_INIT;
	struct pull *p = NULL;
	int status = digest_options_parse(argc, argv, &o);

	if (status != OPTIONS_GO_ON)
		return status;
	memset(&po, 0, sizeof(po));
	po.operand = o.operands.item[0];
	po.source.window = (struct source_window){ o.window.from_us,
		o.window.to_us, o.window.settle_us };
	po.source.tz = o.window.tz;
	po.parser.renames = o.window.renames;
	po.parser.nrenames = o.window.nrenames;
	po.bins = (struct bins_options){ .width_us = o.window.width_us,
		.settle_us = o.window.settle_us,
		.from_us = o.window.from_us,
		.to_us = o.window.to_us,
		.seed = o.seed,
		.keep =
		    BINS_DIGEST | (o.symbols > SKETCH_MIN ? BINS_ELEMENTS : 0),
		.sample = (uint32_t)o.sample };
	status = EXIT_TROUBLE;
	if (clickhouse_is_url(po.operand)
		? digest_reach_table(&conn, &table, &po, &d)
		: !address_is_url(po.operand) ||
		    digest_reach(&c, po.operand, &po, &path, &files, &d))
		p = pull_open(&po, &d);
	if (p != NULL && pull_start(p, &d)) {
		if (!digest_print(p, &o))
			diag_set(&d, "standard output cannot be written");
		else if (pull_failed(p) != NULL)
			diag_set(&d, "%s", pull_failed(p));
		else
			status = digest_problems(pull_reader(p));
	}
	if (d.text[0] != '\0')
		(void)fprintf(stderr, "crosstap: %s\n", d.text);
	pull_close(p);
	remote_files_free(files);
	clickhouse_files_free(table);
	clickhouse_conn_close(conn);
	config_clear(&c);
	buf_clear(&path);
	return status;
}
