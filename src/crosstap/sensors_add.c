/*
 * crosstap sensors add: the host keys on the way to a sensor are shown and, if
 * a person says yes, trusted; what to write elsewhere is printed. A key that
 * differs from one that is known is never taken.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "crosstap/command.h"
#include "crosstap/config_load.h"
#include "crosstap/sensors_cmd.h"
#include "crosstap/terminal.h"
#include "net/known_hosts.h"
#include "pipeline/remote_target.h"
#include "sys/config_value.h"
#include "sys/file.h"

#define ADD_LOGS "/opt/zeek/logs" /* of Zeek's own packages */
#define ADD_KEY_MAX 8192          /* bytes of a public key */

struct add {
	const struct sensors_options *o;
	const char *name, *address; /* address NULL: it is in the file */
	struct buf key,
	    known_hosts; /* owned: absolute paths; empty: not said */
	const char *logs[OPTION_LIST_MAX];
	struct config_more more;
	struct config config;        /* owned */
	struct remote_target target; /* owned */
	const struct config_sensor *sensor;
};

static void
add_key(struct add *a, enum config_key key, const char *const *item, size_t n)
{
	a->more.keys[a->more.nkeys].key = key;
	a->more.keys[a->more.nkeys].item = item;
	a->more.keys[a->more.nkeys++].n = n;
}

/* As it is meant here: the file may lie in another folder. */
static bool
add_path(const char *path, struct buf *out, struct diag *d)
{
	char here[PATH_MAX];

	if (path[0] == '/' || getcwd(here, sizeof(here)) == NULL)
		buf_add_str(out, path);
	else
		buf_printf(out, "%s/%s", here, path);
	if (!buf_ok(out))
		diag_set(d, "out of memory");
	return buf_ok(out);
}

static bool
add_options(struct add *a, struct diag *d)
{
	static const char *const usual[] = { ADD_LOGS };
	const struct sensors_options *o = a->o;
	size_t i;

	if (o->key != NULL && !add_path(o->key, &a->key, d))
		return false;
	if (o->known_hosts != NULL &&
	    !add_path(o->known_hosts, &a->known_hosts, d))
		return false;
	a->more.name = a->name;
	add_key(a, CONFIG_ADDRESS, &a->address, 1);
	if (o->bastion != NULL)
		add_key(a, CONFIG_BASTION, &o->bastion, 1);
	if (o->user != NULL)
		add_key(a, CONFIG_USER, &o->user, 1);
	if (o->key != NULL)
		add_key(a, CONFIG_KEY, (const char *const *)&a->key.p, 1);
	if (o->known_hosts != NULL)
		add_key(a, CONFIG_KNOWN_HOSTS,
		    (const char *const *)&a->known_hosts.p, 1);
	for (i = 0; i < o->logs.n; i++)
		a->logs[i] = o->logs.item[i];
	if (o->logs.n > 0)
		add_key(a, CONFIG_LOGS, a->logs, o->logs.n);
	else if (strchr(a->address, '/') == NULL)
		add_key(a, CONFIG_LOGS, usual, 1);
	return true;
}

/* False when it was said, or d says why. */
static bool
add_load(struct add *a, struct diag *d)
{
	const struct sensors_options *o = a->o;

	if (a->address == NULL) {
		if (o->bastion != NULL || o->user != NULL || o->key != NULL ||
		    o->known_hosts != NULL || o->logs.n > 0) {
			diag_set(d,
			    "options of a new sensor; wanted its ADDRESS, too");
			return false;
		}
		if (!config_load_said(o->config, &a->config))
			return false;
	} else if (!add_options(a, d) ||
	    !config_load_said_more(o->config, &a->more, &a->config))
		return false;
	a->sensor = config_sensor(&a->config, a->name);
	if (a->sensor == NULL)
		diag_set(d, "no sensor '%.80s' in %s; wanted its ADDRESS, too",
		    a->name, a->config.file);
	return a->sensor != NULL &&
	    remote_target_make(&a->target, a->sensor, terminal_answer(), d);
}

