#include <string.h>
#include "web/site.h"

void
site_answer(const struct http_server_request *r, struct http_server_answer *a,
    void *arg)
{
	const struct site *s = arg;

	if (strcmp(r->path, "/metrics") == 0 && s->metrics != NULL) {
		a->type = "text/plain; version=0.0.4; charset=utf-8";
		s->metrics(&a->body, s->arg);
		return;
	}
	a->status = 404;
	a->type = "text/plain; charset=utf-8";
	buf_add_str(&a->body, "404 Not Found\n");
}
