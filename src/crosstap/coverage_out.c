/*
 * What is not known is null, an empty field, or a dash.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "base/escape.h"
#include "base/jsonw.h"
#include "base/number.h"
#include "crosstap/coverage_out.h"
#include "crosstap/report_put.h"
#include "sys/when.h"

#define COVERAGE_MAX_COLUMNS 10

enum coverage_type {
	COVERAGE_WORD,
	COVERAGE_COUNT,
	COVERAGE_TIME
};

struct coverage_cell {
	const char *text; /* COVERAGE_WORD */
	uint64_t count;
	int64_t us;   /* INT64_MIN and INT64_MAX: not known */
	bool known;   /* of a count */
	char own[20]; /* for text that is made */
};

struct coverage_columns {
	size_t size; /* of a row, bytes */
	void (*cell)(const void *row, size_t column, struct coverage_cell *out);
	size_t n;
	struct {
		const char *name;
		enum coverage_type type;
	} column[COVERAGE_MAX_COLUMNS];
};

static void
stretch_cell(const void *row, size_t column, struct coverage_cell *out)
{
	const struct coverage *c = row;
	const char *const texts[] = { c->sensor, "", "",
		coverage_state_name(c->state), c->why, "", "", c->nets };

	out->known = true;
	out->text = texts[column];
	out->us = column == 1 ? c->from_us : c->to_us;
	out->count = column == 5 ? c->missed : c->flows;
}

static void
attribute_cell(const void *row, size_t column, struct coverage_cell *out)
{
	const struct store_attribute *a = row;
	const char *const texts[] = { a->sensor, a->key, a->value, "", "" };

	out->text = texts[column];
	out->us = column == 3 ? a->from_us : a->to_us;
}

static void
file_cell(const void *row, size_t column, struct coverage_cell *out)
{
	const struct coverage_file *c = row;
	const int64_t times[] = { 0, 0, c->f.first_us, c->f.last_us, 0, 0, 0,
		c->f.mtime_us, c->f.seen_us };

	out->text = column == 0 ? c->sensor : c->f.path;
	if (column == 6) {
		(void)snprintf(
		    out->own, sizeof(out->own), "%016" PRIx64, c->f.checksum);
		out->text = c->f.hashed ? out->own : "";
	}
	out->us = times[column];
	out->known = column == 4 || c->f.hashed;
	out->count = column == 4 ? c->f.size : c->f.lines;
}

static const struct coverage_columns coverage_tables[] = {
	[COVERAGE_STRETCHES] = { sizeof(struct coverage), stretch_cell, 8,
	    { { "sensor", COVERAGE_WORD }, { "from", COVERAGE_TIME },
		{ "to", COVERAGE_TIME }, { "state", COVERAGE_WORD },
		{ "why", COVERAGE_WORD }, { "missed", COVERAGE_COUNT },
		{ "flows", COVERAGE_COUNT }, { "nets", COVERAGE_WORD } } },
	[COVERAGE_SENSORS] = { sizeof(struct store_attribute), attribute_cell,
	    5,
	    { { "sensor", COVERAGE_WORD }, { "attribute", COVERAGE_WORD },
		{ "value", COVERAGE_WORD }, { "from", COVERAGE_TIME },
		{ "to", COVERAGE_TIME } } },
	[COVERAGE_FILES] = { sizeof(struct coverage_file), file_cell, 9,
	    { { "sensor", COVERAGE_WORD }, { "path", COVERAGE_WORD },
		{ "first", COVERAGE_TIME }, { "last", COVERAGE_TIME },
		{ "bytes", COVERAGE_COUNT }, { "lines", COVERAGE_COUNT },
		{ "xxh3_64", COVERAGE_WORD }, { "written", COVERAGE_TIME },
		{ "seen", COVERAGE_TIME } } },
};

static bool
coverage_time_known(int64_t us)
{
	return us != INT64_MIN && us != INT64_MAX;
}

void
coverage_json(
    enum coverage_table t, const void *rows, size_t n, struct buf *out)
{
	const struct coverage_columns *c = &coverage_tables[t];
	struct coverage_cell cell;
	size_t i, k;

