/*
 * HMAC-SHA-256 (RFC 2104, FIPS 180-4), by libcrypto.
 */
#ifndef NET_HMAC_H
#define NET_HMAC_H

#include "base/buf.h"

/* Appends the code of bytes in lower-case hexadecimal digits, 64 of them. */
bool hmac_sha256(struct span key, struct span bytes, struct buf *out) MUSTCHECK;

#endif
