/*
 * A table of addresses; "*" is one word between slashes.
 */
#include <stdlib.h>
#include <string.h>
#include "sys/when.h"
#include "web/assets.h"
#include "web/page.h"
#include "web/visit.h"

static void
site_metrics(struct visit *v)
{
	if (v->site->metrics == NULL) {
		diag_set(&v->why, "no metrics here");
		visit_fail(v, 404);
		return;
	}
	v->answer->type = "text/plain; version=0.0.4; charset=utf-8";
	v->site->metrics(v->out, v->site->arg);
}

static void
site_css(struct visit *v)
{
	v->answer->type = "text/css; charset=utf-8";
	buf_add_str(v->out, assets_css);
}

static void
site_js(struct visit *v)
{
	v->answer->type = "text/javascript; charset=utf-8";
	buf_add_str(v->out, assets_js);
}

static void
site_icon(struct visit *v)
{
	v->answer->type = "image/svg+xml";
	buf_add_str(v->out,
	    "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 16 16\">"
	    "<rect width=\"16\" height=\"16\" rx=\"3\" fill=\"#1f4e5f\"/>"
	    "<path d=\"M3 5h10M3 11h4m3 0h3\" stroke=\"#fff\" "
	    "stroke-width=\"2.5\"/></svg>\n");
}

#define SITE_API "/api/v1/"

static const struct route {
	const char *path;
	void (*fn)(struct visit *v);
} site_routes[] = {
	{ "/", page_overview },
	{ "/group/*", page_group },
	{ "/bucket/*/*", page_bucket },
	{ "/incidents", page_incidents },
	{ "/incident/*", page_incident },
	{ "/sensors", page_sensors },
	{ "/sensor/*", page_sensor },
	{ "/coverage", page_coverage },
	{ "/metrics", site_metrics },
	{ "/crosstap.css", site_css },
	{ "/crosstap.js", site_js },
	{ "/icon.svg", site_icon },
	{ SITE_API "groups", api_groups },
	{ SITE_API "groups/*/heat", api_heat },
	{ SITE_API "groups/*/buckets/*", api_bucket },
	{ SITE_API "groups/*/coverage", api_coverage },
	{ SITE_API "sensors", api_sensors },
	{ SITE_API "sensors/*", api_sensor },
	{ SITE_API "incidents", api_incidents },
	{ SITE_API "incidents/*", api_incident },
};

/* The open words of the path, decoded and owned by the caller. */
static bool
site_match(const char *route, const char *path, char *word[2])
{
	char part[512];
	size_t n = 0, k;

	for (; *route != '\0'; route++) {
		if (*route != '*') {
			if (*path++ != *route)
				return false;
			continue;
		}
		k = strcspn(path, "/");
		if (k == 0 || k >= sizeof(part))
			return false;
		memcpy(part, path, k);
		part[k] = '\0';
		word[n] = http_server_decode(part);
		if (word[n++] == NULL)
			return false;
		path += k;
	}
	return *path == '\0';
}

static bool
site_go(struct visit *v)
{
	char *word[2];
	bool ok = false;
	size_t i;

	for (i = 0; i < ARRAY_LEN(site_routes) && !ok; i++) {
		word[0] = word[1] = NULL;
		ok = site_match(site_routes[i].path, v->request->path, word);
		v->word[0] = word[0];
		v->word[1] = word[1];
		if (ok)
			site_routes[i].fn(v);
		free(word[0]);
		free(word[1]);
	}
	return ok;
}

void
site_answer(const struct http_server_request *r, struct http_server_answer *a,
    void *arg)
{
	const struct site *s = arg;
	struct visit v = { .site = s,
		.request = r,
		.answer = a,
		.out = &a->body,
		.now_us = s->now_us(s->arg) };

	v.json = strncmp(r->path, SITE_API, sizeof(SITE_API) - 1) == 0;
	if (v.json)
		a->type = "application/json";
	if (!site_go(&v)) {
		diag_set(&v.why, "there is nothing at this address");
		visit_fail(&v, 404);
	}
}

const char *
visit_param(const struct visit *v, const char *name)
{
	const char *text = http_server_param(v->request, name);

	return text == NULL || *text == '\0' ? NULL : text;
}

bool
visit_time(struct visit *v, const char *name, int64_t none_us, int64_t *out_us)
{
	const char *text = visit_param(v, name);

	*out_us = none_us;
	if (text == NULL || when_parse(text, NULL, v->now_us, out_us, &v->why))
		return true;
	visit_fail(v, 400);
	return false;
}

bool
visit_number(
    struct visit *v, const char *text, int64_t min, int64_t max, int64_t *out)
{
	uint64_t n;

	if (span_parse_u64(span_from(text), (uint64_t)max, &n) &&
	    (int64_t)n >= min) {
		*out = (int64_t)n;
		return true;
	}
	diag_set(&v->why, "'%.40s' is no number from %lld to %lld", text,
	    (long long)min, (long long)max);
	visit_fail(v, 400);
	return false;
}

void
visit_fail(struct visit *v, unsigned status)
{
	buf_clear(v->out);
	v->answer->status = status;
	if (v->json)
		put(v->out, "{\"error\":%q}\n", v->why.text);
	else
		page_error(v);
}

static const struct {
	enum store_error e;
	unsigned status;
} visit_statuses[] = { { STORE_NOT_FOUND, 404 }, { STORE_RANGE, 400 },
	{ STORE_PRUNED, 404 }, { STORE_BUSY, 503 } };

bool
visit_ok(struct visit *v, enum store_error e)
{
	unsigned status = 500;
	size_t i;

	if (e == STORE_OK)
		return true;
	for (i = 0; i < ARRAY_LEN(visit_statuses); i++)
		if (visit_statuses[i].e == e)
			status = visit_statuses[i].status;
	visit_fail(v, status);
	return false;
}
