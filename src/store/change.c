/*
 * A change of an incident is a row of its history and, in the same
 * transaction, a message in the outbox of each feed that listens.
 */
#include <inttypes.h>
#include <stdio.h>
#include "store/change.h"
#include "store/journal_mark.h"
#include "store/roster.h"

void
store_listen(struct store *st, const struct store_listener *v, size_t n)
{
	st->listener = v;
	st->nlisteners = n;
}

static bool
change_is_for(const struct store_listener *l, const char *group)
{
	size_t i;

	for (i = 0; i < l->ngroups; i++)
		if (strcmp(l->groups[i], group) == 0)
			return true;
	return l->ngroups == 0;
}

static void
change_tell(struct store *st, int64_t incident, int64_t row,
    const struct store_event *e)
{
	struct store_incident i;
	struct buf json = BUF_INIT;
	char id[48];
	size_t n;

	if (st->nlisteners == 0 || !incidents_get(st, incident, &i))
		return;
	/* with the time, so that a store begun anew has other names */
	(void)snprintf(
	    id, sizeof(id), "%" PRId64 "-%" PRId64, e->at_us / US_PER_S, row);
	store_message_json(id, e, &i, &json);
	if (!buf_ok(&json))
		state_fail(st, STORE_MEMORY, "out of memory");
	for (n = 0; n < st->nlisteners && state_ok(st); n++)
		if (change_is_for(&st->listener[n], i.group))
			(void)state_run(st,
			    "INSERT INTO outbox (feed, made_us, next_us, tries,"
			    " payload) VALUES (?, ?, 0, 0, ?)",
			    "sib", st->listener[n].feed, e->at_us, json.p,
			    json.n);
	buf_clear(&json);
}

static void
change_mark(struct store *st, int64_t incident, int64_t row, int64_t at_us)
{
	int64_t group;

	if (st->nsinks == 0)
		return;
	group = state_int(
	    st, 0, "SELECT group_id FROM incident WHERE id = ?", "i", incident);
	journal_mark(
	    st, JOURNAL_INCIDENTS, group, incident, incident + 1, at_us);
	journal_mark(st, JOURNAL_EVENTS, group, row, row + 1, at_us);
}

void
change_add(struct store *st, int64_t incident, int64_t at_us,
    enum incident_event event, const char *who, const char *text)
{
	struct store_event e = { .at_us = at_us, .event = event };
	int64_t row;

	who = who == NULL ? "" : who;
	text = text == NULL ? "" : text;
	(void)snprintf(e.who, sizeof(e.who), "%s", who);
	(void)snprintf(e.text, sizeof(e.text), "%s", text);
	(void)state_run(st,
	    "INSERT INTO incident_event (incident_id, at_us, kind, who, text)"
	    " VALUES (?, ?, ?, ?, ?)",
	    "iiiss", incident, at_us, (int64_t)event, who, text);
	if (!state_ok(st))
		return;
	row = sqlite3_last_insert_rowid(st->db);
	change_tell(st, incident, row, &e);
	change_mark(st, incident, row, at_us);
}
