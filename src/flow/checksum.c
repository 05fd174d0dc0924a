#include <xxhash.h>
#include "flow/checksum.h"

/* The state wants an alignment that only the library knows. */
struct checksum *
checksum_new(void)
{
	XXH3_state_t *s = XXH3_createState();

	if (s != NULL)
		(void)XXH3_64bits_reset(s);
	return (struct checksum *)s;
}

void
checksum_free(struct checksum *c)
{
	(void)XXH3_freeState((XXH3_state_t *)c);
}

void
checksum_add(struct checksum *c, const void *p, size_t n)
{
	(void)XXH3_64bits_update((XXH3_state_t *)c, p, n);
}

uint64_t
checksum_get(const struct checksum *c)
{
	return XXH3_64bits_digest((const XXH3_state_t *)c);
}
