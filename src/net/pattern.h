/*
 * Host patterns of ssh_config(5) and sshd(8): '*' any run, '?' any one
 * character, '!' before a pattern of a list forbids.
 */
#ifndef NET_PATTERN_H
#define NET_PATTERN_H

#include "base/span.h"

enum pattern_verdict {
	PATTERN_NO,
	PATTERN_YES,
	PATTERN_FORBIDDEN
};

/* ASCII letters match in either case. */
bool pattern_match(struct span pattern, struct span text);
/* Patterns with any of the bytes of `separators` between them. */
enum pattern_verdict
pattern_list_match(struct span list, const char *separators, struct span text);

#endif
