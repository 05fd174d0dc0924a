/*
 * A configuration of any bytes is read, shown and read again, or refused with
 * a message.
 */
#include <stdlib.h>
#include "sys/config.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct config_errors e;
	struct buf out = BUF_INIT;
	struct config c;
	size_t i;
	bool secret = false;

	if (!config_parse(
		(struct span){ (const char *)data, size }, "fuzz", &c, &e)) {
		INVARIANT(e.n > 0 && e.v[0].d.text[0] != '\0');
		return 0;
	}
	for (i = 0; i < c.ngroups; i++)
		secret = secret || c.groups[i].has_seed;
	config_format(&c, CONFIG_JSON, &out);
	INVARIANT(buf_ok(&out));
	config_clear(&c);
	if (!secret && out.n <= CONFIG_MAX_BYTES) {
		INVARIANT(config_parse(buf_span(&out), "fuzz", &c, &e));
		config_clear(&c);
	}
	buf_clear(&out);
	return 0;
}
