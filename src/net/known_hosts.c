/*
 * Reads known_hosts line by line without changing a byte of it. Invariant: a
 * line that is not understood never makes a key known.
 */
#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
#include "base/sha1.h"
#include "net/base64.h"
#include "net/known_hosts.h"
#include "net/pattern.h"

#define NAME_MAX_BYTES (KNOWN_HOSTS_HOST_MAX + sizeof("[]:65535"))
#define HMAC_BLOCK 64

enum known_marker {
	MARKER_NONE,
	MARKER_REVOKED,
	MARKER_OTHER
};

struct known_line {
	enum known_marker marker;
	struct span hosts, type, key;
	uint64_t line;
};

static bool
known_hosts_name(const char *host, unsigned port, char name[NAME_MAX_BYTES])
{
	if (strlen(host) > KNOWN_HOSTS_HOST_MAX)
		return false;
	if (port == 22)
		(void)snprintf(name, NAME_MAX_BYTES, "%s", host);
	else
		(void)snprintf(name, NAME_MAX_BYTES, "[%s]:%u", host, port);
	for (; *name != '\0'; name++) {
		if (*name >= 'A' && *name <= 'Z')
			*name = (char)(*name - 'A' + 'a');
	}
	return true;
}

/* HMAC-SHA1 (RFC 2104) of a name under a salt of 20 bytes. */
static void
known_hosts_hmac(const char *salt, struct span name, uint8_t out[SHA1_BYTES])
{
	uint8_t inner[HMAC_BLOCK + NAME_MAX_BYTES];
	uint8_t outer[HMAC_BLOCK + SHA1_BYTES];
	size_t i;

	INVARIANT(name.n <= NAME_MAX_BYTES);
	for (i = 0; i < HMAC_BLOCK; i++) {
		uint8_t k = i < SHA1_BYTES ? (uint8_t)salt[i] : 0;

		inner[i] = k ^ 0x36;
		outer[i] = k ^ 0x5c;
	}
	memcpy(inner + HMAC_BLOCK, name.p, name.n);
	sha1(inner, HMAC_BLOCK + name.n, outer + HMAC_BLOCK);
	sha1(outer, sizeof(outer), out);
}

/* |1|salt|hash */
static bool
known_hosts_hashed_match(struct span hashed, struct span name)
{
	struct buf salt = BUF_INIT, want = BUF_INIT;
	uint8_t got[SHA1_BYTES];
	const char *from = hashed.p + 3, *end = hashed.p + hashed.n;
	const char *bar = memchr(from, '|', (size_t)(end - from));
	bool match = false;

	if (bar != NULL &&
	    base64_decode((struct span){ from, (size_t)(bar - from) }, &salt) &&
	    base64_decode(
		(struct span){ bar + 1, (size_t)(end - bar - 1) }, &want) &&
	    salt.n == SHA1_BYTES && want.n == SHA1_BYTES) {
		known_hosts_hmac(salt.p, name, got);
		match = memcmp(got, want.p, SHA1_BYTES) == 0;
	}
	buf_clear(&salt);
	buf_clear(&want);
	return match;
}

static bool
known_hosts_names(const struct known_line *l, struct span name)
{
	if (l->hosts.n > 3 && memcmp(l->hosts.p, "|1|", 3) == 0)
		return known_hosts_hashed_match(l->hosts, name);
	/* '[' and ']' are plain characters in these patterns. */
	return pattern_list_match(l->hosts, ",", name) == PATTERN_YES;
}

static struct span
known_hosts_word(struct span *rest)
{
	struct span w;

	while (rest->n > 0 && (*rest->p == ' ' || *rest->p == '\t')) {
		rest->p++;
		rest->n--;
	}
	w.p = rest->p;
	while (rest->n > 0 && *rest->p != ' ' && *rest->p != '\t' &&
	    *rest->p != '\r') {
		rest->p++;
		rest->n--;
	}
	w.n = (size_t)(rest->p - w.p);
	return w;
}

/* The next line that holds a key; false at the end. */
static bool
known_hosts_next(struct span *text, struct known_line *l)
{
	struct span rest, word;
	const char *nl;

	while (text->n > 0) {
		nl = memchr(text->p, '\n', text->n);
		rest.p = text->p;
		rest.n = nl == NULL ? text->n : (size_t)(nl - text->p);
		text->n -= rest.n + (nl != NULL);
		text->p += rest.n + (nl != NULL);
		l->line++;
		word = known_hosts_word(&rest);
		l->marker = MARKER_NONE;
		if (word.n > 0 && word.p[0] == '@') {
			l->marker = span_is(word, "@revoked") ? MARKER_REVOKED
							      : MARKER_OTHER;
			word = known_hosts_word(&rest);
		}
		l->hosts = word;
		l->type = known_hosts_word(&rest);
		l->key = known_hosts_word(&rest);
		if (l->hosts.n > 0 && l->hosts.p[0] != '#' && l->key.n > 0 &&
		    l->marker != MARKER_OTHER)
			return true;
	}
	return false;
}

