/*
 * Of hostile bytes there are some in here: names of sensors are checked by the
 * configuration, but a summary may quote what stood in a log.
 */
#include <jansson.h>
#include <math.h>
#include <string.h>
#include "feed/event.h"

#define EVENT_TEXT(object, member)                                    \
	{                                                             \
		object, #member, offsetof(struct feed_event, member), \
		    sizeof(((struct feed_event *)0)->member)          \
	}
#define EVENT_TIME(object, member, field)                             \
	{                                                             \
		object, member, offsetof(struct feed_event, field), 0 \
	}

enum event_object {
	EVENT_MESSAGE,
	EVENT_INCIDENT
};

static const struct {
	enum event_object in;
	const char *key;
	size_t offset, size; /* 0: a time */
} event_members[] = {
	EVENT_TEXT(EVENT_MESSAGE, id),
	EVENT_TEXT(EVENT_MESSAGE, event),
	EVENT_TEXT(EVENT_MESSAGE, who),
	EVENT_TEXT(EVENT_MESSAGE, text),
	EVENT_TIME(EVENT_MESSAGE, "at", at_us),
	EVENT_TEXT(EVENT_INCIDENT, state),
	EVENT_TEXT(EVENT_INCIDENT, severity),
	EVENT_TEXT(EVENT_INCIDENT, group),
	EVENT_TEXT(EVENT_INCIDENT, sensor),
	EVENT_TEXT(EVENT_INCIDENT, peer),
	EVENT_TEXT(EVENT_INCIDENT, rule),
	EVENT_TEXT(EVENT_INCIDENT, facet),
	EVENT_TEXT(EVENT_INCIDENT, value),
	EVENT_TEXT(EVENT_INCIDENT, acknowledged_by),
	EVENT_TEXT(EVENT_INCIDENT, comment),
	EVENT_TEXT(EVENT_INCIDENT, summary),
	EVENT_TIME(EVENT_INCIDENT, "from", from_us),
	EVENT_TIME(EVENT_INCIDENT, "to", to_us),
};

/* Whole characters; control characters become blanks. */
static void
event_text(const char *from, size_t n, char *out, size_t size)
{
	size_t at = 0, len;

	while (at < n) {
		unsigned char c = (unsigned char)from[at];

		/* jansson has checked that it is UTF-8 */
		len = buf_utf8_len((struct span){ from + at, n - at });
		len = len == 0 ? 1 : len;
		if (at + len >= size)
			break;
		memcpy(out + at, from + at, len);
		if (c < ' ' || c == 127)
			out[at] = ' ';
		/* C1: U+0080 to U+009F */
		if (len == 2 && c == 0xc2 && (unsigned char)out[at + 1] < 0xa0)
			memcpy(out + at, "  ", 2);
		at += len;
	}
	out[at] = '\0';
}

bool
feed_event_parse(struct span json, struct feed_event *out, struct diag *d)
{
	json_error_t why;
	json_t *root = json_loadb(json.p, json.n, 0, &why);
	const json_t *object[2], *v;
	size_t i;
	char *at;

	memset(out, 0, sizeof(*out));
	if (!json_is_object(root)) {
		diag_set(d, "a message of the outbox is damaged: %s",
		    root == NULL ? why.text : "no object");
		json_decref(root);
		return false;
	}
	object[EVENT_MESSAGE] = root;
	object[EVENT_INCIDENT] = json_object_get(root, "incident");
	out->incident = (int64_t)json_integer_value(
	    json_object_get(object[EVENT_INCIDENT], "id"));
	for (i = 0; i < ARRAY_LEN(event_members); i++) {
		v = json_object_get(
		    object[event_members[i].in], event_members[i].key);
		at = (char *)out + event_members[i].offset;
		if (event_members[i].size > 0 && json_is_string(v))
			event_text(json_string_value(v), json_string_length(v),
			    at, event_members[i].size);
		else if (event_members[i].size == 0 && json_is_number(v) &&
		    fabs(json_number_value(v)) < 1e12)
			*(int64_t *)(void *)at =
			    llround(json_number_value(v) * (double)US_PER_S);
	}
	json_decref(root);
	return true;
}

/* -- what is said -- */

/* In place of the event's name; %s is the severity. */
static const struct {
	const char *event, *words;
} event_words[] = {
	{ "opened", "%s" },
	{ "updated", "now %s" },
	{ "reopened", "%s again" },
	{ "cleared", "over" },
	{ "corrected", "corrected" },
	{ "merged", "merged" },
	{ "acknowledged", "acknowledged" },
	{ "muted", "muted" },
	{ "commented", "comment" },
	{ "test", "test" },
};

static size_t
event_find(const struct feed_event *e)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(event_words); i++)
		if (strcmp(event_words[i].event, e->event) == 0)
			break;
	return i;
}

static void
event_shout(const char *word, struct buf *out)
{
	for (; *word != '\0'; word++)
		buf_add_char(out,
		    *word >= 'a' && *word <= 'z' ? (char)(*word - 'a' + 'A')
						 : *word);
}

void
feed_event_title(const struct feed_event *e, struct buf *out)
{
	size_t i = event_find(e), n;
	const char *words =
	    i < ARRAY_LEN(event_words) ? event_words[i].words : e->event;

	n = strcspn(words, "%");
	buf_add(out, words, n);
	if (words[n] == '%') {
		event_shout(e->severity, out);
		buf_add_str(out, words + n + 2);
	}
	buf_add_str(out, ": ");
	if (e->incident == 0)
		buf_add_str(out, e->text);
	else
		buf_printf(out, "%s%s%s (%s, incident %lld)", e->rule,
		    e->sensor[0] == '\0' ? "" : " at ", e->sensor, e->group,
		    (long long)e->incident);
}
