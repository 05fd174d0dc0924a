/*
 * Any text is a time, a duration, a URL, a network or a number of an incident,
 * or is refused with a word; a time that is told comes back as it was.
 */
#include <stdlib.h>
#include <string.h>
#include "crosstap/operand.h"
#include "crosstap/url_operand.h"
#include "judge/incident.h"
#include "source/clickhouse_digest.h"
#include "sys/when.h"
#include "fuzz.h"

static void
operand_time(const char *text)
{
	static const char *const zones[] = { NULL, "Europe/Berlin" };
	const int64_t now = 1764000000 * US_PER_S;
	int64_t us, again, s;
	struct buf b = BUF_INIT;
	struct diag d;
	struct when w;
	size_t i;

	for (i = 0; i < ARRAY_LEN(zones); i++) {
		d = (struct diag)DIAG_INIT;
		if (!when_parse(text, zones[i], now, &us, &d)) {
			INVARIANT(d.text[0] != '\0');
			continue;
		}
		if (when_local(us, zones[i], &w))
			INVARIANT(w.month >= 1 && w.month <= 12 && w.day >= 1 &&
			    w.day <= 31 && w.us >= 0 && w.us < US_PER_S);
	}
	if (when_parse(text, NULL, now, &us, &d)) {
		when_format(us, "none", &b);
		INVARIANT(buf_ok(&b) && b.n > 0);
		if (when_parse(b.p, NULL, now, &again, &d))
			INVARIANT(again <= us && us - again < US_PER_S);
	}
	buf_clear(&b);
	if (when_parse_duration(text, &s))
		INVARIANT(s >= 0 && s <= WHEN_MAX_DURATION_S);
}

/* As a table, and its text as what the server says of that table. */
static void
operand_table(const char *text)
{
	struct clickhouse_binding b = { .operand = NULL };
	struct clickhouse_operand o;
	struct diag d = DIAG_INIT;
	struct buf out = BUF_INIT;

	if (!clickhouse_parse(text, &o, &d)) {
		INVARIANT(d.text[0] != '\0');
		return;
	}
	INVARIANT(o.host != NULL && o.table != NULL && o.port > 0);
	clickhouse_path(&o, &out);
	b.operand = &o;
	if (o.where != NULL &&
	    clickhouse_server_parse(span_from(o.where), &b.server, &d))
		INVARIANT(b.server.version[0] != '\0');
	if (o.where != NULL && clickhouse_bind(&b, span_from(o.where), &d)) {
		clickhouse_sql_rows(&b,
		    &(struct clickhouse_range){
			0, 1, CLICKHOUSE_ALL, NULL, NULL },
		    &out);
		clickhouse_sql_shards(&b,
		    &(struct clickhouse_cut){ 0, 1, 1, 0, 0 }, 6, 0, 1, NULL,
		    &out);
	}
	INVARIANT(buf_ok(&out));
	clickhouse_unbind(&b);
	clickhouse_clear(&o);
	buf_clear(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	struct diag d = DIAG_INIT;
	struct operand o;
	struct config c;
	int64_t id;

	INVARIANT(text != NULL);
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	operand_time(text);
	operand_table(text);
	if (incident_parse_id(text, &id, &d))
		INVARIANT(id > 0);
	else
		INVARIANT(d.text[0] != '\0');
	d = (struct diag)DIAG_INIT;
	if (!operand_resolve(text, false, NULL, &o, &d))
		INVARIANT(d.text[0] != '\0');
	d = (struct diag)DIAG_INIT;
	if (url_operand_parse(text, &c, &d)) {
		INVARIANT(c.nsensors == 1);
		config_clear(&c);
	} else
		INVARIANT(d.text[0] != '\0');
	free(text);
	return 0;
}
