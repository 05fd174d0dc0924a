/*
 * The puller is a child process like a sensor's here, of this same program.
 * While it does not run, nothing can be asked; from an end to the next begin
 * the time doubles, unless it has answered something in between.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "crosstapd/daemon.h"
#include "crosstapd/puller_job.h"
#include "net/child.h"
#include "net/starter.h"
#include "wire/frame.h"

#define PULLER_PROGRAM "/proc/self/exe"
#define PULLER_MIN_PAUSE_US (US_PER_S / 4)
#define PULLER_MAX_PAUSE_US (60 * US_PER_S)
#define PULLER_SILENT_S 60 /* it tells that it lives six times as often */
#define PULLER_MAX_WRITE (4u << 20) /* of questions, beside its boot */

struct puller {
	struct daemon *dm;          /* borrowed */
	struct child *child;        /* NULL: it does not run */
	struct starter *starter;    /* owned: of its children */
	struct loop_timer *restart; /* owned */
	struct frame_reader reader;
	struct puller_jobs jobs;
	uint64_t id; /* the last */
	bool ready;
	int64_t pause_us; /* before the next start */
	int64_t past_cpu_us, cpu_us;
	long memory_kb;
};

static void puller_start(void *arg);

/* -- what it is told at first -- */

static bool
puller_tell(struct buf *boot, const struct pull *m, struct diag *d)
{
	if (pull_encode(boot, m))
		return true;
	diag_set(d, "out of memory");
	return false;
}

bool
puller_tell_config(
    struct buf *boot, const char *file, struct span text, struct diag *d)
{
	struct pull m = { .kind = PULL_CONFIG };
	bool ok = true;
	size_t n;

	do {
		n = text.n < PULL_TEXT_PART ? text.n : PULL_TEXT_PART;
		m.u.config = (struct pull_config){ PULL_VERSION,
			span_from(file), { text.p, n } };
		ok = puller_tell(boot, &m, d);
		text.p += n;
		text.n -= n;
	} while (ok && text.n > 0);
	return ok;
}

bool
puller_tell_rule(struct buf *boot, uint32_t set, const char *file,
    struct span text, struct diag *d)
{
	const struct pull m = { .kind = PULL_RULE,
		.u.rule = { set, span_from(file), text } };

	return puller_tell(boot, &m, d);
}

/* -- its end -- */

static void
puller_lose(struct puller *p, const char *why)
{
	struct puller_job *j;
	struct diag d = DIAG_INIT;

	diag_set(&d, "%s", why);
	/* Who is told may break off others, and cannot ask anew yet. */
	while ((j = TAILQ_FIRST(&p->jobs)) != NULL) {
		j->lost = true;
		if (j->of_files)
			j->files.on_end(j->files.arg, why);
		else
			j->done(NULL, &d, j->arg);
		TAILQ_REMOVE(&p->jobs, j, link);
		puller_job_free(j);
	}
}

static void
puller_stop(struct puller *p)
{
	if (p->child != NULL)
		child_close(p->child);
	p->child = NULL;
	starter_free(p->starter);
	p->starter = NULL;
	frame_reader_clear(&p->reader);
	p->ready = false;
	p->past_cpu_us += p->cpu_us;
	p->cpu_us = 0;
}

/* It is no more, or is to be no more. */
static void
puller_ended(struct puller *p, const char *text)
{
	char why[400];
	struct puller_job *j;
	struct log_line line;
	unsigned n = 0;

	TAILQ_FOREACH (j, &p->jobs, link)
		n++;
	(void)snprintf(why, sizeof(why), "the puller ended: %s", text);
	puller_stop(p);
	log_begin(&line, &p->dm->log, LOG_ERRORS, "puller-ended");
	log_text(&line, "text", text);
	log_number(&line, "questions", n);
	log_number(&line, "again_in_s", (double)p->pause_us / (double)US_PER_S);
	log_end(&line);
	loop_timer_set(p->restart, p->pause_us);
	p->pause_us = 2 * p->pause_us < PULLER_MAX_PAUSE_US
	    ? 2 * p->pause_us
	    : PULLER_MAX_PAUSE_US;
	puller_lose(p, why);
	daemon_wake(p->dm);
}

static void
puller_on_end(struct child *c, enum ssh_end end, const char *text, void *arg)
{
	struct puller *p = arg;

	(void)c;
	p->child = NULL;
	if (end == SSH_DONE && p->ready && TAILQ_EMPTY(&p->jobs)) {
		/* a file that it may read is another one now */
		log_say(&p->dm->log, LOG_DETAILS, "puller-renewed", "%s",
		    "keys, known_hosts or resolv.conf changed");
		puller_stop(p);
		puller_start(p);
		return;
	}
	puller_ended(p, end == SSH_DONE ? "without a reason" : text);
}

