/*
 * First it is told all that it will need to know, reads what may only be read
 * before, gives up the rest, and says that it is ready. Then each question has
 * its answer, until the daemon is gone.
 */
#include <sys/stat.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "crosstapd/pulling.h"
#include "net/loop.h"
#include "net/starter.h"
#include "sys/confine.h"
#include "sys/rulelist.h"
#include "wire/frame.h"

/* At the files it may read; and the daemon is told that it lives. */
#define PULLING_LOOK_US (10 * US_PER_S)

struct pulling {
	struct loop *loop; /* owned, as below */
	struct link *link;
	struct frame_reader reader;
	struct ssh *ssh;
	struct starter_asks asks;
	struct loop_timer *look;
	struct buf text; /* of the configuration */
	char *file;      /* its name */
	struct config config;
	struct remote_target *targets;
	struct pulling_set {
		struct rulelist list;
		struct rules *rules;
	} * set;
	size_t nsets;
	struct pulling_paths *paths;
	TAILQ_HEAD(, pulling_job) jobs;
	bool ready, failed;
};

/* What cannot go on; said by the daemon as the reason of the end. */
static void
pulling_fail(struct pulling *p, const char *text)
{
	if (!p->failed)
		(void)fprintf(stderr, "%s\n", text);
	p->failed = true;
	loop_stop(p->loop);
}

void
pulling_send(struct pulling *p, const struct pull *m)
{
	struct buf frame = BUF_INIT;

	if (!pull_encode(&frame, m) || !link_write(p->link, buf_span(&frame)))
		pulling_fail(p, "out of memory");
	buf_clear(&frame);
}

/* -- boot -- */

static bool
pulling_boot_config(
    struct pulling *p, const struct pull_config *m, struct diag *d)
{
	if (m->version != PULL_VERSION) {
		diag_set(d,
		    "another version of crosstapd was installed "
		    "meanwhile; wanted a restart");
		return false;
	}
	if (p->file == NULL)
		p->file = strndup(m->file.p, m->file.n);
	if (p->text.n <= CONFIG_MAX_BYTES)
		buf_add(&p->text, m->text.p, m->text.n);
	if (p->file != NULL && buf_ok(&p->text))
		return true;
	diag_set(d, "out of memory");
	return false;
}

static bool
pulling_boot_rule(struct pulling *p, const struct pull_rule *m, struct diag *d)
{
	struct pulling_set *more;
	char *name;
	bool ok;

	if (m->set > p->nsets) {
		diag_set(d, "rules of a set out of order");
		return false;
	}
	if (m->set == p->nsets) {
		more = realloc(p->set, (p->nsets + 1) * sizeof(*more));
		if (more == NULL) {
			diag_set(d, "out of memory");
			return false;
		}
		p->set = more;
		more[p->nsets++] = (struct pulling_set){ { NULL, 0 }, NULL };
	}
	name = strndup(m->file.p, m->file.n);
	ok = name != NULL &&
	    rulelist_add(&p->set[m->set].list, name, m->text, d);
	free(name);
	diag_set(ok ? NULL : d, "out of memory");
	return ok;
}

static bool
pulling_number(void *arg, const char *const argv[], uint32_t *number)
{
	const struct pulling *p = arg;
	uint32_t i;

	for (i = 0; i < p->config.nsensors; i++)
		if (p->targets[i].argv == argv) {
			*number = i;
			return true;
		}
	return false;
}

static bool
pulling_load(struct pulling *p, struct diag *d)
{
	struct config_errors *errors = calloc(1, sizeof(*errors));
	size_t i;
	bool ok;

	ok = errors != NULL && p->file != NULL &&
	    config_parse(buf_span(&p->text), p->file, &p->config, errors);
	if (!ok)
		diag_set(d, "%s",
		    errors != NULL && errors->n > 0 ? errors->v[0].d.text
						    : "out of memory");
	free(errors);
	buf_wipe(&p->text);
	for (i = 0; ok && i < p->nsets; i++) {
		struct rulelist *l = &p->set[i].list;

		p->set[i].rules = rules_new(l->rule, l->n, d);
		ok = p->set[i].rules != NULL;
	}
	p->targets =
	    ok ? calloc(p->config.nsensors + 1, sizeof(*p->targets)) : NULL;
	for (i = 0; p->targets != NULL && ok && i < p->config.nsensors; i++)
		ok = remote_target_make(
		    &p->targets[i], &p->config.sensors[i], NULL, d);
	p->paths = p->targets != NULL && ok
	    ? pulling_paths_new(p->targets, p->config.nsensors)
	    : NULL;
	diag_set(p->paths != NULL ? NULL : d, "out of memory");
	return p->paths != NULL;
}

static bool
pulling_wants_agent(const struct pulling *p)
{
	const struct ssh_target *hop;
	size_t i;

	for (i = 0; i < p->config.nsensors; i++)
		for (hop = p->targets[i].here ? NULL : &p->targets[i].hop[0];
		     hop != NULL; hop = hop->bastion)
			if (hop->use_agent)
				return true;
	return false;
}

