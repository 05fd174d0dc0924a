/*
 * Bytes from a fuzzer as a conn.log. Mutations seldom leave a header whole, so
 * that bytes which begin with neither header nor JSON get the usual one.
 */
#ifndef FUZZ_LOG_H
#define FUZZ_LOG_H

#include "base/span.h"

/* A copy, readable FLOW_PARSER_SLACK bytes beyond; free() its p. */
struct span fuzz_log(const uint8_t *data, size_t size);

#endif
