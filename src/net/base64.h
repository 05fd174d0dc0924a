/*
 * Base64 (RFC 4648, section 4) as ssh writes keys, salts and fingerprints.
 */
#ifndef NET_BASE64_H
#define NET_BASE64_H

#include "base/buf.h"

enum base64_padding {
	BASE64_PADDED,
	BASE64_BARE /* as fingerprints are printed: no '=' at the end */
};

void
base64_encode(struct span bytes, enum base64_padding padding, struct buf *out);
/* Appends the bytes; false if s is not base64 with its padding. */
bool base64_decode(struct span s, struct buf *out) MUSTCHECK;

#endif
