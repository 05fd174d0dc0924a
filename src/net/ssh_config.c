/*
 * Line by line, a keyword at a time, by a table of those that are read.
 * Invariant: a value that does not fit is an error, never cut.
 */
#include <stdio.h>
#include <strings.h>
#include "net/known_hosts.h"
#include "net/pattern.h"
#include "net/ssh_config.h"

struct config_parse {
	const char *file, *host, *home; /* borrowed, as all */
	uint64_t line;
	bool matches; /* the lines are about the host */
	struct ssh_config *out;
	struct diag *d;
};

static bool
config_error(struct config_parse *p, const char *what, struct span value)
{
	int n = value.n < 64 ? (int)value.n : 64;

	diag_at(p->d, p->file, p->line, 0, "%s: \"%.*s\"", what, n, value.p);
	return false;
}

static bool
config_copy(struct config_parse *p, struct span value, char *to, size_t max)
{
	if (value.n == 0 || value.n >= max ||
	    memchr(value.p, '\0', value.n) != NULL)
		return config_error(p, "value is empty or too long", value);
	memcpy(to, value.p, value.n);
	to[value.n] = '\0';
	return true;
}

/* "~/" and "%%"; other tokens are refused rather than taken as they stand. */
static bool
config_path(struct config_parse *p, struct span value, char *to)
{
	size_t n = 0, i = 0, home = strlen(p->home);

	if (value.n >= 2 && memcmp(value.p, "~/", 2) == 0) {
		if (home >= SSH_CONFIG_VALUE)
			return config_error(p, "name is too long", value);
		memcpy(to, p->home, home);
		n = home;
		i = 1;
	}
	for (; i < value.n; i++) {
		if (value.p[i] == '%' && (++i == value.n || value.p[i] != '%'))
			return config_error(
			    p, "of the % tokens only %% is read", value);
		if (value.p[i] == '\0' || n + 1 >= SSH_CONFIG_VALUE)
			return config_error(p, "name is too long", value);
		to[n++] = value.p[i];
	}
	to[n] = '\0';
	return n > 0 || config_error(p, "name is empty", value);
}

static bool
config_host(struct config_parse *p, struct span value)
{
	p->matches =
	    pattern_list_match(value, " \t", span_from(p->host)) == PATTERN_YES;
	return true;
}

static bool
config_hostname(struct config_parse *p, struct span value)
{
	if (p->out->hostname[0] != '\0')
		return true;
	if (!span_is(value, "%h") && memchr(value.p, '%', value.n) != NULL)
		return config_error(
		    p, "of the % tokens only %h is read", value);
	if (span_is(value, "%h"))
		value = span_from(p->host);
	return config_copy(
	    p, value, p->out->hostname, sizeof(p->out->hostname));
}

static bool
config_port_of(struct config_parse *p, struct span value, unsigned *out)
{
	uint64_t port;

	if (!span_parse_u64(value, 65535, &port) || port == 0)
		return config_error(p, "is no port; wanted 1 to 65535", value);
	*out = (unsigned)port;
	return true;
}

static bool
config_port(struct config_parse *p, struct span value)
{
	return p->out->port != 0 || config_port_of(p, value, &p->out->port);
}

static bool
config_user(struct config_parse *p, struct span value)
{
	return p->out->user[0] != '\0' ||
	    config_copy(p, value, p->out->user, sizeof(p->out->user));
}

static bool
config_identity(struct config_parse *p, struct span value)
{
	struct ssh_config *o = p->out;

	if (strncasecmp(value.p, "none", value.n) == 0 && value.n == 4)
		return true;
	if (o->identities_n == SSH_CONFIG_IDENTITIES)
		return config_error(p, "too many IdentityFile lines", value);
	return config_path(p, value, o->identities[o->identities_n++]);
}

static bool
config_known_hosts(struct config_parse *p, struct span value)
{
	size_t n = 0;

	if (p->out->known_hosts[0] != '\0')
		return true;
	while (n < value.n && value.p[n] != ' ' && value.p[n] != '\t')
		n++;
	value.n = n;
	return config_path(p, value, p->out->known_hosts);
}

/* [ssh://][user@]host[:port], host perhaps in brackets */
static bool
config_jump(struct config_parse *p, struct span value)
{
	struct ssh_config_jump *j;
	struct span part = value;
	size_t i, at = SIZE_MAX, colon = SIZE_MAX;

	if (p->out->jumps_n == SSH_CONFIG_JUMPS)
		return config_error(p, "too many hosts of ProxyJump", value);
	j = &p->out->jumps[p->out->jumps_n++];
	if (part.n > 6 && memcmp(part.p, "ssh://", 6) == 0) {
		part.p += 6;
		part.n -= 6;
	}
	for (i = 0; i < part.n; i++) {
		if (part.p[i] == '@')
			at = i;
	}
	if (at != SIZE_MAX) {
		if (!config_copy(p, (struct span){ part.p, at }, j->user,
			sizeof(j->user)))
			return false;
		part.p += at + 1;
		part.n -= at + 1;
	}
	for (i = 0; i < part.n; i++) {
		if (part.p[i] == ':')
			colon = i;
		else if (part.p[i] == ']')
			colon = SIZE_MAX;
	}
	if (colon != SIZE_MAX) {
		if (!config_port_of(p,
			(struct span){ part.p + colon + 1, part.n - colon - 1 },
			&j->port))
			return false;
		part.n = colon;
	}
	if (part.n >= 2 && part.p[0] == '[' && part.p[part.n - 1] == ']') {
		part.p++;
		part.n -= 2;
	}
	return config_copy(p, part, j->host, sizeof(j->host));
}

