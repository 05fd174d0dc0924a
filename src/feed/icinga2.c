/*
 * The API takes one result a call: they go one after the other over one
 * connection. An object that Icinga does not have must not hold up the others:
 * it is said, and the next one is sent.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include "feed/http_feed.h"
#include "feed/icinga2.h"
#include "feed/kinds.h"

#define ICINGA2_ACTION "/v1/actions/process-check-result"

struct icinga2 {
	struct http_feed http;
	char *url; /* owned */
	char source[256];
	struct icinga2_one {
		struct buf body;
		char name[160]; /* HOST!SERVICE */
	} * one;                /* owned: under way */
	size_t n, at;
	struct diag trouble; /* the first of the batch */
	/* Stands until that object takes one: "", or HOST!SERVICE and why. */
	char refuses[160];
	struct diag why;
};

static void
icinga2_string(struct buf *out, const char *key, struct span value)
{
	buf_printf(out, "\"%s\":\"", key);
	buf_add_json(out, value);
	buf_add_str(out, "\"");
}

/* A list of the items; a blank in a label stands between quotes. */
static void
icinga2_numbers(struct buf *out, struct span s)
{
	size_t from = 0, at;
	bool quoted = false;

	buf_add_str(out, "\"performance_data\":[");
	for (at = 0; s.n > 0 && at <= s.n; at++) {
		if (at < s.n && s.p[at] == '\'')
			quoted = !quoted;
		if (at < s.n && (quoted || s.p[at] != ' '))
			continue;
		buf_add_str(out, from == 0 ? "\"" : ",\"");
		buf_add_json(out, (struct span){ s.p + from, at - from });
		buf_add_char(out, '"');
		from = at + 1;
	}
	buf_add_char(out, ']');
}

void
icinga2_result(const struct feed *f, const struct feed_status *s,
    const char *source, struct buf *out)
{
	struct feed_service name = feed_service(f, s);

	buf_add_str(out, "{\"type\":\"Service\",\"service\":\"");
	buf_add_json(out, span_from(name.host));
	buf_add_char(out, '!');
	buf_add_json(out, span_from(name.service));
	buf_printf(
	    out, "\",\"exit_status\":%d,\"plugin_output\":\"", (int)s->state);
	buf_add_json(out, buf_span(&s->text));
	if (s->more.n > 0) {
		buf_add_str(out, "\\n");
		buf_add_json(out, buf_span(&s->more));
	}
	buf_add_str(out, "\",");
	icinga2_numbers(out, buf_span(&s->perfdata));
	buf_add_char(out, ',');
	icinga2_string(out, "check_source", span_from(source));
	buf_printf(out, ",\"execution_start\":%.6f,\"execution_end\":%.6f",
	    (double)s->at_us / (double)US_PER_S,
	    (double)s->at_us / (double)US_PER_S);
	buf_printf(
	    out, ",\"ttl\":%lld}", (long long)(f->config->ttl_us / US_PER_S));
}

/* The first result that is not good. */
static const json_t *
icinga2_failed(const json_t *results)
{
	const json_t *one;
	size_t i;

	json_array_foreach(results, i,
	    one) if (json_number_value(json_object_get(one, "code")) >= 300 ||
	    !json_is_number(json_object_get(one, "code"))) return one;
	return NULL;
}

bool
icinga2_answer(int status, struct span json, bool *about, struct diag *d)
{
	json_t *root = json_loadb(json.p, json.n, 0, NULL);
	const json_t *results = json_object_get(root, "results");
	const json_t *failed = icinga2_failed(results);
	const char *text;
	bool some = json_array_size(results) > 0;

	*about = some || status == 404 || status == 400;
	if (status < 300 && some && failed == NULL) {
		json_decref(root);
		return true;
	}
	text = json_string_value(
	    json_object_get(failed != NULL ? failed : root, "status"));
	diag_set(d, "Icinga answers %d: %.200s", status,
	    text != NULL        ? text
		: root != NULL  ? "and nothing was checked"
		: status == 401 ? "wrong user or password"
				: "and that in no JSON");
	json_decref(root);
	return false;
}

/* -- sending -- */

static void
icinga2_forget(struct icinga2 *ic)
{
	size_t i;

	for (i = 0; i < ic->n; i++)
		buf_clear(&ic->one[i].body);
	free(ic->one);
	ic->one = NULL;
	ic->n = ic->at = 0;
}

