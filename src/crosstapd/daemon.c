/*
 * Boot, wake and end. Whatever ends calls daemon_wake(), and so does every
 * timer: there is one place that decides what begins.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <syslog.h>
#include "crosstapd/daemon.h"
#include "crosstapd/feeds.h"
#include "crosstapd/web.h"
#include "store/prune.h"
#include "sys/confine.h"
#include "sys/notify.h"
#include "sys/rulelist.h"
#include "sys/when.h"
#include "wire/pull.h"

#define DAEMON_MAX_WAIT_US (60 * US_PER_S)

int64_t
daemon_now(const struct daemon *dm)
{
	return dm->manual ? dm->manual_us : when_now_us();
}

static int64_t
daemon_log_now(void *arg)
{
	return daemon_now(arg);
}

/* -- configuration -- */

static void
daemon_unload(struct daemon *dm)
{
	size_t i;

	feeds_free(dm->feeds);
	dm->feeds = NULL;
	for (i = 0; i < dm->ngroups; i++)
		group_clear(&dm->groups[i]);
	files_free(dm->files);
	dm->files = NULL;
	free(dm->groups);
	dm->groups = NULL;
	dm->ngroups = 0;
	puller_free(dm->puller);
	dm->puller = NULL;
	ssh_free(dm->ssh);
	dm->ssh = NULL;
	buf_wipe(&dm->boot); /* of seeds */
	for (i = 0; dm->targets != NULL && i < dm->config.nsensors; i++)
		remote_target_clear(&dm->targets[i]);
	free(dm->targets);
	dm->targets = NULL;
	for (i = 0; i < dm->nrules; i++) {
		free(dm->rules[i].path);
		rules_free(dm->rules[i].rules);
	}
	free(dm->rules);
	dm->rules = NULL;
	dm->nrules = 0;
	config_clear(&dm->config);
}

static const char *
daemon_rules_path(const struct daemon *dm, const struct config_group *g)
{
	return rulelist_dir(g->rules != NULL ? g->rules : dm->options->rules);
}

struct daemon_rule_taker {
	struct daemon *dm;
	struct rulelist list;
};

/* The puller is told of what is judged by here, not of what lies there when
 * it starts. */
static bool
daemon_take_rule(void *arg, const char *name, struct span text, struct diag *d)
{
	struct daemon_rule_taker *t = arg;

	return rulelist_add(&t->list, name, text, d) &&
	    puller_tell_rule(
		&t->dm->boot, (uint32_t)t->dm->nrules, name, text, d);
}

static struct rules *
daemon_compile_rules(struct daemon *dm, const char *path, struct diag *d)
{
	struct daemon_rule_taker t = { dm, { NULL, 0 } };
	struct rules *rs = NULL;

	if (rulelist_each(path, daemon_take_rule, &t, d))
		rs = rules_new(t.list.rule, t.list.n, d);
	rulelist_clear(&t.list);
	return rs;
}

static bool
daemon_has_rules(const struct daemon *dm, const char *path, uint32_t *set)
{
	for (*set = 0; *set < dm->nrules; (*set)++)
		if (strcmp(dm->rules[*set].path, path) == 0)
			return true;
	return false;
}

static bool
daemon_load_rules(struct daemon *dm, const char *path, struct diag *d)
{
	struct daemon_rules *more;
	uint32_t set;

	if (daemon_has_rules(dm, path, &set))
		return true;
	more = realloc(dm->rules, (dm->nrules + 1) * sizeof(*more));
	if (more == NULL) {
		diag_set(d, "out of memory");
		return false;
	}
	dm->rules = more;
	more += dm->nrules;
	more->path = strdup(path);
	more->rules = daemon_compile_rules(dm, path, d);
	if (more->path != NULL && more->rules != NULL) {
		dm->nrules++;
		return true;
	}
	diag_set(d, "out of memory");
	free(more->path);
	rules_free(more->rules);
	return false;
}

static bool
daemon_load_targets(struct daemon *dm, struct diag *d)
{
	size_t i;

	dm->targets = calloc(dm->config.nsensors + 1, sizeof(*dm->targets));
	if (dm->targets == NULL) {
		diag_set(d, "out of memory");
		return false;
	}
	for (i = 0; i < dm->config.nsensors; i++)
		if (dm->config.sensors[i].agentless) {
			diag_set(d,
			    "sensor %s is agentless; wanted one that has "
			    "crosstap-sensor (only crosstap diff reads others)",
			    dm->config.sensors[i].head.name);
			return false;
		} else if (!remote_target_make(&dm->targets[i],
			       &dm->config.sensors[i], NULL, d))
			return false;
	return true;
}

/* Everything that can be wrong with a configuration, before the store is
 * touched. */
