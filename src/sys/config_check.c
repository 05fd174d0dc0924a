/*
 * References are borrowed pointers into the arrays, which do not grow any more.
 * What a default gives in vain is cleared, so that nobody shows or uses it.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include "sys/address.h"
#include "sys/config_check.h"
#include "sys/config_feed.h"
#include "sys/config_value.h"

#define CHECK_MAX_CHAIN 2 /* bastions on the way to a sensor */

void
config_report(
    const struct config_report *r, struct config_place at, const char *fmt, ...)
{
	struct config_error *e;
	char what[400];
	va_list ap;

	if (r->errors->n == CONFIG_MAX_ERRORS) {
		r->errors->more++;
		return;
	}
	va_start(ap, fmt);
	(void)vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	e = &r->errors->v[r->errors->n++];
	*e = (struct config_error){ .line = at.line };
	diag_at(&e->d, r->file, at.line, at.col, "%s", what);
}

/* Given for itself: not by a default, where it may be in vain. */
static bool
check_has(const struct config_entry *e, enum config_key key)
{
	return e->at[key].line != 0 && !e->at[key].inherited;
}

/* Names of all sections are one space: operands and bastions are any. */
struct check_name {
	const struct config_entry *entry;
	const char *section;
};

static int
check_compare_names(const void *a, const void *b)
{
	const struct config_entry *x = ((const struct check_name *)a)->entry;
	const struct config_entry *y = ((const struct check_name *)b)->entry;
	int c = strcmp(x->name, y->name);

	return c != 0 ? c
	    : x->place.line != y->place.line
	    ? (x->place.line > y->place.line) - (x->place.line < y->place.line)
	    : (x->place.col > y->place.col) - (x->place.col < y->place.col);
}

static void
check_names(const struct config *c, const struct config_report *r)
{
	size_t n = c->nsensors + c->nbastions + c->ngroups + c->nfeeds;
	size_t i, k = 0;
	struct check_name *v = calloc(n + 1, sizeof(*v));

	if (v == NULL) {
		config_report(r, (struct config_place){ 0 }, "out of memory");
		return;
	}
	for (i = 0; i < c->nsensors; i++)
		v[k++] = (struct check_name){ &c->sensors[i].head, "sensor" };
	for (i = 0; i < c->nbastions; i++)
		v[k++] = (struct check_name){ &c->bastions[i].head, "bastion" };
	for (i = 0; i < c->ngroups; i++)
		v[k++] = (struct check_name){ &c->groups[i].head, "group" };
	for (i = 0; i < c->nfeeds; i++)
		v[k++] = (struct check_name){ &c->feeds[i].head, "feed" };
	qsort(v, n, sizeof(*v), check_compare_names);
	for (i = 1; i < n; i++)
		if (strcmp(v[i].entry->name, v[i - 1].entry->name) == 0)
			config_report(r, v[i].entry->place,
			    "the name '%.63s' is taken by the %s in line %u; "
			    "wanted another",
			    v[i].entry->name, v[i - 1].section,
			    v[i - 1].entry->place.line);
	free(v);
}

/* The address of a URL without what is now in other keys. */
static bool
check_plain_address(struct config_sensor *s, const struct address *a)
{
	bool v6 = strchr(a->host, ':') != NULL;
	/* a host that happens to be called so */
	bool called = a->port == 0 && strcmp(a->host, CONFIG_LOCAL) == 0;
	struct buf b = BUF_INIT;

	buf_printf(&b, "%s%s%s%s", called ? ADDRESS_SCHEME : "", v6 ? "[" : "",
	    a->host, v6 ? "]" : "");
	if (a->port != 0)
		buf_printf(&b, ":%u", a->port);
	if (!buf_ok(&b))
		return false;
	free(s->address);
	s->address = b.p;
	return true;
}

/* Host and port, and of a URL the user and the path of the logs. */
static void
check_address(struct config_sensor *s, const struct config_report *r)
{
	const struct config_place *at = s->head.at;
	struct diag d = DIAG_INIT;
	struct address a;
	bool ok = true;

	s->local = s->address != NULL && strcmp(s->address, CONFIG_LOCAL) == 0;
	if (s->address == NULL || s->local ||
	    !address_parse(s->address, &a, &d))
		return;
	s->host = strdup(a.host);
	s->port = a.port;
	if (a.user[0] != '\0' && check_has(&s->head, CONFIG_USER))
		config_report(r, at[CONFIG_USER],
		    "'user' of '%s' is in the address, too; wanted one of "
		    "them",
		    s->head.name);
	else if (a.user[0] != '\0') {
		free(s->user);
		s->user = strdup(a.user);
		ok = s->user != NULL;
	}
	if (a.path != NULL && s->logs.n > 0)
		config_report(r, at[CONFIG_LOGS],
		    "'logs' of '%s' are in the address, too; wanted one of "
		    "them",
		    s->head.name);
	else if (a.path != NULL) {
		s->logs.item = calloc(1, sizeof(*s->logs.item));
		if (s->logs.item != NULL)
			s->logs.item[0] = strdup(a.path);
		ok = ok && s->logs.item != NULL && s->logs.item[0] != NULL;
		s->logs.n = s->logs.item != NULL && s->logs.item[0] != NULL;
	}
	if (!check_plain_address(s, &a) || !ok || s->host == NULL)
		config_report(r, at[CONFIG_ADDRESS], "out of memory");
}

