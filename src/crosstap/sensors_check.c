/*
 * crosstap sensors check: says hello to each sensor, all at once, and prints a
 * line each. What a sensor says is shown, never trusted.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "crosstap/command.h"
#include "crosstap/config_load.h"
#include "crosstap/report_put.h"
#include "crosstap/sensors_cmd.h"
#include "crosstap/terminal.h"
#include "pipeline/greet.h"
#include "sys/when.h"

struct check {
	struct config config;                /* owned */
	const struct config_sensor **sensor; /* owned; n */
	struct remote_target *remote;        /* owned; n */
	struct peer_target *target;          /* owned; n */
	struct greeting *greeting;           /* owned; n */
	size_t n, made;                      /* made: of remote */
};

/* What a greeting comes to. */
struct verdict_word {
	const char *word; /* "ok" */
	const char *why;  /* "": nothing is wrong */
	char text[640];   /* of why */
};

static bool
check_add(struct check *c, const struct config_sensor *s)
{
	size_t i;

	for (i = 0; i < c->n; i++)
		if (c->sensor[i] == s)
			return true;
	c->sensor[c->n++] = s;
	return true;
}

/* Sensors, and those of groups; all, if nobody is named. */
static bool
check_choose(struct check *c, const struct operands *names, struct diag *d)
{
	size_t i, k;

	for (i = 0; names->n == 0 && i < c->config.nsensors; i++)
		check_add(c, &c->config.sensors[i]);
	for (i = 0; i < names->n; i++) {
		const char *name = names->item[i];
		const struct config_sensor *s = config_sensor(&c->config, name);
		const struct config_group *g = config_group(&c->config, name);

		if (s == NULL && g == NULL) {
			diag_set(d, "no sensor or group '%.80s' in %s", name,
			    c->config.file);
			return false;
		}
		if (s != NULL)
			check_add(c, s);
		for (k = 0; s == NULL && k < g->nmembers; k++)
			check_add(c, g->member[k]);
	}
	return true;
}

static bool
check_targets(struct check *c, struct diag *d)
{
	ssh_answer answer = terminal_answer();
	size_t i;

	for (i = 0; i < c->n; i++) {
		c->made = i + 1;
		if (!remote_target_make(&c->remote[i], c->sensor[i], answer, d))
			return false;
		c->target[i] = remote_target_peer(&c->remote[i]);
		/* each is set */
		/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
		if (c->sensor[i]->agentless) {
			c->target[i].start = SSH_SUBSYSTEM;
			c->target[i].command = "sftp";
		}
	}
	return true;
}

static void
check_judge(const struct greeting *g, struct verdict_word *v)
{
	const struct reply_hello *h = &g->hello;
	size_t n = strcspn(g->why, ":");

	*v = (struct verdict_word){ .word = "ok", .why = "" };
	if (g->kind == GREETING_FAILED) {
		(void)snprintf(v->text, sizeof(v->text), "%s", g->why);
		v->word = v->text;
		v->why = v->text + n;
		if (v->text[n] == ':') {
			v->text[n] = '\0';
			v->why = v->text + n + 1 + (v->text[n + 1] == ' ');
		}
	} else if (g->kind == GREETING_REACHED)
		v->why = "reached; its logs are read by SFTP";
	else if (h->version_min > WIRE_VERSION ||
	    h->version_max < WIRE_VERSION_MIN) {
		v->word = "bad-version";
		v->why = "it speaks no version of the protocol that this one "
			 "does";
	} else if (h->watermark_us == INT64_MIN) {
		v->word = "no-log";
		v->why = "it answers, but has no conn.log of the last hour";
	}
}

static bool
check_is_fine(const struct verdict_word *v)
{
	return strcmp(v->word, "ok") == 0;
}

/* Its clock minus ours, taken for the middle of the question: half of that is
 * how far it may be off. 0 if it may be none. */
static double
check_clock_s(const struct greeting *g)
{
	int64_t off = g->hello.wall_us - g->asked_at_us - g->answer_us / 2;

	if (off <= g->answer_us / 2 && off >= -g->answer_us / 2)
		off = 0;
	return (double)off / (double)US_PER_S;
}

static void
check_cell(struct buf *out, struct span text)
{
	if (text.n == 0)
		buf_add_char(out, '-');
	else
		terminal_put(text, out);
	buf_add_char(out, '\t');
}

