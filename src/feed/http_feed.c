#include "feed/http_feed.h"
#include "sys/file.h"

#define HTTP_FEED_MAX_QUOTE 120 /* bytes of an answer that people see */

bool
http_feed_open(struct http_feed *h, const struct feed *f,
    const char *secret_file, struct diag *d)
{
	*h = (struct http_feed){ NULL };
	if (secret_file == NULL || file_read_secret(secret_file, &h->secret, d))
		h->client = http_client_new(f->loop, d);
	if (h->client != NULL)
		return true;
	buf_wipe(&h->secret);
	return false;
}

void
http_feed_close(struct http_feed *h)
{
	http_client_free(h->client);
	h->client = NULL;
	h->call = NULL;
	buf_wipe(&h->secret);
}

bool
http_feed_post(struct http_feed *h, const struct http_request *r,
    http_done_fn *done, void *arg, struct diag *d)
{
	h->call = http_post(h->client, r, done, arg, d);
	return h->call != NULL;
}

/* The first line with something on it; of a page of HTML it is of no use. */
static int
http_feed_quote(struct span *s)
{
	size_t n = 0;

	while (s->n > 0 && (unsigned char)s->p[0] <= ' ') {
		s->p++;
		s->n--;
	}
	while (n < s->n && n < HTTP_FEED_MAX_QUOTE &&
	    (unsigned char)s->p[n] >= ' ' && s->p[n] != 127)
		n++;
	return n > 0 && s->p[0] == '<' ? 0 : (int)n;
}

enum http_feed_result
http_feed_result(const struct http_answer *a, struct diag *d)
{
	struct span body = a->body;
	int n;

	if (a->end != HTTP_ANSWERED) {
		diag_set(d, "%s", a->text);
		return HTTP_FEED_AGAIN;
	}
	if (a->status >= 200 && a->status < 300)
		return HTTP_FEED_TAKEN;
	n = http_feed_quote(&body);
	diag_set(d, "it answers %d%s%.*s", a->status, n > 0 ? ": " : "", n,
	    n > 0 ? body.p : "");
	return a->status >= 500 || a->status == 408 || a->status == 429
	    ? HTTP_FEED_AGAIN
	    : HTTP_FEED_NEVER;
}
