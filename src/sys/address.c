/*
 * Words go to ssh and into messages: letters, digits and little else, and none
 * begins with '-'.
 */
#include <stdio.h>
#include "base/span.h"
#include "sys/address.h"

#define ADDRESS_LETTERS                                        \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz" \
	"0123456789._-"
#define ADDRESS_WANTED \
	"HOST, HOST:PORT, [IPV6]:PORT or ssh://[USER@]HOST[:PORT][/PATH]"

static bool
address_word(struct span s, const char *letters, char *out, size_t n)
{
	size_t i;

	if (s.n == 0 || s.n >= n || s.p[0] == '-')
		return false;
	for (i = 0; i < s.n; i++)
		if (s.p[i] == '\0' || strchr(letters, s.p[i]) == NULL)
			return false;
	(void)snprintf(out, n, "%.*s", (int)s.n, s.p);
	return true;
}

/* "HOST", "HOST:PORT", "[V6]", "[V6]:PORT", or an IPv6 address alone. */
static bool
address_host(struct span s, struct address *out)
{
	const char *end, *colon;
	struct span host = s, rest = { s.p + s.n, 0 };
	uint64_t port;
	bool v6 = false;

	if (s.n > 0 && s.p[0] == '[') {
		end = memchr(s.p, ']', s.n);
		if (end == NULL)
			return false;
		host = (struct span){ s.p + 1, (size_t)(end - s.p) - 1 };
		rest = (struct span){ end + 1, s.n - host.n - 2 };
		v6 = true;
	} else if ((colon = memchr(s.p, ':', s.n)) != NULL) {
		rest = (struct span){ colon, s.n - (size_t)(colon - s.p) };
		v6 = memchr(colon + 1, ':', rest.n - 1) != NULL;
		if (v6)
			rest.n = 0;
		else
			host.n = (size_t)(colon - s.p);
	}
	if (!address_word(host, v6 ? ADDRESS_LETTERS ":%" : ADDRESS_LETTERS,
		out->host, sizeof(out->host)))
		return false;
	if (rest.n == 0)
		return true;
	if (rest.p[0] != ':' ||
	    !span_parse_u64(
		(struct span){ rest.p + 1, rest.n - 1 }, 65535, &port) ||
	    port == 0)
		return false;
	out->port = (unsigned)port;
	return true;
}

bool
address_is_url(const char *text)
{
	return strncmp(text, ADDRESS_SCHEME, sizeof(ADDRESS_SCHEME) - 1) == 0;
}

bool
address_parse(const char *text, struct address *out, struct diag *d)
{
	struct span host = span_from(text);
	const char *at;
	bool ok = true;

	*out = (struct address){ .path = NULL };
	if (address_is_url(text)) {
		host = span_from(text + sizeof(ADDRESS_SCHEME) - 1);
		out->path = memchr(host.p, '/', host.n);
		if (out->path != NULL)
			host.n = (size_t)(out->path - host.p);
		at = memchr(host.p, '@', host.n);
		if (at != NULL) {
			struct span user = { host.p, (size_t)(at - host.p) };

			ok = address_word(user, ADDRESS_LETTERS, out->user,
			    sizeof(out->user));
			host = (struct span){ at + 1, host.n - user.n - 1 };
		}
		if (out->path != NULL && out->path[1] == '\0')
			out->path = NULL;
	}
	if (ok && address_host(host, out))
		return true;
	diag_set(d, "bad address '%.80s'; wanted " ADDRESS_WANTED, text);
	return false;
}
