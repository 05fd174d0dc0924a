/*
 * An ssh_config of any bytes is read, or refused with a message; the same
 * bytes as a known_hosts never make a key known that does not stand there.
 */
#include <string.h>
#include "net/known_hosts.h"
#include "net/ssh_config.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = { (const char *)data, size };
	struct known_key key = { .host = "a.example",
		.port = 2222,
		.type = SPAN_LITERAL("ssh-ed25519"),
		.key = SPAN_LITERAL("AAAAC3NzaC1lZDI1NTE5AAAAI0never0") };
	struct ssh_config c;
	struct diag d = DIAG_INIT;
	uint64_t line;

	if (!ssh_config_parse(text, "fuzz", "a.example", "/home/a", &c, &d))
		INVARIANT(d.text[0] != '\0');
	INVARIANT(c.identities_n <= SSH_CONFIG_IDENTITIES);
	if (memmem(text.p, text.n, key.key.p, key.key.n) == NULL)
		INVARIANT(
		    known_hosts_check(text, &key, &line) != KNOWN_HOSTS_MATCH);
	return 0;
}
