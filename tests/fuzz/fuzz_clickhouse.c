/*
 * What a ClickHouse server answers: of itself and its tables to the feed, and
 * buckets of the past. Cells are of the window that was asked for, and in
 * their ranges.
 */
#include <math.h>
#include <stdlib.h>
#include "feed/clickhouse.h"
#include "feed/clickhouse_history.h"
#include "fuzz.h"

#define CLICKHOUSE_FROM_US (1764000000 * US_PER_S)
#define CLICKHOUSE_TO_US (1764003600 * US_PER_S)

static void
clickhouse_look(const struct store_cell *c)
{
	unsigned known = 0;
	size_t i;

	INVARIANT(c->start_us >= CLICKHOUSE_FROM_US);
	INVARIANT(c->start_us < CLICKHOUSE_TO_US);
	INVARIANT(isnan(c->worst) || (c->worst >= 0 && c->worst <= 1));
	for (i = 0; i < STORE_NSTATUSES; i++)
		known += c->status[i] != 0;
	INVARIANT(known == 1);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = { (const char *)data, size };
	struct clickhouse_release server;
	struct store_cell *v = NULL;
	struct diag d = DIAG_INIT;
	size_t n, i;

	if (clickhouse_answer(text, "d", &server, &d))
		INVARIANT(server.version[0] != '\0');
	else
		INVARIANT(d.text[0] != '\0');
	d = (struct diag)DIAG_INIT;
	if (clickhouse_history_parse(
		text, CLICKHOUSE_FROM_US, CLICKHOUSE_TO_US, &v, &n, &d)) {
		for (i = 0; i < n; i++)
			clickhouse_look(&v[i]);
	} else
		INVARIANT(v == NULL && d.text[0] != '\0');
	free(v);
	return 0;
}
