/*
 * Coded symbols on the wire: some 13.5 bytes each. The sum is whole; of the
 * check the low 32 bits are sent, so that it counts mod 2^32 (struct sketch
 * has check32 for it); the count is sent as its distance from what n keys let
 * expect.
 */
#ifndef WIRE_SYMBOLS_H
#define WIRE_SYMBOLS_H

#include "base/buf.h"
#include "digest/sketch.h"
#include "wire/wire.h"

/* Symbols s[0 .. to - from), whose indexes are from .. to - 1, of n keys. */
void symbols_encode(struct buf *out, const struct sketch_symbol *s,
    uint32_t from, uint32_t to, uint64_t n);

/* The same way back; false if the bytes are not just that many symbols. The
 * checks have their low 32 bits only. */
bool symbols_decode(struct span in, uint32_t from, uint32_t to, uint64_t n,
    struct sketch_symbol *s) MUSTCHECK;

#endif
