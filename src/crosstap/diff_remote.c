#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "collect/exchange.h"
#include "crosstap/diff_remote.h"
#include "crosstap/terminal.h"
#include "pipeline/ask.h"

struct remote_local {
	struct config_sensor sensor; /* all in it is borrowed */
	char *path;
	char *fields[OPTION_LIST_MAX];
};

struct diff_remote {
	size_t n;
	struct ask *ask; /* owned */
	struct ssh *ssh; /* owned */
	struct remote_target target[RESULT_MAX_SENSORS];
	struct remote_local local[RESULT_MAX_SENSORS];
	struct kept_flows kept[RESULT_MAX_SENSORS]; /* owned */
};

bool
diff_is_remote(const struct diff_options *o)
{
	size_t i;

	for (i = 0; o->source != NULL && i < o->operands.n; i++)
		if (o->source[i].sensor != NULL)
			return true;
	return false;
}

/* A log that is read when all are here: a sensor that lives as long as the
 * comparison, without limits, as reading has none. */
static bool
remote_local(struct diff_remote *r, size_t i, const char *name,
    const struct pull_options *o, struct diag *d)
{
	struct remote_local *l = &r->local[i];
	size_t k;

	if (strcmp(o->operand, "-") == 0) {
		diag_set(d,
		    "standard input, and a sensor that is asked; wanted a file "
		    "or a folder");
		return false;
	}
	if (access(o->operand, R_OK) != 0 &&
	    o->operand[strcspn(o->operand, "*?[")] == '\0') {
		diag_set(d, "%s: %s", o->operand, strerror(errno));
		return false;
	}
	l->path = (char *)(uintptr_t)o->operand;
	/* the whole text ZEEK=NAME */
	for (k = 0; k < o->parser.nrenames; k++)
		l->fields[k] = (char *)(uintptr_t)o->parser.renames[k].zeek.p;
	l->sensor =
	    (struct config_sensor){ .head = { .name = (char *)(uintptr_t)name },
		    .local = true,
		    .logs = { &l->path, 1 },
		    .tz = (char *)(uintptr_t)o->source.tz,
		    .fields = { l->fields, o->parser.nrenames } };
	return remote_target_make(&r->target[i], &l->sensor, NULL, d);
}

static bool
remote_targets(
    struct diff_remote *r, const struct diff_remote_what *what, struct diag *d)
{
	size_t i;
	bool ok = true;

	for (i = 0; i < r->n && ok; i++) {
		const struct diff_source *s = &what->options->source[i];

		if (s->sensor != NULL)
			ok = remote_target_make(
			    &r->target[i], s->sensor, terminal_answer(), d);
		else if (s->sftp == NULL && s->clickhouse == NULL)
			ok = remote_local(r, i, what->result->sensors[i].name,
			    &what->pulls[i], d);
		else {
			diag_set(d,
			    "operand %zu is read %s and another one is a "
			    "sensor that is asked; wanted operands of one kind",
			    i + 1,
			    s->sftp != NULL ? "by SFTP" : "from ClickHouse");
			ok = false;
		}
	}
	return ok;
}

static void
remote_keep(void *arg, size_t i, const struct flow *f)
{
	struct diff_remote *r = arg;

	kept_flows_add(&r->kept[i], f);
}

struct diff_remote *
diff_remote_ask(const struct diff_remote_what *what,
    const struct collect_options *co, struct diag *d)
{
	const struct remote_target *targets[RESULT_MAX_SENSORS];
	struct diff_remote *r = calloc(1, sizeof(*r));
	struct collect_options opt = *co;
	size_t i;

	if (r == NULL) {
		diag_set(d, "out of memory");
		return NULL;
	}
	r->n = co->nsensors;
	for (i = 0; i < r->n; i++)
		targets[i] = &r->target[i];
	if (what->keep_flows) {
		opt.on_record = remote_keep;
		opt.record_arg = r;
	}
	r->ssh = ssh_new(NULL, d);
	if (r->ssh != NULL && remote_targets(r, what, d))
		r->ask = ask_start(r->ssh, &opt, targets, NULL, NULL, d);
	if (r->ask != NULL) {
		ssh_run(r->ssh);
		if (ask_answers(r->ask, d) != NULL)
			return r;
	}
	diff_remote_free(r);
	return NULL;
}

struct kept_flows *
diff_remote_flows(struct diff_remote *r)
{
	return r->kept;
}

void
diff_remote_free(struct diff_remote *r)
{
	size_t i;

	if (r == NULL)
		return;
	ask_free(r->ask);
	if (r->ssh != NULL)
		ssh_free(r->ssh);
	for (i = 0; i < r->n; i++) {
		remote_target_clear(&r->target[i]);
		kept_flows_clear(&r->kept[i]);
	}
	free(r);
}

struct collect *
diff_remote_answers(struct diff_remote *r)
{
	struct diag d = DIAG_INIT;

	return ask_answers(r->ask, &d);
}

void
diff_remote_say(struct diff_remote *r)
{
	struct collect_cost cost = collect_cost(diff_remote_answers(r));
	size_t i;

	for (i = 0; i < r->n; i++) {
		struct ask_cost of = ask_cost(r->ask, i);

		(void)fprintf(stderr,
		    "crosstap: %s: %" PRIu64 " bytes sent, %" PRIu64
		    " received, %.1f s waited for\n",
		    r->target[i].name, of.sent, of.received,
		    (double)of.waited_us / (double)US_PER_S);
	}
	(void)fprintf(stderr,
	    "crosstap: %" PRIu64 " differences named by %" PRIu64
	    " symbols of each side, %" PRIu64
	    " buckets sampled, %u rounds, %" PRIu64 " bytes on the wire\n",
	    cost.differences, cost.symbols, cost.sampled, cost.rounds,
	    ssh_wire_bytes(r->ssh));
}