static bool
config_proxy_jump(struct config_parse *p, struct span value)
{
	size_t from = 0, to;

	if (p->out->has_jump)
		return true;
	p->out->has_jump = true;
	if (strncasecmp(value.p, "none", value.n) == 0 && value.n == 4)
		return true;
	for (; from <= value.n; from = to + 1) {
		to = from;
		while (to < value.n && value.p[to] != ',')
			to++;
		if (!config_jump(p, (struct span){ value.p + from, to - from }))
			return false;
	}
	return true;
}

static bool
config_refused(struct config_parse *p, struct span value)
{
	return config_error(
	    p, "Include and Match are not read; wanted Host blocks", value);
}

static const struct {
	const char *name;
	bool (*take)(struct config_parse *p, struct span value);
	bool always; /* whichever host the lines are about */
} config_keywords[] = {
	{ "host", config_host, true },
	{ "include", config_refused, true },
	{ "match", config_refused, true },
	{ "hostname", config_hostname, false },
	{ "port", config_port, false },
	{ "user", config_user, false },
	{ "identityfile", config_identity, false },
	{ "userknownhostsfile", config_known_hosts, false },
	{ "proxyjump", config_proxy_jump, false },
};

static bool
config_is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\f';
}

static struct span
config_trim(struct span s)
{
	while (s.n > 0 && config_is_space(*s.p)) {
		s.p++;
		s.n--;
	}
	while (s.n > 0 && config_is_space(s.p[s.n - 1]))
		s.n--;
	return s;
}

/* The whole value in quotes, or none. */
static bool
config_unquote(struct config_parse *p, struct span *value)
{
	if (value->n >= 2 && value->p[0] == '"' &&
	    memchr(value->p + 1, '"', value->n - 1) ==
		value->p + value->n - 1) {
		value->p++;
		value->n -= 2;
		return true;
	}
	return memchr(value->p, '"', value->n) == NULL ||
	    config_error(p, "quotes stand around a whole value", *value);
}

static bool
config_line(struct config_parse *p, struct span line)
{
	struct span value;
	size_t i, n = 0;

	line = config_trim(line);
	if (line.n == 0 || line.p[0] == '#')
		return true;
	while (n < line.n && !config_is_space(line.p[n]) && line.p[n] != '=')
		n++;
	value = config_trim((struct span){ line.p + n, line.n - n });
	if (value.n > 0 && value.p[0] == '=')
		value = config_trim((struct span){ value.p + 1, value.n - 1 });
	for (i = 0; i < ARRAY_LEN(config_keywords); i++) {
		if (strlen(config_keywords[i].name) != n ||
		    strncasecmp(config_keywords[i].name, line.p, n) != 0)
			continue;
		if (!config_keywords[i].always && !p->matches)
			return true;
		if (value.n == 0)
			return config_error(p, "a value is missing", line);
		return config_unquote(p, &value) &&
		    config_keywords[i].take(p, value);
	}
	return true;
}

bool
ssh_config_parse(struct span text, const char *file, const char *host,
    const char *home, struct ssh_config *out, struct diag *d)
{
	struct config_parse p = { file, host, home, 0, true, out, d };
	struct span line;
	const char *nl;

	*out = (struct ssh_config){ .port = 0 };
	while (text.n > 0) {
		nl = memchr(text.p, '\n', text.n);
		line.p = text.p;
		line.n = nl == NULL ? text.n : (size_t)(nl - text.p);
		text.n -= line.n + (nl != NULL);
		text.p += line.n + (nl != NULL);
		p.line++;
		if (!config_line(&p, line))
			return false;
	}
	return true;
}

bool
ssh_config_load(const char *path, const char *host, const char *home,
    struct ssh_config *out, struct diag *d)
{
	struct buf text = BUF_INIT;
	bool ok = known_hosts_load(path, &text, d);

	if (ok && text.n > SSH_CONFIG_MAX) {
		diag_set(d, "%s: is over %u bytes", path, SSH_CONFIG_MAX);
		ok = false;
	}
	ok = ok && ssh_config_parse(buf_span(&text), path, host, home, out, d);
	buf_clear(&text);
	return ok;
}
