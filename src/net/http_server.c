/*
 * By hand on bufferevents, since evhttp of libevent 2.1 bounds neither its
 * connections nor how long one may trickle. A connection has one request at a
 * time: the next is looked at when the answer has gone.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <event2/listener.h>
#include "base/sha1.h"
#include "net/base64.h"
#include "net/http_head.h"
#include "net/http_server.h"
#include "net/unix_socket.h"

struct http_connection {
	struct http_server *server;
	struct bufferevent *bev; /* owned */
	struct event *deadline;  /* owned */
	bool by_path;            /* by the socket of the file system */
	bool answering;          /* until all of it has been written */
	bool last;               /* and then the connection ends */
	bool half;               /* the other side has said all it has to */
	LIST_ENTRY(http_connection) entry;
};

struct http_server {
	struct http_server_options options;
	struct event_base *base;
	struct server_listener {
		struct evconnlistener *l; /* owned */
		struct http_server *server;
		bool by_path;
	} listener[2];
	size_t nlisteners, nconnections;
	LIST_HEAD(, http_connection) connections;
	http_server_fn *fn;
	void *arg;
	struct sockaddr_un socket;
};

struct http_server_params {
	struct evkeyvalq q;
};

const char *
http_server_param(const struct http_server_request *r, const char *name)
{
	return evhttp_find_header(&r->params->q, name);
}

char *
http_server_decode(const char *part)
{
	size_t n = 0;
	char *plain = evhttp_uridecode(part, 0, &n);

	if (plain != NULL && strlen(plain) != n) {
		free(plain);
		plain = NULL;
	}
	return plain;
}

/* -- who is let in -- */

/* In a time that tells nothing but the length. */
static bool
server_same(struct span a, struct span b)
{
	unsigned char differs = 0;
	size_t i;

	if (a.n != b.n)
		return false;
	for (i = 0; i < a.n; i++)
		differs |= (unsigned char)(a.p[i] ^ b.p[i]);
	return differs == 0;
}

static bool
server_has_token(const struct http_server *s, const char *given)
{
	struct buf plain = BUF_INIT;
	const char *colon;
	bool ok = false;

	if (s->options.token.n == 0)
		return true;
	if (given == NULL)
		return false;
	if (strncasecmp(given, "Bearer ", 7) == 0)
		return server_same(span_from(given + 7), s->options.token);
	if (strncasecmp(given, "Basic ", 6) == 0 &&
	    base64_decode(span_from(given + 6), &plain) && buf_ok(&plain) &&
	    (colon = memchr(plain.p, ':', plain.n)) != NULL)
		ok = server_same((struct span){ colon + 1,
				     plain.n - (size_t)(colon + 1 - plain.p) },
		    s->options.token);
	buf_clear(&plain);
	return ok;
}

/* A name is localhost or one of the options; an address cannot be another's. */
static bool
server_knows_host(const struct http_server *s, const char *host)
{
	struct in6_addr address;
	char name[256];
	size_t n, i;

	if (host == NULL)
		return false;
	if (host[0] == '[')
		return true;
	n = strcspn(host, ":");
	if (n == 0 || n >= sizeof(name))
		return false;
	memcpy(name, host, n);
	name[n] = '\0';
	if (strcasecmp(name, "localhost") == 0 ||
	    inet_pton(AF_INET, name, &address) == 1)
		return true;
	for (i = 0; i < s->options.nhosts; i++)
		if (strcasecmp(name, s->options.hosts[i]) == 0)
			return true;
	return false;
}

/* -- answers -- */

static const struct {
	unsigned status;
	const char *reason;
} server_reasons[] = { { 200, "OK" }, { 302, "Found" }, { 304, "Not Modified" },
	{ 400, "Bad Request" }, { 401, "Unauthorized" }, { 404, "Not Found" },
	{ 405, "Method Not Allowed" }, { 421, "Misdirected Request" },
	{ 431, "Request Header Fields Too Large" },
	{ 500, "Internal Server Error" }, { 503, "Service Unavailable" } };

static const char *
server_reason(unsigned status)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(server_reasons); i++)
		if (server_reasons[i].status == status)
			return server_reasons[i].reason;
	return "Error";
}

