/*
 * One thread, one event loop: all sensors at once, none waiting for another
 * but where the next question depends on both answers.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "collect/exchange.h"
#include "crosstap/diff_remote.h"
#include "crosstap/remote_target.h"

struct diff_remote_end {
	struct diff_remote *all;
	size_t i;
	struct remote_target target;
	struct ssh_channel *channel; /* NULL: closed */
};

struct diff_remote {
	size_t n;
	struct collect *collect;   /* owned */
	struct exchange *exchange; /* owned */
	struct ssh *ssh;           /* owned */
	struct diff_remote_end end[RESULT_MAX_SENSORS];
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
remote_send(void *arg, size_t i, struct span bytes)
{
	struct diff_remote *r = arg;

	if (r->end[i].channel == NULL)
		return false;
	ssh_request(r->end[i].channel);
	return ssh_write(r->end[i].channel, bytes);
}

static void
remote_hang_up(void *arg, size_t i)
{
	struct diff_remote *r = arg;

	if (r->end[i].channel != NULL)
		ssh_close(r->end[i].channel);
	r->end[i].channel = NULL;
}

static void
remote_on_data(struct ssh_channel *ch, struct span bytes, void *arg)
{
	struct diff_remote_end *e = arg;

	exchange_feed(e->all->exchange, e->i, bytes);
	if (e->channel == ch && !exchange_waits_for(e->all->exchange, e->i))
		ssh_request_done(ch);
}

static void
remote_on_end(
    struct ssh_channel *ch, enum ssh_end end, const char *text, void *arg)
{
	struct diff_remote_end *e = arg;
	char why[512];

	(void)ch;
	e->channel = NULL;
	(void)snprintf(why, sizeof(why), "%s: %s",
	    end == SSH_DONE ? "closed" : ssh_end_name(end), text);
	exchange_lost(e->all->exchange, e->i, why);
}

static bool
remote_open(struct diff_remote *r, const struct diff_options *o, struct diag *d)
{
	static const struct ssh_events events = { .on_data = remote_on_data,
		.on_end = remote_on_end };
	size_t i;

	for (i = 0; i < r->n; i++) {
		struct diff_remote_end *e = &r->end[i];
		const struct config_sensor *s = o->source[i].sensor;

		e->all = r;
		e->i = i;
		if (s == NULL) {
			diag_set(d,
			    "operand %zu is a log here and another one is a "
			    "sensor elsewhere; wanted operands of one kind",
			    i + 1);
			return false;
		}
		if (!remote_target_make(&e->target, s, NULL, d))
			return false;
		e->channel = ssh_open(r->ssh, &e->target.hop[0],
		    &e->target.limits, SSH_EXEC, e->target.command, &events, e);
		if (e->channel == NULL) {
			diag_set(d, "out of memory");
			return false;
		}
	}
	return true;
}

struct diff_remote *
diff_remote_ask(const struct diff_options *o, const struct collect_options *co,
    struct diag *d)
{
	struct diff_remote *r = calloc(1, sizeof(*r));
	const struct exchange_carrier carrier = { remote_send, remote_hang_up,
		r };

	if (r == NULL) {
		diag_set(d, "out of memory");
		return NULL;
	}
	r->n = co->nsensors;
	r->collect = collect_new(co);
	if (r->collect != NULL)
		r->exchange = exchange_new(r->collect, r->n, &carrier);
	if (r->exchange == NULL)
		diag_set(d, "out of memory");
	else
		r->ssh = ssh_new(NULL, d);
	if (r->ssh == NULL || !remote_open(r, o, d)) {
		diff_remote_free(r);
		return NULL;
	}
	exchange_start(r->exchange);
	ssh_run(r->ssh);
	if (!collect_is_broken(r->collect))
		return r;
	diag_set(d, "out of memory");
	diff_remote_free(r);
	return NULL;
}

void
diff_remote_free(struct diff_remote *r)
{
	size_t i;

	if (r == NULL)
		return;
	if (r->ssh != NULL)
		ssh_free(r->ssh);
	exchange_free(r->exchange);
	collect_free(r->collect);
	for (i = 0; i < r->n; i++)
		remote_target_clear(&r->end[i].target);
	free(r);
}

struct collect *
diff_remote_answers(struct diff_remote *r)
{
	return r->collect;
}

void
diff_remote_say(const struct diff_remote *r)
{
	struct collect_cost cost = collect_cost(r->collect);
	uint64_t sent, received;
	size_t i;

	for (i = 0; i < r->n; i++) {
		exchange_bytes(r->exchange, i, &sent, &received);
		(void)fprintf(stderr,
		    "crosstap: %s: %" PRIu64 " bytes sent, %" PRIu64
		    " received\n",
		    r->end[i].target.hop[0].name, sent, received);
	}
	(void)fprintf(stderr,
	    "crosstap: %" PRIu64 " differences named by %" PRIu64
	    " symbols of each side, %" PRIu64
	    " buckets sampled, %u rounds, %" PRIu64 " bytes on the wire\n",
	    cost.differences, cost.symbols, cost.sampled, cost.rounds,
	    ssh_wire_bytes(r->ssh));
}