static void
icinga2_close(struct feed *f)
{
	struct icinga2 *ic = f->state;

	http_feed_close(&ic->http);
	icinga2_forget(ic);
	free(ic->url);
	free(ic);
	f->state = NULL;
}

static bool
icinga2_open(struct feed *f, struct diag *d)
{
	struct icinga2 *ic = calloc(1, sizeof(*ic));
	struct buf url = BUF_INIT;

	if (ic == NULL) {
		diag_set(d, "out of memory");
		return false;
	}
	feed_here(ic->source, sizeof(ic->source));
	buf_add_str(&url, f->config->url);
	while (url.n > 0 && url.p[url.n - 1] == '/')
		url.n--;
	buf_add_str(&url, ICINGA2_ACTION);
	ic->url = url.p;
	if (buf_ok(&url) &&
	    http_feed_open(&ic->http, f, f->config->password_file, d)) {
		f->state = ic;
		return true;
	}
	diag_set(d, "out of memory");
	free(ic->url);
	free(ic);
	return false;
}

static void icinga2_next(struct feed *f);

static void
icinga2_end(struct feed *f, size_t delivered)
{
	struct icinga2 *ic = f->state;
	struct diag d = ic->trouble;

	if (ic->refuses[0] != '\0')
		diag_set(&d, "%s: %s", ic->refuses, ic->why.text);
	icinga2_forget(ic);
	feed_sent(f, delivered, d.text[0] == '\0' ? NULL : &d);
}

/* One of them is enough to be said. */
static void
icinga2_note(struct icinga2 *ic, const char *name, const struct diag *d)
{
	bool same = strcmp(ic->refuses, name) == 0;

	if (d->text[0] == '\0' && same)
		ic->refuses[0] = '\0';
	else if (d->text[0] != '\0' && (same || ic->refuses[0] == '\0')) {
		(void)snprintf(ic->refuses, sizeof(ic->refuses), "%s", name);
		ic->why = *d;
	}
}

static void
icinga2_done(const struct http_answer *a, void *arg)
{
	struct feed *f = arg;
	struct icinga2 *ic = f->state;
	struct diag d = DIAG_INIT;
	bool about;

	ic->http.call = NULL;
	if (a->end != HTTP_ANSWERED) {
		diag_set(&ic->trouble, "%s", a->text);
		icinga2_end(f, ic->at);
		return;
	}
	if (!icinga2_answer(a->status, a->body, &about, &d) && !about) {
		diag_set(&ic->trouble, "%s", d.text);
		icinga2_end(f, ic->at);
		return;
	}
	icinga2_note(ic, ic->one[ic->at].name, &d);
	ic->at++;
	icinga2_next(f);
}

static void
icinga2_next(struct feed *f)
{
	struct icinga2 *ic = f->state;
	struct http_request r = { .url = ic->url,
		.header = { { "Accept", "application/json" },
		    { "Content-Type", "application/json" } },
		.nheaders = 2,
		.user = f->config->user,
		.password = ic->http.secret.p,
		.ca_file = f->config->ca_file };

	if (ic->at == ic->n) {
		icinga2_end(f, ic->n);
		return;
	}
	r.body = buf_span(&ic->one[ic->at].body);
	if (!http_feed_post(&ic->http, &r, icinga2_done, f, &ic->trouble))
		icinga2_end(f, ic->at);
}

static void
icinga2_send(struct feed *f, const struct feed_status *const s[], size_t n)
{
	struct icinga2 *ic = f->state;
	bool ok;
	size_t i;

	ic->trouble = (struct diag)DIAG_INIT;
	ic->one = calloc(n, sizeof(*ic->one));
	ok = ic->one != NULL;
	for (i = 0; ok && i < n; i++) {
		struct feed_service name = feed_service(f, s[i]);

		icinga2_result(f, s[i], ic->source, &ic->one[i].body);
		(void)snprintf(ic->one[i].name, sizeof(ic->one[i].name),
		    "%s!%s", name.host, name.service);
		ok = buf_ok(&ic->one[i].body);
		ic->n++;
	}
	if (ok) {
		icinga2_next(f);
		return;
	}
	diag_set(&ic->trouble, "out of memory");
	icinga2_end(f, 0);
}

const struct feed_kind feed_icinga2 = {
	.name = "icinga2",
	.takes = FEED_STATES,
	.open = icinga2_open,
	.close = icinga2_close,
	.send_states = icinga2_send,
};