	buf_add_char(out, '[');
	for (i = 0; i < n; i++) {
		buf_add_str(out, i == 0 ? "{" : ",\n {");
		for (k = 0; k < c->n; k++) {
			c->cell((const char *)rows + i * c->size, k, &cell);
			if (c->column[k].type == COVERAGE_WORD)
				jsonw_text(out, c->column[k].name, cell.text);
			else if (c->column[k].type == COVERAGE_TIME)
				jsonw_seconds(out, c->column[k].name, cell.us);
			else if (cell.known)
				jsonw_count(out, c->column[k].name, cell.count);
			else
				jsonw_null(out, c->column[k].name);
		}
		buf_add_char(out, '}');
	}
	buf_add_char(out, ']');
}

void
coverage_csv(enum coverage_table t, const void *rows, size_t n, struct buf *out)
{
	const struct coverage_columns *c = &coverage_tables[t];
	struct coverage_cell cell;
	size_t i, k;

	for (k = 0; k < c->n; k++)
		buf_printf(out, "%s%s", k == 0 ? "" : ",", c->column[k].name);
	buf_add_char(out, '\n');
	for (i = 0; i < n; i++) {
		for (k = 0; k < c->n; k++) {
			buf_add_str(out, k == 0 ? "" : ",");
			c->cell((const char *)rows + i * c->size, k, &cell);
			if (c->column[k].type == COVERAGE_WORD)
				escape_csv(out, span_from(cell.text));
			else if (c->column[k].type == COVERAGE_COUNT &&
			    cell.known)
				buf_printf(out, "%" PRIu64, cell.count);
			else if (c->column[k].type == COVERAGE_TIME &&
			    coverage_time_known(cell.us))
				number_seconds(cell.us, out);
		}
		buf_add_char(out, '\n');
	}
}

static void
coverage_text_cell(enum coverage_type type, const struct coverage_cell *cell,
    const struct report *p, struct buf *out)
{
	if (type == COVERAGE_WORD)
		report_put_text(
		    p, cell->text[0] == '\0' ? "-" : cell->text, out);
	else if (type == COVERAGE_TIME)
		when_format(
		    coverage_time_known(cell->us) ? cell->us : INT64_MIN, "-",
		    out);
	else if (cell->known)
		report_put_count(cell->count, out);
	else
		buf_add_char(out, '-');
}

void
coverage_text(
    enum coverage_table t, const void *rows, size_t n, struct buf *out)
{
	const struct coverage_columns *c = &coverage_tables[t];
	const struct report_style style = { .utf8 = report_utf8_wanted() };
	const struct report p = { .style = &style };
	char align[COVERAGE_MAX_COLUMNS + 1] = "";
	struct buf text = BUF_INIT;
	struct coverage_cell cell;
	size_t i, k;

	for (k = 0; k < c->n; k++) {
		buf_printf(&text, "%s%s%s", k == 0 ? "" : "\t",
		    c->column[k].name,
		    c->column[k].type == COVERAGE_TIME ? " (UTC)" : "");
		align[k] = c->column[k].type == COVERAGE_COUNT ? 'r' : 'l';
	}
	buf_add_char(&text, '\n');
	for (i = 0; i < n; i++)
		for (k = 0; k < c->n; k++) {
			c->cell((const char *)rows + i * c->size, k, &cell);
			coverage_text_cell(c->column[k].type, &cell, &p, &text);
			buf_add_char(&text, k + 1 < c->n ? '\t' : '\n');
		}
	if (buf_ok(&text))
		report_table(buf_span(&text), align, out);
	else
		out->failed = true;
	buf_clear(&text);
}

void
coverage_sums(const struct coverage *v, size_t n, struct buf *out)
{
	int64_t us[COVERAGE_NOT_COMPARED + 1], all;
	size_t i, k, s;

	for (i = 0; i < n; i = k) {
		memset(us, 0, sizeof(us));
		for (all = 0, k = i;
		     k < n && strcmp(v[k].sensor, v[i].sensor) == 0; k++) {
			us[v[k].state] += v[k].to_us - v[k].from_us;
			all += v[k].to_us - v[k].from_us;
		}
		buf_printf(out, "%-16s", v[i].sensor);
		for (s = 0; s <= COVERAGE_NOT_COMPARED; s++)
			buf_printf(out, "  %s %.2f %%",
			    coverage_state_name((enum coverage_state)s),
			    all == 0 ? 0 : 100 * (double)us[s] / (double)all);
		buf_add_char(out, '\n');
	}
}
