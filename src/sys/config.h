/*
 * crosstap.yaml: which sensors there are, how they are reached, and which of
 * them are compared with each other. What a key means is said by the table of
 * sys/config_keys.h and by crosstap.yaml(5).
 */
#ifndef SYS_CONFIG_H
#define SYS_CONFIG_H

#include "base/buf.h"
#include "base/diag.h"
#include "compare/result.h"
#include "sys/config_keys.h"

#define CONFIG_MAX_BYTES (1024 * 1024)
#define CONFIG_MAX_ENTRIES 2000 /* sensors; groups; bastions */
#define CONFIG_LOCAL "local"    /* as an address: this host, without ssh */
#define CONFIG_MAX_ERRORS 32    /* are kept; the others are counted */

/* Texts, owned. Of a mapping: "KEY=VALUE". */
struct config_list {
	char **item;
	size_t n;
};

/* Where a value stands. */
struct config_place {
	unsigned line, col; /* from 1; 0: not given, it has its default */
	bool inherited;     /* in `defaults` */
};

/* What every entry begins with. */
struct config_entry {
	char *name; /* owned; a name of letters, digits, '.', '_' and '-' */
	struct config_place place;
	struct config_place at[CONFIG_NKEYS]; /* of the values */
};

/* Texts are owned and NULL where nothing was said. A bastion is one, too. */
struct config_sensor {
	struct config_entry head;
	char *address; /* NULL: its logs are here, and read by the asker */
	bool local;    /* CONFIG_LOCAL: here, and asked as one elsewhere */
	char *host;    /* of the address */
	unsigned port; /* 0: not said */
	char *bastion; /* name */
	const struct config_sensor *via; /* borrowed: the bastion; NULL: none */
	char *user;
	char *key; /* file */
	bool agent;
	char *known_hosts; /* file */
	char *ssh_config;  /* file */
	char *command;
	struct config_list logs; /* paths there; here if there is no address */
	bool agentless;
	char *archive;                 /* clickhouse://...; NULL: none */
	struct config_list attributes; /* KEY=VALUE */
	char *tz;                      /* IANA name */
	struct config_list fields;     /* ZEEK=NAME */
	int64_t connect_timeout_us;
	int64_t request_timeout_us;
	int64_t idle_timeout_us;
	uint64_t max_bytes; /* of one pull */
};

struct config_group {
	struct config_entry head;
	struct config_list sensors; /* names */
	/* Borrowed: the same. */
	const struct config_sensor *member[RESULT_MAX_SENSORS];
	size_t nmembers;
	enum relation relation; /* subset: the first is the outside one */
	int64_t width_us;
	int64_t settle_us;
	int64_t early_us;
	bool has_seed; /* else the caller makes one */
	uint64_t seed; /* secret */
	char *seed_file;
	char *rules; /* folder; NULL: the installed one */
};

/* In the order of the words of `kind`. */
enum config_feed_kind {
	CONFIG_FEED_NAGIOS_COMMAND,
	CONFIG_FEED_NAGIOS_SPOOL,
	CONFIG_FEED_NSCA,
	CONFIG_FEED_NRDP,
	CONFIG_FEED_ICINGA2,
	CONFIG_FEED_WEBHOOK,
	CONFIG_FEED_SYSLOG,
	CONFIG_FEED_MAIL,
	CONFIG_FEED_CLICKHOUSE
};
#define CONFIG_FEED_NKINDS 9

enum config_feed_transport {
	CONFIG_FEED_UDP,
	CONFIG_FEED_TCP
};

/* Who is told. A key that the kind does not take is NULL or 0; secrets stay in
 * their files, which are not opened. */
