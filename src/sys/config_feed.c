/*
 * One table says what belongs to which kind. What a kind does not take is
 * cleared, so that nobody shows or uses it.
 */
#include <stdlib.h>
#include "sys/address.h"
#include "sys/config_feed.h"
#include "sys/config_value.h"

#define K(kind) (1U << CONFIG_FEED_##kind)
#define ALL ((1U << CONFIG_FEED_NKINDS) - 1)
#define STATES \
	(K(NAGIOS_COMMAND) | K(NAGIOS_SPOOL) | K(NSCA) | K(NRDP) | K(ICINGA2))
#define HTTP (K(NRDP) | K(ICINGA2) | K(WEBHOOK) | K(CLICKHOUSE))
#define FEED_TTL_US (300 * US_PER_S)
#define FEED_BATCH 20000

static const struct {
	enum config_key key;
	unsigned takes, wants; /* kinds */
} feed_keys[] = {
	{ CONFIG_FEED_PATH, K(NAGIOS_COMMAND) | K(NAGIOS_SPOOL) | K(SYSLOG),
	    K(NAGIOS_COMMAND) | K(NAGIOS_SPOOL) },
	{ CONFIG_FEED_SPOOL, K(NAGIOS_COMMAND), 0 },
	{ CONFIG_FEED_ADDRESS, K(NSCA) | K(SYSLOG), K(NSCA) },
	{ CONFIG_FEED_TRANSPORT, K(SYSLOG), 0 },
	{ CONFIG_FEED_HOST, STATES, 0 },
	{ CONFIG_FEED_SENSOR_HOST, STATES, 0 },
	{ CONFIG_FEED_URL, HTTP, HTTP },
	{ CONFIG_FEED_DATABASE, K(CLICKHOUSE), 0 },
	{ CONFIG_FEED_USER, K(ICINGA2) | K(CLICKHOUSE), K(ICINGA2) },
	{ CONFIG_FEED_PASSWORD_FILE, K(ICINGA2) | K(CLICKHOUSE), K(ICINGA2) },
	{ CONFIG_FEED_TOKEN_FILE, K(NRDP), K(NRDP) },
	{ CONFIG_FEED_SECRET_FILE, K(WEBHOOK), 0 },
	{ CONFIG_FEED_CA_FILE, HTTP, 0 },
	{ CONFIG_FEED_COMMAND, K(NSCA) | K(MAIL), 0 },
	{ CONFIG_FEED_CONFIG, K(NSCA), 0 },
	{ CONFIG_FEED_TTL, K(ICINGA2), 0 },
	{ CONFIG_FEED_TO, K(MAIL), K(MAIL) },
	{ CONFIG_FEED_FROM, K(MAIL), 0 },
	{ CONFIG_FEED_BATCH, K(CLICKHOUSE), 0 },
	{ CONFIG_FEED_GROUPS, ALL, 0 },
};

bool
config_feed_takes(const struct config_feed *f, enum config_key key)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(feed_keys); i++)
		if (feed_keys[i].key == key)
			return (feed_keys[i].takes & (1U << f->kind)) != 0;
	return true;
}

static const char *
feed_word(unsigned kind)
{
	return config_key_table[CONFIG_FEED_KIND].words[kind];
}

static void
feed_refuse_key(const struct config_feed *f, enum config_key key,
    unsigned takes, const struct config_report *r)
{
	struct buf kinds = BUF_INIT;
	unsigned i;

	for (i = 0; i < CONFIG_FEED_NKINDS; i++)
		if (takes & (1U << i))
			buf_printf(&kinds, "%s%s", kinds.n == 0 ? "" : ", ",
			    feed_word(i));
	config_report(r, f->head.at[key],
	    "'%s' of feed '%s', which is of kind %s; it belongs to %s",
	    config_key_table[key].name, f->head.name, feed_word(f->kind),
	    buf_ok(&kinds) ? kinds.p : "others");
	buf_clear(&kinds);
}

static void
feed_keys_of_kind(struct config_feed *f, const struct config_report *r)
{
	const struct config_key_def *k;
	size_t i;
	void *at;

	for (i = 0; i < ARRAY_LEN(feed_keys); i++) {
		k = &config_key_table[feed_keys[i].key];
		at = (char *)f + k->offset;
		if (feed_keys[i].takes & (1U << f->kind)) {
			if ((feed_keys[i].wants & (1U << f->kind)) &&
			    f->head.at[feed_keys[i].key].line == 0)
				config_report(r, f->head.place,
				    "feed '%s' of kind %s has no %s; wanted "
				    "'%s: %s'",
				    f->head.name, feed_word(f->kind), k->name,
				    k->name, k->value);
			continue;
		}
		if (f->head.at[feed_keys[i].key].line != 0)
			feed_refuse_key(
			    f, feed_keys[i].key, feed_keys[i].takes, r);
		config_value_clear(k, at);
		if (k->type == CONFIG_DURATION)
			*(int64_t *)at = 0;
		if (k->type == CONFIG_SIZE)
			*(uint64_t *)at = 0;
	}
}

