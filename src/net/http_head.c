#include <string.h>
#include <strings.h>
#include "net/http_head.h"

#define HEAD_TOKEN                                             \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz" \
	"0123456789!#$%&'*+-.^_`|~"

/* Cuts off the line that *at begins, which ends with CR LF. */
static char *
head_line(char **at)
{
	char *line = *at, *end = strstr(line, "\r\n");

	if (end == NULL)
		return NULL;
	*end = '\0';
	*at = end + 2;
	return line;
}

/* METHOD SP TARGET SP HTTP/1.x */
static bool
head_request(char *line, struct http_head *h)
{
	size_t n = strspn(line, HEAD_TOKEN);
	char *target = line + n + 1, *version;

	if (n == 0 || line[n] != ' ' || target[0] != '/')
		return false;
	line[n] = '\0';
	version = strchr(target, ' ');
	if (version == NULL)
		return false;
	*version++ = '\0';
	if (strcmp(version, "HTTP/1.1") != 0 &&
	    strcmp(version, "HTTP/1.0") != 0)
		return false;
	h->keep_alive = version[7] == '1';
	h->head_only = strcmp(line, "HEAD") == 0;
	h->reading = h->head_only || strcmp(line, "GET") == 0;
	h->target = target;
	return true;
}

/* One of each. */
static bool
head_keep(const char **to, const char *value)
{
	if (*to != NULL)
		return false;
	*to = value;
	return true;
}

static bool
head_field(char *line, struct http_head *h)
{
	size_t n = strspn(line, HEAD_TOKEN);
	char *value = line + n + 1;
	size_t len;

	if (n == 0 || line[n] != ':')
		return false;
	line[n] = '\0';
	value += strspn(value, " \t");
	len = strlen(value);
	while (len > 0 && (value[len - 1] == ' ' || value[len - 1] == '\t'))
		value[--len] = '\0';
	if (strcasecmp(line, "Host") == 0)
		return head_keep(&h->host, value);
	if (strcasecmp(line, "Authorization") == 0)
		return head_keep(&h->authorization, value);
	if (strcasecmp(line, "If-None-Match") == 0)
		return head_keep(&h->if_none_match, value);
	if (strcasecmp(line, "Connection") == 0 &&
	    strcasecmp(value, "close") == 0)
		h->keep_alive = false;
	/* There is nothing to say but what is wanted. */
	if (strcasecmp(line, "Transfer-Encoding") == 0 ||
	    (strcasecmp(line, "Content-Length") == 0 &&
		strcmp(value, "0") != 0)) {
		h->reading = false;
		h->keep_alive = false;
	}
	return true;
}

static bool
head_is_text(const char *text, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (((unsigned char)text[i] < ' ' && text[i] != '\t' &&
			text[i] != '\r' && text[i] != '\n') ||
		    text[i] == 0x7f)
			return false;
	return true;
}

void
http_head_parse(char *text, size_t n, struct http_head *h)
{
	char *at = text, *line;
	bool ok = head_is_text(text, n);

	*h = (struct http_head){ NULL };
	line = head_line(&at);
	ok = ok && line != NULL && head_request(line, h);
	while (ok && (line = head_line(&at)) != NULL && *line != '\0')
		ok = strpbrk(line, "\r\n") == NULL && head_field(line, h);
	if (!ok)
		*h = (struct http_head){ NULL };
}
