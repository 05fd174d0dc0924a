/*
 * Host keys, strictly: one that does not stand in known_hosts ends the
 * connection before anything secret is said. The types that known_hosts has of
 * a host are asked for first, or a host with several keys would look changed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "net/base64.h"
#include "net/known_hosts.h"
#include "net/ssh_state.h"

/* As libssh2 numbers them; in the order in which unknown hosts are asked. */
static const struct {
	int type;
	const char *name;
} hostkey_types[] = {
	{ LIBSSH2_HOSTKEY_TYPE_ED25519, "ssh-ed25519" },
	{ LIBSSH2_HOSTKEY_TYPE_ECDSA_256, "ecdsa-sha2-nistp256" },
	{ LIBSSH2_HOSTKEY_TYPE_ECDSA_384, "ecdsa-sha2-nistp384" },
	{ LIBSSH2_HOSTKEY_TYPE_ECDSA_521, "ecdsa-sha2-nistp521" },
	{ LIBSSH2_HOSTKEY_TYPE_RSA, "ssh-rsa" },
};

/* What keys of a type sign with: an RSA key in several ways. */
static const struct {
	const char *type, *method;
} hostkey_methods[] = {
	{ "ssh-ed25519", "ssh-ed25519" },
	{ "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256" },
	{ "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp384" },
	{ "ecdsa-sha2-nistp521", "ecdsa-sha2-nistp521" },
	{ "ssh-rsa", "rsa-sha2-512" },
	{ "ssh-rsa", "rsa-sha2-256" },
	{ "ssh-rsa", "ssh-rsa" },
};

static bool
hostkey_is_known(struct span types, const char *name)
{
	size_t n = strlen(name), from = 0, to;

	for (; from < types.n; from = to + 1) {
		to = from;
		while (to < types.n && types.p[to] != ',')
			to++;
		if (to - from == n && memcmp(types.p + from, name, n) == 0)
			return true;
	}
	return false;
}

/* The methods that this libssh2 has, those of known types first. It is not
 * given others: libssh2 1.10 does not take them out of the list cleanly. */
static void
hostkey_order(struct ssh_conn *c, struct span types, struct buf *out)
{
	const char **have = NULL;
	size_t i, pass;
	int n, k;

	n = libssh2_session_supported_algs(
	    c->session, LIBSSH2_METHOD_HOSTKEY, &have);
	for (pass = 0; pass < 2; pass++) {
		for (i = 0; i < ARRAY_LEN(hostkey_methods); i++) {
			bool known =
			    hostkey_is_known(types, hostkey_methods[i].type);

			for (k = 0; k < n && known == (pass == 0); k++) {
				if (strcmp(have[k],
					hostkey_methods[i].method) == 0)
					buf_printf(out, "%s%s",
					    out->n > 0 ? "," : "", have[k]);
			}
		}
	}
	if (have != NULL)
		libssh2_free(c->session, have);
}

bool
hostkey_prefer(struct ssh_conn *c)
{
	struct buf known = BUF_INIT, types = BUF_INIT, order = BUF_INIT;
	struct diag d = DIAG_INIT;
	bool ok = false;

	/* Who only asks for a key wants one of the known types, too. */
	if (!known_hosts_load(c->target->known_hosts, &known, &d) &&
	    !c->fetch) {
		conn_fail(c, SSH_HOST_KEY_UNKNOWN, "%s", d.text);
		goto out;
	}
	known_hosts_types(buf_span(&known), c->target->address,
	    ssh_target_port(c->target), &types);
	hostkey_order(c, buf_span(&types), &order);
	ok = buf_ok(&types) && buf_ok(&order) && order.n > 0 &&
	    libssh2_session_method_pref(
		c->session, LIBSSH2_METHOD_HOSTKEY, order.p) == 0;
	if (!ok)
		conn_fail(c, SSH_INTERNAL, "out of memory");
out:
	buf_clear(&known);
	buf_clear(&types);
	buf_clear(&order);
	return ok;
}

