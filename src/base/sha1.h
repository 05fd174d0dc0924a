/*
 * SHA-1 (FIPS 180-4) of short messages, for Community ID. It is not secure
 * against a chosen collision and guards nothing here.
 */
#ifndef BASE_SHA1_H
#define BASE_SHA1_H

#include "base/base.h"

#define SHA1_BYTES 20

void sha1(const void *p, size_t n, uint8_t out[SHA1_BYTES]);

#endif