/* -- answers -- */

static struct puller_job *
puller_find(const struct puller *p, uint64_t id)
{
	struct puller_job *j;

	TAILQ_FOREACH (j, &p->jobs, link)
		if (j->id == id)
			return j;
	return NULL;
}

static bool
puller_take_ready(struct puller *p, const struct pull_ready *m, struct diag *d)
{
	bool whole = m->files[0] == '\0' && m->calls[0] == '\0';

	if (p->ready || m->version != PULL_VERSION) {
		diag_set(d, "it is ready in a way that is not known here");
		return false;
	}
	p->ready = true;
	log_say(&p->dm->log, whole ? LOG_DETAILS : LOG_WARNINGS, "puller-ready",
	    "files: %s; system calls: %s",
	    m->files[0] == '\0' ? "confined" : m->files,
	    m->calls[0] == '\0' ? "confined" : m->calls);
	daemon_wake(p->dm);
	return true;
}

/* May free the job; false with d set. */
static bool
puller_take_done(struct puller *p, struct puller_job *j,
    const struct pull_done *m, struct diag *d)
{
	struct diag why = DIAG_INIT;

	if (!puller_job_complete(j, m, d))
		return false;
	if ((int64_t)m->cpu_us > p->cpu_us)
		p->cpu_us = (int64_t)m->cpu_us;
	if ((long)m->memory_kb > p->memory_kb)
		p->memory_kb = (long)m->memory_kb;
	p->pause_us = PULLER_MIN_PAUSE_US;
	if (m->failed[0] != '\0')
		diag_set(&why, "%s", m->failed);
	if (j->of_files)
		j->files.on_end(
		    j->files.arg, m->failed[0] == '\0' ? NULL : why.text);
	else
		j->done(m->failed[0] == '\0' ? j->o : NULL, &why, j->arg);
	TAILQ_REMOVE(&p->jobs, j, link);
	puller_job_free(j);
	return true;
}

static bool
puller_take(struct puller *p, struct span body, struct diag *d)
{
	struct puller_job *j;
	struct pull m;

	if (pull_decode(body, &m, d) != WIRE_OK)
		return false;
	if (m.kind == PULL_READY)
		return puller_take_ready(p, &m.u.ready, d);
	if (m.kind == PULL_ALIVE)
		return true;
	if (m.kind < PULL_READY || m.id == 0 || m.id > p->id) {
		diag_set(
		    d, "a %s that nobody asked for", pull_kind_name(m.kind));
		return false;
	}
	j = puller_find(p, m.id);
	if (j == NULL) /* broken off */
		return true;
	if (m.kind == PULL_DONE)
		return puller_take_done(p, j, &m.u.done, d);
	return puller_job_take(j, &m, d);
}

static void
puller_on_data(struct child *c, struct span bytes, void *arg)
{
	struct puller *p = arg;
	struct diag d = DIAG_INIT, what = DIAG_INIT;
	struct span body;

	(void)c;
	for (;;)
		switch (frame_read(&p->reader, &bytes, &body)) {
		case FRAME_MORE:
			return;
		case FRAME_BAD:
			diag_set(&d, "%s", p->reader.bad);
			/* FALLTHROUGH */
		case FRAME_READY:
			if (d.text[0] == '\0' && puller_take(p, body, &d))
				break;
			diag_set(&what, "it answered nonsense: %.300s", d.text);
			puller_ended(p, what.text);
			return;
		}
}

/* -- questions -- */

static bool
puller_ask(struct puller *p, const struct pull *m)
{
	struct buf frame = BUF_INIT;
	bool ok = p->child != NULL && pull_encode(&frame, m) &&
	    child_write(p->child, buf_span(&frame));

	buf_wipe(&frame); /* of the seed */
	return ok;
}

static struct puller_job *
puller_job_new(struct puller *p)
{
	struct puller_job *j = p->ready ? calloc(1, sizeof(*j)) : NULL;

	if (j == NULL)
		return NULL;
	j->puller = p;
	j->id = ++p->id;
	TAILQ_INSERT_TAIL(&p->jobs, j, link);
	return j;
}

static struct puller_job *
puller_refuse(struct puller *p, struct puller_job *j, struct diag *d)
{
	diag_set(d, p->ready ? "out of memory" : "the puller does not run");
	if (j != NULL) {
		TAILQ_REMOVE(&p->jobs, j, link);
		puller_job_free(j);
	}
	return NULL;
}