static bool
daemon_load(struct daemon *dm, struct diag *d)
{
	struct config_errors *errors = calloc(1, sizeof(*errors));
	struct buf path = BUF_INIT, text = BUF_INIT;
	const struct pull start = { .kind = PULL_START };
	size_t i;
	bool ok;

	ok = errors != NULL && config_find(dm->options->config, &path, d) &&
	    config_load_kept(path.p, &text, &dm->config, errors);
	for (i = 0; errors != NULL && i < errors->n; i++)
		log_say(&dm->log, LOG_ERRORS, "configuration", "%s",
		    errors->v[i].d.text);
	if (!ok)
		diag_set(d, "the configuration has %zu errors",
		    errors == NULL ? 0 : errors->n);
	if (ok && dm->config.ngroups == 0) {
		diag_set(d, "%s: no group; wanted groups: of what to compare",
		    path.p);
		ok = false;
	}
	ok = ok && puller_tell_config(&dm->boot, path.p, buf_span(&text), d);
	for (i = 0; ok && i < dm->config.ngroups; i++)
		ok = daemon_load_rules(
		    dm, daemon_rules_path(dm, &dm->config.groups[i]), d);
	ok = ok && daemon_load_targets(dm, d) && web_check(dm->config.web, d);
	if (ok && !pull_encode(&dm->boot, &start)) {
		diag_set(d, "out of memory");
		ok = false;
	}
	buf_wipe(&text); /* of seeds */
	buf_clear(&path);
	free(errors);
	return ok;
}

static bool
daemon_make_groups(struct daemon *dm, struct diag *d)
{
	const struct config_group *c;
	struct group *g;
	size_t i;

	dm->ssh = ssh_new(loop_base(dm->loop), d);
	dm->puller = dm->ssh == NULL ? NULL : puller_new(dm, d);
	dm->groups = calloc(dm->config.ngroups, sizeof(*dm->groups));
	dm->files = files_new(dm);
	if (dm->groups == NULL || dm->files == NULL)
		diag_set(d, "out of memory");
	if (dm->groups == NULL || dm->files == NULL || dm->puller == NULL)
		return false;
	for (i = 0; i < dm->config.ngroups; i++) {
		c = &dm->config.groups[i];
		g = &dm->groups[i];
		if (!group_init(g, dm, c, d))
			return false;
		INVARIANT(
		    daemon_has_rules(dm, daemon_rules_path(dm, c), &g->set));
		g->rules = dm->rules[g->set].rules;
		dm->ngroups++;
	}
	dm->feeds = feeds_new(dm);
	if (dm->feeds == NULL)
		diag_set(d, "out of memory");
	return dm->feeds != NULL;
}

/* The new configuration is whole before the old one goes; what lies in the
 * store goes on. */
static void
daemon_reload(struct daemon *dm)
{
	struct daemon old = *dm;
	struct diag d = DIAG_INIT;

	dm->reload = false;
	(void)notify("RELOADING=1");
	dm->config = (struct config){ NULL };
	dm->targets = NULL;
	dm->rules = NULL;
	dm->nrules = 0;
	dm->groups = NULL;
	dm->ngroups = 0;
	dm->files = NULL;
	dm->feeds = NULL;
	dm->ssh = NULL;
	dm->puller = NULL;
	dm->boot = (struct buf)BUF_INIT;
	if (daemon_load(dm, &d) &&
	    strcmp(dm->config.daemon->store, old.config.daemon->store) != 0)
		diag_set(&d,
		    "another store cannot be taken up while running; "
		    "wanted a restart");
	if (d.text[0] == '\0' && daemon_make_groups(dm, &d)) {
		feeds_listen(dm->feeds);
		if (!feeds_journal(dm, &d))
			log_say(&dm->log, LOG_ERRORS, "store", "%s", d.text);
		web_close(dm);
		daemon_unload(&old);
		web_open(dm);
		log_say(&dm->log, LOG_EVENTS, "reloaded",
		    "%zu groups, %zu sensors", dm->config.ngroups,
		    dm->config.nsensors);
	} else {
		struct daemon refused = *dm;

		log_say(&dm->log, LOG_ERRORS, "reload-refused",
		    "the old configuration stays: %s", d.text);
		daemon_unload(&refused);
		*dm = old;
		dm->reload = false;
	}
	(void)notify("READY=1");
}

/* -- waking -- */

#define DAEMON_DAY_US (86400 * US_PER_S)
#define DAEMON_PRUNE_US (60 * US_PER_S)
#define DAEMON_MAX_PRUNE 5                 /* steps in one go */
#define DAEMON_SET_BACK_US (10 * US_PER_S) /* by less no clock is wrong */

/* Now, but not a day ahead of all logs: a clock that is wrong must not make
 * anything too old to be kept. INT64_MIN: no log is known yet. */
