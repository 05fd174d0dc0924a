/*
 * The site: which address is answered by what. It only reads, and does bounded
 * work for a request.
 */
#ifndef WEB_SITE_H
#define WEB_SITE_H

#include "net/http_server.h"
#include "store/store.h"

struct site {
	struct store *store; /* borrowed; for reading */
	int64_t (*now_us)(void *arg);
	void (*metrics)(struct buf *out, void *arg); /* NULL: there are none */
	void *arg;
};

/* An http_server_fn; arg is a struct site. */
void site_answer(const struct http_server_request *r,
    struct http_server_answer *a, void *arg);

#endif