/* It is run without a shell, between blanks. */
static void
check_local_command(
    const struct config_sensor *s, const struct config_report *r)
{
	if (check_has(&s->head, CONFIG_COMMAND) && s->command != NULL &&
	    s->command[strcspn(s->command, "'\"\\$`;|&<>*?(){}#~")] != '\0')
		config_report(r, s->head.at[CONFIG_COMMAND],
		    "'command' of sensor '%s' is started without a shell; "
		    "wanted words with blanks between them",
		    s->head.name);
}

/* Keys that mean something only on the way to another host. */
static void
check_local(struct config_sensor *s, const struct config_report *r)
{
	static const enum config_key remote[] = { CONFIG_BASTION, CONFIG_USER,
		CONFIG_KEY, CONFIG_KNOWN_HOSTS, CONFIG_SSH_CONFIG, CONFIG_AGENT,
		CONFIG_AGENTLESS, CONFIG_COMMAND };
	/* one that is asked has a command */
	const size_t n = ARRAY_LEN(remote) - s->local;
	bool no;
	size_t i;

	if (s->local)
		check_local_command(s, r);
	for (i = 0; i < n; i++) {
		const struct config_key_def *k = &config_key_table[remote[i]];
		void *at = (char *)s + k->offset;

		no = k->type == CONFIG_BOOL && !*(bool *)at;
		if (check_has(&s->head, remote[i]) && !no)
			config_report(r, s->head.at[remote[i]],
			    "'%s' of sensor '%s' wants the address of another "
			    "host; its logs are on this one",
			    k->name, s->head.name);
		config_value_clear(k, at);
		if (k->type == CONFIG_BOOL)
			*(bool *)at = false;
	}
	for (i = 0; i < s->logs.n; i++) {
		char *path = config_value_path(s->logs.item[i], r->file);

		if (path == NULL) {
			config_report(
			    r, s->head.at[CONFIG_LOGS], "out of memory");
			continue;
		}
		free(s->logs.item[i]);
		s->logs.item[i] = path;
	}
}

static void
check_sensor(struct config_sensor *s, const struct config_report *r)
{
	const struct config_place *at = s->head.at;

	check_address(s, r);
	if (at[CONFIG_ADDRESS].line == 0 || s->local) {
		check_local(s, r);
		if (at[CONFIG_LOGS].line == 0 &&
		    !(s->local && check_has(&s->head, CONFIG_COMMAND)))
			config_report(r, s->head.place,
			    "sensor '%s' has no logs and no address of another "
			    "host; wanted 'address: HOST', or 'logs: PATH' on "
			    "this host",
			    s->head.name);
		return;
	}
	if (s->agentless && s->logs.n == 0 && at[CONFIG_LOGS].line == 0)
		config_report(r,
		    at[CONFIG_AGENTLESS].inherited ? s->head.place
						   : at[CONFIG_AGENTLESS],
		    "sensor '%s' is agentless and has no logs; wanted 'logs: "
		    "PATH', the path on that host",
		    s->head.name);
	if (!s->agentless)
		return;
	if (check_has(&s->head, CONFIG_COMMAND))
		config_report(r, at[CONFIG_COMMAND],
		    "'command' of agentless sensor '%s'; wanted one of them",
		    s->head.name);
	config_value_clear(&config_key_table[CONFIG_COMMAND], &s->command);
}

static void
check_bastion(struct config_sensor *s, const struct config_report *r)
{
	check_address(s, r);
	if (s->head.at[CONFIG_ADDRESS].line == 0 || s->local)
		config_report(r, s->head.place,
		    "bastion '%s' has no address; wanted 'address: HOST'",
		    s->head.name);
	if (s->logs.n > 0)
		config_report(r, s->head.at[CONFIG_ADDRESS],
		    "the address of bastion '%s' has a path; wanted HOST alone",
		    s->head.name);
	/* no key of a bastion, which nobody else clears */
	config_value_clear(&config_key_table[CONFIG_LOGS], &s->logs);
}

static const struct config_sensor *
check_find_bastion(const struct config *c, const char *name)
{
	size_t i;

	for (i = 0; i < c->nbastions; i++)
		if (strcmp(c->bastions[i].head.name, name) == 0)
			return &c->bastions[i];
	return config_sensor(c, name);
}

