#include <string.h>
#include "sys/config.h"

#define REACHED (CONFIG_IN(CONFIG_SENSORS) | CONFIG_IN(CONFIG_BASTIONS))
#define SENSORS CONFIG_IN(CONFIG_SENSORS)
#define GROUPS CONFIG_IN(CONFIG_GROUPS)
#define DAEMON CONFIG_IN(CONFIG_DAEMON)
#define FEEDS CONFIG_IN(CONFIG_FEEDS)
#define WEB CONFIG_IN(CONFIG_WEB)
#define SENSOR(member) offsetof(struct config_sensor, member)
#define GROUP(member) offsetof(struct config_group, member)
#define ITS(member) offsetof(struct config_web, member)
#define THE(member) offsetof(struct config_daemon, member)
#define FEED(member) offsetof(struct config_feed, member)

static const char *const config_relation_words[] = { "mirror", "subset", NULL };
static const char *const config_log_words[] = { "stderr", "syslog", NULL };
static const char *const config_transport_words[] = { "udp", "tcp", NULL };
static const char *const config_feed_words[CONFIG_FEED_NKINDS + 1] = {
	"nagios-command", "nagios-spool", "nsca", "nrdp", "icinga2", "webhook",
	"syslog", "mail", "clickhouse"
};

const struct config_key_def config_key_table[CONFIG_NKEYS] = {
	[CONFIG_ADDRESS] = { "address", REACHED, CONFIG_HOST, .own = true,
	    .offset = SENSOR(address),
	    .value = "HOST, HOST:PORT or ssh://[USER@]HOST[:PORT][/PATH]; of a "
		     "sensor local, too",
	    .help = "where it is reached by ssh; without one, or with local, "
		    "its logs are on this host" },
	[CONFIG_BASTION] = { "bastion", REACHED, CONFIG_NAME,
	    .offset = SENSOR(bastion),
	    .value = "the name of a bastion or sensor, or none",
	    .help = "the host to go through; its own bastion may be one more" },
	[CONFIG_USER] = { "user", REACHED, CONFIG_TEXT, .offset = SENSOR(user),
	    .max = 63, .value = "a user's name of up to 63 bytes",
	    .help = "the user there" },
	[CONFIG_KEY] = { "key", REACHED, CONFIG_PATH, .offset = SENSOR(key),
	    .value = "a file", .help = "the private key to log in with" },
	[CONFIG_AGENT] = { "agent", REACHED, CONFIG_BOOL,
	    .offset = SENSOR(agent), .fallback = "no", .value = "yes or no",
	    .help = "also offer the keys of the running ssh-agent" },
	[CONFIG_KNOWN_HOSTS] = { "known_hosts", REACHED, CONFIG_PATH,
	    .offset = SENSOR(known_hosts), .fallback = "~/.ssh/known_hosts",
	    .value = "a file",
	    .help = "the host keys that are trusted; no other is" },
	[CONFIG_SSH_CONFIG] = { "ssh_config", REACHED, CONFIG_PATH,
	    .offset = SENSOR(ssh_config), .value = "a file",
	    .help = "read what is not said here from this ssh_config(5)" },
	[CONFIG_COMMAND] = { "command", SENSORS, CONFIG_TEXT,
	    .offset = SENSOR(command), .max = 1024,
	    .fallback = "crosstap-sensor serve",
	    .value = "a command of up to 1024 bytes",
	    .help = "what to run there; a forced command takes its place" },
	[CONFIG_LOGS] = { "logs", SENSORS, CONFIG_LIST, .own = true,
	    .offset = SENSOR(logs), .min = 1, .max = 8,
	    .value = "a path, or a list of up to 8",
	    .help = "files, patterns or folders of conn.logs: here if there "
		    "is no address, else there" },
	[CONFIG_AGENTLESS] = { "agentless", SENSORS, CONFIG_BOOL,
	    .offset = SENSOR(agentless), .fallback = "no", .value = "yes or no",
	    .help = "read the logs there by SFTP, where nothing may be "
		    "installed" },
	[CONFIG_ARCHIVE] = { "archive", SENSORS, CONFIG_TEXT, .own = true,
	    .offset = SENSOR(archive), .max = 2048,
	    .value = "a table, such as clickhouse://HOST/DB.TABLE?sensor=NAME",
	    .help = "where its flows are for long, for --archive" },
	[CONFIG_ATTRIBUTES] = { "attributes", SENSORS, CONFIG_MAP,
	    .offset = SENSOR(attributes), .max = 32,
	    .value = "a mapping of up to 32 keys to texts, such as "
		     "{os: freebsd, card: x710}",
	    .help = "what the sensor is: os, card, layout, tap, release and "
		    "the like, by which findings are put together" },
	[CONFIG_TZ] = { "tz", SENSORS, CONFIG_ZONE, .offset = SENSOR(tz),
	    .fallback = "UTC", .value = "a time zone, such as Europe/Berlin",
	    .help = "the zone of the file names of its archive" },
	[CONFIG_FIELDS] = { "fields", SENSORS, CONFIG_MAP,
	    .offset = SENSOR(fields), .max = 32,
	    .value = "a mapping of Zeek's names to those of the log, such as "
		     "{id.orig_h: src_ip}",
	    .help = "fields that its logs call by another name" },
	[CONFIG_CONNECT_TIMEOUT] = { "connect_timeout", REACHED,
	    CONFIG_DURATION, .offset = SENSOR(connect_timeout_us), .min = 1,
	    .max = 3600, .fallback = "10s", .value = "a duration from 1s to 1h",
	    .help = "how long connecting and logging in may take" },
	[CONFIG_REQUEST_TIMEOUT] = { "request_timeout", SENSORS,
	    CONFIG_DURATION, .offset = SENSOR(request_timeout_us), .min = 1,
	    .max = 3600, .fallback = "60s", .value = "a duration from 1s to 1h",
	    .help = "how long a whole answer may take" },
	[CONFIG_IDLE_TIMEOUT] = { "idle_timeout", SENSORS, CONFIG_DURATION,
	    .offset = SENSOR(idle_timeout_us), .min = 1, .max = 3600,
	    .fallback = "20s", .value = "a duration from 1s to 1h",
	    .help = "how long nothing may come in the middle of an answer" },
	[CONFIG_BUDGET] = { "max_bytes", SENSORS, CONFIG_SIZE,
	    .offset = SENSOR(max_bytes), .min = 64.0 * 1024,
	    .max = 1099511627776.0, .fallback = "1G",
	    .value = "bytes from 64K to 1024G, with K, M or G",
	    .help = "how much one pull may bring over the wire" },
	[CONFIG_MEMBERS] = { "sensors", GROUPS, CONFIG_LIST, .own = true,
	    .offset = GROUP(sensors), .min = 2, .max = RESULT_MAX_SENSORS,
	    .value = "a list of 2 to 8 names of sensors",
	    .help = "those that are compared with each other" },
	[CONFIG_RELATION] = { "relation", GROUPS, CONFIG_WORD,
	    .offset = GROUP(relation), .words = config_relation_words,
	    .fallback = "mirror", .value = "mirror or subset",
	    .help = "equal sets, or all others inside the first" },
	[CONFIG_WIDTH] = { "width", GROUPS, CONFIG_DURATION,
	    .offset = GROUP(width_us), .min = 1, .max = 3600, .fallback = "60s",
	    .value = "a duration from 1s to 1h",
	    .help = "the width of a bucket" },
	[CONFIG_SETTLE] = { "settle", GROUPS, CONFIG_DURATION,
	    .offset = GROUP(settle_us), .max = 86400, .fallback = "400s",
	    .value = "a duration up to 1d",
	    .help = "how far a log must be past a bucket for the full "
		    "comparison" },
	[CONFIG_EARLY] = { "early", GROUPS, CONFIG_DURATION,
	    .offset = GROUP(early_us), .max = 86400, .fallback = "90s",
	    .value = "a duration up to that of settle",
	    .help = "the same for the first look, by the rules marked early" },
	[CONFIG_SEED] = { "seed", GROUPS, CONFIG_U64, .secret = true,
	    .offset = GROUP(seed),
	    .value = "0x and up to 16 hexadecimal digits, or a decimal number",
	    .help = "the secret seed of the flow keys (default: one by "
		    "chance)" },
	[CONFIG_SEED_FILE] = { "seed_file", GROUPS, CONFIG_PATH,
	    .offset = GROUP(seed_file), .value = "a file",
	    .help = "a file that holds the seed, instead of seed" },
	[CONFIG_RULES] = { "rules", GROUPS, CONFIG_PATH, .offset = GROUP(rules),
	    .value = "a folder",
	    .help = "judge by the rule files of this folder" },
	[CONFIG_STORE] = { "store", DAEMON, CONFIG_PATH, .offset = THE(store),
	    .fallback = "/var/lib/crosstap/crosstap.db", .value = "a file",
	    .help = "the database with all that was found" },
	[CONFIG_CONTROL] = { "control", DAEMON, CONFIG_PATH,
	    .offset = THE(control), .fallback = "/run/crosstap/control",
	    .value = "a path of up to 100 bytes",
	    .help = "the socket that crosstap talks to the daemon by" },
	[CONFIG_OPERATORS] = { "operators", DAEMON, CONFIG_LIST,
	    .offset = THE(operators), .max = 64,
	    .value = "a list of up to 64 names of users",
	    .help = "who may acknowledge and mute, besides root and the "
		    "user of the daemon" },
	[CONFIG_LOG] = { "log", DAEMON, CONFIG_WORD, .offset = THE(log),
	    .words = config_log_words, .fallback = "stderr",
	    .value = "stderr or syslog", .help = "where it logs to" },
	[CONFIG_BACKFILL] = { "backfill", DAEMON, CONFIG_DURATION,
	    .offset = THE(backfill_us), .max = 30 * 86400, .fallback = "1d",
	    .value = "a duration up to 30d",
	    .help = "how far back buckets that were missed are asked for" },
	[CONFIG_CLEAR] = { "clear", DAEMON, CONFIG_DURATION,
	    .offset = THE(clear_us), .min = 1, .max = 86400, .fallback = "5m",
	    .value = "a duration from 1s to 1d",
	    .help = "how long nothing may be found for an incident to end" },
	[CONFIG_FLAP] = { "flap", DAEMON, CONFIG_DURATION,
	    .offset = THE(flap_us), .max = 7 * 86400, .fallback = "30m",
	    .value = "a duration up to 7d",
	    .help = "an incident that comes back within this time is the "
		    "same one" },
	[CONFIG_KEEP_BUCKETS] = { "keep_buckets", DAEMON, CONFIG_DURATION,
	    .offset = THE(keep_buckets_us), .min = 86400, .max = 3660.0 * 86400,
	    .fallback = "400d", .value = "a duration from 1d to 3660d",
	    .help = "how long each bucket is kept; hours and days stay" },
	[CONFIG_KEEP_EVIDENCE] = { "keep_evidence", DAEMON, CONFIG_DURATION,
	    .offset = THE(keep_evidence_us), .min = 3600, .max = 3660.0 * 86400,
	    .fallback = "30d", .value = "a duration from 1h to 3660d",
	    .help = "how long the numbers that rules read are kept" },
	[CONFIG_INVENTORY] = { "inventory", DAEMON, CONFIG_BOOL,
	    .offset = THE(inventory), .fallback = "yes", .value = "yes or no",
	    .help = "list the sensors' finished log files, with their "
		    "checksums: each is read once more" },
	[CONFIG_FEED_KIND] = { "kind", FEEDS, CONFIG_WORD, .own = true,
	    .offset = FEED(kind), .words = config_feed_words,
	    .value = "nagios-command, nagios-spool, nsca, nrdp, icinga2, "
		     "webhook, syslog, mail or clickhouse",
	    .help = "how it is told" },
	[CONFIG_FEED_PATH] = { "path", FEEDS, CONFIG_PATH, .own = true,
	    .offset = FEED(path), .value = "a path",
	    .help = "the command_file or check_result_path of Nagios, or the "
		    "socket of a syslog" },
	[CONFIG_FEED_SPOOL] = { "spool", FEEDS, CONFIG_PATH, .own = true,
	    .offset = FEED(spool), .value = "a folder",
	    .help = "the check_result_path of Nagios, for results that are "
		    "too long for its command_file (default: they are cut)" },
	[CONFIG_FEED_ADDRESS] = { "address", FEEDS, CONFIG_HOST, .own = true,
	    .offset = FEED(address), .value = "HOST or HOST:PORT",
	    .help = "the host of an nsca daemon or syslog" },
	[CONFIG_FEED_TRANSPORT] = { "transport", FEEDS, CONFIG_WORD,
	    .own = true, .offset = FEED(transport),
	    .words = config_transport_words, .fallback = "udp",
	    .value = "udp or tcp",
	    .help = "how a syslog is reached at its address" },
	[CONFIG_FEED_HOST] = { "host", FEEDS, CONFIG_NAME, .own = true,
	    .offset = FEED(host), .fallback = "crosstap",
	    .value = "a name of letters, digits, '.', '_' and '-'",
	    .help = "the host that Nagios has the services of groups and of "
		    "crosstapd at" },
	[CONFIG_FEED_SENSOR_HOST] = { "sensor_host", FEEDS, CONFIG_NAME,
	    .own = true, .offset = FEED(sensor_host),
	    .value = "a name of letters, digits, '.', '_' and '-'",
	    .help = "the host that it has the services of sensors at "
		    "(default: each at a host of the sensor's name)" },
	[CONFIG_FEED_URL] = { "url", FEEDS, CONFIG_TEXT, .own = true,
	    .offset = FEED(url), .max = 1024,
	    .value = "http:// or https:// and so on",
	    .help = "where it is sent to" },
	[CONFIG_FEED_DATABASE] = { "database", FEEDS, CONFIG_TEXT, .own = true,
	    .offset = FEED(database), .max = 64,
	    .value = "a name of letters, digits and _",
	    .help = "the database of ClickHouse that has the tables (default: "
		    "crosstap)" },
	[CONFIG_FEED_USER] = { "user", FEEDS, CONFIG_TEXT, .own = true,
	    .offset = FEED(user), .max = 63,
	    .value = "a user's name of up to 63 bytes",
	    .help = "the user of Icinga's API, or of ClickHouse (there "
		    "default)" },
	[CONFIG_FEED_PASSWORD_FILE] = { "password_file", FEEDS, CONFIG_PATH,
	    .own = true, .offset = FEED(password_file), .value = "a file",
	    .help = "a file with the password of user" },
	[CONFIG_FEED_TOKEN_FILE] = { "token_file", FEEDS, CONFIG_PATH,
	    .own = true, .offset = FEED(token_file), .value = "a file",
	    .help = "a file with the token of NRDP" },
	[CONFIG_FEED_SECRET_FILE] = { "secret_file", FEEDS, CONFIG_PATH,
	    .own = true, .offset = FEED(secret_file), .value = "a file",
	    .help = "a file with the secret that messages are signed with" },
	[CONFIG_FEED_CA_FILE] = { "ca_file", FEEDS, CONFIG_PATH, .own = true,
	    .offset = FEED(ca_file), .value = "a file",
	    .help = "the certificates that are trusted (default: those of the "
		    "system)" },
	[CONFIG_FEED_COMMAND] = { "command", FEEDS, CONFIG_TEXT, .own = true,
	    .offset = FEED(command), .max = 1024,
	    .value = "words with blanks between them",
	    .help = "the program that sends (default: /usr/sbin/send_nsca, "
		    "/usr/sbin/sendmail)" },
	[CONFIG_FEED_CONFIG] = { "config", FEEDS, CONFIG_PATH, .own = true,
	    .offset = FEED(config), .value = "a file",
	    .help = "the configuration of send_nsca (default: its own)" },
	[CONFIG_FEED_TTL] = { "ttl", FEEDS, CONFIG_DURATION, .own = true,
	    .offset = FEED(ttl_us), .min = 30, .max = 7 * 86400,
	    .value = "a duration from 30s to 7d",
	    .help = "when Icinga 2 takes a result for stale (default: 5m)" },
	[CONFIG_FEED_TO] = { "to", FEEDS, CONFIG_LIST, .own = true,
	    .offset = FEED(to), .min = 1, .max = 16,
	    .value = "an address, or a list of up to 16",
	    .help = "who gets the mail" },
	[CONFIG_FEED_FROM] = { "from", FEEDS, CONFIG_TEXT, .own = true,
	    .offset = FEED(from), .max = 254, .value = "an address",
	    .help = "the sender of the mail" },
	[CONFIG_FEED_BATCH] = { "batch", FEEDS, CONFIG_SIZE, .own = true,
	    .offset = FEED(batch), .min = 100, .max = 1000000,
	    .value = "a number from 100 to 1000000",
	    .help = "how many rows ClickHouse is given at once, or a few more "
		    "(default: 20000)" },
	[CONFIG_FEED_GROUPS] = { "groups", FEEDS, CONFIG_LIST, .own = true,
	    .offset = FEED(groups), .min = 1, .max = 64,
	    .value = "a name of a group, or a list of up to 64",
	    .help = "only what is about these groups (default: all)" },
	[CONFIG_WEB_LISTEN] = { "listen", WEB, CONFIG_TEXT,
	    .offset = ITS(listen), .max = 100,
	    .value = "ADDRESS:PORT in numbers, such as 127.0.0.1:9477",
	    .help = "where the page, the API and the metrics are served; "
		    "beyond this host only with a token" },
	[CONFIG_WEB_SOCKET] = { "socket", WEB, CONFIG_PATH,
	    .offset = ITS(socket), .value = "a path of up to 100 bytes",
	    .help = "the same by a socket, for a proxy on this host: its user "
		    "and group may use it" },
	[CONFIG_WEB_TOKEN_FILE] = { "token_file", WEB, CONFIG_PATH,
	    .offset = ITS(token_file), .value = "a file",
	    .help = "a file with the token that readers must have, as bearer "
		    "token or as password; others may not read it" },
	[CONFIG_WEB_HOSTS] = { "hosts", WEB, CONFIG_LIST, .offset = ITS(hosts),
	    .max = 16, .value = "a list of up to 16 host names",
	    .help = "names that the page is called by, besides addresses and "
		    "localhost" },
};