static const struct {
	const char *name, *value;
} server_headers[] = {
	{ "Content-Security-Policy",
	    "default-src 'none'; style-src 'self'; script-src 'self'; "
	    "img-src 'self'; connect-src 'self'; form-action 'self'; "
	    "base-uri 'none'; frame-ancestors 'none'" },
	{ "X-Content-Type-Options", "nosniff" },
	{ "X-Frame-Options", "DENY" },
	{ "Referrer-Policy", "no-referrer" },
	{ "Cross-Origin-Opener-Policy", "same-origin" },
	{ "Cross-Origin-Resource-Policy", "same-origin" },
};

static void
server_etag(const struct buf *body, char out[2 * SHA1_BYTES + 3])
{
	uint8_t hash[SHA1_BYTES];
	size_t i;

	sha1(body->p, body->n, hash);
	out[0] = '"';
	for (i = 0; i < SHA1_BYTES; i++)
		(void)snprintf(out + 1 + 2 * i, 3, "%02x", hash[i]);
	out[1 + 2 * SHA1_BYTES] = '"';
	out[2 + 2 * SHA1_BYTES] = '\0';
}

static void
server_freed(const void *p, size_t n, void *arg)
{
	(void)n;
	(void)arg;
	free((void *)(uintptr_t)p);
}

/* Head and body go; the body is taken over. */
static void
server_send(struct http_connection *c, const struct http_head *h,
    struct http_server_answer *a)
{
	const struct http_server *s = c->server;
	struct evbuffer *out = bufferevent_get_output(c->bev);
	char etag[2 * SHA1_BYTES + 3] = "";
	size_t i;

	if (!buf_ok(&a->body)) {
		a->status = 500;
		buf_clear(&a->body);
	}
	if (a->status == 200)
		server_etag(&a->body, etag);
	if (etag[0] != '\0' && h->if_none_match != NULL &&
	    strstr(h->if_none_match, etag) != NULL) {
		a->status = 304;
		buf_clear(&a->body);
	}
	c->last = a->status >= 400 || !h->keep_alive;
	c->answering = true;
	(void)evbuffer_add_printf(
	    out, "HTTP/1.1 %u %s\r\n", a->status, server_reason(a->status));
	for (i = 0; i < ARRAY_LEN(server_headers); i++)
		(void)evbuffer_add_printf(out, "%s: %s\r\n",
		    server_headers[i].name, server_headers[i].value);
	(void)evbuffer_add_printf(out, "Cache-Control: %sno-cache\r\n",
	    s->options.token.n > 0 ? "private, " : "");
	if (etag[0] != '\0')
		(void)evbuffer_add_printf(out, "ETag: %s\r\n", etag);
	if (a->location != NULL)
		(void)evbuffer_add_printf(out, "Location: %s\r\n", a->location);
	if (a->status == 405)
		(void)evbuffer_add_printf(out, "Allow: GET, HEAD\r\n");
	if (a->status == 401)
		(void)evbuffer_add_printf(out,
		    "WWW-Authenticate: Basic realm=\"crosstap\", Bearer\r\n");
	if (a->status != 304)
		(void)evbuffer_add_printf(out,
		    "Content-Type: %s\r\nContent-Length: %zu\r\n", a->type,
		    a->body.n);
	(void)evbuffer_add_printf(
	    out, "Connection: %s\r\n\r\n", c->last ? "close" : "keep-alive");
	if (a->body.n > 0 && !h->head_only &&
	    evbuffer_add_reference(
		out, a->body.p, a->body.n, server_freed, NULL) == 0)
		a->body = (struct buf)BUF_INIT;
	buf_clear(&a->body);
}

static void
server_refuse(struct http_server_answer *a, unsigned status, const char *why)
{
	a->status = status;
	a->type = "text/plain; charset=utf-8";
	buf_clear(&a->body);
	buf_printf(&a->body, "%u %s: %s\n", status, server_reason(status), why);
}

/* False: there is no such path, or no such parameters. */
static bool
server_ask(struct http_server *s, const struct evhttp_uri *uri,
    struct http_server_answer *a)
{
	const char *query = evhttp_uri_get_query(uri);
	struct http_server_params params;
	struct http_server_request r = { .path = evhttp_uri_get_path(uri),
		.params = &params };

	if (r.path == NULL || r.path[0] != '/')
		return false;
	if (evhttp_parse_query_str(query == NULL ? "" : query, &params.q) != 0)
		return false;
	s->fn(&r, a, s->arg);
	evhttp_clear_headers(&params.q);
	return true;
}

