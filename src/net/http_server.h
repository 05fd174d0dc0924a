/*
 * A web server for reading, on the event loop: GET and HEAD only, each answered
 * at once by one function. It is for people and programs on this host, or those
 * that a token lets in; what a browser may do with an answer is said strictly.
 */
#ifndef NET_HTTP_SERVER_H
#define NET_HTTP_SERVER_H

#include "base/buf.h"
#include "base/diag.h"
#include "net/loop.h"

#define HTTP_SERVER_MAX_HEADERS 16384  /* bytes of a request */
#define HTTP_SERVER_MAX_CONNECTIONS 64 /* further ones wait */
#define HTTP_SERVER_IDLE_S 15          /* without a byte */
#define HTTP_SERVER_CONNECTION_S 120   /* in all */

struct http_server;

struct http_server_options {
	const char *listen; /* ADDRESS:PORT in numbers; NULL: none */
	const char *socket; /* path; NULL: none */
	/* Who has it may read: as a bearer token, or as the password of any
	 * user. Empty: everyone who reaches the server. */
	struct span token;
	/* Names that requests may call the server by, beside localhost and
	 * addresses: a page of elsewhere must not make a browser ask here by
	 * a name of its own. Not looked at where there is a token. */
	const char *const *hosts;
	size_t nhosts;
};

struct http_server_params;
struct http_server_request {
	const char *path; /* not decoded; begins with '/' */
	const struct http_server_params *params;
};
/* The first parameter of that name, decoded; NULL: there is none. */
const char *
http_server_param(const struct http_server_request *r, const char *name);

/* A part of the path, decoded; owned. NULL: it is none, or out of memory. */
char *http_server_decode(const char *part);

/* Filled by the answering function; body is sent and freed by the server. A
 * failed body is status 500. */
struct http_server_answer {
	unsigned status;  /* 200 at first */
	const char *type; /* static: of the body */
	struct buf body;
	const char *location; /* static or NULL: of a redirection */
};

typedef void http_server_fn(const struct http_server_request *r,
    struct http_server_answer *a, void *arg);

/* All that o points to is borrowed. NULL with d set. */
struct http_server *
http_server_listen(struct loop *l, const struct http_server_options *o,
    http_server_fn *fn, void *arg, struct diag *d);
/* Also ends the connections. */
void http_server_close(struct http_server *s);

/* Whether ADDRESS:PORT is one, and of this host only. */
bool http_server_address(
    const char *listen, bool *loopback, struct diag *d) MUSTCHECK;

#endif