static bool
add_is_expected(const struct sensors_options *o, const char *fingerprint)
{
	size_t i;

	for (i = 0; i < o->fingerprint.n; i++)
		if (strcmp(o->fingerprint.item[i], fingerprint) == 0)
			return true;
	return false;
}

static bool
add_ask(const struct ssh_target *t, const struct ssh_host_key *k)
{
	struct buf text = BUF_INIT;
	bool yes;

	buf_printf(&text,
	    "%s (%s port %u) has the host key\n    %s %s\n"
	    "It will be trusted, in %s. Is it the right one",
	    t->name, t->address, t->port == 0 ? SSH_PORT : t->port, k->type,
	    k->fingerprint, t->known_hosts);
	yes = buf_ok(&text) && terminal_confirm(text.p);
	buf_clear(&text);
	return yes;
}

static bool
add_new_key(const struct add *a, const struct ssh_target *t,
    const struct ssh_host_key *k, struct diag *d)
{
	if (a->o->fingerprint.n > 0) {
		if (!add_is_expected(a->o, k->fingerprint)) {
			diag_set(d,
			    "%s has the host key %s %s, which is not that of "
			    "--fingerprint",
			    t->name, k->type, k->fingerprint);
			return false;
		}
	} else if (!terminal_is_there()) {
		diag_set(d,
		    "%s has the host key %s %s, and there is no terminal to "
		    "ask whether it is right; wanted --fingerprint",
		    t->name, k->type, k->fingerprint);
		return false;
	} else if (!add_ask(t, k)) {
		diag_set(d, "%s: its host key is not trusted", t->name);
		return false;
	}
	if (!ssh_host_key_trust(t, k, d))
		return false;
	(void)fprintf(stderr, "crosstap: %s: %s %s is trusted now, in %s\n",
	    t->name, k->type, k->fingerprint, t->known_hosts);
	return true;
}

static bool
add_check_key(const struct add *a, const struct ssh_target *t,
    const struct ssh_host_key *k, struct diag *d)
{
	struct known_key key = { .host = t->address,
		.port = t->port == 0 ? SSH_PORT : t->port,
		.type = span_from(k->type),
		.key = span_from(k->key) };
	enum known_hosts_verdict verdict = KNOWN_HOSTS_UNKNOWN;
	struct buf known = BUF_INIT;
	uint64_t line;
	bool ok = true;

	if (access(t->known_hosts, F_OK) == 0)
		ok = known_hosts_load(t->known_hosts, &known, d);
	if (ok)
		verdict = known_hosts_check(buf_span(&known), &key, &line);
	buf_clear(&known);
	if (!ok)
		return false;
	switch (verdict) {
	case KNOWN_HOSTS_UNKNOWN:
		return add_new_key(a, t, k, d);
	case KNOWN_HOSTS_MATCH:
		(void)fprintf(stderr, "crosstap: %s: %s %s is known, %s:%llu\n",
		    t->name, k->type, k->fingerprint, t->known_hosts,
		    (unsigned long long)line);
		return true;
	case KNOWN_HOSTS_CHANGED:
	case KNOWN_HOSTS_REVOKED:
		break;
	}
	diag_set(d,
	    "%s shows %s %s, but %s:%llu %s; if that is in order, take the "
	    "line out",
	    t->name, k->type, k->fingerprint, t->known_hosts,
	    (unsigned long long)line,
	    verdict == KNOWN_HOSTS_REVOKED ? "revokes that key"
					   : "has another key");
	return false;
}

/* The bastions first, the nearest of them before all. */
static bool
add_keys(const struct add *a, struct diag *d)
{
	const struct ssh_target *way[SSH_MAX_BASTIONS + 1];
	const struct ssh_target *t = &a->target.hop[0];
	struct ssh_host_key k;
	struct diag why = DIAG_INIT;
	enum ssh_end end;
	size_t n = 0;
	bool ok = true;

	for (; t != NULL && n < ARRAY_LEN(way); t = t->bastion)
		way[n++] = t;
	while (ok && n-- > 0) {
		ok = ssh_host_key_fetch(
		    way[n], a->target.limits.connect_s, &k, &end, &why);
		if (!ok)
			diag_set(d, "%s: %s: %s", way[n]->name,
			    ssh_end_name(end), why.text);
		else
			ok = add_check_key(a, way[n], &k, d);
		ssh_host_key_clear(&k);
	}
	return ok;
}

