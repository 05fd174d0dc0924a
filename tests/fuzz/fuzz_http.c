/*
 * Any bytes are requests to the page and the API, or are refused: each answer
 * is one of HTTP, and the server lives.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "net/http_server.h"
#include "store/roster.h"
#include "store/store.h"
#include "web/site.h"
#include "fuzz.h"
#include "talk.h"

#define MINUTE (60 * US_PER_S)

static struct loop *http_loop;
static char http_file[120];
static struct site http_site;

static int64_t
http_now(void *arg)
{
	(void)arg;
	return 1764000000 * US_PER_S;
}

static void
http_remove(void)
{
	char path[130];

	store_close(http_site.store);
	(void)unlink(http_file);
	(void)snprintf(path, sizeof(path), "%s-wal", http_file);
	(void)unlink(path);
	(void)snprintf(path, sizeof(path), "%s-shm", http_file);
	(void)unlink(path);
}

static void
http_begin(void)
{
	static const char *const names[] = { "A", "B" };
	struct store_options so = { .access = STORE_WRITE };
	struct http_server_options o = { .socket = fuzz_socket() };
	struct diag d = DIAG_INIT;

	http_loop = loop_new(&d);
	INVARIANT(http_loop != NULL);
	(void)snprintf(http_file, sizeof(http_file), "%s.db", o.socket);
	INVARIANT(store_open(http_file, &so, &http_site.store, &d) == STORE_OK);
	(void)atexit(http_remove);
	INVARIANT(store_group(http_site.store, "g", RELATION_MIRROR, MINUTE,
		      names, 2, 0, &d) == STORE_OK);
	http_site.now_us = http_now;
	INVARIANT(http_server_listen(
		      http_loop, &o, site_answer, &http_site, &d) != NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf answer = BUF_INIT;

	if (http_loop == NULL)
		http_begin();
	if (size == 0)
		return 0;
	fuzz_talk(
	    http_loop, (struct span){ (const char *)data, size }, &answer);
	INVARIANT(answer.n == 0 ||
	    (answer.n > 9 && memcmp(answer.p, "HTTP/1.", 7) == 0));
	buf_clear(&answer);
	return 0;
}