static bool
pulling_boot_start(struct pulling *p, struct diag *d)
{
	struct pull m = { .kind = PULL_READY, .u.ready.version = PULL_VERSION };
	const char *files, *calls;

	p->ssh = pulling_load(p, d) ? ssh_new(loop_base(p->loop), d) : NULL;
	if (p->ssh == NULL)
		return false;
	p->asks = (struct starter_asks){ SPAWN_FD, pulling_number, p };
	starter_ask(p->ssh, &p->asks);
	files = confine_files(pulling_paths_list(p->paths), CONFINE_CONNECT);
	calls = confine_calls(CONFINE_READ | CONFINE_TALK |
	    (pulling_wants_agent(p) ? CONFINE_LOCAL : 0));
	if (files != NULL)
		(void)snprintf(
		    m.u.ready.files, sizeof(m.u.ready.files), "%s", files);
	if (calls != NULL)
		(void)snprintf(
		    m.u.ready.calls, sizeof(m.u.ready.calls), "%s", calls);
	p->ready = true;
	loop_timer_set(p->look, PULLING_LOOK_US);
	pulling_send(p, &m);
	return true;
}

/* -- questions -- */

static struct pulling_job *
pulling_job_new(struct pulling *p, uint64_t id)
{
	struct pulling_job *j = calloc(1, sizeof(*j));

	if (j == NULL)
		return NULL;
	j->all = p;
	j->id = id;
	TAILQ_INSERT_TAIL(&p->jobs, j, link);
	return j;
}

static void
pulling_job_free(struct pulling_job *j)
{
	TAILQ_REMOVE(&j->all->jobs, j, link);
	free(j);
}

static void
pulling_compared(struct cycle_outcome *o, const struct diag *d, void *arg)
{
	struct pulling_job *j = arg;

	if (o != NULL)
		pulling_tell(j->all, j, o);
	pulling_tell_end(j->all, j->id, o, o == NULL ? d->text : NULL);
	pulling_job_free(j);
}

static bool
pulling_compare(struct pulling *p, uint64_t id, const struct pull_compare *m,
    struct diag *d)
{
	const struct remote_target *targets[RESULT_MAX_SENSORS];
	struct cycle_plan plan = { .targets = targets,
		.reading = (enum cycle_reading)m->reading,
		.from_us = m->from_us,
		.to_us = m->to_us,
		.settled_us = m->settled_us,
		.seed = m->seed };
	struct pulling_job *j;
	struct diag why = DIAG_INIT;
	size_t i;

	if (m->group >= p->config.ngroups || m->rules >= p->nsets) {
		diag_set(d, "a group or rules that there are not");
		return false;
	}
	plan.group = &p->config.groups[m->group];
	plan.rules = p->set[m->rules].rules;
	if (m->from_us % plan.group->width_us != 0 ||
	    m->to_us % plan.group->width_us != 0 ||
	    m->to_us - m->from_us > PULL_MAX_BUCKETS * plan.group->width_us) {
		diag_set(d, "no buckets of the group, or too many");
		return false;
	}
	for (i = 0; i < plan.group->nmembers; i++)
		targets[i] =
		    &p->targets[plan.group->member[i] - p->config.sensors];
	memcpy(plan.shift_us, m->shift_us, sizeof(plan.shift_us));
	memcpy(plan.usual, m->usual, sizeof(plan.usual));
	j = pulling_job_new(p, id);
	if (j == NULL) {
		diag_set(d, "out of memory");
		return false;
	}
	j->from_us = m->from_us;
	j->to_us = m->to_us;
	plan.on_flow = m->flows ? pulling_tell_flow : NULL;
	plan.flow_arg = j;
	j->cycle = cycle_start(p->ssh, &plan, pulling_compared, j, &why);
	if (j->cycle == NULL) {
		pulling_tell_end(p, id, NULL, why.text);
		pulling_job_free(j);
	}
	return true;
}

static void
pulling_file(void *arg, const struct reply_file *f)
{
	const struct pulling_job *j = arg;
	struct reply r = { .kind = REPLY_FILE, .id = 1, .u.file = *f };
	struct pull m = { .kind = PULL_FILE, .id = j->id };
	struct buf frame = BUF_INIT;

	if (!reply_encode(&frame, &r)) {
		pulling_fail(j->all, "out of memory");
		return;
	}
	m.u.file = (struct span){ frame.p + FRAME_HEAD_BYTES,
		frame.n - FRAME_HEAD_BYTES };
	pulling_send(j->all, &m);
	buf_clear(&frame);
}

static void
pulling_files_end(void *arg, const char *why)
{
	struct pulling_job *j = arg;

	pulling_tell_end(j->all, j->id, NULL, why);
	pulling_job_free(j);
}

static bool
pulling_files(
    struct pulling *p, uint64_t id, const struct pull_files *m, struct diag *d)
{
	struct inventory_options o = { .from_us = m->from_us,
		.to_us = m->to_us,
		.checksums = m->checksums,
		.on_file = pulling_file,
		.on_end = pulling_files_end };
	struct pulling_job *j;

