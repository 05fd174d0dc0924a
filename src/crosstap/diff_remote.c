#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "collect/exchange.h"
#include "crosstap/diff_remote.h"
#include "crosstap/terminal.h"
#include "pipeline/ask.h"

struct diff_remote {
	size_t n;
	struct ask *ask; /* owned */
	struct ssh *ssh; /* owned */
	struct remote_target target[RESULT_MAX_SENSORS];
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

static bool
remote_targets(
    struct diff_remote *r, const struct diff_options *o, struct diag *d)
{
	size_t i;

	for (i = 0; i < r->n; i++) {
		const struct config_sensor *s = o->source[i].sensor;

		if (s == NULL) {
			diag_set(d,
			    "operand %zu is a log that is read and another one "
			    "a sensor that is asked; wanted operands of one "
			    "kind",
			    i + 1);
			return false;
		}
		if (!remote_target_make(&r->target[i], s, terminal_answer(), d))
			return false;
	}
	return true;
}

struct diff_remote *
diff_remote_ask(const struct diff_options *o, const struct collect_options *co,
    struct diag *d)
{
	const struct remote_target *targets[RESULT_MAX_SENSORS];
	struct diff_remote *r = calloc(1, sizeof(*r));
	size_t i;

	if (r == NULL) {
		diag_set(d, "out of memory");
		return NULL;
	}
	r->n = co->nsensors;
	for (i = 0; i < r->n; i++)
		targets[i] = &r->target[i];
	r->ssh = ssh_new(NULL, d);
	if (r->ssh != NULL && remote_targets(r, o, d))
		r->ask = ask_start(r->ssh, co, targets, NULL, NULL, d);
	if (r->ask != NULL) {
		ssh_run(r->ssh);
		if (ask_answers(r->ask, d) != NULL)
			return r;
	}
	diff_remote_free(r);
	return NULL;
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
	for (i = 0; i < r->n; i++)
		remote_target_clear(&r->target[i]);
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
	uint64_t sent, received;
	size_t i;

	for (i = 0; i < r->n; i++) {
		ask_bytes(r->ask, i, &sent, &received);
		(void)fprintf(stderr,
		    "crosstap: %s: %" PRIu64 " bytes sent, %" PRIu64
		    " received\n",
		    r->target[i].name, sent, received);
	}
	(void)fprintf(stderr,
	    "crosstap: %" PRIu64 " differences named by %" PRIu64
	    " symbols of each side, %" PRIu64
	    " buckets sampled, %u rounds, %" PRIu64 " bytes on the wire\n",
	    cost.differences, cost.symbols, cost.sampled, cost.rounds,
	    ssh_wire_bytes(r->ssh));
}
