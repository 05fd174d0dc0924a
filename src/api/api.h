/*
 * Private to src/api: what is behind the opaque types of include/crosstap, and
 * the mark of what the shared library shows. The public headers are found as
 * <crosstap/...>, since src/crosstap is another thing.
 */
#ifndef API_API_H
#define API_API_H

#define CROSSTAP_API __attribute__((visibility("default")))

#include <crosstap/compare.h>
#include "compare/compare.h"
#include "flow/parser.h"

struct crosstap_digest {
	struct bins_options opt;
	struct bins *bins; /* owned */
	struct bin **bin;  /* owned, and so is each; by start */
	size_t n, cap;
	bool ended;
};

/* A public flow is a flow of ours under another name. */
static inline const struct flow *
api_flow(const struct crosstap_flow *f)
{
	return (const struct flow *)(const void *)f;
}

#endif
