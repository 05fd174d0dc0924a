/*
 * crosstap coverage: can I trust that we would have seen it? Answers from the
 * store, or from what operands come to, what each sensor of a group saw,
 * missed, or could not be asked, what it was then, and which log files it had.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/jsonw.h"
#include "crosstap/command.h"
#include "crosstap/coverage_compare.h"
#include "crosstap/coverage_out.h"
#include "crosstap/daemon_ask.h"
#include "sys/options.h"
#include "sys/when.h"

#define COVERAGE_MAX_FILES 2000 /* of a sensor, the newest */

struct coverage_options {
	struct diff_options diff;
	const char *group, *sensor, *net;
	int form, show;
	bool has_show;
};

enum coverage_form {
	COVERAGE_TEXT,
	COVERAGE_JSON,
	COVERAGE_CSV
};

/* The tables, and two views of them. */
enum coverage_show {
	SHOW_STRETCHES = COVERAGE_STRETCHES,
	SHOW_SENSORS = COVERAGE_SENSORS,
	SHOW_FILES = COVERAGE_FILES,
	SHOW_GAPS, /* stretches that are not complete */
	SHOW_ALL
};

static const char *const coverage_show_words[] = { "stretches", "sensors",
	"files", "gaps", "all", NULL };
static const char *const coverage_form_words[] = { "text", "json", "csv",
	NULL };

static const struct option_def coverage_defs[] = {
	{ .name = "group",
	    .type = OPTION_STRING,
	    .arg = "NAME",
	    .help = "the group of the store (default: the only one)",
	    .offset = offsetof(struct coverage_options, group) },
	{ .name = "sensor",
	    .type = OPTION_STRING,
	    .arg = "NAME",
	    .help = "only this sensor",
	    .offset = offsetof(struct coverage_options, sensor) },
	{ .name = "net",
	    .type = OPTION_STRING,
	    .arg = "CIDR",
	    .help = "only what concerns this network",
	    .offset = offsetof(struct coverage_options, net) },
	{ .name = "show",
	    .type = OPTION_ENUM,
	    .arg = "stretches|sensors|files|gaps|all",
	    .help = "which part of it (default: all as text, else stretches)",
	    .offset = offsetof(struct coverage_options, show),
	    .given = offsetof(struct coverage_options, has_show),
	    .words = coverage_show_words },
	{ .name = "format",
	    .type = OPTION_ENUM,
	    .arg = "text|json|csv",
	    .help = "form of what is shown (default: text)",
	    .offset = offsetof(struct coverage_options, form),
	    .words = coverage_form_words },
	COMPARE_ONE_OPTIONS(struct coverage_options, diff.),
	{ .name = "no-progress",
	    .help = "no progress line, even on a terminal",
	    .offset = offsetof(struct coverage_options, diff.no_progress) },
};

const struct option_set coverage_option_set = {
	.command = "coverage",
	.summary = "Show what the sensors of a group saw, missed, or could "
		   "not be asked",
	.operands = "[A B [C ...]]",
	.max_operands = RESULT_MAX_SENSORS,
	.defs = coverage_defs,
	.ndefs = ARRAY_LEN(coverage_defs),
};

/* What was asked for, out of the store. */
struct coverage_read {
	const char *group;
	int64_t from_us, to_us;
	struct coverage *stretches; /* owned, as all below */
	struct store_attribute *attributes;
	struct coverage_file *files;
	char (*members)[64];
	size_t nstretches, nattributes, nfiles, nmembers;
};

static void
coverage_clear(struct coverage_read *r)
{
	free(r->stretches);
	free(r->attributes);
	free(r->files);
	free(r->members);
}

/* Where its records are not known, a file is of the time it was written at. */
static bool
coverage_is_file_inside(
    const struct coverage_read *r, const struct store_file *f)
{
	int64_t first = f->first_us != INT64_MIN ? f->first_us : f->mtime_us;
	int64_t last = f->last_us != INT64_MIN ? f->last_us : f->mtime_us;

	return first < r->to_us && last >= r->from_us;
}