struct puller_job *
puller_compare(struct puller *p, const struct cycle_plan *plan, uint32_t rules,
    cycle_done_fn *done, void *arg, struct diag *d)
{
	struct puller_job *j = puller_job_new(p);
	struct pull m = { .kind = PULL_COMPARE };
	struct pull_compare *q = &m.u.compare;

	if (j == NULL)
		return puller_refuse(p, j, d);
	j->plan = *plan;
	j->done = done;
	j->arg = arg;
	m.id = j->id;
	q->group = (uint32_t)(plan->group - p->dm->config.groups);
	q->rules = rules;
	q->reading = plan->reading;
	q->flows = plan->on_flow != NULL;
	q->from_us = plan->from_us;
	q->to_us = plan->to_us;
	q->settled_us = plan->settled_us;
	q->seed = plan->seed;
	memcpy(q->shift_us, plan->shift_us, sizeof(q->shift_us));
	memcpy(q->usual, plan->usual, sizeof(q->usual));
	return puller_job_reset(j) && puller_ask(p, &m)
	    ? j
	    : puller_refuse(p, j, d);
}

struct puller_job *
puller_files(struct puller *p, uint32_t sensor,
    const struct inventory_options *o, struct diag *d)
{
	struct puller_job *j = puller_job_new(p);
	struct pull m = { .kind = PULL_FILES,
		.u.files = { sensor, o->checksums, o->from_us, o->to_us } };

	if (j == NULL)
		return puller_refuse(p, j, d);
	j->of_files = true;
	j->files = *o;
	m.id = j->id;
	return puller_ask(p, &m) ? j : puller_refuse(p, j, d);
}

void
puller_break_off(struct puller_job *j)
{
	const struct pull m = { .kind = PULL_BREAK_OFF,
		.id = j == NULL ? 0 : j->id };

	if (j == NULL)
		return;
	(void)puller_ask(j->puller, &m);
	TAILQ_REMOVE(&j->puller->jobs, j, link);
	puller_job_free(j);
}

bool
puller_job_was_lost(const struct puller_job *j)
{
	return j->lost;
}

/* -- its life -- */

static const char *const *
puller_argv(void *arg, uint32_t number)
{
	const struct daemon *dm = ((struct puller *)arg)->dm;

	return number < dm->config.nsensors && dm->targets[number].here
	    ? dm->targets[number].argv
	    : NULL;
}

/* This program, also where another one lies at its place by now: then by the
 * link itself, which is not what a tool that runs it (valgrind) has. */
static const char *
puller_program(const struct puller *p, char *path, size_t size)
{
	ssize_t n = readlink(PULLER_PROGRAM, path, size - 1);

	path[n > 0 ? n : 0] = '\0';
	if (n > 0 && access(path, X_OK) == 0)
		return path;
	return n > 0 ? PULLER_PROGRAM : p->dm->options->program;
}

static void
puller_start(void *arg)
{
	static const char *const argv[] = { "crosstapd", "puller", NULL };
	static const struct child_events events = { .on_data = puller_on_data,
		.on_end = puller_on_end };
	const struct ssh_limits limits = { .idle_s = PULLER_SILENT_S };
	struct puller *p = arg;
	struct spawn_program program = { NULL, argv, -1 };
	char path[PATH_MAX];
	struct diag d = DIAG_INIT;

	program.path = puller_program(p, path, sizeof(path));
	p->starter = starter_new(
	    loop_base(p->dm->loop), puller_argv, p, &program.fd, &d);
	if (p->starter != NULL)
		p->child = child_open_program(
		    p->dm->ssh, &program, &limits, &events, p);
	if (program.fd >= 0)
		(void)close(program.fd);
	if (p->child != NULL) {
		child_allow(p->child, p->dm->boot.n + PULLER_MAX_WRITE);
		if (child_write(p->child, buf_span(&p->dm->boot)))
			return;
	}
	diag_set(&d, "out of memory");
	puller_ended(p, d.text);
}

struct puller *
puller_new(struct daemon *dm, struct diag *d)
{
	struct puller *p = calloc(1, sizeof(*p));

	if (p == NULL) {
		diag_set(d, "out of memory");
		return NULL;
	}
	p->dm = dm;
	p->reader = (struct frame_reader)FRAME_READER_INIT;
	p->pause_us = PULLER_MIN_PAUSE_US;
	TAILQ_INIT(&p->jobs);
	p->restart = loop_timer_new(dm->loop, puller_start, p);
	if (p->restart == NULL) {
		diag_set(d, "out of memory");
		free(p);
		return NULL;
	}
	loop_timer_set(p->restart, 0);
	return p;
}

void
puller_free(struct puller *p)
{
	if (p == NULL)
		return;
	INVARIANT(TAILQ_EMPTY(&p->jobs));
	puller_stop(p);
	loop_timer_free(p->restart);
	free(p);
}

bool
puller_is_ready(const struct puller *p)
{
	return p->ready;
}

double
puller_cpu_s(const struct puller *p)
{
	return (double)(p->past_cpu_us + p->cpu_us) / (double)US_PER_S;
}

long
puller_memory_kb(const struct puller *p)
{
	return p->memory_kb;
}
