/*
 * crosstap.yaml: what is read, what is filled in, and what is refused in which
 * words.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "sys/address.h"
#include "sys/config.h"
#include "sys/config_value.h"
#include "unit.h"

static struct config_errors errors;

static const char whole[] =
    "# a comment\n"
    "defaults:\n"
    "  sensor:\n"
    "    user: zeek\n"
    "    bastion: jump\n"
    "    connect_timeout: 5s\n"
    "  group: {width: 5m, seed: 7}\n"
    "sensors:\n"
    "  ext1:\n"
    "    address: ext1.example.net:2222\n"
    "    key: keys/id\n"
    "    agent: yes\n"
    "    attributes: {os: freebsd, card: \"x: 1\"}\n"
    "    max_bytes: 64M\n"
    "  ext2:\n"
    "    address: ssh://root@[2001:db8::1]:22/var/log\n"
    "    agentless: true\n"
    "    bastion: none\n"
    "  int1:\n"
    "    logs: [logs/int1, /srv/int1]\n"
    "    tz: UTC\n"
    "    fields: {id.orig_h: src_ip}\n"
    "  jump2: {address: 192.0.2.1, bastion: none}\n"
    "bastions:\n"
    "  jump: {address: '2001:db8::2', user: hop, bastion: jump2}\n"
    "groups:\n"
    "  west:\n"
    "    sensors: [ext1, ext2]\n"
    "    settle: 1m30s\n"
    "    seed: 0xFFFFFFFFFFFFFFFF\n"
    "    rules: /etc/rules\n"
    "  border:\n"
    "    sensors: [ext1, int1]\n"
    "    relation: subset\n"
    "    settle: 30s\n";

static void
parse(const char *text, struct config *c)
{
	ck_assert_int_eq(setenv("HOME", "/home/me", 1), 0);
	if (!config_parse(span_from(text), "/etc/x/x.yaml", c, &errors))
		ck_abort_msg("'%s': %s", text, errors.v[0].d.text);
}

START_TEST(every_key_is_read_and_the_rest_filled_in)
{
	const struct config_sensor *s;
	const struct config_group *g;
	struct config c;

	parse(whole, &c);
	ck_assert_uint_eq(c.nsensors, 4);
	s = config_sensor(&c, "ext1");
	ck_assert_str_eq(s->host, "ext1.example.net");
	ck_assert_uint_eq(s->port, 2222);
	ck_assert_str_eq(s->user, "zeek");
	ck_assert_str_eq(s->key, "/etc/x/keys/id");
	ck_assert_str_eq(s->known_hosts, "/home/me/.ssh/known_hosts");
	ck_assert(s->agent);
	ck_assert(!s->agentless);
	ck_assert_str_eq(s->command, "crosstap-sensor serve");
	ck_assert_ptr_eq(s->via, &c.bastions[0]);
	ck_assert_ptr_eq(s->via->via, config_sensor(&c, "jump2"));
	ck_assert_ptr_null(s->via->via->via);
	ck_assert_str_eq(s->via->host, "2001:db8::2");
	ck_assert_str_eq(s->via->user, "hop");
	ck_assert_int_eq(s->connect_timeout_us, 5 * US_PER_S);
	ck_assert_int_eq(s->request_timeout_us, 60 * US_PER_S);
	ck_assert_uint_eq(s->max_bytes, 64 << 20);
	ck_assert_uint_eq(s->attributes.n, 2);
	ck_assert_str_eq(s->attributes.item[1], "card=x: 1");
	s = config_sensor(&c, "ext2");
	ck_assert_str_eq(s->host, "2001:db8::1");
	ck_assert_str_eq(s->user, "root");
	ck_assert_str_eq(s->logs.item[0], "/var/log");
	ck_assert_ptr_null(s->via);
	s = config_sensor(&c, "int1");
	ck_assert_ptr_null(s->address);
	ck_assert_ptr_null(s->via);
	ck_assert_str_eq(s->logs.item[0], "/etc/x/logs/int1");
	ck_assert_str_eq(s->logs.item[1], "/srv/int1");
	ck_assert_str_eq(s->fields.item[0], "id.orig_h=src_ip");
	g = config_group(&c, "west");
	ck_assert_uint_eq(g->nmembers, 2);
	ck_assert_ptr_eq(g->member[1], config_sensor(&c, "ext2"));
	ck_assert_int_eq(g->relation, RELATION_MIRROR);
	ck_assert_int_eq(g->width_us, 300 * US_PER_S);
	ck_assert_int_eq(g->settle_us, 90 * US_PER_S);
	ck_assert(g->has_seed);
	ck_assert_uint_eq(g->seed, UINT64_MAX);
	ck_assert_str_eq(g->rules, "/etc/rules");
	g = config_group(&c, "border");
	ck_assert_int_eq(g->relation, RELATION_SUBSET);
	ck_assert_int_eq(g->early_us, 30 * US_PER_S);
	ck_assert_uint_eq(g->seed, 7);
	ck_assert_ptr_null(config_group(&c, "ext1"));
	config_clear(&c);
}
END_TEST

START_TEST(a_feed_has_what_its_kind_takes_and_no_more)
{
	struct config c;

	parse("feeds:\n"
	      "  p: {kind: nagios-command, path: rw/cmd, spool: /s}\n"
	      "  n: {kind: nsca, address: 'h:99', sensor_host: all}\n"
	      "  i: {kind: icinga2, url: 'https://h', user: u,"
	      " password_file: p}\n"
	      "  m: {kind: mail, to: a@example.net}\n"
	      "  c: {kind: clickhouse, url: 'http://h:8123'}\n",
	    &c);
	ck_assert_uint_eq(c.nfeeds, 5);
	ck_assert_uint_eq(c.feeds[3].batch, 0);
	ck_assert_uint_eq(c.feeds[4].batch, 20000);
	ck_assert_str_eq(c.feeds[4].database, "crosstap");
	ck_assert_ptr_null(c.feeds[4].user);
	ck_assert_int_eq(c.feeds[0].kind, CONFIG_FEED_NAGIOS_COMMAND);
	ck_assert_str_eq(c.feeds[0].path, "/etc/x/rw/cmd");
	ck_assert_str_eq(c.feeds[0].host, "crosstap");
	ck_assert_ptr_null(c.feeds[0].command);
	ck_assert_str_eq(c.feeds[1].address_host, "h");
	ck_assert_uint_eq(c.feeds[1].address_port, 99);
	ck_assert_str_eq(c.feeds[1].sensor_host, "all");
	ck_assert_str_eq(c.feeds[1].command, "/usr/sbin/send_nsca");
	ck_assert_int_eq(c.feeds[1].ttl_us, 0);
	ck_assert_int_eq(c.feeds[2].ttl_us, 300 * US_PER_S);
	ck_assert_ptr_null(c.feeds[3].host);
	ck_assert_str_eq(c.feeds[3].to.item[0], "a@example.net");
	ck_assert_str_eq(c.feeds[3].command, "/usr/sbin/sendmail");
	config_clear(&c);
}
END_TEST

#define A "sensors:\n  a: {logs: x}\n  b: {logs: y}\n"

static const struct bad {
	const char *text;
	const char *start; /* of the first message */
	const char *part;
} bads[] = {
	{ "sensor: {}\n", "x.yaml:1:1: unknown key 'sensor'",
	    "wanted one of sensors" },
	{ "- a\n", "x.yaml:1:1: no mapping", "wanted sensors:" },
	{ "sensors: [a]\n", "x.yaml:1:10: 'sensors' is no mapping", "NAME:" },
	{ "sensors: {}\nsensors: {}\n", "x.yaml:2:1: 'sensors' is given twice",
	    "line 1" },
	{ "sensors:\n  a: x\n", "x.yaml:2:6: sensor 'a' is no mapping", "" },
	{ "sensors:\n  a:\n", "x.yaml:2:3: sensor 'a' has no logs",
	    "wanted 'address: HOST'" },
	{ "sensors:\n  a/b: {logs: x}\n", "x.yaml:2:3: bad name 'a/b'",
	    "wanted up to 63 letters" },
	{ "sensors:\n  none: {logs: x}\n", "x.yaml:2:3: bad name 'none'", "" },
	{ "sensors:\n  -a: {logs: x}\n", "x.yaml:2:3: bad name '-a'", "" },
	{ "sensors:\n  a=b: {logs: x}\n", "x.yaml:2:3: bad name 'a=b'", "" },
	{ "sensors:\n  \"a\\0b\": {logs: x}\n", "x.yaml:2:3: bad name ''", "" },
	{ "sensors:\n  [a]: {logs: x}\n", "x.yaml:2:3: bad name ''", "" },
	{ A "  a: {logs: z}\n", "x.yaml:4:3: the name 'a' is taken",
	    "sensor in line 2" },
	{ A "groups:\n  b: {sensors: [a, b]}\n",
	    "x.yaml:5:3: the name 'b' is taken", "sensor in line 3" },
	{ "sensors:\n  a: {adress: x}\n", "x.yaml:2:7: unknown key 'adress'",
	    "wanted one of address, bastion" },
	{ "sensors:\n  a: {logs: x, logs: y}\n",
	    "x.yaml:2:16: 'logs' of sensor 'a' is given twice", "line 2" },
	{ "sensors:\n  a: {logs: []}\n", "x.yaml:2:13: bad value for 'logs'",
	    "wanted a path, or a list of up to 8" },
	{ "sensors:\n  a:\n    logs:\n    - x\n    - {}\n",
	    "x.yaml:5:7: bad value for 'logs' of sensor 'a'", "" },
	{ "sensors:\n  a: {logs: [1,2,3,4,5,6,7,8,9]}\n",
	    "x.yaml:2:30: bad value for 'logs'", "up to 8" },
	{ "sensors:\n  a: {logs: \"x\\ny\"}\n",
	    "x.yaml:2:13: bad value for 'logs'", "" },
	{ "sensors:\n  a: {address: 'a b'}\n",
	    "x.yaml:2:16: 'address' of sensor 'a': bad address 'a b'",
	    "wanted HOST" },
	{ "sensors:\n  a: {address: 'h:0'}\n", "x.yaml:2:16: 'address'", "" },
	{ "sensors:\n  a: {address: h, port: 22}\n",
	    "x.yaml:2:19: unknown key 'port'", "" },
	{ "sensors:\n  a: {address: 'ssh://u@h', user: v}\n",
	    "x.yaml:2:35: 'user' of 'a' is in the address", "" },
	{ "sensors:\n  a: {address: 'ssh://h/x', logs: v}\n",
	    "x.yaml:2:35: 'logs' of 'a' are in the address", "" },
	{ "sensors:\n  a: {address: h, agentless: yes}\n",
	    "x.yaml:2:30: sensor 'a' is agentless and has no logs",
	    "wanted 'logs: PATH'" },
	{ "sensors:\n  a: {address: h, logs: x, agentless: yes, command: c}\n",
	    "x.yaml:2:53: 'command' of agentless sensor 'a'", "" },
	{ "sensors:\n  a: {logs: x, user: u}\n",
	    "x.yaml:2:22: 'user' of sensor 'a' wants the address", "" },
	{ "sensors:\n  a: {address: local}\n",
	    "x.yaml:2:3: sensor 'a' has no logs", "" },
	{ "sensors:\n  a: {address: local, logs: x, key: k}\n",
	    "x.yaml:2:37: 'key' of sensor 'a' wants the address of another",
	    "" },
	{ "sensors:\n  a: {address: local, command: \"a 'b c'\"}\n",
	    "x.yaml:2:32: 'command' of sensor 'a' is started without a shell",
	    "wanted words" },
	{ "sensors:\n  a: {address: h, bastion: b}\n"
	  "  b: {address: local, logs: x}\n",
	    "x.yaml:2:28: 'b' has no address to go through", "" },
	{ "bastions:\n  a: {address: local}\n",
	    "x.yaml:2:3: bastion 'a' has no address", "" },
	{ "sensors:\n  a: {address: h, agent: maybe}\n",
	    "x.yaml:2:26: bad value for 'agent'", "wanted yes or no" },
	{ "sensors:\n  a: {address: h, user: }\n",
	    "x.yaml:2:25: bad value for 'user'", "wanted a user's name" },
	{ "sensors:\n  a: {logs: x, tz: Mars/Base}\n",
	    "x.yaml:2:20: 'tz' of sensor 'a': unknown time zone", "tzdata" },
	{ "sensors:\n  a: {logs: x, attributes: [os]}\n",
	    "x.yaml:2:28: bad value for 'attributes'", "a mapping of up to" },
	{ "sensors:\n  a: {logs: x, attributes: {os: a, os: b}}\n",
	    "x.yaml:2:36: 'attributes' of sensor 'a': 'os' is given twice",
	    "" },
	{ "sensors:\n  a: {logs: x, attributes: {os: [b]}}\n",
	    "x.yaml:2:33: bad value for 'attributes'", "" },
	{ "sensors:\n  a: {address: h, idle_timeout: 0s}\n",
	    "x.yaml:2:33: bad value for 'idle_timeout'", "from 1s to 1h" },
	{ "sensors:\n  a: {address: h, idle_timeout: 20}\n",
	    "x.yaml:2:33: bad value for 'idle_timeout'", "a duration" },
	{ "sensors:\n  a: {address: h, max_bytes: 1K}\n",
	    "x.yaml:2:30: bad value for 'max_bytes'", "64K to 1024G" },
	{ "sensors:\n  a: {address: h, max_bytes: 9999999999999G}\n",
	    "x.yaml:2:30: bad value for 'max_bytes'", "" },
	{ "sensors:\n  a: {address: h, bastion: b}\n",
	    "x.yaml:2:28: no bastion or sensor 'b'", "wanted a name of" },
	{ A "  c: {address: h, bastion: a}\n",
	    "x.yaml:4:28: 'a' has no address to go through", "" },
	{ "sensors:\n  a: {address: h, bastion: a}\n",
	    "x.yaml:2:28: the bastions of 'a' lead back to it", "" },
	{ "sensors:\n  a: {address: h, bastion: b}\n"
	  "  b: {address: h, bastion: c}\n  c: {address: h, bastion: d}\n"
	  "  d: {address: h}\n",
	    "x.yaml:2:28: more than 2 bastions on the way to 'a'", "" },
	{ "bastions:\n  a: {}\n", "x.yaml:2:3: bastion 'a' has no address",
	    "" },
	{ "bastions:\n  a: {address: 'ssh://h/x'}\n",
	    "x.yaml:2:16: the address of bastion 'a' has a path", "" },
	{ "bastions:\n  a: {address: h, logs: x}\n",
	    "x.yaml:2:19: unknown key 'logs' of a bastion", "" },
	{ A "groups:\n  g: {}\n", "x.yaml:5:3: group 'g' has no sensors",
	    "wanted 'sensors: [A, B]'" },
	{ A "groups:\n  g: {sensors: [a]}\n",
	    "x.yaml:5:16: bad value for 'sensors' of group 'g'",
	    "2 to 8 names" },
	{ A "groups:\n  g: {sensors: a}\n",
	    "x.yaml:5:16: bad value for 'sensors'", "" },
	{ A "groups:\n  g: {sensors: [a, c]}\n",
	    "x.yaml:5:16: no sensor 'c' for group 'g'", "" },
	{ A "groups:\n  g: {sensors: [a, a]}\n",
	    "x.yaml:5:16: sensor 'a' is twice in group 'g'", "" },
	{ A "groups:\n  g: {sensors: [a, b], width: 0s}\n",
	    "x.yaml:5:31: bad value for 'width'", "1s to 1h" },
	{ A "groups:\n  g: {sensors: [a, b], width: 61m}\n",
	    "x.yaml:5:31: bad value for 'width'", "" },
	{ A "groups:\n  g: {sensors: [a, b], settle: 2d}\n",
	    "x.yaml:5:32: bad value for 'settle'", "up to 1d" },
	{ A "groups:\n  g: {sensors: [a, b], early: 500s}\n",
	    "x.yaml:5:31: 'early' of group 'g' is after settle, 400s", "" },
	{ A "groups:\n  g: {sensors: [a, b], relation: equal}\n",
	    "x.yaml:5:34: bad value for 'relation'", "mirror or subset" },
	{ A "groups:\n  g: {sensors: [a, b], seed: beef}\n",
	    "x.yaml:5:30: bad value for 'seed'", "wanted 0x and up to" },
	{ A "groups:\n  g: {sensors: [a, b], seed: 0x12345678123456789}\n",
	    "x.yaml:5:30: bad value for 'seed'", "" },
	{ A "groups:\n  g: {sensors: [a, b], seed: 0x}\n",
	    "x.yaml:5:30: bad value for 'seed'", "" },
	{ A "groups:\n  g: {sensors: [a, b], seed: 1, seed_file: x}\n",
	    "x.yaml:5:44: group 'g' has both seed and seed_file", "" },
	{ "defaults: x\n", "x.yaml:1:11: 'defaults' is no mapping", "" },
	{ "defaults:\n  user: x\n", "x.yaml:2:3: unknown key 'user'",
	    "one of sensor, bastion, group" },
	{ "defaults:\n  sensor: {logs: x}\n",
	    "x.yaml:2:12: 'logs' has no default", "with each sensor" },
	{ "defaults:\n  sensor: {agent: x}\n" A,
	    "x.yaml:2:19: bad value for 'agent' of defaults of a sensor", "" },
	{ "sensors: &s {}\ngroups: *s\n", "x.yaml:2:9: an alias",
	    "wanted the value itself" },
	{ "sensors: {}\n---\ngroups: {}\n", "x.yaml:2:1: a second document",
	    "wanted one" },
	{ "sensors: [[[[[[[[[[]]]]]]]]]]\n", "x.yaml:1:17: nested too deep",
	    "8 levels" },
	{ "sensors: {\n", "x.yaml:2:1: ", "wanted YAML" },
	{ "sensors: \377\n", "x.yaml:1: ", "UTF-8" },
	{ A "feeds:\n  f: {}\n", "x.yaml:5:3: feed 'f' has no kind",
	    "wanted 'kind: nagios-command" },
	{ A "feeds:\n  f: {kind: pigeon}\n",
	    "x.yaml:5:13: bad value for 'kind'", "icinga2" },
	{ A "feeds:\n  f: {kind: nagios-spool}\n",
	    "x.yaml:5:3: feed 'f' of kind nagios-spool has no path", "" },
	{ A "feeds:\n  f: {kind: nagios-spool, path: /p, ttl: 1m}\n",
	    "x.yaml:5:42: 'ttl' of feed 'f', which is of kind nagios-spool",
	    "it belongs to icinga2" },
	{ A "feeds:\n  f: {kind: webhook, url: 'https://h', host: x}\n",
	    "x.yaml:5:46: 'host' of feed 'f'",
	    "nagios-command, nagios-spool, nsca, nrdp, icinga2" },
	{ A "feeds:\n  f: {kind: webhook, url: ftp://h}\n",
	    "x.yaml:5:27: bad value for 'url'", "wanted http://" },
	{ A "feeds:\n  f: {kind: nsca, address: ssh://u@h}\n",
	    "x.yaml:5:28: 'address' of feed 'f' is no HOST", "" },
	{ A "feeds:\n  f: {kind: clickhouse, url: 'http://h', database: a-b}\n",
	    "x.yaml:5:52: bad value for 'database' of feed 'f'", "digits" },
	{ A "feeds:\n  f: {kind: syslog}\n",
	    "x.yaml:5:3: feed 'f' has no path and address", "one of them" },
	{ A "feeds:\n  f: {kind: syslog, path: /l, groups: [g]}\n",
	    "x.yaml:5:39: no group 'g' for feed 'f'", "" },
	{ A "feeds:\n  a: {kind: syslog, path: /l}\n",
	    "x.yaml:5:3: the name 'a' is taken by the sensor in line 2", "" },
};