static bool
coverage_add_files(struct store *st, struct coverage_read *r,
    const char *sensor, struct store_file *room, struct diag *d)
{
	struct coverage_file *more;
	size_t n, i;

	if (store_files(st, sensor, room, COVERAGE_MAX_FILES, &n, d) !=
	    STORE_OK)
		return false;
	more = realloc(r->files, (r->nfiles + n + 1) * sizeof(*more));
	if (more == NULL) {
		diag_set(d, "out of memory");
		return false;
	}
	r->files = more;
	while (n > 0) { /* oldest first */
		const struct store_file *f = &room[--n];

		i = r->nfiles;
		r->files[i] = (struct coverage_file){ sensor, *f };
		r->nfiles += coverage_is_file_inside(r, f);
	}
	return true;
}

static bool
coverage_read_files(struct store *st, struct coverage_read *r,
    const char *sensor, struct diag *d)
{
	struct store_file *room = calloc(COVERAGE_MAX_FILES, sizeof(*room));
	bool ok = room != NULL;
	size_t i;

	if (!ok)
		diag_set(d, "out of memory");
	ok = ok &&
	    store_members(st, r->group, r->from_us, r->to_us, &r->members,
		&r->nmembers, d) == STORE_OK;
	for (i = 0; ok && i < r->nmembers; i++)
		if (sensor == NULL || strcmp(sensor, r->members[i]) == 0)
			ok = coverage_add_files(st, r, r->members[i], room, d);
	free(room);
	return ok;
}

static bool
coverage_read(const struct coverage_options *o, struct store *st,
    struct coverage_read *r, struct diag *d)
{
	if (store_coverage(st, r->group, o->sensor, o->net, r->from_us,
		r->to_us, &r->stretches, &r->nstretches, d) != STORE_OK)
		return false;
	return store_attributes(st, r->group, o->sensor, r->from_us, r->to_us,
		   &r->attributes, &r->nattributes, d) == STORE_OK &&
	    ((o->show != SHOW_FILES && o->show != SHOW_ALL) ||
		coverage_read_files(st, r, o->sensor, d));
}

/* Complete ones go; they are in order. */
static void
coverage_keep_gaps(struct coverage_read *r)
{
	size_t i, n = 0;

	for (i = 0; i < r->nstretches; i++)
		if (r->stretches[i].state != COVERAGE_COMPLETE)
			r->stretches[n++] = r->stretches[i];
	r->nstretches = n;
}

static void
coverage_all_text(struct coverage_read *r, struct buf *out)
{
	bool any = r->nstretches > 0;

	coverage_sums(r->stretches, r->nstretches, out);
	coverage_keep_gaps(r);
	if (r->nstretches == 0 && any)
		buf_add_str(out, "\nComplete all the time.\n");
	if (r->nstretches > 0) {
		buf_add_char(out, '\n');
		coverage_text(
		    COVERAGE_STRETCHES, r->stretches, r->nstretches, out);
	}
	if (r->nattributes > 0) {
		buf_add_char(out, '\n');
		coverage_text(
		    COVERAGE_SENSORS, r->attributes, r->nattributes, out);
	}
	if (r->nfiles > 0) {
		buf_add_char(out, '\n');
		coverage_text(COVERAGE_FILES, r->files, r->nfiles, out);
	}
}

static void
coverage_all_json(const struct coverage_read *r, struct buf *out)
{
	buf_add_char(out, '{');
	jsonw_text(out, "group", r->group);
	jsonw_seconds(out, "from", r->from_us);
	jsonw_seconds(out, "to", r->to_us);
	jsonw_key(out, "stretches");
	coverage_json(COVERAGE_STRETCHES, r->stretches, r->nstretches, out);
	jsonw_key(out, "sensors");
	coverage_json(COVERAGE_SENSORS, r->attributes, r->nattributes, out);
	jsonw_key(out, "files");
	coverage_json(COVERAGE_FILES, r->files, r->nfiles, out);
	buf_add_str(out, "}\n");
}

