/*
 * Whoever is told, for tests: keeps what it hears in files of a folder.
 *   catch http DIR [PORT]  each request: DIR/N.head and DIR/N.body, N from 1;
 *                          answers with the status in DIR/status (200 without
 *                          one; 0: closes without an answer) and DIR/answer
 *   catch udp DIR          each datagram: DIR/N.body
 *   catch unix DIR         the same at the socket DIR/socket
 *   catch tcp DIR          each connection: DIR/N.body
 * DIR/port has the port when it listens.
 */
#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "base/base.h"

static const char *catch_dir;
static unsigned catch_n;

static FILE *
catch_file(const char *name, const char *mode)
{
	char path[512];
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s", catch_dir, name);
	f = fopen(path, mode);
	if (f == NULL && mode[0] == 'w') {
		perror(path);
		exit(1);
	}
	return f;
}

/* Under another name until it is whole. */
static void
catch_keep(const char *name, const void *p, size_t n)
{
	char path[512], part[512];
	FILE *f = catch_file("part", "w");

	if (n > 0 && fwrite(p, n, 1, f) != 1)
		exit(1);
	(void)fclose(f);
	(void)snprintf(part, sizeof(part), "%s/part", catch_dir);
	(void)snprintf(path, sizeof(path), "%s/%s", catch_dir, name);
	if (rename(part, path) != 0)
		exit(1);
}

static void
catch_keep_number(const char *what, const void *p, size_t n)
{
	char name[32];

	(void)snprintf(name, sizeof(name), "%u.%s", catch_n, what);
	catch_keep(name, p, n);
}

static void
catch_keep_port(unsigned port)
{
	char text[16];

	(void)snprintf(text, sizeof(text), "%u\n", port);
	catch_keep("port", text, strlen(text));
}

static unsigned
catch_port(int fd)
{
	struct sockaddr_in sin;
	socklen_t n = sizeof(sin);

	if (getsockname(fd, (struct sockaddr *)&sin, &n) != 0)
		exit(1);
	return ntohs(sin.sin_port);
}

/* -- http -- */

static int
catch_status(void)
{
	FILE *f = catch_file("status", "r");
	char line[16] = "200";

	if (f != NULL) {
		(void)fgets(line, sizeof(line), f);
		(void)fclose(f);
	}
	return (int)strtol(line, NULL, 10);
}

static void
catch_request(struct evhttp_request *r, void *arg)
{
	struct evbuffer *body = evhttp_request_get_input_buffer(r);
	struct evbuffer *head = evbuffer_new(), *out = evbuffer_new();
	int status = catch_status();
	struct evkeyval *h;
	char line[1024];
	FILE *f;

	(void)arg;
	catch_n++;
	TAILQ_FOREACH (h, evhttp_request_get_input_headers(r), next)
		evbuffer_add_printf(head, "%s: %s\n", h->key, h->value);
	catch_keep_number(
	    "body", evbuffer_pullup(body, -1), evbuffer_get_length(body));
	catch_keep_number(
	    "head", evbuffer_pullup(head, -1), evbuffer_get_length(head));
	f = catch_file("answer", "r");
	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		evbuffer_add(out, line, strlen(line));
	if (f != NULL)
		(void)fclose(f);
	if (status == 0)
		evhttp_connection_free(evhttp_request_get_connection(r));
	else
		evhttp_send_reply(r, status, "Said", out);
	evbuffer_free(head);
	evbuffer_free(out);
}

static int
catch_http(unsigned port)
{
	struct event_base *base = event_base_new();
	struct evhttp *http = evhttp_new(base);
	struct evhttp_bound_socket *s =
	    evhttp_bind_socket_with_handle(http, "127.0.0.1", (uint16_t)port);

	if (s == NULL)
		return 1;
	evhttp_set_gencb(http, catch_request, NULL);
	catch_keep_port(catch_port(evhttp_bound_socket_get_fd(s)));
	return event_base_dispatch(base);
}

/* -- sockets -- */

static int
catch_bound(int type)
{
	struct sockaddr_in sin = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, type, 0);

	if (bind(fd, (struct sockaddr *)&sin, sizeof(sin)) != 0)
		exit(1);
	return fd;
}

static int
catch_datagrams(int fd)
{
	static char got[65536];
	ssize_t n;

	while ((n = recv(fd, got, sizeof(got), 0)) >= 0) {
		catch_n++;
		catch_keep_number("body", got, (size_t)n);
	}
	return 1;
}

static int
catch_udp(unsigned port)
{
	int fd = catch_bound(SOCK_DGRAM);

	(void)port;
	catch_keep_port(catch_port(fd));
	return catch_datagrams(fd);
}

static int
catch_unix(unsigned port)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	(void)port;
	(void)snprintf(
	    sun.sun_path, sizeof(sun.sun_path), "%s/socket", catch_dir);
	if (bind(fd, (struct sockaddr *)&sun, sizeof(sun)) != 0)
		return 1;
	catch_keep_port(0);
	return catch_datagrams(fd);
}

static int
catch_tcp(unsigned port)
{
	static char got[65536];
	int listener = catch_bound(SOCK_STREAM), fd;
	size_t all;
	ssize_t n;

	(void)port;
	if (listen(listener, 16) != 0)
		return 1;
	catch_keep_port(catch_port(listener));
	while ((fd = accept(listener, NULL, NULL)) >= 0) {
		for (all = 0; all < sizeof(got) &&
		     (n = read(fd, got + all, sizeof(got) - all)) > 0;)
			all += (size_t)n;
		catch_n++;
		catch_keep_number("body", got, all);
		(void)close(fd);
	}
	return 1;
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*run)(unsigned port);
	} verbs[] = { { "http", catch_http }, { "udp", catch_udp },
		{ "unix", catch_unix }, { "tcp", catch_tcp } };
	size_t i;

	catch_dir = argc > 2 ? argv[2] : "";
	for (i = 0; argc > 2 && i < ARRAY_LEN(verbs); i++)
		if (strcmp(argv[1], verbs[i].name) == 0)
			return verbs[i].run(argc > 3
				? (unsigned)strtoul(argv[3], NULL, 10)
				: 0);
	(void)fprintf(stderr, "catch http|udp|unix|tcp DIR [PORT]\n");
	return 2;
}