START_TEST(a_faulty_file_is_refused_with_line_and_what_was_wanted)
{
	const struct bad *b = &bads[_i];
	struct config c;

	ck_assert_int_eq(setenv("HOME", "/home/me", 1), 0);
	if (config_parse(span_from(b->text), "x.yaml", &c, &errors)) {
		config_clear(&c);
		ck_abort_msg("'%s' is taken", b->text);
	}
	ck_assert_uint_ge(errors.n, 1);
	ck_assert_msg(
	    strncmp(errors.v[0].d.text, b->start, strlen(b->start)) == 0 &&
		strstr(errors.v[0].d.text, b->part) != NULL,
	    "'%s' says '%s'", b->text, errors.v[0].d.text);
}
END_TEST

START_TEST(all_errors_are_said_in_order_of_line)
{
	static const char text[] = "groups:\n"
				   "  g: {sensors: [a, b], width: x}\n"
				   "  h: {colour: red}\n"
				   "sensors:\n"
				   "  a: {logs: x, tz: Mars/Base}\n";
	struct config c;
	size_t i;

	ck_assert(!config_parse(SPAN_LITERAL(text), "x", &c, &errors));
	ck_assert_uint_eq(errors.n, 5);
	for (i = 1; i < errors.n; i++)
		ck_assert_uint_ge(errors.v[i].line, errors.v[i - 1].line);
	ck_assert_ptr_null(c.sensors);
}
END_TEST

