#include <stdio.h>
#include "crosstap/config_load.h"
#include "crosstap/daemon_ask.h"
#include "net/control.h"

#define ASK_TIMEOUT_S 120 /* a clock that is set takes as long as it takes */

static bool
ask_line(const char *const words[], size_t n, struct buf *line, struct diag *d)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (strpbrk(words[i], "\t\n") != NULL) {
			diag_set(d,
			    "a tab or line end in '%.40s'; wanted one "
			    "line of text",
			    words[i]);
			return false;
		}
		buf_printf(line, "%s%s", i == 0 ? "" : "\t", words[i]);
	}
	if (buf_ok(line) && line->n < CONTROL_MAX_LINE)
		return true;
	diag_set(
	    d, "the text is too long; wanted up to %d bytes", CONTROL_MAX_LINE);
	return false;
}

bool
daemon_ask(
    const char *config, const char *const words[], size_t n, struct buf *out)
{
	struct diag d = DIAG_INIT;
	struct buf line = BUF_INIT;
	struct config c;
	bool ok;

	if (!config_load_said(config, &c))
		return false;
	ok = ask_line(words, n, &line, &d) &&
	    control_ask(c.daemon->control, line.p, ASK_TIMEOUT_S, out, &d);
	if (!ok)
		(void)fprintf(stderr, "crosstap: %s\n", d.text);
	buf_clear(&line);
	config_clear(&c);
	return ok;
}

struct store *
daemon_store(const char *config, struct config *c)
{
	const struct store_options so = { .access = STORE_READ };
	struct diag d = DIAG_INIT;
	struct store *st = NULL;

	if (!config_load_said(config, c))
		return NULL;
	if (store_open(c->daemon->store, &so, &st, &d) == STORE_OK)
		return st;
	(void)fprintf(stderr, "crosstap: %s\n", d.text);
	config_clear(c);
	return NULL;
}
