/*
 * libcurl tells which sockets it waits for and when it wants to be called; the
 * loop does the rest. Calls end in http_sweep() only, when libcurl is not on
 * the stack, so that a caller may begin the next one from there.
 */
#include <curl/curl.h>
#include <event2/event.h>
#include <stdlib.h>
#include <sys/queue.h>
#include "net/http_client.h"

#define HTTP_CONNECT_S 10
#define HTTP_TOTAL_S 30
#define HTTP_MAX_BYTES (64 * 1024)
#define HTTP_STALL_S 300

#if LIBCURL_VERSION_NUM >= 0x075500
#define HTTP_SET_PROTOCOLS(easy) \
	curl_easy_setopt((easy), CURLOPT_PROTOCOLS_STR, "http,https")
#else
#define HTTP_SET_PROTOCOLS(easy)                    \
	curl_easy_setopt((easy), CURLOPT_PROTOCOLS, \
	    (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS))
#endif

struct http_call {
	TAILQ_ENTRY(http_call) link;
	struct http_client *client;
	CURL *easy;                 /* owned */
	struct curl_slist *headers; /* owned */
	struct buf body;            /* of the answer */
	size_t max_bytes;
	bool cut;
	http_body_fn *on_body; /* NULL: body is kept */
	void *body_arg;
	char error[CURL_ERROR_SIZE];
	http_done_fn *done;
	void *arg;
};

struct http_client {
	struct event_base *base;
	CURLM *multi;        /* owned */
	struct event *timer; /* owned */
	TAILQ_HEAD(, http_call) calls;
};

static void
http_free(struct http_call *call)
{
	TAILQ_REMOVE(&call->client->calls, call, link);
	if (call->easy != NULL) {
		(void)curl_multi_remove_handle(call->client->multi, call->easy);
		curl_easy_cleanup(call->easy);
	}
	curl_slist_free_all(call->headers);
	buf_clear(&call->body);
	free(call);
}

/* What libcurl's end means to us, and to a person. */
static const struct http_meaning {
	CURLcode code;
	enum http_end end;
	const char *advice;
} http_meanings[] = {
	{ CURLE_COULDNT_RESOLVE_HOST, HTTP_UNREACHABLE, "" },
	{ CURLE_COULDNT_RESOLVE_PROXY, HTTP_UNREACHABLE, "" },
	{ CURLE_COULDNT_CONNECT, HTTP_UNREACHABLE, "" },
	{ CURLE_OPERATION_TIMEDOUT, HTTP_TIMEOUT, "" },
	{ CURLE_PEER_FAILED_VERIFICATION, HTTP_UNTRUSTED,
	    "; wanted a certificate of that name, by an authority of the "
	    "system or of ca_file" },
	{ CURLE_SSL_CACERT_BADFILE, HTTP_UNTRUSTED,
	    "; wanted a ca_file with certificates (PEM)" },
	{ CURLE_SSL_CONNECT_ERROR, HTTP_BROKEN, "; wanted TLS there" },
	{ CURLE_URL_MALFORMAT, HTTP_BROKEN, "; wanted http:// or https://" },
	{ CURLE_UNSUPPORTED_PROTOCOL, HTTP_BROKEN,
	    "; wanted http:// or https://" },
};

static void
http_end(struct http_call *call, CURLcode code)
{
	struct http_meaning m = { code, HTTP_BROKEN, "" };
	struct http_answer a = { .end = HTTP_ANSWERED };
	struct diag d = DIAG_INIT;
	long status = 0, os = 0;
	size_t i;

	for (i = 0; i < ARRAY_LEN(http_meanings); i++)
		if (http_meanings[i].code == code)
			m = http_meanings[i];
	(void)curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &status);
	/* we were the ones who broke off */
	if (code == CURLE_WRITE_ERROR && call->cut)
		code = CURLE_OK;
	if (code != CURLE_OK) {
		a.end = m.end;
		if (m.end == HTTP_UNREACHABLE)
			(void)curl_easy_getinfo(
			    call->easy, CURLINFO_OS_ERRNO, &os);
		diag_set(&d, "%s%s%s%s",
		    call->error[0] != '\0' ? call->error
					   : curl_easy_strerror(code),
		    os == 0 ? "" : ": ", os == 0 ? "" : strerror((int)os),
		    m.advice);
		a.text = d.text;
	}
	a.status = (int)status;
	a.body = buf_span(&call->body);
	a.cut = call->cut;
	call->done(&a, call->arg);
}

static void
http_sweep(struct http_client *c)
{
	struct http_call *call;
	CURLMsg *m;
	CURLcode code;
	char *private;
	int left;

	while ((m = curl_multi_info_read(c->multi, &left)) != NULL) {
		if (m->msg != CURLMSG_DONE)
			continue;
		code = m->data.result;
		private = NULL;
		(void)curl_easy_getinfo(
		    m->easy_handle, CURLINFO_PRIVATE, &private);
		call = (struct http_call *)(void *)private;
		/* m dies with this */
		(void)curl_multi_remove_handle(c->multi, call->easy);
		http_end(call, code);
		http_free(call);
	}
}

