/*
 * A rule file of any bytes is read and compiled, or refused with a message.
 */
#include "sys/rulefile.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct diag d = DIAG_INIT;
	struct rule r;

	if (rulefile_parse(
		(struct span){ (const char *)data, size }, "fuzz", &r, &d))
		rules_free(rules_new(&r, 1, &d));
	else
		INVARIANT(d.text[0] != '\0');
	return 0;
}