static void
check_cell_seconds(struct buf *out, bool known, double s)
{
	if (known)
		report_put_seconds(s, out);
	else
		buf_add_char(out, '-');
	buf_add_char(out, '\t');
}

static void
check_cell_time(struct buf *out, int64_t us)
{
	when_format(us, "-", out);
	buf_add_char(out, '\t');
}

static void
check_row(const struct config_sensor *s, const struct greeting *g,
    const struct verdict_word *v, struct buf *out)
{
	const struct reply_hello *h = &g->hello;
	struct buf system = BUF_INIT;
	bool told = g->kind == GREETING_ANSWERED;
	size_t i;

	buf_printf(out, "%s\t%s\t", s->head.name, v->word);
	if (!told) {
		buf_add_char(out, REPORT_TABLE_WIDE);
		check_cell(out, span_from(v->why));
		buf_add_char(out, '\n');
		return;
	}
	check_cell_seconds(out, true, (double)g->answer_us / US_PER_S);
	check_cell(out, h->program);
	buf_add(&system, h->os.p, h->os.n);
	buf_add_char(&system, ' ');
	buf_add(&system, h->machine.p, h->machine.n);
	check_cell(out, buf_span(&system));
	buf_clear(&system);
	check_cell(out, h->zeek);
	check_cell_time(out, h->watermark_us);
	check_cell_seconds(out,
	    h->watermark_us != INT64_MIN && h->wall_us != INT64_MIN,
	    (double)(h->wall_us - h->watermark_us) / US_PER_S);
	check_cell_seconds(
	    out, h->lag_us != INT64_MIN, (double)h->lag_us / US_PER_S);
	if (h->wall_us != INT64_MIN && check_clock_s(g) == 0)
		buf_add_str(out, "0 s\t");
	else
		check_cell_seconds(
		    out, h->wall_us != INT64_MIN, check_clock_s(g));
	buf_add_char(out, REPORT_TABLE_WIDE);
	for (i = 0; i < h->folders.n; i++) {
		buf_add_str(out, i == 0 ? "" : " ");
		terminal_put(h->folders.v[i], out);
	}
	if (v->why[0] != '\0')
		buf_printf(out, "%s(%s)", i == 0 ? "" : " ", v->why);
	buf_add_str(out, "\t\n");
}

static void
check_json_text(struct buf *out, const char *key, struct span text)
{
	buf_printf(out, ", \"%s\": ", key);
	if (text.n == 0) {
		buf_add_str(out, "null");
		return;
	}
	buf_add_char(out, '"');
	buf_add_json(out, text);
	buf_add_char(out, '"');
}

static void
check_json_seconds(struct buf *out, const char *key, bool known, double s)
{
	if (known)
		buf_printf(out, ", \"%s\": %.6f", key, s);
	else
		buf_printf(out, ", \"%s\": null", key);
}

static void
check_json_texts(
    struct buf *out, const char *key, const struct wire_texts *texts)
{
	size_t i;

	buf_printf(out, ", \"%s\": [", key);
	for (i = 0; i < texts->n; i++) {
		buf_add_str(out, i == 0 ? "\"" : ", \"");
		buf_add_json(out, texts->v[i]);
		buf_add_char(out, '"');
	}
	buf_add_char(out, ']');
}

static void
check_json(const struct config_sensor *s, const struct greeting *g,
    const struct verdict_word *v, struct buf *out)
{
	const struct reply_hello *h = &g->hello;
	bool told = g->kind == GREETING_ANSWERED;

	buf_printf(out, "{\"name\": \"%s\", \"ok\": %s", s->head.name,
	    check_is_fine(v) ? "true" : "false");
	check_json_text(out, "state", span_from(v->word));
	check_json_text(out, "why", span_from(v->why));
	check_json_seconds(out, "reached_after", g->kind != GREETING_FAILED,
	    (double)g->reached_us / US_PER_S);
	check_json_seconds(
	    out, "answered_after", told, (double)g->answer_us / US_PER_S);
	if (told) {
		check_json_text(out, "program", h->program);
		check_json_text(out, "os", h->os);
		check_json_text(out, "machine", h->machine);
		check_json_text(out, "zeek", h->zeek);
		check_json_text(out, "called", h->name);
		check_json_texts(out, "attributes", &h->attributes);
		check_json_texts(out, "logs", &h->folders);
		check_json_seconds(out, "watermark",
		    h->watermark_us != INT64_MIN,
		    (double)h->watermark_us / US_PER_S);
		check_json_seconds(out, "lag", h->lag_us != INT64_MIN,
		    (double)h->lag_us / US_PER_S);
		check_json_seconds(out, "clock_offset", h->wall_us != INT64_MIN,
		    check_clock_s(g));
		check_json_seconds(out, "clock_error", true,
		    (double)g->answer_us / 2 / US_PER_S);
	}
	buf_add_char(out, '}');
}