/* HOST or HOST:PORT and nothing else. */
static void
feed_address(struct config_feed *f, const struct config_report *r)
{
	struct diag d = DIAG_INIT;
	struct address a;

	if (f->address == NULL || !address_parse(f->address, &a, &d))
		return;
	if (a.user[0] != '\0' || a.path != NULL ||
	    strncmp(f->address, ADDRESS_SCHEME, strlen(ADDRESS_SCHEME)) == 0)
		config_report(r, f->head.at[CONFIG_FEED_ADDRESS],
		    "'address' of feed '%s' is no HOST or HOST:PORT",
		    f->head.name);
	f->address_port = a.port;
	f->address_host = strdup(a.host);
	if (f->address_host == NULL)
		config_report(
		    r, f->head.at[CONFIG_FEED_ADDRESS], "out of memory");
}

static void
feed_url(const struct config_feed *f, const struct config_report *r)
{
	if (f->url != NULL && strncmp(f->url, "https://", 8) != 0 &&
	    strncmp(f->url, "http://", 7) != 0)
		config_report(r, f->head.at[CONFIG_FEED_URL],
		    "bad value for 'url' of feed '%s'; wanted %s", f->head.name,
		    config_key_table[CONFIG_FEED_URL].value);
}

/* USER or USER@HOST, which needs no quotes in a header and is no option. */
static bool
feed_mail_ok(const char *a)
{
	const char *at = strchr(a, '@');
	size_t n;

	for (n = 0; a[n] > ' ' && a[n] < 127; n++)
		if (strchr("()<>[]\\,;:\"", a[n]) != NULL)
			return false;
	return n > 0 && n <= 254 && a[n] == '\0' && a[0] != '-' &&
	    (at == NULL ||
		(at != a && at[1] != '\0' && strchr(at + 1, '@') == NULL));
}

static void
feed_mail(const struct config_feed *f, const struct config_report *r)
{
	static const char wanted[] =
	    "'%.80s' of feed '%s' is no mail address; wanted USER@HOST";
	size_t i;

	for (i = 0; i < f->to.n; i++)
		if (!feed_mail_ok(f->to.item[i]))
			config_report(r, f->head.at[CONFIG_FEED_TO], wanted,
			    f->to.item[i], f->head.name);
	if (f->from != NULL && !feed_mail_ok(f->from))
		config_report(r, f->head.at[CONFIG_FEED_FROM], wanted, f->from,
		    f->head.name);
}

/* It stands in an address as it is. */
static void
feed_database(const struct config_feed *f, const struct config_report *r)
{
	static const char letters[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";

	if (f->database != NULL &&
	    f->database[strspn(f->database, letters)] != '\0')
		config_report(r, f->head.at[CONFIG_FEED_DATABASE],
		    "bad value for 'database' of feed '%s'; wanted %s",
		    f->head.name, config_key_table[CONFIG_FEED_DATABASE].value);
}

/* What the kind takes and the file does not say. */
static void
feed_fill(struct config_feed *f, const struct config_report *r)
{
	if (f->kind == CONFIG_FEED_ICINGA2 && f->ttl_us == 0)
		f->ttl_us = FEED_TTL_US;
	if (f->kind == CONFIG_FEED_CLICKHOUSE && f->batch == 0)
		f->batch = FEED_BATCH;
	if (f->kind == CONFIG_FEED_CLICKHOUSE && f->database == NULL) {
		f->database = strdup("crosstap");
		if (f->database == NULL)
			config_report(r, f->head.place, "out of memory");
	}
	if (f->command != NULL ||
	    (f->kind != CONFIG_FEED_NSCA && f->kind != CONFIG_FEED_MAIL))
		return;
	f->command = strdup(f->kind == CONFIG_FEED_NSCA ? "/usr/sbin/send_nsca"
							: "/usr/sbin/sendmail");
	if (f->command == NULL)
		config_report(r, f->head.place, "out of memory");
}

void
config_check_feed(const struct config *c, struct config_feed *f,
    const struct config_report *r)
{
	size_t i;

	if (f->head.at[CONFIG_FEED_KIND].line == 0) {
		config_report(r, f->head.place,
		    "feed '%s' has no kind; wanted 'kind: %s'", f->head.name,
		    config_key_table[CONFIG_FEED_KIND].value);
		return;
	}
	feed_keys_of_kind(f, r);
	feed_address(f, r);
	feed_url(f, r);
	feed_mail(f, r);
	feed_database(f, r);
	feed_fill(f, r);
	if (f->kind == CONFIG_FEED_SYSLOG &&
	    (f->path != NULL) == (f->address != NULL))
		config_report(r, f->head.place,
		    "feed '%s' has %s path and address; wanted one of them",
		    f->head.name, f->path != NULL ? "both" : "no");
	for (i = 0; i < f->groups.n; i++)
		if (config_group(c, f->groups.item[i]) == NULL)
			config_report(r, f->head.at[CONFIG_FEED_GROUPS],
			    "no group '%.63s' for feed '%s'; wanted a name of "
			    "`groups`",
			    f->groups.item[i], f->head.name);
}
