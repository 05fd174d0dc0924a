#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include "crosstap-sensor/sensor_options.h"
#include "sys/confine.h"
#include "sys/when.h"

#define LOGS_OPTION                                                    \
	{                                                              \
		.name = "logs", .type = OPTION_LIST, .arg = "DIR",     \
		.help = "folder, file or pattern of logs, outside of " \
			"which nothing is read; may be repeated",      \
		.offset = offsetof(struct sensor_options, logs)        \
	}
#define MEMORY_OPTION                                                      \
	{                                                                  \
		.name = "max-memory", .type = OPTION_U64, .arg = "MIB",    \
		.help = "address space, 0: no limit (default: 2048)",      \
		.offset = offsetof(struct sensor_options, max_memory_mib), \
		.min = 0, .max = 1 << 20                                   \
	}

#define VERBOSE_OPTION                                                  \
	{                                                               \
		.name = "verbose", .letter = 'v', .type = OPTION_FLAG,  \
		.help = "say on standard error how it confines itself", \
		.offset = offsetof(struct sensor_options, verbose)      \
	}

static const struct option_def serve_defs[] = {
	LOGS_OPTION,
	{ .name = "name",
	    .type = OPTION_STRING,
	    .arg = "NAME",
	    .help = "what this sensor is called",
	    .offset = offsetof(struct sensor_options, name) },
	{ .name = "attribute",
	    .type = OPTION_LIST,
	    .arg = "KEY=VALUE",
	    .help = "what it is, like tap=north; may be repeated",
	    .offset = offsetof(struct sensor_options, attributes) },
	{ .name = "zeek",
	    .type = OPTION_STRING,
	    .arg = "RELEASE",
	    .help = "the release of Zeek here, which logs do not tell",
	    .offset = offsetof(struct sensor_options, zeek) },
	MEMORY_OPTION,
	{ .name = "timeout",
	    .type = OPTION_U64,
	    .arg = "SECONDS",
	    .help = "how long an answer may take (default: 300)",
	    .offset = offsetof(struct sensor_options, timeout_s),
	    .min = 1,
	    .max = 86400 },
	{ .name = "tz",
	    .type = OPTION_STRING,
	    .arg = "ZONE",
	    .help = "zone of the names of rotated logs",
	    .offset = offsetof(struct sensor_options, window.tz) },
	{ .name = "field",
	    .type = OPTION_LIST,
	    .arg = "ZEEK=NAME",
	    .help = "the log calls Zeek's field ZEEK by this name; "
		    "may be repeated",
	    .offset = offsetof(struct sensor_options, window.field) },
	VERBOSE_OPTION,
};

static const struct option_def window_defs[] = {
	LOGS_OPTION,
	WINDOW_OPTIONS(struct sensor_options, window),
	MEMORY_OPTION,
	VERBOSE_OPTION,
};

const struct option_set serve_option_set = {
	.program = "crosstap-sensor",
	.command = "serve",
	.summary = "Answer a collector on standard input and output, as the "
		   "forced command of an ssh key",
	.operands = "",
	.defs = serve_defs,
	.ndefs = ARRAY_LEN(serve_defs),
};

const struct option_set digest_option_set = {
	.program = "crosstap-sensor",
	.command = "digest",
	.summary = "Print what is in each bucket of the logs",
	.operands = "",
	.defs = window_defs,
	.ndefs = ARRAY_LEN(window_defs),
};

const struct option_set locate_option_set = {
	.program = "crosstap-sensor",
	.command = "locate",
	.summary = "Print which files a window is in, and from which byte on",
	.operands = "",
	.defs = window_defs,
	.ndefs = ARRAY_LEN(window_defs),
};

