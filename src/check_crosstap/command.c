/*
 * Whatever goes wrong is UNKNOWN, and is said on standard output, where Nagios
 * looks for it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "check_crosstap/command.h"
#include "check_crosstap/range.h"
#include "net/control.h"
#include "sys/config.h"
#include "sys/options.h"

enum check_state {
	CHECK_OK,
	CHECK_WARNING,
	CHECK_CRITICAL,
	CHECK_UNKNOWN
};

struct check_options {
	const char *socket, *config;
	const char *group, *sensor;
	const char *warning, *critical;
	uint64_t timeout_s;
	bool verbose;
};

#define AT(field) offsetof(struct check_options, field)
#define CHECK_TIMEOUT_S 10

static const struct option_def check_defs[] = {
	{ "socket", 'H', OPTION_STRING, "PATH",
	    "the control socket of crosstapd (default: that of the "
	    "configuration)",
	    .offset = AT(socket) },
	{ "config", 0, OPTION_STRING, "FILE",
	    "the configuration to use instead of the installed one",
	    .offset = AT(config) },
	{ "group", 'g', OPTION_STRING, "NAME",
	    "a group (default: crosstapd itself)", .offset = AT(group) },
	{ "sensor", 's', OPTION_STRING, "NAME", "a sensor",
	    .offset = AT(sensor) },
	{ "warning", 'w', OPTION_STRING, "RANGE",
	    "of a group: WARNING if the percentage of flows that two of its "
	    "sensors do not agree on is outside",
	    .offset = AT(warning) },
	{ "critical", 'c', OPTION_STRING, "RANGE", "the same, CRITICAL",
	    .offset = AT(critical) },
	{ "timeout", 't', OPTION_U64, "SECONDS",
	    "how long to wait for the answer (default: 10)",
	    .offset = AT(timeout_s), .min = 1, .max = 3600 },
	{ "verbose", 'v', OPTION_FLAG, NULL, "print further lines, too",
	    .offset = AT(verbose) },
};

static const struct option_set check_set = { "",
	"Ask crosstapd how a group, a sensor or it itself is, as a plugin of "
	"Nagios",
	"", 0, 0, check_defs, ARRAY_LEN(check_defs), "check_crosstap" };

static const char *const check_names[] = { "OK", "WARNING", "CRITICAL",
	"UNKNOWN" };

static int
check_unknown(const struct diag *d)
{
	(void)printf("UNKNOWN - %s\n", d->text);
	(void)fflush(stdout);
	return CHECK_UNKNOWN;
}

static bool
check_range(const char *text, struct range *r, struct diag *d)
{
	if (text == NULL || range_parse(text, r))
		return true;
	diag_set(d,
	    "'%.40s' is no range; wanted [@]START:END, such as 1 or "
	    "0.5:",
	    text);
	return false;
}

static bool
check_ask(const struct check_options *o, struct buf *answer, struct diag *d)
{
	const char *what = o->group != NULL ? "group"
	    : o->sensor != NULL             ? "sensor"
					    : "collector";
	const char *name = o->group != NULL ? o->group
	    : o->sensor != NULL             ? o->sensor
					    : "";
	struct config_errors *errors = calloc(1, sizeof(*errors));
	struct config c = { NULL };
	struct buf line = BUF_INIT, path = BUF_INIT;
	const char *socket = o->socket;
	bool ok = errors != NULL;

	buf_printf(&line, "check\t%s\t%s", what, name);
	if (ok && socket == NULL) {
		ok = config_find(o->config, &path, d) &&
		    config_load(path.p, &c, errors);
		if (!ok && errors->n > 0)
			diag_set(d, "%s", errors->v[0].d.text);
		socket = ok ? c.daemon->control : NULL;
	}
	if (!ok || !buf_ok(&line))
		diag_set(d, "out of memory");
	ok = ok && buf_ok(&line) &&
	    control_ask(socket, line.p, (unsigned)o->timeout_s, answer, d);
	config_clear(&c);
	buf_clear(&path);
	buf_clear(&line);
	free(errors);
	return ok;
}

/* What crosstapd says, and the thresholds of this call: the worse one. */
static int
check_print(const struct check_options *o, const struct range *warning,
    const struct range *critical, char *text)
{
	static const int rank[] = { 0, 1, 3, 2 };
	char *line = strchr(text, '\n'), *more, *said, *numbers, *share;
	enum check_state state, mine = CHECK_OK;
	double differs = 0;
	bool known;

	if (line == NULL || text[0] < '0' || text[0] > '3' || text[1] != '\t') {
		static const struct diag d = { "an answer that is none" };

		return check_unknown(&d);
	}
	state = (enum check_state)(text[0] - '0');
	*line++ = '\0';
	share = text + 2;
	known = *share != '\0';
	differs = known ? strtod(share, NULL) : 0;
	if (known && o->warning != NULL && range_alerts(warning, differs))
		mine = CHECK_WARNING;
	if (known && o->critical != NULL && range_alerts(critical, differs))
		mine = CHECK_CRITICAL;
	more = strchr(line, '\n');
	if (more != NULL)
		*more++ = '\0';
	numbers = strchr(line, '|');
	if (numbers != NULL)
		*numbers++ = '\0';
	said = strstr(line, " - ");
	if (rank[mine] > rank[state])
		(void)printf("%s - %.3f %% of the flows differ, %s",
		    check_names[mine], differs, said == NULL ? line : said + 3);
	else
		(void)printf("%s", line);
	(void)printf("|%s", numbers == NULL ? "" : numbers);
	if (known)
		(void)printf("%s'disagreement'=%.6f%%;%s;%s;0;100",
		    numbers == NULL || *numbers == '\0' ? "" : " ", differs,
		    o->warning == NULL ? "" : o->warning,
		    o->critical == NULL ? "" : o->critical);
	(void)printf("\n%s", o->verbose && more != NULL ? more : "");
	(void)fflush(stdout);
	return rank[mine] > rank[state] ? (int)mine : (int)state;
}

int
command_main(int argc, char **argv)
{
	struct check_options o = { .timeout_s = CHECK_TIMEOUT_S };
	struct range warning, critical;
	struct buf text = BUF_INIT;
	struct diag d = DIAG_INIT;
	struct operands none;
	int i, status;

	/* Plugins have it so. */
	for (i = 1; i < argc; i++)
		if (strcmp(argv[i], "-V") == 0) {
			static char version[] = "--version";

			argv[i] = version;
		}
	switch (options_parse(&check_set, argc, argv, &o, &none, &d)) {
	case OPTIONS_RUN:
		break;
	case OPTIONS_HELP:
	case OPTIONS_VERSION:
		status = options_start(&check_set, argc, argv, &o, &none);
		return status == OPTIONS_GO_ON ? CHECK_OK : CHECK_UNKNOWN;
	case OPTIONS_BAD:
		return check_unknown(&d);
	}
	if (o.group != NULL && o.sensor != NULL)
		diag_set(&d, "both a group and a sensor; wanted one of them");
	else if (o.group == NULL && (o.warning != NULL || o.critical != NULL))
		diag_set(&d, "a range without a group; wanted -g NAME");
	if (d.text[0] != '\0' || !check_range(o.warning, &warning, &d) ||
	    !check_range(o.critical, &critical, &d) ||
	    !check_ask(&o, &text, &d))
		status = check_unknown(&d);
	else
		status = check_print(&o, &warning, &critical, text.p);
	buf_clear(&text);
	return status;
}