static void
server_answer(struct http_connection *c, const struct http_head *h)
{
	struct http_server *s = c->server;
	struct http_server_answer a = { .status = 200,
		.type = "text/html; charset=utf-8",
		.body = BUF_INIT };
	struct evhttp_uri *uri = NULL;

	if (h->target != NULL)
		uri = evhttp_uri_parse(h->target);
	if (h->too_long)
		server_refuse(&a, 431, "wanted fewer and shorter headers");
	else if (uri == NULL)
		server_refuse(&a, 400, "no request that is understood");
	else if (!h->reading)
		server_refuse(&a, 405, "this server is for reading");
	else if (s->options.token.n == 0 && !c->by_path &&
	    !server_knows_host(s, h->host))
		server_refuse(&a, 421,
		    "not a name of this server; wanted its address, localhost, "
		    "or a name of 'hosts' in the configuration");
	else if (!server_has_token(s, h->authorization))
		server_refuse(
		    &a, 401, "wanted the token, as bearer or as password");
	else if (!server_ask(s, uri, &a))
		server_refuse(&a, 400, "no such address");
	if (uri != NULL)
		evhttp_uri_free(uri);
	server_send(c, h, &a);
}

/* -- connections -- */

static void
server_accept(struct http_server *s, bool more)
{
	size_t i;

	for (i = 0; i < s->nlisteners; i++)
		if (more)
			(void)evconnlistener_enable(s->listener[i].l);
		else
			(void)evconnlistener_disable(s->listener[i].l);
}

static void
server_end(struct http_connection *c)
{
	struct http_server *s = c->server;

	LIST_REMOVE(c, entry);
	if (s->nconnections-- == HTTP_SERVER_MAX_CONNECTIONS)
		server_accept(s, true);
	if (c->deadline != NULL)
		event_free(c->deadline);
	bufferevent_free(c->bev);
	free(c);
}

/* Takes the next request, if it is there. */
static void
server_take(struct http_connection *c)
{
	struct evbuffer *in = bufferevent_get_input(c->bev);
	struct evbuffer_ptr end = evbuffer_search(in, "\r\n\r\n", 4, NULL);
	struct http_head head = { .too_long = true };
	size_t n = end.pos < 0 ? 0 : (size_t)end.pos + 4;
	char *text = NULL;

	if (end.pos < 0 && evbuffer_get_length(in) < HTTP_SERVER_MAX_HEADERS)
		return;
	if (end.pos >= 0 && n <= HTTP_SERVER_MAX_HEADERS) {
		text = calloc(1, n + 1);
		if (text != NULL) {
			(void)evbuffer_remove(in, text, n);
			http_head_parse(text, n, &head);
		}
	}
	server_answer(c, &head);
	free(text);
}

static void
server_on_read(struct bufferevent *bev, void *arg)
{
	struct http_connection *c = arg;
	struct evbuffer *in = bufferevent_get_input(bev);

	if (c->last) /* nothing more is taken */
		(void)evbuffer_drain(in, evbuffer_get_length(in));
	else if (!c->answering)
		server_take(c);
}

static void
server_on_written(struct bufferevent *bev, void *arg)
{
	struct http_connection *c = arg;

	/* also comes once before anything was written */
	if (!c->answering ||
	    evbuffer_get_length(bufferevent_get_output(bev)) > 0)
		return;
	c->answering = false;
	if (!c->last)
		server_take(c);
	if (c->answering)
		return;
	if (c->half)
		server_end(c);
	else if (c->last) /* the other side reads to the end, and ends it */
		(void)shutdown(bufferevent_getfd(bev), SHUT_WR);
}

static void
server_on_event(struct bufferevent *bev, short what, void *arg)
{
	struct http_connection *c = arg;

	(void)bev;
	/* Who has said all there is to say may still read. */
	if ((what & BEV_EVENT_EOF) != 0 && c->answering)
		c->half = true;
	else
		server_end(c);
}

static void
server_on_deadline(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	server_end(arg);
}

static void
server_on_connection(struct evconnlistener *l, evutil_socket_t fd,
    struct sockaddr *sa, int len, void *arg)
{
	static const struct timeval idle = { HTTP_SERVER_IDLE_S, 0 };
	static const struct timeval limit = { HTTP_SERVER_CONNECTION_S, 0 };
	const struct server_listener *from = arg;
	struct http_server *s = from->server;
	struct http_connection *c = calloc(1, sizeof(*c));