static bool
sensor_check(const struct sensor_options *o, struct diag *d)
{
	size_t i;

	if (o->logs.n == 0)
		diag_set(d, "--logs is missing; wanted a folder of logs");
	if (o->name != NULL && strlen(o->name) > WIRE_NAME_MAX)
		diag_set(d, "--name: longer than %d bytes", WIRE_NAME_MAX);
	if (o->zeek != NULL && strlen(o->zeek) > WIRE_NAME_MAX)
		diag_set(d, "--zeek: longer than %d bytes", WIRE_NAME_MAX);
	for (i = 0; i < o->logs.n; i++)
		if (strlen(o->logs.item[i]) > WIRE_PATH_MAX)
			diag_set(d, "--logs: a path that is too long");
	for (i = 0; i < o->attributes.n; i++)
		if (strchr(o->attributes.item[i], '=') == NULL ||
		    o->attributes.item[i][0] == '=' ||
		    strlen(o->attributes.item[i]) > WIRE_TEXT_MAX)
			diag_set(d,
			    "--attribute: bad value '%s'; wanted KEY=VALUE, "
			    "like tap=north",
			    o->attributes.item[i]);
	return d->text[0] == '\0';
}

/* Allocation fails then, and that is answered. The sanitizers have more
 * address space than any limit. */
static void
sensor_limit_memory(uint64_t mib)
{
#ifndef XT_SANITIZED
	struct rlimit r = { mib << 20, mib << 20 };

	if (mib > 0)
		(void)setrlimit(RLIMIT_AS, &r);
#else
	(void)mib;
#endif
}

static void
sensor_say(const char *what, const char *why_not)
{
	(void)fprintf(stderr, "crosstap-sensor: %s%s%s\n", what,
	    why_not == NULL ? "" : ": left out: ",
	    why_not == NULL ? "" : why_not);
}

/* All that is left to it are the logs, for reading, the tables of the zones of
 * time, and what it was started with. The file of --logs FILE is another one
 * after a rotation: of that, the folder. */
static void
sensor_confine(const struct sensor_options *o, const struct folders *f)
{
	const char *paths[OPTION_LIST_MAX + WHEN_NZONE_DIRS + 2];
	const char *why;
	size_t i, n = 0;

	for (i = 0; i < f->n; i++)
		paths[n++] = f->v[i].folder;
	for (i = 0; i < WHEN_NZONE_DIRS; i++)
		if (when_zone_dir(i) != NULL)
			paths[n++] = when_zone_dir(i);
	paths[n++] = "/etc/localtime";
	paths[n] = NULL;
	why = confine_files(paths, 0);
	if (o->verbose)
		sensor_say("only its logs can be read", why);
	why = confine_calls(CONFINE_READ);
	if (o->verbose)
		sensor_say("only system calls that reading needs", why);
}

int
sensor_start(const struct option_set *set, int argc, char **argv,
    struct sensor_options *o, struct sensor *out)
{
	struct diag d = DIAG_INIT;
	int status;

	*o = (struct sensor_options){ .max_memory_mib = 2048,
		.timeout_s = 300,
		.window = WINDOW_OPTIONS_DEFAULT };
	memset(out, 0, sizeof(*out));
	status = options_start(set, argc, argv, o, &o->operands);
	if (status != OPTIONS_GO_ON)
		return status;
	if (!sensor_check(o, &d) ||
	    !window_options_resolve(&o->window, when_now_us(), &d) ||
	    !folders_open(&out->folders, &o->logs, &d))
		return options_fail(set, &d);
	sensor_limit_memory(o->max_memory_mib);
	(void)signal(SIGPIPE, SIG_IGN);
	sensor_confine(o, &out->folders);
	folders_source(&out->folders, &out->source);
	out->source.tz = o->window.tz;
	out->parser =
	    (struct flow_parser_options){ .renames = o->window.renames,
		    .nrenames = o->window.nrenames,
		    .detail = true };
	out->source.parser = &out->parser;
	out->name = o->name;
	out->zeek = o->zeek;
	out->attributes = &o->attributes;
	out->timeout_us = (int64_t)o->timeout_s * US_PER_S;
	out->channel.fd = STDOUT_FILENO;
	return OPTIONS_GO_ON;
}

void
sensor_stop(struct sensor *s)
{
	folders_close(&s->folders);
	buf_clear(&s->channel.out);
}
