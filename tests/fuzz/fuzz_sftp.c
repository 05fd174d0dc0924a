/*
 * Any bytes are a packet of an SFTP server, or are refused; what it holds lies
 * within them.
 */
#include "net/sftp_packet.h"
#include "fuzz.h"

static void
check(struct span whole, struct span s)
{
	INVARIANT(
	    s.n == 0 || (s.p >= whole.p && s.p + s.n <= whole.p + whole.n));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span whole = { (const char *)data, size }, name;
	struct sftp_attrs attrs;
	struct sftp_reply r;

	if (!sftp_reply_parse(whole, &r))
		return 0;
	check(whole, r.text);
	while (sftp_reply_name(&r, &name, &attrs))
		check(whole, name);
	return 0;
}