	(void)l;
	(void)sa;
	(void)len;
	if (c != NULL)
		c->bev = bufferevent_socket_new(s->base, fd,
		    BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS);
	if (c == NULL || c->bev == NULL) {
		free(c);
		(void)close(fd);
		return;
	}
	c->server = s;
	c->by_path = from->by_path;
	LIST_INSERT_HEAD(&s->connections, c, entry);
	if (++s->nconnections == HTTP_SERVER_MAX_CONNECTIONS)
		server_accept(s, false);
	c->deadline = event_new(s->base, -1, 0, server_on_deadline, c);
	if (c->deadline == NULL || event_add(c->deadline, &limit) != 0) {
		server_end(c);
		return;
	}
	bufferevent_setcb(
	    c->bev, server_on_read, server_on_written, server_on_event, c);
	bufferevent_setwatermark(c->bev, EV_READ, 0, HTTP_SERVER_MAX_HEADERS);
	bufferevent_set_timeouts(c->bev, &idle, &idle);
	(void)bufferevent_enable(c->bev, EV_READ | EV_WRITE);
}

/* -- listening -- */

static bool
server_parse(
    const char *listen, struct sockaddr_storage *ss, int *n, struct diag *d)
{
	unsigned port = 0;

	*n = sizeof(*ss);
	memset(ss, 0, sizeof(*ss));
	if (evutil_parse_sockaddr_port(listen, (struct sockaddr *)ss, n) == 0)
		port = ss->ss_family == AF_INET6
		    ? ((struct sockaddr_in6 *)ss)->sin6_port
		    : ((struct sockaddr_in *)ss)->sin_port;
	if (port != 0)
		return true;
	diag_set(d,
	    "'%.100s' is no address and port; wanted such as 127.0.0.1:9477 or "
	    "[::1]:9477",
	    listen);
	return false;
}

bool
http_server_address(const char *listen, bool *loopback, struct diag *d)
{
	struct sockaddr_storage ss;
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)&ss;
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)&ss;
	int n;

	if (!server_parse(listen, &ss, &n, d))
		return false;
	*loopback = ss.ss_family == AF_INET
	    ? ntohl(v4->sin_addr.s_addr) >> 24 == 127
	    : IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr) != 0;
	return true;
}

static bool
server_bind(struct http_server *s, const char *name, const void *address, int n,
    bool by_path, struct diag *d)
{
	struct server_listener *to = &s->listener[s->nlisteners];

	to->server = s;
	to->by_path = by_path;
	to->l = evconnlistener_new_bind(s->base, server_on_connection, to,
	    LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC | LEV_OPT_REUSEABLE,
	    -1, address, n);
	if (to->l != NULL)
		s->nlisteners++;
	else
		diag_set(
		    d, "%s: cannot listen there: %s", name, strerror(errno));
	return to->l != NULL;
}

static bool
server_bind_all(struct http_server *s, struct diag *d)
{
	const struct http_server_options *o = &s->options;
	struct sockaddr_storage ss;
	struct sockaddr_un sun;
	int n;

	if (o->listen != NULL &&
	    (!server_parse(o->listen, &ss, &n, d) ||
		!server_bind(s, o->listen, &ss, n, false, d)))
		return false;
	if (o->socket == NULL)
		return true;
	if (!unix_socket_address(o->socket, &sun, d) ||
	    !unix_socket_make_way(&sun, d) ||
	    !server_bind(s, o->socket, &sun, sizeof(sun), true, d))
		return false;
	s->socket = sun;
	if (chmod(o->socket, 0660) == 0)
		return true;
	diag_set(d, "%s: %s", o->socket, strerror(errno));
	return false;
}

struct http_server *
http_server_listen(struct loop *l, const struct http_server_options *o,
    http_server_fn *fn, void *arg, struct diag *d)
{
	struct http_server *s = calloc(1, sizeof(*s));

	if (s == NULL) {
		diag_set(d, "out of memory");
		return NULL;
	}
	s->options = *o;
	s->fn = fn;
	s->arg = arg;
	s->base = loop_base(l);
	LIST_INIT(&s->connections);
	if (server_bind_all(s, d))
		return s;
	http_server_close(s);
	return NULL;
}

void
http_server_close(struct http_server *s)
{
	struct http_connection *c;
	size_t i;

	if (s == NULL)
		return;
	for (i = 0; i < s->nlisteners; i++)
		evconnlistener_free(s->listener[i].l);
	s->nlisteners = 0;
	while ((c = LIST_FIRST(&s->connections)) != NULL)
		/* it left the list */
		/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc) */
		server_end(c);
	if (s->socket.sun_path[0] != '\0')
		(void)unlink(s->socket.sun_path);
	free(s);
}