static void
check_say_unknown(const char *name)
{
	(void)fprintf(stderr,
	    "crosstap: 'crosstap sensors add %s' shows the host key of %s and "
	    "asks whether to trust it\n",
	    name, name);
}

static int
check_print(const struct check *c, enum sensors_form form)
{
	struct buf rows = BUF_INIT, out = BUF_INIT;
	const char *unknown = NULL;
	struct verdict_word v;
	int status = EXIT_AGREE, printed;
	size_t i;

	if (form == SENSORS_JSON)
		buf_add_char(&out, '[');
	else
		buf_add_str(&rows,
		    "sensor\tstate\tanswer\tprogram\tsystem\tzeek\t"
		    "log up to (UTC)\tago\tlag\tclock\tlogs\t\n");
	for (i = 0; i < c->n; i++) {
		check_judge(&c->greeting[i], &v);
		if (!check_is_fine(&v))
			status = EXIT_TROUBLE;
		if (unknown == NULL &&
		    strcmp(v.word, ssh_end_name(SSH_HOST_KEY_UNKNOWN)) == 0)
			unknown = c->sensor[i]->head.name;
		if (form == SENSORS_JSON) {
			buf_add_str(&out, i == 0 ? "\n" : ",\n");
			check_json(c->sensor[i], &c->greeting[i], &v, &out);
		} else
			check_row(c->sensor[i], &c->greeting[i], &v, &rows);
	}
	if (form == SENSORS_JSON)
		buf_add_str(&out, "\n]\n");
	else if (buf_ok(&rows))
		report_table(buf_span(&rows), "llrlllrrrrl", &out);
	out.failed = out.failed || rows.failed;
	buf_clear(&rows);
	printed = command_print(&out);
	if (unknown != NULL && form != SENSORS_JSON)
		check_say_unknown(unknown);
	return printed != EXIT_AGREE ? printed : status;
}

static void
check_clear(struct check *c)
{
	size_t i;

	for (i = 0; i < c->n && c->greeting != NULL; i++)
		greeting_clear(&c->greeting[i]);
	for (i = 0; i < c->made; i++)
		remote_target_clear(&c->remote[i]);
	free(c->sensor);
	free(c->remote);
	free(c->target);
	free(c->greeting);
	config_clear(&c->config);
}

static bool
check_make(struct check *c, const struct operands *names, struct diag *d)
{
	c->sensor = calloc(c->config.nsensors + 1, sizeof(*c->sensor));
	if (c->sensor == NULL) {
		diag_set(d, "out of memory");
		return false;
	}
	if (!check_choose(c, names, d))
		return false;
	c->remote = calloc(c->n + 1, sizeof(*c->remote));
	c->target = calloc(c->n + 1, sizeof(*c->target));
	c->greeting = calloc(c->n + 1, sizeof(*c->greeting));
	if (c->remote == NULL || c->target == NULL || c->greeting == NULL) {
		diag_set(d, "out of memory");
		return false;
	}
	return check_targets(c, d);
}

int
sensors_check(const struct sensors_options *o, const struct operands *rest)
{
	struct check c = { .n = 0 };
	struct diag d = DIAG_INIT;
	struct ssh *ssh = NULL;
	int status = EXIT_TROUBLE;

	if (!config_load_said(o->config, &c.config))
		return EXIT_TROUBLE;
	if (check_make(&c, rest, &d) && (ssh = ssh_new(NULL, &d)) != NULL &&
	    greet(ssh, c.target, c.n, c.greeting, &d))
		status = check_print(&c, o->form);
	if (ssh != NULL)
		ssh_free(ssh);
	if (d.text[0] != '\0')
		(void)fprintf(stderr, "crosstap: %s\n", d.text);
	check_clear(&c);
	return status;
}
