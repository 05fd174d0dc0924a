/*
 * What feeds over HTTP have in common: a client of their own, a secret, and
 * what an answer means. Within feed only.
 */
#ifndef FEED_HTTP_FEED_H
#define FEED_HTTP_FEED_H

#include "feed/feed.h"
#include "net/http_client.h"

struct http_feed {
	struct http_client *client; /* owned */
	struct http_call *call;     /* NULL: none under way */
	struct buf secret;          /* "": none */
};

/* secret_file NULL: there is none. After a failure nothing is left to close. */
bool http_feed_open(struct http_feed *h, const struct feed *f,
    const char *secret_file, struct diag *d) MUSTCHECK;
/* Breaks off what is under way. */
void http_feed_close(struct http_feed *h);

/* Posts; h->call is then set. False with d set. */
bool http_feed_post(struct http_feed *h, const struct http_request *r,
    http_done_fn *done, void *arg, struct diag *d) MUSTCHECK;

enum http_feed_result {
	HTTP_FEED_TAKEN,
	HTTP_FEED_AGAIN, /* may be taken later */
	HTTP_FEED_NEVER  /* the same would be refused again */
};
/* By the end and the status; unless it is taken, d has why, with the beginning
 * of the answer's text. */
enum http_feed_result
http_feed_result(const struct http_answer *a, struct diag *d);

#endif