/* -- libcurl on the loop -- */

static void
http_on_socket(evutil_socket_t fd, short what, void *arg)
{
	struct http_client *c = arg;
	int running, mask = 0;

	if ((what & EV_READ) != 0)
		mask |= CURL_CSELECT_IN;
	if ((what & EV_WRITE) != 0)
		mask |= CURL_CSELECT_OUT;
	(void)curl_multi_socket_action(c->multi, fd, mask, &running);
	http_sweep(c);
}

static void
http_on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct http_client *c = arg;
	int running;

	(void)fd;
	(void)what;
	(void)curl_multi_socket_action(
	    c->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	http_sweep(c);
}

static int
http_want_timer(CURLM *multi, long ms, void *arg)
{
	struct http_client *c = arg;
	struct timeval tv = { ms / 1000, (ms % 1000) * 1000 };

	(void)multi;
	return (ms < 0 ? evtimer_del(c->timer) : evtimer_add(c->timer, &tv)) ==
		0
	    ? 0
	    : -1;
}

static int
http_want_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *event)
{
	struct http_client *c = arg;
	struct event *e = event;
	short flags = EV_PERSIST;

	(void)easy;
	if (e != NULL)
		event_free(e);
	e = NULL;
	if (what != CURL_POLL_REMOVE) {
		if ((what & CURL_POLL_IN) != 0)
			flags |= EV_READ;
		if ((what & CURL_POLL_OUT) != 0)
			flags |= EV_WRITE;
		e = event_new(c->base, fd, flags, http_on_socket, c);
		if (e != NULL && event_add(e, NULL) != 0) {
			event_free(e);
			e = NULL;
		}
	}
	(void)curl_multi_assign(c->multi, fd, e);
	return what == CURL_POLL_REMOVE || e != NULL ? 0 : -1;
}

struct http_client *
http_client_new(struct loop *l, struct diag *d)
{
	struct http_client *c = calloc(1, sizeof(*c));

	if (c == NULL || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		diag_set(d, "libcurl does not start");
		free(c);
		return NULL;
	}
	TAILQ_INIT(&c->calls);
	c->base = loop_base(l);
	c->multi = curl_multi_init();
	c->timer = evtimer_new(c->base, http_on_timer, c);
	if (c->multi == NULL || c->timer == NULL ||
	    curl_multi_setopt(c->multi, CURLMOPT_SOCKETFUNCTION,
		http_want_socket) != CURLM_OK ||
	    curl_multi_setopt(c->multi, CURLMOPT_SOCKETDATA, c) != CURLM_OK ||
	    curl_multi_setopt(c->multi, CURLMOPT_TIMERFUNCTION,
		http_want_timer) != CURLM_OK ||
	    curl_multi_setopt(c->multi, CURLMOPT_TIMERDATA, c) != CURLM_OK) {
		diag_set(d, "libcurl: out of memory");
		http_client_free(c);
		return NULL;
	}
	return c;
}

void
http_client_free(struct http_client *c)
{
	struct http_call *call;

	if (c == NULL)
		return;
	while ((call = TAILQ_FIRST(&c->calls)) != NULL)
		/* it left the list */
		/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc) */
		http_free(call);
	/* it takes leave of its sockets, so the timer goes after it */
	if (c->multi != NULL)
		(void)curl_multi_cleanup(c->multi);
	if (c->timer != NULL)
		event_free(c->timer);
	curl_global_cleanup();
	free(c);
}

/* -- a call -- */

static size_t
http_on_body(char *p, size_t size, size_t n, void *arg)
{
	struct http_call *call = arg;
	size_t room = call->max_bytes - call->body.n, bytes = size * n;
	long status = 0;

	if (call->on_body != NULL) {
		(void)curl_easy_getinfo(
		    call->easy, CURLINFO_RESPONSE_CODE, &status);
		switch (call->on_body(
		    (int)status, (struct span){ p, bytes }, call->body_arg)) {
		case HTTP_TOOK:
			return bytes;
		case HTTP_WAIT:
			return CURL_WRITEFUNC_PAUSE;
		case HTTP_ENOUGH:
			break;
		}
		call->cut = true;
		return 0;
	}
	call->cut = bytes > room;
	buf_add(&call->body, p, call->cut ? room : bytes);
	return call->cut || !buf_ok(&call->body) ? 0 : bytes;
}

static bool
http_set_headers(struct http_call *call, const struct http_request *r)
{
	struct buf line = BUF_INIT;
	struct curl_slist *list;
	bool ok = true;
	size_t i;

	for (i = 0; ok && i <= r->nheaders; i++) {
		/* the empty one last: a long body is sent at once */
		buf_clear(&line);
		if (i == r->nheaders)
			buf_add_str(&line, "Expect:");
		else
			buf_printf(&line, "%s: %s", r->header[i].name,
			    r->header[i].value);
		list = NULL;
		if (buf_ok(&line) && strpbrk(line.p, "\r\n") == NULL)
			list = curl_slist_append(call->headers, line.p);
		ok = list != NULL;
		if (ok)
			call->headers = list;
	}
	buf_clear(&line);
	return ok;
}

