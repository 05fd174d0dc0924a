/*
 * A comparison of sensors that are reached over ssh: their answers become the
 * bins of the comparison.
 */
#ifndef CROSSTAP_DIFF_REMOTE_H
#define CROSSTAP_DIFF_REMOTE_H

#include "collect/collect.h"
#include "crosstap/diff_options.h"

struct diff_remote;

/* Asks all sensors and waits for them. A sensor that fails is no failure: its
 * state says so. NULL with d set: nothing could be asked at all. */
struct diff_remote *diff_remote_ask(const struct diff_options *o,
    const struct collect_options *co, struct diag *d);
void diff_remote_free(struct diff_remote *r);

/* The answers, and the states of the logs, which are borrowed from it. */
struct collect *diff_remote_answers(struct diff_remote *r);

/* For --verbose, on stderr: bytes on the wire, symbols, rounds. */
void diff_remote_say(struct diff_remote *r);

/* Whether an operand is to be asked over ssh. */
bool diff_is_remote(const struct diff_options *o);

#endif