START_TEST(errors_beyond_the_bound_are_counted)
{
	struct buf b = BUF_INIT;
	struct config c;
	int i;

	buf_add_str(&b, "sensors:\n");
	for (i = 0; i < CONFIG_MAX_ERRORS + 10; i++)
		buf_printf(&b, "  s%d: {}\n", i);
	ck_assert(!config_parse(buf_span(&b), "x", &c, &errors));
	ck_assert_uint_eq(errors.n, CONFIG_MAX_ERRORS);
	ck_assert_uint_eq(errors.more, 10);
	buf_clear(&b);
}
END_TEST

START_TEST(too_many_sensors_or_bytes_are_refused)
{
	static char text[CONFIG_MAX_BYTES + 1];
	struct buf b = BUF_INIT;
	struct config c;
	int i;

	memset(text, '#', sizeof(text));
	ck_assert(!config_parse(
	    (struct span){ text, sizeof(text) }, "x", &c, &errors));
	ck_assert_str_eq(
	    errors.v[0].d.text, "x: 1048577 bytes; wanted at most 1048576");
	buf_add_str(&b, "sensors:\n");
	for (i = 0; i <= CONFIG_MAX_ENTRIES; i++)
		buf_printf(&b, "  s%d: {logs: x}\n", i);
	ck_assert(!config_parse(buf_span(&b), "x", &c, &errors));
	ck_assert_str_eq(
	    errors.v[0].d.text, "x:2:3: 2001 sensors; wanted at most 2000");
	buf_clear(&b);
}
END_TEST

