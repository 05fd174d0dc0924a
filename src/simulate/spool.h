/*
 * Records that wait to be written, given back in the order of log_us; equal
 * times in the order they came. A ring of time slots: memory is bounded by
 * the flows that are open or timing out, and a record costs the same however
 * many wait.
 */
#ifndef SIMULATE_SPOOL_H
#define SIMULATE_SPOOL_H

#include "simulate/packet.h"

struct spool;

typedef void spool_take_fn(void *ctx, const struct record *r);

/* start_us: no record is due before. NULL if memory ran out. */
struct spool *spool_new(int64_t start_us) MUSTCHECK;
void spool_free(struct spool *s);

/* Copies r. False if memory ran out. */
bool spool_put(struct spool *s, const struct record *r) MUSTCHECK;

/*
 * Gives all records due before until_us to take, and forgets them. What is
 * put later must be due at until_us or after; earlier is taken for that.
 * False if memory ran out.
 */
bool spool_advance(struct spool *s, int64_t until_us, spool_take_fn *take,
    void *ctx) MUSTCHECK;

/* The rest. */
bool spool_drain(struct spool *s, spool_take_fn *take, void *ctx) MUSTCHECK;

#endif
