/*
 * `crosstap simulate`: the shell around src/simulate. It reads the options,
 * makes the folder and writes the files; a file that could not be written
 * whole is an error, never a short log.
 */
#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "crosstap/command.h"
#include "crosstap/simulate_options.h"
#include "simulate/truth.h"

#define CMD_SIMULATE_PATH_MAX 4096

struct cmd_simulate_files {
	const char *dir;                /* borrowed */
	FILE *file[RESULT_MAX_SENSORS]; /* owned */
	char path[RESULT_MAX_SENSORS][CMD_SIMULATE_PATH_MAX];
	struct diag *d; /* borrowed */
};

static bool
cmd_simulate_path(char out[CMD_SIMULATE_PATH_MAX], const char *dir,
    const char *name, struct diag *d)
{
	int n = snprintf(out, CMD_SIMULATE_PATH_MAX, "%s/%s", dir, name);

	if (n > 0 && n < CMD_SIMULATE_PATH_MAX)
		return true;
	diag_set(d, "%.80s...: the path is too long", dir);
	return false;
}

static bool
cmd_simulate_make_dir(const char *dir, struct diag *d)
{
	if (mkdir(dir, 0777) == 0 || errno == EEXIST)
		return true;
	diag_set(d, "%s: cannot make the folder: %s", dir, strerror(errno));
	return false;
}

static bool
cmd_simulate_open(
    struct cmd_simulate_files *f, const struct simulate_options *o)
{
	unsigned i;

	for (i = 0; i < o->sensors; i++) {
		char name[RESULT_NAME_MAX];

		(void)snprintf(name, sizeof(name), "%s.conn.log",
		    plan_sensor_name(o->relation, i));
		if (!cmd_simulate_path(f->path[i], f->dir, name, f->d))
			return false;
		f->file[i] = fopen(f->path[i], "wb");
		if (f->file[i] == NULL) {
			diag_set(f->d, "%s: %s", f->path[i], strerror(errno));
			return false;
		}
	}
	return true;
}

static bool
cmd_simulate_close_one(FILE **file, const char *path, struct diag *d)
{
	int status = fclose(*file);

	*file = NULL;
	if (status == 0)
		return true;
	diag_set(d, "%s: %s", path, strerror(errno));
	return false;
}

static bool
cmd_simulate_close(struct cmd_simulate_files *f)
{
	bool ok = true;
	size_t i;

	for (i = 0; i < RESULT_MAX_SENSORS; i++)
		if (f->file[i] != NULL &&
		    !cmd_simulate_close_one(&f->file[i], f->path[i], f->d))
			ok = false;
	return ok;
}

/* A log's file is as old as its last record: how late a logger is shows in
 * that. A file system that cannot tell leaves the time of the run. */
static void
cmd_simulate_date(const struct cmd_simulate_files *f,
    const struct simulate_outcome *outcome, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		struct timespec t[2] = { { 0, UTIME_OMIT },
			{ (time_t)(outcome->written_us[i] / US_PER_S), 0 } };

		(void)utimensat(AT_FDCWD, f->path[i], t, 0);
	}
}

static bool
cmd_simulate_write(void *ctx, unsigned sensor, const char *p, size_t n)
{
	struct cmd_simulate_files *f = ctx;

	if (fwrite(p, 1, n, f->file[sensor]) == n)
		return true;
	diag_set(f->d, "%s: %s", f->path[sensor], strerror(errno));
	return false;
}

static bool
cmd_simulate_truth(const char *dir, const struct plan *plan,
    const struct simulate_outcome *outcome, struct diag *d)
{
	char path[CMD_SIMULATE_PATH_MAX];
	struct buf b = BUF_INIT;
	FILE *file = NULL;
	bool ok = false;

	truth_format(plan, outcome, &b);
	if (!buf_ok(&b)) {
		diag_set(d, "out of memory");
		goto out;
	}
	if (!cmd_simulate_path(path, dir, "truth.json", d))
		goto out;
	file = fopen(path, "wb");
	if (file == NULL || fwrite(b.p, 1, b.n, file) != b.n) {
		diag_set(d, "%s: %s", path, strerror(errno));
		goto out;
	}
	ok = cmd_simulate_close_one(&file, path, d);
out:
	if (file != NULL)
		(void)fclose(file);
	buf_clear(&b);
	return ok;
}

static bool
cmd_simulate_run(const struct plan *plan, const char *dir,
    struct simulate_outcome *outcome, struct diag *d)
{
	struct cmd_simulate_files *f = calloc(1, sizeof(*f));
	bool ok;

	if (f == NULL) {
		diag_set(d, "out of memory");
		return false;
	}
	f->dir = dir;
	f->d = d;
	ok = cmd_simulate_make_dir(dir, d) &&
	    cmd_simulate_open(f, &plan->options) &&
	    simulate_run(plan, cmd_simulate_write, f, outcome, d);
	if (!cmd_simulate_close(f))
		ok = false;
	if (ok)
		cmd_simulate_date(f, outcome, plan->options.sensors);
	free(f);
	return ok && cmd_simulate_truth(dir, plan, outcome, d);
}

static int
cmd_simulate_list_faults(void)
{
	struct buf b = BUF_INIT;
	int status = EXIT_TROUBLE;

	fault_help(&b);
	if (buf_ok(&b) && fwrite(b.p, 1, b.n, stdout) == b.n &&
	    fflush(stdout) == 0)
		status = EXIT_AGREE;
	buf_clear(&b);
	return status;
}

int
cmd_simulate(int argc, char **argv)
{
	struct simulate_command c;
	struct plan plan;
	struct simulate_outcome outcome;
	struct diag d = DIAG_INIT;
	int status = simulate_options_parse(argc, argv, &c);
	unsigned i;

	if (status != OPTIONS_GO_ON)
		return status;
	if (c.list_faults)
		return cmd_simulate_list_faults();
	if (c.output == NULL)
		diag_set(&d, "--output: wanted a folder for the logs");
	if (c.output == NULL || !plan_make(&c.run, &plan, &d) ||
	    !cmd_simulate_run(&plan, c.output, &outcome, &d))
		return options_fail(&simulate_option_set, &d);
	(void)printf(
	    "%s: %llu flows;", c.output, (unsigned long long)outcome.sessions);
	for (i = 0; i < plan.options.sensors; i++)
		(void)printf(" %s %llu",
		    plan_sensor_name(plan.options.relation, i),
		    (unsigned long long)outcome.records[i]);
	(void)printf(" records\n");
	return fflush(stdout) == 0 ? EXIT_AGREE : EXIT_TROUBLE;
}
