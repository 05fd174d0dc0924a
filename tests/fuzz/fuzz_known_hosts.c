/*
 * A known_hosts of any bytes: a key is known only if it stands there, the line
 * that decides is one of the file, and types are told only of the host asked
 * for.
 */
#include <string.h>
#include "net/known_hosts.h"
#include "fuzz.h"

static void
known_look(struct span text, const struct known_key *key)
{
	struct buf types = BUF_INIT;
	uint64_t line = 0, lines = 1;
	enum known_hosts_verdict v = known_hosts_check(text, key, &line);
	size_t i;

	for (i = 0; i < text.n; i++)
		lines += text.p[i] == '\n';
	INVARIANT(line <= lines);
	INVARIANT((v == KNOWN_HOSTS_UNKNOWN) == (line == 0));
	if (v == KNOWN_HOSTS_MATCH || v == KNOWN_HOSTS_REVOKED)
		INVARIANT(
		    memmem(text.p, text.n, key->key.p, key->key.n) != NULL);
	known_hosts_types(text, key->host, key->port, &types);
	INVARIANT(buf_ok(&types));
	if (v == KNOWN_HOSTS_MATCH)
		INVARIANT(
		    memmem(types.p, types.n, key->type.p, key->type.n) != NULL);
	buf_clear(&types);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = { (const char *)data, size };
	struct known_key key = { .host = "a.Example",
		.port = 22,
		.type = SPAN_LITERAL("ssh-ed25519"),
		.key = SPAN_LITERAL("AAAAC3NzaC1lZDI1NTE5AAAAI0") };

	known_look(text, &key);
	key.port = 2222;
	known_look(text, &key);
	return 0;
}