	if (m->sensor >= p->config.nsensors) {
		diag_set(d, "a sensor that there is not");
		return false;
	}
	j = pulling_job_new(p, id);
	o.arg = j;
	if (j != NULL)
		j->inventory =
		    inventory_start(p->ssh, &p->targets[m->sensor], &o);
	if (j != NULL && j->inventory != NULL)
		return true;
	diag_set(d, "out of memory");
	return false;
}

static void
pulling_break_off(struct pulling *p, uint64_t id)
{
	struct pulling_job *j;

	TAILQ_FOREACH (j, &p->jobs, link)
		if (j->id == id)
			break;
	if (j == NULL) /* it has its answer already */
		return;
	cycle_free(j->cycle);
	inventory_free(j->inventory);
	pulling_job_free(j);
}

static bool
pulling_take(struct pulling *p, const struct pull *m, struct diag *d)
{
	if (p->ready != (m->kind > PULL_START))
		diag_set(d, "a %s out of order", pull_kind_name(m->kind));
	else if (m->kind == PULL_CONFIG)
		return pulling_boot_config(p, &m->u.config, d);
	else if (m->kind == PULL_RULE)
		return pulling_boot_rule(p, &m->u.rule, d);
	else if (m->kind == PULL_START)
		return pulling_boot_start(p, d);
	else if (m->kind == PULL_COMPARE)
		return pulling_compare(p, m->id, &m->u.compare, d);
	else if (m->kind == PULL_FILES)
		return pulling_files(p, m->id, &m->u.files, d);
	else if (m->kind == PULL_BREAK_OFF) {
		pulling_break_off(p, m->id);
		return true;
	} else
		diag_set(d, "%s is no question", pull_kind_name(m->kind));
	return false;
}

/* -- life -- */

static void
pulling_on_data(void *arg, struct span bytes)
{
	struct pulling *p = arg;
	struct diag d = DIAG_INIT;
	struct span body;
	struct pull m;

	while (!p->failed)
		switch (frame_read(&p->reader, &bytes, &body)) {
		case FRAME_MORE:
			return;
		case FRAME_BAD:
			pulling_fail(p, p->reader.bad);
			return;
		case FRAME_READY:
			if (pull_decode(body, &m, &d) != WIRE_OK ||
			    !pulling_take(p, &m, &d))
				pulling_fail(p, d.text);
			break;
		}
}

static void
pulling_on_end(void *arg)
{
	struct pulling *p = arg;

	loop_stop(p->loop);
}

static void
pulling_on_look(void *arg)
{
	const struct pull m = { .kind = PULL_ALIVE };
	struct pulling *p = arg;

	pulling_send(p, &m);
	if (TAILQ_EMPTY(&p->jobs) && pulling_paths_are_old(p->paths))
		loop_stop(p->loop); /* the daemon starts another one */
	loop_timer_set(p->look, PULLING_LOOK_US);
}

static void
pulling_clear(struct pulling *p)
{
	struct pulling_job *j;
	size_t i;

	while ((j = TAILQ_FIRST(&p->jobs)) != NULL)
		/* it left the list */
		/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc) */
		pulling_break_off(p, j->id);
	ssh_free(p->ssh);
	pulling_paths_free(p->paths);
	for (i = 0; p->targets != NULL && i < p->config.nsensors; i++)
		remote_target_clear(&p->targets[i]);
	free(p->targets);
	for (i = 0; i < p->nsets; i++) {
		rules_free(p->set[i].rules);
		rulelist_clear(&p->set[i].list);
	}
	free(p->set);
	config_clear(&p->config);
	buf_wipe(&p->text);
	free(p->file);
	frame_reader_clear(&p->reader);
	link_close(p->link);
	loop_timer_free(p->look);
	loop_free(p->loop);
}

bool
pulling_is_meant(void)
{
	struct stat in, asks;

	return fstat(STDIN_FILENO, &in) == 0 && S_ISSOCK(in.st_mode) &&
	    fstat(SPAWN_FD, &asks) == 0 && S_ISSOCK(asks.st_mode);
}

int
pulling_main(void)
{
	static const struct link_events events = { pulling_on_data,
		pulling_on_end };
	static const int ours[] = { SIGHUP, SIGINT, SIGTERM, SIGPIPE };
	struct pulling p = { .reader = FRAME_READER_INIT };
	struct diag d = DIAG_INIT;
	size_t i;

	confine_memory(); /* keys will be read */
	confine_apart("crosstapd-pull", SPAWN_FD + 1);
	for (i = 0; i < ARRAY_LEN(ours); i++)
		(void)signal(ours[i], SIG_IGN); /* it ends with the daemon */
	TAILQ_INIT(&p.jobs);
	p.loop = loop_new(&d);
	if (p.loop != NULL)
		p.look = loop_timer_new(p.loop, pulling_on_look, &p);
	if (p.look != NULL)
		p.link =
		    link_open(loop_base(p.loop), STDIN_FILENO, &events, &p, &d);
	if (p.link != NULL)
		loop_run(p.loop);
	else {
		(void)fprintf(stderr, "%s\n",
		    d.text[0] != '\0' ? d.text : "out of memory");
		p.failed = true;
	}
	pulling_clear(&p);
	return p.failed ? 2 : 0;
}