static int64_t
daemon_age_now(const struct daemon *dm)
{
	int64_t newest = INT64_MIN, now = daemon_now(dm);
	size_t i, k;

	for (i = 0; i < dm->ngroups; i++)
		for (k = 0; k < dm->groups[i].config->nmembers; k++)
			if (dm->groups[i].sensor[k].watermark_us > newest)
				newest = dm->groups[i].sensor[k].watermark_us;
	if (newest == INT64_MIN || now - DAEMON_DAY_US < newest)
		return newest == INT64_MIN ? newest : now;
	return newest + DAEMON_DAY_US;
}

/* A little now and then: nobody waits for it. */
static void
daemon_prune(struct daemon *dm)
{
	struct store_limits l = store_limits_default;
	struct diag d = DIAG_INIT;
	int64_t now = daemon_now(dm), age_now = daemon_age_now(dm);
	bool more = true;
	int i;

	if (now - dm->pruned_us < DAEMON_PRUNE_US || age_now == INT64_MIN)
		return;
	dm->pruned_us = now;
	l.bucket_days =
	    (unsigned)(dm->config.daemon->keep_buckets_us / DAEMON_DAY_US);
	l.evidence_days = (unsigned)((dm->config.daemon->keep_evidence_us +
					 DAEMON_DAY_US - 1) /
	    DAEMON_DAY_US);
	for (i = 0; more && i < DAEMON_MAX_PRUNE; i++)
		if (store_prune(dm->store, &l, age_now, &more, &d) !=
		    STORE_OK) {
			log_say(&dm->log, LOG_WARNINGS, "store", "%s", d.text);
			return;
		}
	feeds_pruned(dm->feeds);
}

static void
daemon_status(struct daemon *dm)
{
	char text[400];

	(void)snprintf(text, sizeof(text),
	    "WATCHDOG=1\nSTATUS=%zu groups, %zu being asked%s%s%s", dm->ngroups,
	    dm->running,
	    puller_is_ready(dm->puller) ? "" : "; the puller does not run",
	    dm->trouble[0] == '\0' ? "" : "; store: ", dm->trouble);
	(void)notify(text);
}

/* One at a time while it is not known over which of them the puller ended. */
static size_t
daemon_max_running(const struct daemon *dm)
{
	size_t i;

	for (i = 0; i < dm->ngroups; i++)
		if (dm->groups[i].lost > 0)
			return 1;
	return DAEMON_MAX_CYCLES;
}

static int64_t
daemon_begin_cycles(struct daemon *dm)
{
	size_t most = daemon_max_running(dm), i, k;
	int64_t next = INT64_MAX, at;

	for (i = 0; i < dm->ngroups; i++) {
		k = (dm->first + i) % dm->ngroups;
		if (dm->running >= most) {
			dm->first = k; /* its turn comes when one has ended */
			return next;
		}
		at = group_turn(&dm->groups[k]);
		next = at < next ? at : next;
	}
	return next;
}

void
daemon_wake(struct daemon *dm)
{
	/* Cycles end in callbacks of what is freed here: later, then. */
	loop_timer_set(dm->tick, 0);
}

/* All that waits for a time of the clock that was wrong begins anew, as after
 * a start. */
static void
daemon_look_at_clock(struct daemon *dm)
{
	int64_t now = daemon_now(dm);

	if (now < dm->looked_us - DAEMON_SET_BACK_US) {
		log_say(&dm->log, LOG_WARNINGS, "clock-set-back",
		    "by %.0f s; schedules and feeds begin anew",
		    (double)(dm->looked_us - now) / (double)US_PER_S);
		dm->reload = true;
		dm->pruned_us = now;
	}
	dm->looked_us = now;
}

static void
daemon_on_tick(void *arg)
{
	struct daemon *dm = arg;
	int64_t next, other, wait;

	if (dm->stopping) {
		if (dm->running == 0)
			loop_stop(dm->loop);
		return;
	}
	daemon_look_at_clock(dm);
	if (dm->reload) {
		if (dm->running > 0)
			return;
		daemon_reload(dm);
	}
	daemon_prune(dm);
	next = INT64_MAX;
	if (puller_is_ready(dm->puller)) {
		next = daemon_begin_cycles(dm);
		other = dm->running < daemon_max_running(dm)
		    ? files_turn(dm->files)
		    : INT64_MAX;
		next = other < next ? other : next;
	}
	other = feeds_turn(dm->feeds);
	next = other < next ? other : next;
	if (dm->manual) {
		bool busy = dm->running > 0 || feeds_busy(dm->feeds) ||
		    !puller_is_ready(dm->puller);

		if (!busy && next <= dm->manual_us)
			daemon_wake(dm);
		else if (!busy)
			commands_clock_done(dm);
		return;
	}
	wait = next == INT64_MAX ? DAEMON_MAX_WAIT_US : next - when_now_us();
	if (wait > DAEMON_MAX_WAIT_US)
		wait = DAEMON_MAX_WAIT_US;
	loop_timer_set(dm->tick, wait < 0 ? 0 : wait);
}