struct config_feed {
	struct config_entry head;
	enum config_feed_kind kind;
	char *path;  /* of the FIFO, spool folder or socket */
	char *spool; /* folder: for what is too long for the FIFO */
	char *address;
	char *address_host;    /* of the address */
	unsigned address_port; /* 0: not said */
	enum config_feed_transport transport;
	char *host;        /* as Nagios calls the collector */
	char *sensor_host; /* NULL: the name of each sensor */
	char *url;
	char *user;
	char *password_file;
	char *token_file;
	char *secret_file;
	char *ca_file;
	char *command; /* words with blanks between them */
	char *config;  /* file, of the command */
	int64_t ttl_us;
	struct config_list to; /* addresses */
	char *from;
	struct config_list groups; /* names; empty: all */
	char *database;
	uint64_t batch; /* rows */
};

enum config_log {
	CONFIG_LOG_STDERR,
	CONFIG_LOG_SYSLOG
};

/* Of crosstapd; there is always one. */
struct config_daemon {
	struct config_entry head;
	char *store;                  /* file */
	char *control;                /* socket */
	struct config_list operators; /* users, besides root and its own */
	enum config_log log;
	int64_t backfill_us;
	int64_t clear_us;
	int64_t flap_us;
	int64_t keep_buckets_us;
	int64_t keep_evidence_us;
	bool inventory;
};

/* The page of crosstapd; there is always one, which may be nowhere. */
struct config_web {
	struct config_entry head;
	char *listen; /* ADDRESS:PORT */
	char *socket; /* path */
	char *token_file;
	struct config_list hosts;
};

struct config {
	char *file;                    /* owned */
	struct config_sensor *sensors; /* owned, as below */
	size_t nsensors;
	struct config_sensor *bastions;
	size_t nbastions;
	struct config_group *groups;
	size_t ngroups;
	struct config_daemon *daemon;
	size_t ndaemons; /* 1 */
	struct config_feed *feeds;
	size_t nfeeds;
	struct config_web *web;
	size_t nwebs; /* 1 */
};

/* In order of line. */
struct config_errors {
	struct config_error {
		unsigned line; /* 0: of the whole file */
		struct diag d; /* "FILE:LINE:COL: what; what was wanted" */
	} v[CONFIG_MAX_ERRORS];
	size_t n;
	uint64_t more; /* that were not kept */
};

/*
 * Reads and checks a text; file is its name for messages, and relative paths
 * in it are of that file's folder. Seed files are not opened. On success the
 * caller owns *out and frees it with config_clear(); on failure there is at
 * least one error and nothing to free.
 */
bool config_parse(struct span text, const char *file, struct config *out,
    struct config_errors *e) MUSTCHECK;
/* The same for a file, with the seeds of its seed files. */
bool config_load(
    const char *file, struct config *out, struct config_errors *e) MUSTCHECK;

/* The same, and its text; the caller's, in any case. */
bool config_load_kept(const char *file, struct buf *text, struct config *out,
    struct config_errors *e) MUSTCHECK;

/* A sensor that the file does not have (yet); borrowed. */
struct config_more {
	const char *name;
	struct {
		enum config_key key;
		const char *const *item; /* one text; of a list all */
		size_t n;
	} keys[CONFIG_NKEYS];
	size_t nkeys;
};
/* The same as if it stood among the file's sensors. file may be NULL: none. */
bool config_load_more(const char *file, const struct config_more *more,
    struct config *out, struct config_errors *e) MUSTCHECK;
void config_clear(struct config *c);

/* NULL if there is none of that name. Borrowed. */
const struct config_sensor *
config_sensor(const struct config *c, const char *name);
const struct config_group *
config_group(const struct config *c, const char *name);

/*
 * The file to load: that of the option if it is not NULL, that of
 * CROSSTAP_CONFIG, ~/.config/crosstap/crosstap.yaml, or the installed one; the
 * last two only if they exist. Appended to path. False if there is none, with
 * where it was looked for in d.
 */
bool
config_find(const char *option, struct buf *path, struct diag *d) MUSTCHECK;

/* Everything, with defaults filled in, without secrets: YAML, or JSON of the
 * same shape. */
enum config_form {
	CONFIG_YAML,
	CONFIG_JSON
};
void
config_format(const struct config *c, enum config_form form, struct buf *out);

#endif
