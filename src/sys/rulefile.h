/*
 * Rule files: YAML, one rule a file, as rules/ holds them. This module knows
 * the keys and their types and remembers where each stands; whether a rule
 * makes sense is for judge/rule.h to say.
 */
#ifndef SYS_RULEFILE_H
#define SYS_RULEFILE_H

#include "base/diag.h"
#include "base/span.h"
#include "judge/rule.h"

#define RULEFILE_MAX_BYTES (64 * 1024)

/*
 * The rule in one YAML text; name is that of the file, for messages
 * ("file:line: what; what was wanted"). On success the caller owns *out and
 * frees it with rule_clear(); on failure there is nothing to free.
 */
bool rulefile_parse(struct span text, const char *name, struct rule *out,
    struct diag *d) MUSTCHECK;

#endif
