/*
 * HTTP and HTTPS calls on the loop: many at once, none of which ever blocks.
 * The other side is proved by its certificate, redirects are not followed,
 * and an answer has a limit in time and in bytes. http_proxy, https_proxy and
 * no_proxy of the environment are heeded. Names and sizes are of libcurl.
 */
#ifndef NET_HTTP_CLIENT_H
#define NET_HTTP_CLIENT_H

#include "base/buf.h"
#include "base/diag.h"
#include "net/loop.h"

#define HTTP_MAX_HEADERS 8

struct http_client;
struct http_call;

enum http_take {
	HTTP_TOOK,
	HTTP_WAIT, /* nothing of it: it comes again after http_resume() */
	HTTP_ENOUGH
};

/* Bytes of an answer as they come, unpacked, with the status that came before
 * them. May not call the client. */
typedef enum http_take http_body_fn(int status, struct span bytes, void *arg);

/* All texts are borrowed until http_post() returns, NULL: none. */
struct http_request {
	const char *url; /* http:// or https:// */
	struct {
		const char *name, *value; /* without line ends */
	} header[HTTP_MAX_HEADERS];
	size_t nheaders;
	struct span body;
	const char *user, *password; /* basic authentication */
	const char *ca_file;         /* PEM; NULL: those of the system */
	unsigned connect_s, total_s; /* 0: 10 and 30 */
	size_t max_bytes;            /* of the answer; 0: 64 KB */
	/* A long answer, in pieces: it has no limit in bytes and, with total_s
	 * 0, none in time, but may not stand still for stall_s. */
	http_body_fn *on_body; /* NULL: it is given whole */
	void *body_arg;
	unsigned stall_s;     /* 0: 300 */
	const char *encoding; /* that we can read, such as "gzip" */
};

/* Whether libcurl unpacks that encoding, "gzip" or "zstd". */
bool http_can_unpack(const char *encoding);

enum http_end {
	HTTP_ANSWERED,    /* with any status */
	HTTP_UNREACHABLE, /* no address, or no connection to it */
	HTTP_UNTRUSTED,   /* its certificate, or ours of those we trust */
	HTTP_TIMEOUT,
	HTTP_BROKEN /* no URL, no HTTP, or cut off in the middle */
};

struct http_answer {
	enum http_end end;
	int status;       /* 200, 404; 0: none */
	struct span body; /* borrowed; what is over max_bytes is cut off */
	bool cut;
	const char *text; /* of an end other than HTTP_ANSWERED */
};

/* Called once. May begin and cancel calls, but not free the client. */
typedef void http_done_fn(const struct http_answer *a, void *arg);

/* NULL with d set. */
struct http_client *http_client_new(struct loop *l, struct diag *d);
/* Breaks off what is under way, without a call of done. */
void http_client_free(struct http_client *c);

/* Never calls done before it has returned. NULL with d set. */
struct http_call *http_post(struct http_client *c, const struct http_request *r,
    http_done_fn *done, void *arg, struct diag *d);
/* What HTTP_WAIT has kept comes again, and more. */
void http_resume(struct http_call *call);
/* Without a call of done; the call is no more. */
void http_cancel(struct http_call *call);

#endif