static void
check_via(const struct config *c, struct config_sensor *s,
    const struct config_report *r)
{
	struct config_place at = s->head.at[CONFIG_BASTION];

	if (s->bastion == NULL || s->address == NULL || s->local)
		return;
	/* Who is the default of all goes through nobody. */
	if (at.inherited && strcmp(s->bastion, s->head.name) == 0)
		config_value_clear(
		    &config_key_table[CONFIG_BASTION], &s->bastion);
	if (s->bastion == NULL || strcmp(s->bastion, "none") == 0)
		return;
	s->via = check_find_bastion(c, s->bastion);
	if (s->via == NULL)
		config_report(r, at,
		    "no bastion or sensor '%s'; wanted a name of `bastions` "
		    "or `sensors`",
		    s->bastion);
	else if (s->via->head.at[CONFIG_ADDRESS].line == 0 || s->via->local) {
		config_report(r, at,
		    "'%s' has no address to go through; wanted one that has",
		    s->bastion);
		s->via = NULL;
	}
}

static void
check_chain(struct config_sensor *s, const struct config_report *r)
{
	const struct config_sensor *at = s->via;
	size_t n = 0;

	for (; at != NULL && at != s && n <= CHECK_MAX_CHAIN; at = at->via)
		n++;
	if (at == s)
		config_report(r, s->head.at[CONFIG_BASTION],
		    "the bastions of '%s' lead back to it; wanted an end",
		    s->head.name);
	else if (n > CHECK_MAX_CHAIN)
		config_report(r, s->head.at[CONFIG_BASTION],
		    "more than %d bastions on the way to '%s'; wanted at most "
		    "%d",
		    CHECK_MAX_CHAIN, s->head.name, CHECK_MAX_CHAIN);
}

static void
check_members(const struct config *c, struct config_group *g,
    const struct config_report *r)
{
	struct config_place at = g->head.at[CONFIG_MEMBERS];
	size_t i, j;

	for (i = 0; i < g->sensors.n; i++) {
		const char *name = g->sensors.item[i];

		for (j = 0; j < i; j++)
			if (strcmp(g->sensors.item[j], name) == 0)
				break;
		g->member[i] = config_sensor(c, name);
		if (g->member[i] == NULL)
			config_report(r, at,
			    "no sensor '%.63s' for group '%s'; wanted a name "
			    "of `sensors`",
			    name, g->head.name);
		else if (j < i)
			config_report(r, at,
			    "sensor '%s' is twice in group '%s'; wanted it "
			    "once",
			    name, g->head.name);
	}
	g->nmembers = g->sensors.n;
}

static void
check_group(const struct config *c, struct config_group *g,
    const struct config_report *r)
{
	struct config_place *at = g->head.at;

	if (at[CONFIG_MEMBERS].line == 0)
		config_report(r, g->head.place,
		    "group '%s' has no sensors; wanted 'sensors: [A, B]'",
		    g->head.name);
	check_members(c, g, r);
	if (at[CONFIG_SEED].line != 0 && at[CONFIG_SEED_FILE].line != 0) {
		if (at[CONFIG_SEED].inherited == at[CONFIG_SEED_FILE].inherited)
			config_report(r, at[CONFIG_SEED_FILE],
			    "group '%s' has both seed and seed_file; wanted "
			    "one of them",
			    g->head.name);
		else if (at[CONFIG_SEED].inherited)
			at[CONFIG_SEED].line = 0;
		else {
			free(g->seed_file);
			g->seed_file = NULL;
		}
	}
	g->has_seed = at[CONFIG_SEED].line != 0;
	if (g->early_us <= g->settle_us)
		return;
	if (check_has(&g->head, CONFIG_EARLY))
		config_report(r, at[CONFIG_EARLY],
		    "'early' of group '%s' is after settle, %llds; wanted at "
		    "most that",
		    g->head.name, (long long)(g->settle_us / US_PER_S));
	g->early_us = g->settle_us;
}

void
config_check(struct config *c, const struct config_report *r)
{
	size_t i;

	check_names(c, r);
	for (i = 0; i < c->nsensors; i++)
		check_sensor(&c->sensors[i], r);
	for (i = 0; i < c->nbastions; i++)
		check_bastion(&c->bastions[i], r);
	for (i = 0; i < c->nsensors; i++)
		check_via(c, &c->sensors[i], r);
	for (i = 0; i < c->nbastions; i++)
		check_via(c, &c->bastions[i], r);
	for (i = 0; i < c->nsensors; i++)
		check_chain(&c->sensors[i], r);
	for (i = 0; i < c->nbastions; i++)
		check_chain(&c->bastions[i], r);
	for (i = 0; i < c->ngroups; i++)
		check_group(c, &c->groups[i], r);
	for (i = 0; i < c->nfeeds; i++)
		config_check_feed(c, &c->feeds[i], r);
}