START_TEST(nothing_is_a_configuration_without_sensors)
{
	static const char *const texts[] = { "", "# nothing\n", "{}",
		"sensors:\ngroups:\ndefaults:\nbastions:\n" };
	struct config c;
	size_t i;

	for (i = 0; i < ARRAY_LEN(texts); i++) {
		parse(texts[i], &c);
		ck_assert_uint_eq(c.nsensors + c.ngroups, 0);
		config_clear(&c);
	}
}
END_TEST

START_TEST(every_cut_of_a_file_is_taken_or_refused_with_a_message)
{
	struct config c;
	size_t n;

	for (n = 0; n < sizeof(whole); n++) {
		char *text = malloc(n + 1);

		memcpy(text, whole, n);
		if (config_parse((struct span){ text, n }, "x", &c, &errors))
			config_clear(&c);
		else
			ck_assert_str_ne(errors.v[0].d.text, "");
		free(text);
	}
}
END_TEST

START_TEST(what_is_shown_is_read_back_as_the_same)
{
	static const char text[] =
	    "sensors:\n"
	    "  a:\n"
	    "    address: '[::1]:22'\n"
	    "    key: ~/k e:y\n"
	    "    attributes: {os: \"a, b: {\\\"\", card: '- x'}\n"
	    "    max_bytes: 100000\n"
	    "  b: {logs: ['@x', '#y']}\n"
	    "  c: {address: 'ssh://u@h:1/x', agentless: yes}\n"
	    "groups:\n"
	    "  g: {sensors: [a, b], relation: subset, width: 90s}\n";
	enum config_form form;
	struct config c;

	for (form = CONFIG_YAML; form <= CONFIG_JSON; form++) {
		struct buf first = BUF_INIT, again = BUF_INIT;

		parse(text, &c);
		config_format(&c, form, &first);
		config_clear(&c);
		parse(first.p, &c);
		config_format(&c, form, &again);
		config_clear(&c);
		ck_assert_str_eq(first.p, again.p);
		ck_assert_ptr_nonnull(strstr(first.p, "max_bytes"));
		buf_clear(&first);
		buf_clear(&again);
	}
}
END_TEST

