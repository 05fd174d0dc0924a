/*
 * NRDP takes all states in one POST and writes each into the spool of Nagios,
 * where only what may stand in a line of it arrives whole: the output is
 * escaped as for the spool. XML, since every release of NRDP takes it; the
 * status of HTTP is always 200.
 */
#include <stdlib.h>
#include "feed/http_feed.h"
#include "feed/kinds.h"
#include "feed/nagios_output.h"
#include "feed/nrdp.h"

struct nrdp {
	struct http_feed http;
	size_t n; /* states under way */
};

static void
nrdp_xml(struct span s, struct buf *out)
{
	static const struct {
		char sign;
		const char *entity;
	} entities[] = { { '&', "&amp;" }, { '<', "&lt;" }, { '>', "&gt;" },
		{ '"', "&quot;" }, { '\'', "&apos;" } };
	size_t i, k;

	for (i = 0; i < s.n; i++) {
		for (k = 0; k < ARRAY_LEN(entities); k++)
			if (entities[k].sign == s.p[i])
				break;
		if (k < ARRAY_LEN(entities))
			buf_add_str(out, entities[k].entity);
		else
			buf_add_char(out, s.p[i]);
	}
}

/* application/x-www-form-urlencoded */
static void
nrdp_value(const char *name, struct span s, struct buf *out)
{
	static const char plain[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	    "-._";
	size_t i;

	buf_printf(out, "%s%s=", out->n == 0 ? "" : "&", name);
	for (i = 0; i < s.n; i++)
		if (s.p[i] != '\0' && strchr(plain, s.p[i]) != NULL)
			buf_add_char(out, s.p[i]);
		else if (s.p[i] == ' ')
			buf_add_char(out, '+');
		else
			buf_printf(out, "%%%02X", (unsigned char)s.p[i]);
}

static void
nrdp_result(const struct feed *f, const struct feed_status *s, struct buf *out)
{
	struct feed_service name = feed_service(f, s);
	struct buf output = BUF_INIT;

	buf_add_str(
	    out, "<checkresult type=\"service\" checktype=\"1\"><hostname>");
	nrdp_xml(span_from(name.host), out);
	buf_add_str(out, "</hostname><servicename>");
	nrdp_xml(span_from(name.service), out);
	buf_printf(
	    out, "</servicename><state>%d</state><output>", (int)s->state);
	(void)nagios_output(s, NAGIOS_MAX_OUTPUT, &output);
	if (buf_ok(&output))
		nrdp_xml(buf_span(&output), out);
	else
		out->failed = true;
	buf_add_str(out, "</output></checkresult>\n");
	buf_clear(&output);
}

void
nrdp_form(const struct feed *f, struct span token,
    const struct feed_status *const s[], size_t n, struct buf *out)
{
	struct buf xml = BUF_INIT;
	size_t i;

	buf_add_str(&xml, "<?xml version=\"1.0\"?>\n<checkresults>\n");
	for (i = 0; i < n; i++)
		nrdp_result(f, s[i], &xml);
	buf_add_str(&xml, "</checkresults>\n");
	nrdp_value("token", token, out);
	nrdp_value("cmd", SPAN_LITERAL("submitcheck"), out);
	if (buf_ok(&xml))
		nrdp_value("XMLDATA", buf_span(&xml), out);
	else
		out->failed = true;
	buf_clear(&xml);
}

/* What stands in the first element of that name; empty if there is none. */
static struct span
nrdp_element(struct span s, const char *name)
{
	struct buf tag = BUF_INIT;
	struct span out = { "", 0 };
	const char *at;

	buf_printf(&tag, "<%s>", name);
	at = buf_ok(&tag) ? memmem(s.p, s.n, tag.p, tag.n) : NULL;
	if (at != NULL) {
		out.p = at + tag.n;
		out.n = (size_t)(s.p + s.n - out.p);
		at = memchr(out.p, '<', out.n);
		out.n = at == NULL ? 0 : (size_t)(at - out.p);
	}
	buf_clear(&tag);
	return out;
}

bool
nrdp_answer(struct span answer, size_t n, struct diag *d)
{
	struct span status = nrdp_element(answer, "status");
	struct span message = nrdp_element(answer, "message");
	struct span output = nrdp_element(answer, "output");
	uint64_t processed;
	size_t digits = 0;

	if (!span_is(status, "0")) {
		diag_set(d, "%s%.*s",
		    status.n == 0 ? "no answer of an NRDP" : "NRDP refuses: ",
		    message.n > 120 ? 120 : (int)message.n, message.p);
		return false;
	}
	while (digits < output.n && output.p[digits] >= '0' &&
	    output.p[digits] <= '9')
		digits++;
	if (digits > 0 &&
	    span_parse_u64(
		(struct span){ output.p, digits }, UINT64_MAX, &processed) &&
	    processed < n) {
		diag_set(d, "NRDP has processed %llu of %zu results",
		    (unsigned long long)processed, n);
		return false;
	}
	return true;
}

static void
nrdp_close(struct feed *f)
{
	struct nrdp *nr = f->state;

	http_feed_close(&nr->http);
	free(nr);
	f->state = NULL;
}

static bool
nrdp_open(struct feed *f, struct diag *d)
{
	struct nrdp *nr = calloc(1, sizeof(*nr));

	if (nr == NULL)
		diag_set(d, "out of memory");
	else if (http_feed_open(&nr->http, f, f->config->token_file, d)) {
		f->state = nr;
		return true;
	}
	free(nr);
	return false;
}

static void
nrdp_done(const struct http_answer *a, void *arg)
{
	struct feed *f = arg;
	struct nrdp *nr = f->state;
	struct diag d = DIAG_INIT;

	nr->http.call = NULL;
	if (http_feed_result(a, &d) == HTTP_FEED_TAKEN &&
	    nrdp_answer(a->body, nr->n, &d))
		feed_sent(f, nr->n, NULL);
	else
		feed_sent(f, 0, &d);
}

static void
nrdp_send(struct feed *f, const struct feed_status *const s[], size_t n)
{
	struct nrdp *nr = f->state;
	struct buf form = BUF_INIT;
	struct diag d = DIAG_INIT;
	struct http_request r = { .url = f->config->url,
		.ca_file = f->config->ca_file };

	nrdp_form(f, buf_span(&nr->http.secret), s, n, &form);
	nr->n = n;
	r.body = buf_span(&form);
	if (!buf_ok(&form))
		diag_set(&d, "out of memory");
	if (!buf_ok(&form) || !http_feed_post(&nr->http, &r, nrdp_done, f, &d))
		feed_sent(f, 0, &d);
	buf_clear(&form);
}

const struct feed_kind feed_nrdp = {
	.name = "nrdp",
	.takes = FEED_STATES,
	.open = nrdp_open,
	.close = nrdp_close,
	.send_states = nrdp_send,
};