static void
coverage_write(
    const struct coverage_options *o, struct coverage_read *r, struct buf *out)
{
	static void (*const forms[])(enum coverage_table t, const void *rows,
	    size_t n, struct buf *out) = {
		[COVERAGE_TEXT] = coverage_text,
		[COVERAGE_JSON] = coverage_json,
		[COVERAGE_CSV] = coverage_csv,
	};

	if (o->show == SHOW_ALL && o->form == COVERAGE_JSON) {
		coverage_all_json(r, out);
		return;
	}
	if (o->show == SHOW_ALL) {
		coverage_all_text(r, out);
		return;
	}
	if (o->show == SHOW_GAPS)
		coverage_keep_gaps(r);
	if (o->show == SHOW_FILES)
		forms[o->form](COVERAGE_FILES, r->files, r->nfiles, out);
	else if (o->show == SHOW_SENSORS)
		forms[o->form](
		    COVERAGE_SENSORS, r->attributes, r->nattributes, out);
	else
		forms[o->form](
		    COVERAGE_STRETCHES, r->stretches, r->nstretches, out);
	if (o->form == COVERAGE_JSON)
		buf_add_char(out, '\n');
}

/* What the daemon has kept. */
static int
coverage_kept(const struct coverage_options *o, struct coverage_read *r,
    struct buf *out, struct diag *d)
{
	const struct window_options *w = &o->diff.window;
	int64_t now_us = when_now_us();
	struct config c;
	struct store *st = daemon_store(o->diff.config, &c);
	bool ok;

	if (st == NULL)
		return EXIT_TROUBLE;
	r->group = o->group;
	if (o->group == NULL && c.ngroups == 1)
		r->group = c.groups[0].head.name;
	ok = r->group != NULL;
	if (!ok)
		diag_set(
		    d, "there are %zu groups; wanted --group NAME", c.ngroups);
	ok = ok &&
	    when_parse(w->from == NULL ? "-1d" : w->from, w->tz, now_us,
		&r->from_us, d) &&
	    when_parse(
		w->to == NULL ? "now" : w->to, w->tz, now_us, &r->to_us, d) &&
	    coverage_read(o, st, r, d);
	if (ok)
		coverage_write(o, r, out);
	store_close(st);
	config_clear(&c);
	return ok ? EXIT_AGREE : EXIT_TROUBLE;
}

static bool
coverage_is_whole(const struct coverage_read *r)
{
	size_t i;

	for (i = 0; i < r->nstretches; i++)
		if (r->stretches[i].state == COVERAGE_NOT_COMPARED)
			return false;
	return true;
}

/* What operands come to. */
static int
coverage_compared(struct coverage_options *o, struct coverage_read *r,
    struct buf *out, struct diag *d)
{
	struct store *st = NULL;
	struct diag why = DIAG_INIT;
	int status;

	if (o->group != NULL) {
		diag_set(&why,
		    "--group is of the store; wanted it without operands, or a "
		    "group of the configuration as an operand");
		return options_fail(&coverage_option_set, &why);
	}
	status = coverage_compare(&coverage_option_set, &o->diff, &st);
	if (status != OPTIONS_GO_ON)
		return status;
	r->group = COVERAGE_COMPARED;
	r->from_us = o->diff.window.from_us;
	r->to_us = o->diff.window.to_us;
	status = EXIT_TROUBLE;
	if (coverage_read(o, st, r, d)) {
		status = coverage_is_whole(r) ? EXIT_AGREE : EXIT_PARTIAL;
		coverage_write(o, r, out);
	}
	store_close(st);
	return status;
}

int
cmd_coverage(int argc, char **argv)
{
	struct coverage_options o = { .diff.window = WINDOW_OPTIONS_DEFAULT };
	struct coverage_read r = { .group = NULL };
	struct diag d = DIAG_INIT;
	struct buf out = BUF_INIT;
	int status = options_start(
	    &coverage_option_set, argc, argv, &o, &o.diff.operands);

	if (status != OPTIONS_GO_ON)
		return status;
	if (!o.has_show && o.form == COVERAGE_TEXT)
		o.show = SHOW_ALL;
	if (o.show == SHOW_ALL && o.form == COVERAGE_CSV) {
		diag_set(&d,
		    "CSV is of one table; wanted --show stretches, "
		    "sensors, files or gaps");
		return options_fail(&coverage_option_set, &d);
	}
	status = o.diff.operands.n > 0 ? coverage_compared(&o, &r, &out, &d)
				       : coverage_kept(&o, &r, &out, &d);
	coverage_clear(&r);
	if (status == EXIT_AGREE || status == EXIT_PARTIAL)
		return command_print(&out) == EXIT_AGREE ? status
							 : EXIT_TROUBLE;
	if (d.text[0] != '\0')
		(void)fprintf(stderr, "crosstap: %s\n", d.text);
	buf_clear(&out);
	return status;
}