static void
daemon_on_watch(void *arg)
{
	struct daemon *dm = arg;

	daemon_status(dm);
	loop_timer_set(dm->watch, notify_watchdog_us() / 3);
}

static void
daemon_on_reload(void *arg)
{
	struct daemon *dm = arg;

	dm->reload = true;
	daemon_wake(dm);
}

static void
daemon_on_stop(void *arg)
{
	struct daemon *dm = arg;
	size_t i;

	if (!dm->stopping)
		log_say(&dm->log, LOG_EVENTS, "stopping",
		    "%zu comparisons are broken off", dm->running);
	(void)notify("STOPPING=1");
	dm->stopping = true;
	for (i = 0; i < dm->ngroups; i++)
		group_clear(&dm->groups[i]);
	files_free(dm->files);
	dm->files = NULL;
	daemon_wake(dm);
}

/* -- boot -- */

static bool
daemon_boot(struct daemon *dm, struct diag *d)
{
	const struct store_options so = { .access = STORE_WRITE };
	const char *store, *control;

	if (dm->options->clock != NULL) {
		dm->manual = true;
		if (!when_parse(dm->options->clock, NULL, when_now_us(),
			&dm->manual_us, d))
			return false;
	}
	if (!daemon_load(dm, d))
		return false;
	if (dm->options->check)
		return true;
	if (dm->config.daemon->log == CONFIG_LOG_SYSLOG) {
		openlog("crosstapd", LOG_PID, LOG_DAEMON);
		dm->log.syslog = true;
	}
	store = dm->config.daemon->store;
	control = dm->config.daemon->control;
	dm->loop = loop_new(d);
	if (dm->loop == NULL ||
	    store_open(store, &so, &dm->store, d) != STORE_OK)
		return false;
	dm->tick = loop_timer_new(dm->loop, daemon_on_tick, dm);
	dm->watch = loop_timer_new(dm->loop, daemon_on_watch, dm);
	if (dm->tick == NULL || dm->watch == NULL ||
	    !loop_on_signal(dm->loop, SIGHUP, daemon_on_reload, dm) ||
	    !loop_on_signal(dm->loop, SIGTERM, daemon_on_stop, dm) ||
	    !loop_on_signal(dm->loop, SIGINT, daemon_on_stop, dm)) {
		diag_set(d, "out of memory");
		return false;
	}
	dm->control = control_listen(dm->loop, control, commands_answer, dm, d);
	/* what is written from here on is journaled */
	if (dm->control == NULL || !feeds_journal(dm, d) ||
	    !daemon_make_groups(dm, d))
		return false;
	feeds_listen(dm->feeds);
	return true;
}

static void
daemon_end(struct daemon *dm)
{
	control_close(dm->control);
	web_close(dm);
	daemon_unload(dm);
	loop_timer_free(dm->tick);
	loop_timer_free(dm->watch);
	if (dm->store != NULL)
		store_close(dm->store);
	loop_free(dm->loop);
}

int
daemon_run(const struct daemon_options *o)
{
	struct daemon *dm = calloc(1, sizeof(*dm));
	struct diag d = DIAG_INIT;
	bool ok;

	if (dm == NULL) {
		(void)fprintf(stderr, "crosstapd: out of memory\n");
		return 2;
	}
	dm->options = o;
	dm->log = (struct log){ o->verbose ? LOG_DETAILS : LOG_EVENTS, false,
		daemon_log_now, dm };
	(void)signal(SIGPIPE, SIG_IGN);
	confine_memory(); /* tokens and passwords will be read */
	ok = daemon_boot(dm, &d);
	if (!ok)
		log_say(&dm->log, LOG_ERRORS, "boot", "%s", d.text);
	else if (o->check)
		(void)printf("crosstapd: %zu sensors, %zu groups: correct\n",
		    dm->config.nsensors, dm->config.ngroups);
	else {
		dm->began_us = daemon_now(dm);
		log_say(&dm->log, LOG_EVENTS, "started",
		    "%zu groups, %zu "
		    "sensors",
		    dm->config.ngroups, dm->config.nsensors);
		web_open(dm);
		(void)notify("READY=1");
		if (notify_watchdog_us() > 0)
			daemon_on_watch(dm);
		daemon_wake(dm);
		loop_run(dm->loop);
		log_say(&dm->log, LOG_EVENTS, "stopped", "cleanly");
	}
	daemon_end(dm);
	free(dm);
	return ok ? 0 : 2;
}
