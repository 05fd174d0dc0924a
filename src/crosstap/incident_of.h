/*
 * --incident N of the commands that look at one: its window and its sensor
 * stand in for what the command line does not say.
 */
#ifndef CROSSTAP_INCIDENT_OF_H
#define CROSSTAP_INCIDENT_OF_H

#include "crosstap/diff_options.h"
#include "store/incidents.h"

/* From the store that the configuration names. *st and *c are the caller's
 * after success: store_close(), config_clear(). False: what is wrong was
 * said. */
bool incident_of(const char *config, uint64_t id, struct store_incident *out,
    struct store **st, struct config *c) MUSTCHECK;

/*
 * The incident's time where the window has no --from or --to of its own, and a
 * while before and after it, without which nothing is known of what is usual;
 * *from_us and *to_us are what is of the incident. Between
 * window_options_resolve() and comparison_begin().
 */
void incident_of_window(const struct store_incident *i,
    struct window_options *w, int64_t *from_us, int64_t *to_us);

/* Its sensor as it is called here; NULL: none of the operands is. */
const char *incident_of_sensor(
    const struct store_incident *i, const struct operands *operands);

#endif