const struct config_section_def config_section_table[CONFIG_NSECTIONS] = {
	[CONFIG_SENSORS] = { "sensors", "sensor", true, false,
	    offsetof(struct config, sensors), offsetof(struct config, nsensors),
	    sizeof(struct config_sensor), "the sensors, by name" },
	[CONFIG_BASTIONS] = { "bastions", "bastion", true, false,
	    offsetof(struct config, bastions),
	    offsetof(struct config, nbastions), sizeof(struct config_sensor),
	    "hosts that sensors are reached through, by name" },
	[CONFIG_GROUPS] = { "groups", "group", true, false,
	    offsetof(struct config, groups), offsetof(struct config, ngroups),
	    sizeof(struct config_group),
	    "sensors that watch the same traffic, by name" },
	[CONFIG_DAEMON] = { "daemon", "daemon", false, true,
	    offsetof(struct config, daemon), offsetof(struct config, ndaemons),
	    sizeof(struct config_daemon), "settings of crosstapd" },
	[CONFIG_FEEDS] = { "feeds", "feed", false, false,
	    offsetof(struct config, feeds), offsetof(struct config, nfeeds),
	    sizeof(struct config_feed), "who is told, by name" },
	[CONFIG_WEB] = { "web", "web", false, true,
	    offsetof(struct config, web), offsetof(struct config, nwebs),
	    sizeof(struct config_web),
	    "the page of crosstapd; without it there is none" },
};

/* It must not look like a path, an option, or the signs of NAME=PATH, A,B and
 * A:KEY=VALUE. */
bool
config_name_ok(const char *name)
{
	static const char letters[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	    "._-";
	size_t n = strlen(name);

	return n > 0 && n <= CONFIG_MAX_NAME && strspn(name, letters) == n &&
	    name[0] != '.' && name[0] != '-' && strcmp(name, "none") != 0;
}
