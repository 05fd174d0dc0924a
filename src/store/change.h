/*
 * Private to src/store: the one way in which something gets into the history
 * of an incident, and so to those who listen.
 */
#ifndef STORE_CHANGE_H
#define STORE_CHANGE_H

#include "store/incidents.h"
#include "store/state.h"

/* In the transaction of the change, when the incident's row has it. who and
 * text may be NULL: "". */
void change_add(struct store *st, int64_t incident, int64_t at_us,
    enum incident_event e, const char *who, const char *text);

/* incidents.c: inside a transaction; false with the error set if there is no
 * such incident. */
bool incidents_get(struct store *st, int64_t id, struct store_incident *out);

#endif
