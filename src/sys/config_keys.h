/*
 * The keys of crosstap.yaml as data: one table gives parsing, checks, `config
 * show` and `config keys`, and the manual and the sample are tested against
 * it. A new section is a row of config_section_table and its struct; a new key
 * is a row of config_key_table.
 */
#ifndef SYS_CONFIG_KEYS_H
#define SYS_CONFIG_KEYS_H

#include "base/base.h"

enum config_key {
	CONFIG_ADDRESS,
	CONFIG_BASTION,
	CONFIG_USER,
	CONFIG_KEY,
	CONFIG_AGENT,
	CONFIG_KNOWN_HOSTS,
	CONFIG_SSH_CONFIG,
	CONFIG_COMMAND,
	CONFIG_LOGS,
	CONFIG_AGENTLESS,
	CONFIG_ARCHIVE,
	CONFIG_ATTRIBUTES,
	CONFIG_TZ,
	CONFIG_FIELDS,
	CONFIG_CONNECT_TIMEOUT,
	CONFIG_REQUEST_TIMEOUT,
	CONFIG_IDLE_TIMEOUT,
	CONFIG_BUDGET,
	CONFIG_MEMBERS,
	CONFIG_RELATION,
	CONFIG_WIDTH,
	CONFIG_SETTLE,
	CONFIG_EARLY,
	CONFIG_SEED,
	CONFIG_SEED_FILE,
	CONFIG_RULES,
	CONFIG_STORE,
	CONFIG_CONTROL,
	CONFIG_OPERATORS,
	CONFIG_LOG,
	CONFIG_BACKFILL,
	CONFIG_CLEAR,
	CONFIG_FLAP,
	CONFIG_KEEP_BUCKETS,
	CONFIG_KEEP_EVIDENCE,
	CONFIG_INVENTORY,
	CONFIG_FEED_KIND,
	CONFIG_FEED_PATH,
	CONFIG_FEED_SPOOL,
	CONFIG_FEED_ADDRESS,
	CONFIG_FEED_TRANSPORT,
	CONFIG_FEED_HOST,
	CONFIG_FEED_SENSOR_HOST,
	CONFIG_FEED_URL,
	CONFIG_FEED_DATABASE,
	CONFIG_FEED_USER,
	CONFIG_FEED_PASSWORD_FILE,
	CONFIG_FEED_TOKEN_FILE,
	CONFIG_FEED_SECRET_FILE,
	CONFIG_FEED_CA_FILE,
	CONFIG_FEED_COMMAND,
	CONFIG_FEED_CONFIG,
	CONFIG_FEED_TTL,
	CONFIG_FEED_TO,
	CONFIG_FEED_FROM,
	CONFIG_FEED_BATCH,
	CONFIG_FEED_GROUPS,
	CONFIG_WEB_LISTEN,
	CONFIG_WEB_SOCKET,
	CONFIG_WEB_TOKEN_FILE,
	CONFIG_WEB_HOSTS,
	CONFIG_NKEYS
};

enum config_section {
	CONFIG_SENSORS,
	CONFIG_BASTIONS,
	CONFIG_GROUPS,
	CONFIG_DAEMON,
	CONFIG_FEEDS,
	CONFIG_WEB,
	CONFIG_NSECTIONS
};
#define CONFIG_IN(section) (1U << (section))

/* The type says what lies at `offset` in the section's struct. */
enum config_type {
	CONFIG_TEXT,     /* char *, min..max bytes, no control characters */
	CONFIG_NAME,     /* the same, of another entry */
	CONFIG_PATH,     /* char *; "~/" and relative ones are resolved */
	CONFIG_ZONE,     /* char *, of the system's zone data */
	CONFIG_HOST,     /* char *, as address_parse() takes it */
	CONFIG_BOOL,     /* bool: yes, no, true, false */
	CONFIG_WORD,     /* an enum (of int's size): the index into words */
	CONFIG_DURATION, /* int64_t, microseconds; min..max seconds */
	CONFIG_SIZE,     /* uint64_t, bytes; min..max */
	CONFIG_U64,      /* uint64_t, 0xHEX or decimal */
	CONFIG_LIST,     /* struct config_list, min..max texts */
	CONFIG_MAP       /* struct config_list, up to max "KEY=VALUE" */
};

struct config_key_def {
	const char *name;
	unsigned sections; /* CONFIG_IN() of those that have it */
	enum config_type type;
	bool own;    /* cannot stand in `defaults` */
	bool secret; /* is not shown */
	size_t offset;
	double min, max;
	const char *const *words; /* WORD: NULL ends it */
	const char *fallback;     /* as written in the file; NULL: none */
	const char *value;        /* what is wanted of it */
	const char *help;         /* one line, no full stop */
};

struct config_section_def {
	const char *name;
	const char *one;      /* "sensor": in messages, and its key below
			       * `defaults` */
	bool defaults;        /* it has defaults */
	bool single;          /* no names: its keys stand right below it */
	size_t items, nitems; /* offsets in struct config */
	size_t size;          /* of the struct */
	const char *help;
};

extern const struct config_key_def config_key_table[CONFIG_NKEYS];
extern const struct config_section_def config_section_table[CONFIG_NSECTIONS];

#define CONFIG_MAX_NAME 63 /* bytes; operands are called so */

/* A sensor, bastion or group may be called so. */
bool config_name_ok(const char *name);

#endif
