/*
 * The site: which address is answered by what. It only reads, and does bounded
 * work for a request.
 */
#ifndef WEB_SITE_H
#define WEB_SITE_H

#include "net/http_server.h"
#include "store/reading.h"

enum site_history {
	SITE_HISTORY_ASKED, /* look again soon */
	SITE_HISTORY_KNOWN,
	SITE_HISTORY_AWAY /* why is set */
};

struct site {
	struct store *store; /* borrowed; for reading */
	int64_t (*now_us)(void *arg);
	void (*metrics)(struct buf *out, void *arg); /* NULL: there are none */
	void *arg;
	/* Cells by bucket of a time that the store has pruned; NULL: they are
	 * nowhere. *v is owned. */
	enum site_history (*history)(const char *group, int64_t from_us,
	    int64_t to_us, struct store_cell **v, size_t *n, struct diag *why,
	    void *arg);
};

/* An http_server_fn; arg is a struct site. */
void site_answer(const struct http_server_request *r,
    struct http_server_answer *a, void *arg);

#endif