START_TEST(secrets_are_not_shown)
{
	struct buf out = BUF_INIT;
	struct config c;

	parse(A "groups:\n  g: {sensors: [a, b], seed: 12345678}\n", &c);
	config_format(&c, CONFIG_YAML, &out);
	config_format(&c, CONFIG_JSON, &out);
	config_clear(&c);
	ck_assert_ptr_null(strstr(out.p, "12345678"));
	ck_assert_ptr_nonnull(strstr(out.p, "seed: \"(not shown)\""));
	buf_clear(&out);
}
END_TEST

START_TEST(every_row_of_the_table_is_whole)
{
	union {
		char *text;
		struct config_list list;
		uint64_t number;
	} at;
	size_t k;

	for (k = 0; k < CONFIG_NKEYS; k++) {
		const struct config_key_def *def = &config_key_table[k];
		struct diag d = DIAG_INIT;

		ck_assert_ptr_nonnull(def->name);
		ck_assert_ptr_nonnull(def->value);
		ck_assert_ptr_nonnull(def->help);
		ck_assert_uint_ne(def->sections, 0);
		if (def->fallback == NULL)
			continue;
		memset(&at, 0, sizeof(at));
		ck_assert_msg(
		    config_value_parse(def, def->fallback, "x", &at, &d),
		    "%s: %s", def->name, def->fallback);
		config_value_clear(def, &at);
	}
}
END_TEST