enum known_hosts_verdict
known_hosts_check(struct span text, const struct known_key *key, uint64_t *line)
{
	enum known_hosts_verdict verdict = KNOWN_HOSTS_UNKNOWN;
	struct known_line l = { .line = 0 };
	char name[NAME_MAX_BYTES];
	bool same;

	*line = 0;
	if (!known_hosts_name(key->host, key->port, name))
		return KNOWN_HOSTS_UNKNOWN;
	while (known_hosts_next(&text, &l)) {
		same = span_equal(l.type, key->type) &&
		    span_equal(l.key, key->key);
		if (verdict == KNOWN_HOSTS_MATCH && !same)
			continue;
		if (!known_hosts_names(&l, span_from(name)))
			continue;
		if (l.marker == MARKER_REVOKED && same) {
			*line = l.line;
			return KNOWN_HOSTS_REVOKED;
		}
		if (l.marker == MARKER_REVOKED)
			continue;
		if (same) {
			verdict = KNOWN_HOSTS_MATCH;
			*line = l.line;
		} else if (verdict == KNOWN_HOSTS_UNKNOWN ||
		    span_equal(l.type, key->type)) {
			verdict = KNOWN_HOSTS_CHANGED;
			*line = l.line;
		}
	}
	return verdict;
}

void
known_hosts_types(
    struct span text, const char *host, unsigned port, struct buf *out)
{
	struct known_line l = { .line = 0 };
	char name[NAME_MAX_BYTES];

	if (!known_hosts_name(host, port, name))
		return;
	while (known_hosts_next(&text, &l)) {
		if (l.marker != MARKER_NONE ||
		    !known_hosts_names(&l, span_from(name)))
			continue;
		buf_add(out, l.type.p, l.type.n);
		buf_add_char(out, ',');
	}
}

bool
known_hosts_load(const char *path, struct buf *out, struct diag *d)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = -1;

	if (fd < 0)
		goto out;
	do {
		if (!buf_reserve(out, 65536)) {
			errno = ENOMEM;
			n = -1;
			break;
		}
		n = read(fd, out->p + out->n, 65536);
		if (n > 0)
			out->n += (size_t)n;
	} while (
	    (n > 0 && out->n <= KNOWN_HOSTS_MAX) || (n < 0 && errno == EINTR));
out:
	if (n < 0)
		diag_set(d, "%s: %s%s", path, strerror(errno),
		    errno == ENOENT ? ": no host is trusted yet" : "");
	else if (out->n > KNOWN_HOSTS_MAX)
		diag_set(d, "%s: is over %u bytes", path, KNOWN_HOSTS_MAX);
	if (fd >= 0)
		(void)close(fd);
	return n == 0;
}

/* True if the file ends in the middle of a line. */
static bool
known_hosts_cut(int fd)
{
	struct stat st;
	char last;

	return fstat(fd, &st) == 0 && st.st_size > 0 &&
	    pread(fd, &last, 1, st.st_size - 1) == 1 && last != '\n';
}

bool
known_hosts_append(
    const char *path, const struct known_key *key, struct diag *d)
{
	struct buf line = BUF_INIT;
	char name[NAME_MAX_BYTES];
	ssize_t n = -1;
	int fd = -1;

	if (!known_hosts_name(key->host, key->port, name)) {
		errno = ENAMETOOLONG;
		goto out;
	}
	fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (fd < 0)
		goto out;
	if (known_hosts_cut(fd))
		buf_add_char(&line, '\n');
	buf_printf(&line, "%s %.*s %.*s\n", name, (int)key->type.n, key->type.p,
	    (int)key->key.n, key->key.p);
	errno = ENOMEM;
	if (buf_ok(&line))
		n = write(fd, line.p, line.n);
out:
	if (n < 0 || (size_t)n != line.n)
		diag_set(
		    d, "%s: %s", path, n < 0 ? strerror(errno) : "disk full");
	if (fd >= 0 && close(fd) != 0 && n >= 0) {
		diag_set(d, "%s: %s", path, strerror(errno));
		n = -1;
	}
	n = n >= 0 && (size_t)n == line.n;
	buf_clear(&line);
	return n == 1;
}
