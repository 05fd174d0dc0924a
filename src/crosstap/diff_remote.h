/*
 * A comparison of sensors that are asked, over ssh or on this host: their
 * answers become the bins of the comparison. A log that would be read is asked
 * for, too, if another operand is a sensor that is.
 */
#ifndef CROSSTAP_DIFF_REMOTE_H
#define CROSSTAP_DIFF_REMOTE_H

#include "collect/collect.h"
#include "crosstap/diff_options.h"
#include "pipeline/kept_flows.h"
#include "crosstap/pull.h"

struct diff_remote;

/* All borrowed, for as long as the answers. */
struct diff_remote_what {
	const struct diff_options *options;
	const struct result *result;      /* the names */
	const struct pull_options *pulls; /* how each would be read here */
	bool keep_flows;                  /* for diff_remote_flows() */
};

/* Asks all sensors and waits for them. A sensor that fails is no failure: its
 * state says so. NULL with d set: nothing could be asked at all. */
struct diff_remote *diff_remote_ask(const struct diff_remote_what *what,
    const struct collect_options *co, struct diag *d);
void diff_remote_free(struct diff_remote *r);

/* The answers, and the states of the logs, which are borrowed from it. */
struct collect *diff_remote_answers(struct diff_remote *r);

/* The records that came, one set a sensor. */
struct kept_flows *diff_remote_flows(struct diff_remote *r);

/* For --verbose, on stderr: bytes on the wire, symbols, rounds. */
void diff_remote_say(struct diff_remote *r);

/* Whether an operand is to be asked. */
bool diff_is_remote(const struct diff_options *o);

#endif