static const struct address_row {
	const char *text;
	const char *user, *host;
	unsigned port;
	const char *path;
} address_rows[] = {
	{ "h", "", "h", 0, NULL },
	{ "a-b.example.net:22", "", "a-b.example.net", 22, NULL },
	{ "192.0.2.1:65535", "", "192.0.2.1", 65535, NULL },
	{ "2001:db8::1", "", "2001:db8::1", 0, NULL },
	{ "[fe80::1%em0]:2222", "", "fe80::1%em0", 2222, NULL },
	{ "[::1]", "", "::1", 0, NULL },
	{ "ssh://h", "", "h", 0, NULL },
	{ "ssh://h/", "", "h", 0, NULL },
	{ "ssh://u@h:1/a@b:2", "u", "h", 1, "/a@b:2" },
	{ "ssh://[::1]:3/x", "", "::1", 3, "/x" },
	{ "", NULL, NULL, 0, NULL },
	{ "h:", NULL, NULL, 0, NULL },
	{ "h:0", NULL, NULL, 0, NULL },
	{ "h:65536", NULL, NULL, 0, NULL },
	{ "h:22x", NULL, NULL, 0, NULL },
	{ "-oProxyCommand=x", NULL, NULL, 0, NULL },
	{ "u@h", NULL, NULL, 0, NULL },
	{ "h/x", NULL, NULL, 0, NULL },
	{ "[::1", NULL, NULL, 0, NULL },
	{ "[::1]22", NULL, NULL, 0, NULL },
	{ "[]", NULL, NULL, 0, NULL },
	{ "ssh://", NULL, NULL, 0, NULL },
	{ "ssh://@h", NULL, NULL, 0, NULL },
	{ "ssh://-u@h", NULL, NULL, 0, NULL },
	{ "ssh://a@b@h", NULL, NULL, 0, NULL },
};

