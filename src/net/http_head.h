/*
 * The head of an HTTP/1 request, read strictly: what is not exactly as it
 * should be is no request. Pure.
 */
#ifndef NET_HTTP_HEAD_H
#define NET_HTTP_HEAD_H

#include "base/base.h"

/* Borrowed from the text. NULL: not given, and of a faulty head all. */
struct http_head {
	const char *target; /* NULL: no request */
	const char *host, *authorization, *if_none_match;
	bool too_long;   /* the caller's: it did not fit */
	bool reading;    /* GET or HEAD, without a body */
	bool head_only;  /* HEAD */
	bool keep_alive; /* further requests may follow */
};

/* n bytes that end with an empty line, and a NUL after them; text is cut to
 * pieces. */
void http_head_parse(char *text, size_t n, struct http_head *h);

#endif