static bool
hostkey_take(struct ssh_conn *c, struct ssh_host_key *k)
{
	struct buf text = BUF_INIT;
	const char *bytes, *hash;
	size_t n, i;
	int type;

	*k = (struct ssh_host_key){ .key = NULL };
	bytes = libssh2_session_hostkey(c->session, &n, &type);
	hash = libssh2_hostkey_hash(c->session, LIBSSH2_HOSTKEY_HASH_SHA256);
	if (bytes == NULL || hash == NULL)
		return false;
	(void)snprintf(k->type, sizeof(k->type), "unknown");
	for (i = 0; i < ARRAY_LEN(hostkey_types); i++) {
		if (hostkey_types[i].type == type)
			(void)snprintf(k->type, sizeof(k->type), "%s",
			    hostkey_types[i].name);
	}
	buf_add_str(&text, "SHA256:");
	base64_encode((struct span){ hash, 32 }, BASE64_BARE, &text);
	if (buf_ok(&text))
		(void)snprintf(
		    k->fingerprint, sizeof(k->fingerprint), "%s", text.p);
	buf_clear(&text);
	base64_encode((struct span){ bytes, n }, BASE64_PADDED, &text);
	if (!buf_ok(&text)) {
		buf_clear(&text);
		return false;
	}
	k->key = text.p;
	return true;
}

void
ssh_host_key_clear(struct ssh_host_key *k)
{
	free(k->key);
	k->key = NULL;
}

/* Gives the key to those who only asked for it. */
static void
hostkey_fetched(struct ssh_conn *c, const struct ssh_host_key *k)
{
	struct ssh_channel *ch = TAILQ_FIRST(&c->channels);

	if (ch != NULL && ch->host_key != NULL) {
		*ch->host_key = *k;
		ch->host_key->key = strdup(k->key);
		if (ch->host_key->key == NULL)
			conn_fail(c, SSH_INTERNAL, "out of memory");
		else
			channel_end(ch, SSH_DONE, "");
	}
	conn_fail(c, SSH_CLOSED, "its key was fetched");
}

static void
hostkey_refuse(struct ssh_conn *c, const struct ssh_host_key *k,
    enum known_hosts_verdict verdict, uint64_t line)
{
	const char *file = c->target->known_hosts;

	if (verdict == KNOWN_HOSTS_UNKNOWN)
		conn_fail(c, SSH_HOST_KEY_UNKNOWN,
		    "%s has no key of this host, which shows %s %s", file,
		    k->type, k->fingerprint);
	else if (verdict == KNOWN_HOSTS_REVOKED)
		conn_fail(c, SSH_HOST_KEY_CHANGED,
		    "%s:%llu: the key that this host shows is revoked, %s %s",
		    file, (unsigned long long)line, k->type, k->fingerprint);
	else
		conn_fail(c, SSH_HOST_KEY_CHANGED,
		    "%s:%llu: another key is known of this host than the one "
		    "it shows, %s %s",
		    file, (unsigned long long)line, k->type, k->fingerprint);
}

bool
hostkey_check(struct ssh_conn *c)
{
	struct known_key key = { .host = c->target->address,
		.port = ssh_target_port(c->target) };
	enum known_hosts_verdict verdict;
	struct buf known = BUF_INIT;
	struct diag d = DIAG_INIT;
	struct ssh_host_key k;
	bool ok = false;
	uint64_t line;

	if (!hostkey_take(c, &k)) {
		conn_fail(c, SSH_INTERNAL, "out of memory");
	} else if (c->fetch) {
		hostkey_fetched(c, &k);
	} else if (!known_hosts_load(c->target->known_hosts, &known, &d)) {
		conn_fail(c, SSH_HOST_KEY_UNKNOWN, "%s", d.text);
	} else {
		key.type = span_from(k.type);
		key.key = span_from(k.key);
		verdict = known_hosts_check(buf_span(&known), &key, &line);
		ok = verdict == KNOWN_HOSTS_MATCH;
		if (!ok)
			hostkey_refuse(c, &k, verdict, line);
	}
	buf_clear(&known);
	ssh_host_key_clear(&k);
	return ok;
}

bool
ssh_host_key_trust(const struct ssh_target *target,
    const struct ssh_host_key *k, struct diag *d)
{
	struct known_key key = { .host = target->address,
		.port = ssh_target_port(target),
		.type = span_from(k->type),
		.key = span_from(k->key) };

	return known_hosts_append(target->known_hosts, &key, d);
}