START_TEST(addresses_are_taken_apart_or_refused)
{
	const struct address_row *r = &address_rows[_i];
	struct diag d = DIAG_INIT;
	struct address a;

	if (r->host == NULL) {
		ck_assert_msg(!address_parse(r->text, &a, &d), "%s", r->text);
		ck_assert_ptr_nonnull(strstr(d.text, "wanted HOST"));
		return;
	}
	ck_assert_msg(address_parse(r->text, &a, &d), "%s", d.text);
	ck_assert_str_eq(a.user, r->user);
	ck_assert_str_eq(a.host, r->host);
	ck_assert_uint_eq(a.port, r->port);
	ck_assert_pstr_eq(a.path, r->path);
}
END_TEST

static char folder[64];

static const char *
put(const char *name, const char *text)
{
	static char path[128];
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	ck_assert_int_ge(fputs(text, f), 0);
	ck_assert_int_eq(fclose(f), 0);
	return path;
}

static void
setup(void)
{
	(void)snprintf(folder, sizeof(folder), "config-test-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
}

static void
teardown(void)
{
	char path[128];

	(void)snprintf(path, sizeof(path), "%s/x.yaml", folder);
	(void)unlink(path);
	(void)snprintf(path, sizeof(path), "%s/seed", folder);
	(void)unlink(path);
	(void)rmdir(folder);
}

static const struct seed_row {
	const char *text;
	bool ok;
	uint64_t seed;
} seed_rows[] = {
	{ "0xff\n", true, 255 },
	{ "12", true, 12 },
	{ "12 \r\n\n", true, 12 },
	{ "", false, 0 },
	{ "\n", false, 0 },
	{ "1\n2\n", false, 0 },
	{ "beef\n", false, 0 },
};

START_TEST(the_seed_is_read_from_its_file)
{
	const struct seed_row *r = &seed_rows[_i];
	struct config c;
	const char *file;
	bool ok;

	(void)put("seed", r->text);
	file = put(
	    "x.yaml", A "groups:\n  g: {sensors: [a, b], seed_file: seed}\n");
	ok = config_load(file, &c, &errors);
	ck_assert_int_eq(ok, r->ok);
	if (!ok) {
		ck_assert_ptr_nonnull(strstr(errors.v[0].d.text,
		    "x.yaml:5:35: 'seed_file' of group 'g': "));
		return;
	}
	ck_assert(c.groups[0].has_seed);
	ck_assert_uint_eq(c.groups[0].seed, r->seed);
	config_clear(&c);
}
END_TEST

static const char *const more_logs[] = { "/l1", "/l2" };
static const char *const more_address = "h:2222", *const more_user = "u";

static struct config_more
more_sensor(const char *name, const char *const *address)
{
	struct config_more more = { .name = name, .nkeys = 3 };

	more.keys[0].key = CONFIG_ADDRESS;
	more.keys[0].item = address;
	more.keys[1].key = CONFIG_USER;
	more.keys[1].item = &more_user;
	more.keys[2].key = CONFIG_LOGS;
	more.keys[2].item = more_logs;
	more.keys[0].n = more.keys[1].n = 1;
	more.keys[2].n = 2;
	return more;
}

static const char *const more_files[] = {
	"",
	"# nothing\n",
	"sensors:\n",
	"sensors: {}\n",
	"defaults: {sensor: {key: /k}}\n",
	"sensors:\n  a: {logs: x}\ngroups: {}\n",
};

START_TEST(one_more_sensor_is_like_those_of_the_file)
{
	const struct config_more more = more_sensor("new", &more_address);
	const struct config_sensor *s;
	struct config c;

	ck_assert(config_load_more(
	    put("x.yaml", more_files[_i]), &more, &c, &errors));
	s = config_sensor(&c, "new");
	ck_assert_ptr_nonnull(s);
	ck_assert_str_eq(s->host, "h");
	ck_assert_uint_eq(s->port, 2222);
	ck_assert_str_eq(s->user, "u");
	ck_assert_uint_eq(s->logs.n, 2);
	ck_assert_str_eq(s->logs.item[1], "/l2");
	ck_assert_int_eq(s->connect_timeout_us, 10 * US_PER_S);
	ck_assert_int_eq(s->key != NULL, strstr(more_files[_i], "key") != NULL);
	config_clear(&c);
}
END_TEST

START_TEST(one_more_sensor_needs_no_file_and_is_checked)
{
	const char *const bad = "h:0";
	struct config_more more = more_sensor("new", &more_address);
	struct config c;

	ck_assert(config_load_more(NULL, &more, &c, &errors));
	ck_assert_uint_eq(c.nsensors, 1);
	config_clear(&c);
	more = more_sensor("new", &bad);
	ck_assert(!config_load_more(NULL, &more, &c, &errors));
	ck_assert_ptr_nonnull(strstr(errors.v[0].d.text, "bad address 'h:0'"));
	more = more_sensor("a", &more_address);
	ck_assert(!config_load_more(
	    put("x.yaml", more_files[5]), &more, &c, &errors));
	ck_assert_ptr_nonnull(strstr(errors.v[0].d.text, "is taken"));
}
END_TEST

START_TEST(a_sensor_of_this_host_may_be_asked)
{
	static const char text[] = "defaults: {sensor: {user: u, bastion: b}}\n"
				   "bastions: {b: {address: h}}\n"
				   "sensors:\n"
				   "  a: {address: local, logs: x}\n"
				   "  c: {address: 'ssh://local/x'}\n"
				   "  d: {address: 'local:22'}\n";
	const struct config_sensor *s;
	struct buf out = BUF_INIT;
	struct config c, again;

	ck_assert(config_parse(SPAN_LITERAL(text), "/etc/x.yaml", &c, &errors));
	s = config_sensor(&c, "a");
	ck_assert(s->local && s->via == NULL && s->user == NULL);
	ck_assert_str_eq(s->logs.item[0], "/etc/x");
	ck_assert(!config_sensor(&c, "d")->local);
	/* a host of that name stays one when it is shown and read again */
	config_format(&c, CONFIG_YAML, &out);
	ck_assert(config_parse(buf_span(&out), "/etc/x.yaml", &again, &errors));
	s = config_sensor(&again, "c");
	ck_assert(!s->local);
	ck_assert_str_eq(s->host, "local");
	buf_clear(&out);
	config_clear(&c);
	config_clear(&again);
}
END_TEST

START_TEST(a_missing_or_endless_file_is_refused)
{
	struct config c;

	ck_assert(!config_load("no/such", &c, &errors));
	ck_assert_str_eq(errors.v[0].d.text,
	    "no/such: No such file or directory; wanted a configuration file");
	ck_assert(!config_load("/dev/zero", &c, &errors));
	ck_assert_ptr_nonnull(strstr(errors.v[0].d.text, "wanted at most"));
}
END_TEST

START_TEST(the_file_is_found_in_its_order)
{
	struct buf path = BUF_INIT;
	struct diag d = DIAG_INIT;

	ck_assert_int_eq(setenv("HOME", folder, 1), 0);
	ck_assert_int_eq(setenv("CROSSTAP_CONFIG", "y", 1), 0);
	ck_assert(config_find("x", &path, &d));
	ck_assert_str_eq(path.p, "x");
	buf_clear(&path);
	ck_assert(config_find(NULL, &path, &d));
	ck_assert_str_eq(path.p, "y");
	buf_clear(&path);
	ck_assert_int_eq(unsetenv("CROSSTAP_CONFIG"), 0);
	if (!config_find(NULL, &path, &d))
		ck_assert_ptr_nonnull(strstr(d.text, "wanted --config FILE"));
	buf_clear(&path);
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("sys/config");
	TCase *t = tcase_create("text"), *f = tcase_create("files");

	tcase_add_test(t, every_key_is_read_and_the_rest_filled_in);
	tcase_add_test(t, a_feed_has_what_its_kind_takes_and_no_more);
	tcase_add_loop_test(t,
	    a_faulty_file_is_refused_with_line_and_what_was_wanted, 0,
	    (int)ARRAY_LEN(bads));
	tcase_add_test(t, all_errors_are_said_in_order_of_line);
	tcase_add_test(t, errors_beyond_the_bound_are_counted);
	tcase_add_test(t, too_many_sensors_or_bytes_are_refused);
	tcase_add_test(t, nothing_is_a_configuration_without_sensors);
	tcase_add_test(
	    t, every_cut_of_a_file_is_taken_or_refused_with_a_message);
	tcase_add_test(t, what_is_shown_is_read_back_as_the_same);
	tcase_add_test(t, secrets_are_not_shown);
	tcase_add_test(t, every_row_of_the_table_is_whole);
	tcase_add_loop_test(t, addresses_are_taken_apart_or_refused, 0,
	    (int)ARRAY_LEN(address_rows));
	suite_add_tcase(s, t);
	tcase_add_checked_fixture(f, setup, teardown);
	tcase_add_loop_test(
	    f, the_seed_is_read_from_its_file, 0, (int)ARRAY_LEN(seed_rows));
	tcase_add_test(f, a_missing_or_endless_file_is_refused);
	tcase_add_loop_test(f, one_more_sensor_is_like_those_of_the_file, 0,
	    (int)ARRAY_LEN(more_files));
	tcase_add_test(f, one_more_sensor_needs_no_file_and_is_checked);
	tcase_add_test(f, a_sensor_of_this_host_may_be_asked);
	tcase_add_test(f, the_file_is_found_in_its_order);
	suite_add_tcase(s, f);
	return s;
}