static bool
http_set_trust(CURL *e, const struct http_request *r)
{
	bool ok = curl_easy_setopt(e, CURLOPT_SSL_VERIFYPEER, 1L) == CURLE_OK &&
	    curl_easy_setopt(e, CURLOPT_SSL_VERIFYHOST, 2L) == CURLE_OK &&
	    curl_easy_setopt(e, CURLOPT_SSLVERSION,
		(long)CURL_SSLVERSION_TLSv1_2) == CURLE_OK;

#if LIBCURL_VERSION_NUM >= 0x075700
	/* a renewed file is heeded at once */
	(void)curl_easy_setopt(e, CURLOPT_CA_CACHE_TIMEOUT, 0L);
#endif
	return ok &&
	    (r->ca_file == NULL ||
		curl_easy_setopt(e, CURLOPT_CAINFO, r->ca_file) == CURLE_OK);
}

/* How long it may take, and what it may be packed with. */
static bool
http_set_limits(CURL *e, const struct http_request *r)
{
	long connect_s = r->connect_s == 0 ? HTTP_CONNECT_S : r->connect_s;
	long total_s = r->total_s == 0 ? HTTP_TOTAL_S : r->total_s;
	long stall_s = r->stall_s == 0 ? HTTP_STALL_S : r->stall_s;

	if (r->encoding != NULL &&
	    curl_easy_setopt(e, CURLOPT_ACCEPT_ENCODING, r->encoding) !=
		CURLE_OK)
		return false;
	if (curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT, connect_s) != CURLE_OK)
		return false;
	if (r->on_body == NULL || r->total_s != 0)
		return curl_easy_setopt(e, CURLOPT_TIMEOUT, total_s) ==
		    CURLE_OK;
	return curl_easy_setopt(e, CURLOPT_LOW_SPEED_LIMIT, 1L) == CURLE_OK &&
	    curl_easy_setopt(e, CURLOPT_LOW_SPEED_TIME, stall_s) == CURLE_OK;
}

static bool
http_set(struct http_call *call, const struct http_request *r)
{
	CURL *e = call->easy;

#define SET(option, value) (curl_easy_setopt(e, (option), (value)) == CURLE_OK)
	return SET(CURLOPT_URL, r->url) && HTTP_SET_PROTOCOLS(e) == CURLE_OK &&
	    SET(CURLOPT_PRIVATE, call) &&
	    SET(CURLOPT_ERRORBUFFER, call->error) &&
	    SET(CURLOPT_NOSIGNAL, 1L) && SET(CURLOPT_FOLLOWLOCATION, 0L) &&
	    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) &&
	    SET(CURLOPT_WRITEFUNCTION, http_on_body) &&
	    SET(CURLOPT_WRITEDATA, call) &&
	    SET(CURLOPT_HTTPHEADER, call->headers) &&
	    SET(CURLOPT_USERAGENT, "crosstap/" PACKAGE_VERSION) &&
	    SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body.n) &&
	    SET(CURLOPT_COPYPOSTFIELDS, r->body.n == 0 ? "" : r->body.p) &&
	    SET(CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC) &&
	    (r->user == NULL || SET(CURLOPT_USERNAME, r->user)) &&
	    (r->password == NULL || SET(CURLOPT_PASSWORD, r->password)) &&
	    http_set_limits(e, r) && http_set_trust(e, r);
#undef SET
}

struct http_call *
http_post(struct http_client *c, const struct http_request *r,
    http_done_fn *done, void *arg, struct diag *d)
{
	struct http_call *call = calloc(1, sizeof(*call));

	INVARIANT(r->nheaders <= HTTP_MAX_HEADERS);
	if (call == NULL) {
		diag_set(d, "out of memory");
		return NULL;
	}
	TAILQ_INSERT_TAIL(&c->calls, call, link);
	call->client = c;
	call->done = done;
	call->arg = arg;
	call->on_body = r->on_body;
	call->body_arg = r->body_arg;
	call->max_bytes = r->max_bytes == 0 ? HTTP_MAX_BYTES : r->max_bytes;
	call->easy = curl_easy_init();
	if (call->easy != NULL && http_set_headers(call, r) &&
	    http_set(call, r) &&
	    curl_multi_add_handle(c->multi, call->easy) == CURLM_OK)
		return call;
	diag_set(d, "no URL or header, or out of memory");
	http_free(call);
	return NULL;
}

bool
http_can_unpack(const char *encoding)
{
	const curl_version_info_data *v = curl_version_info(CURLVERSION_NOW);

	if (strcmp(encoding, "zstd") == 0)
		return (v->features & CURL_VERSION_ZSTD) != 0;
	return strcmp(encoding, "gzip") == 0 &&
	    (v->features & CURL_VERSION_LIBZ) != 0;
}

void
http_resume(struct http_call *call)
{
	(void)curl_easy_pause(call->easy, CURLPAUSE_CONT);
}

void
http_cancel(struct http_call *call)
{
	http_free(call);
}