static void
add_print_yaml(const struct add *a, struct buf *out)
{
	size_t i, j;

	buf_printf(out, "# crosstap.yaml, below `sensors:`\n  %s:\n", a->name);
	for (i = 0; i < a->more.nkeys; i++) {
		const char *const *item = a->more.keys[i].item;
		enum config_key key = a->more.keys[i].key;

		if (key == CONFIG_LOGS && a->o->logs.n == 0)
			continue;
		buf_printf(out, "    %s: ", config_key_table[key].name);
		for (j = 0; j < a->more.keys[i].n; j++) {
			if (key == CONFIG_LOGS)
				buf_add_str(out, j == 0 ? "[" : ", ");
			config_value_quote(item[j], CONFIG_YAML, out);
		}
		buf_add_str(out, key == CONFIG_LOGS ? "]\n" : "\n");
	}
}

/* The line beside the private key; NULL: there is none. */
static char *
add_public_key(const struct add *a, struct buf *out)
{
	const char *const *files = a->target.hop[0].identities;
	struct buf path = BUF_INIT;
	struct diag d = DIAG_INIT;
	size_t n = 0;

	if (files[0] != NULL)
		buf_printf(&path, "%s.pub", files[0]);
	if (path.n > 0 && buf_ok(&path) &&
	    file_read(path.p, ADD_KEY_MAX, "a public key", out, &d))
		while (n < out->n && out->p[n] >= ' ' && out->p[n] < 0x7f)
			n++;
	buf_clear(&path);
	if (n == 0 || n > ADD_KEY_MAX)
		return NULL;
	out->p[n] = '\0';
	return out->p;
}

static void
add_print_authorized(const struct add *a, struct buf *out)
{
	const struct ssh_target *t = &a->target.hop[0];
	const char *command = a->target.command;
	struct buf key = BUF_INIT;
	const char *public = add_public_key(a, &key);

	if (a->sensor->agentless)
		command = "internal-sftp -R";
	buf_printf(
	    out, "# ~/.ssh/authorized_keys of %s on %s\n", t->user, t->address);
	if (public == NULL && t->identities[0] != NULL)
		buf_printf(out,
		    "# PUBLIC-KEY is what `ssh-keygen -y -f %s` prints\n",
		    t->identities[0]);
	buf_add_str(out, "restrict,command=\"");
	for (; *command != '\0'; command++) {
		if (*command == '"')
			buf_add_char(out, '\\');
		buf_add_char(out, *command);
	}
	buf_printf(out, "\" %s\n", public == NULL ? "PUBLIC-KEY" : public);
	buf_clear(&key);
}

int
sensors_add(const struct sensors_options *o, const struct operands *rest)
{
	struct add a = { .o = o,
		.name = rest->item[0],
		.address = rest->n > 1 ? rest->item[1] : NULL };
	struct diag d = DIAG_INIT;
	struct buf out = BUF_INIT;
	int status = EXIT_TROUBLE;

	if (!add_load(&a, &d))
		;
	else if (a.target.here)
		diag_set(
		    &d, "sensor '%s' is on this host; there is no key", a.name);
	else if (add_keys(&a, &d)) {
		if (a.address != NULL)
			add_print_yaml(&a, &out);
		add_print_authorized(&a, &out);
		status = command_print(&out);
	}
	if (d.text[0] != '\0')
		(void)fprintf(stderr, "crosstap: %s\n", d.text);
	buf_clear(&out);
	remote_target_clear(&a.target);
	config_clear(&a.config);
	buf_clear(&a.key);
	buf_clear(&a.known_hosts);
	return status;
}
