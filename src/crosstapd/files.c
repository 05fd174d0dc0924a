/*
 * The inventory of the sensors' log files, once an hour, one sensor after the
 * other. Files that are finished and not known yet are asked for once more,
 * each by an instant in its middle, with their checksums. What could not be
 * read is kept without, and not tried again.
 */
#include <stdio.h>
#include <stdlib.h>
#include "crosstapd/daemon.h"
#include "store/roster.h"

#define FILES_EVERY_US (3600 * US_PER_S)
#define FILES_BACK_US (26 * 3600 * US_PER_S) /* a day's log, and late */
#define FILES_MAX_NEW 64 /* of a sensor, in an hour; more wait */

struct files {
	struct daemon *dm; /* borrowed */
	size_t sensor;     /* whose turn it is */
	struct puller_job *ask;
	int64_t due_us;
	int64_t at_us[FILES_MAX_NEW]; /* instants in files to be read */
	size_t n;
	bool reading; /* the question is for checksums */
};

struct files *
files_new(struct daemon *dm)
{
	struct files *f = calloc(1, sizeof(*f));

	if (f != NULL)
		f->dm = dm;
	return f;
}

void
files_free(struct files *f)
{
	if (f == NULL)
		return;
	if (f->ask != NULL)
		f->dm->running--;
	puller_break_off(f->ask);
	free(f);
}

static const char *
files_sensor(const struct files *f)
{
	return f->dm->config.sensors[f->sensor].head.name;
}

static void
files_say(struct files *f, const char *why)
{
	log_say(&f->dm->log, LOG_WARNINGS, "inventory", "%s: %s",
	    files_sensor(f), why);
}

static void
files_keep(struct files *f, const struct reply_file *r, const char *path)
{
	struct store_file s = { .size = r->size,
		.hashed = r->hashed,
		.lines = r->lines,
		.checksum = r->checksum,
		.mtime_us = r->written_us,
		.seen_us = daemon_now(f->dm),
		.first_us = r->first_us,
		.last_us = r->last_us };
	struct diag d = DIAG_INIT;

	(void)snprintf(s.path, sizeof(s.path), "%s", path);
	if (store_add_file(f->dm->store, files_sensor(f), &s, &d) != STORE_OK)
		files_say(f, d.text);
}

static void
files_take(void *arg, const struct reply_file *r)
{
	struct files *f = arg;
	struct diag d = DIAG_INIT;
	char path[256];
	bool known;

	if (r->live || r->first_us == INT64_MIN)
		return;
	(void)snprintf(path, sizeof(path), "%.*s", (int)r->path.n, r->path.p);
	if (store_file_seen(f->dm->store, files_sensor(f), path, r->written_us,
		daemon_now(f->dm), &known, &d) != STORE_OK)
		files_say(f, d.text);
	else if (!known && f->reading)
		files_keep(f, r, path);
	else if (!known && f->n < FILES_MAX_NEW)
		f->at_us[f->n++] = r->last_us == INT64_MIN
		    ? r->first_us
		    : r->first_us + (r->last_us - r->first_us) / 2;
}

static void
files_next_sensor(struct files *f)
{
	f->n = 0;
	if (++f->sensor < f->dm->config.nsensors)
		return;
	f->sensor = 0;
	f->due_us = daemon_now(f->dm) + FILES_EVERY_US;
}

static void
files_end(void *arg, const char *why)
{
	struct files *f = arg;

	f->ask = NULL;
	f->dm->running--;
	if (why != NULL)
		files_say(f, why);
	if (f->reading && f->n > 0)
		f->n--;
	if (f->n == 0 || (why != NULL && !f->reading))
		files_next_sensor(f);
	daemon_wake(f->dm);
}

static bool
files_begin(struct files *f)
{
	int64_t now = daemon_now(f->dm);
	struct inventory_options o = { .from_us = now - FILES_BACK_US,
		.to_us = now,
		.on_file = files_take,
		.on_end = files_end,
		.arg = f };
	struct diag d = DIAG_INIT;

	f->reading = f->n > 0;
	if (f->reading) {
		o.from_us = f->at_us[f->n - 1];
		o.to_us = o.from_us + 1;
		o.checksums = true;
	}
	f->ask = puller_files(f->dm->puller, (uint32_t)f->sensor, &o, &d);
	if (f->ask == NULL) {
		files_say(f, d.text);
		files_next_sensor(f);
		return false;
	}
	f->dm->running++;
	return true;
}

int64_t
files_turn(struct files *f)
{
	if (f == NULL || !f->dm->config.daemon->inventory)
		return INT64_MAX;
	if (f->ask != NULL)
		return INT64_MAX;
	if (daemon_now(f->dm) < f->due_us)
		return f->due_us;
	return files_begin(f) ? INT64_MAX : daemon_now(f->dm) + US_PER_S;
}
