/*
 * A command is a list of words, which becomes a line for a shell elsewhere and
 * an argument vector here.
 */
#include <limits.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "pipeline/remote_target.h"
#include "sys/confine.h"
#include "base/buf.h"
#include "net/ssh_config.h"

#define TARGET_SENSOR "crosstap-sensor"

static bool
target_no_memory(struct diag *d)
{
	diag_set(d, "out of memory");
	return false;
}

/* Keeps a text that was made; NULL: out of memory. */
static char *
target_keep(struct remote_target *t, struct buf *b)
{
	if (!buf_ok(b) || t->ntext == ARRAY_LEN(t->text)) {
		buf_clear(b);
		return NULL;
	}
	return t->text[t->ntext++] = b->p;
}

static char *
target_text(struct remote_target *t, const char *a, const char *b)
{
	struct buf text = BUF_INIT;

	buf_printf(&text, "%s%s", a, b);
	return target_keep(t, &text);
}

static const char *
target_home(void)
{
	const char *home = getenv("HOME");

	return home == NULL || *home == '\0' ? "/" : home;
}

/* NULL: nobody of that number is known here. */
static const char *
target_me(void)
{
	const struct passwd *pw = getpwuid(geteuid());

	return pw == NULL ? NULL : pw->pw_name;
}

/* A text of the configuration, but not one that only is the usual. */
static const char *
target_said(
    const struct config_sensor *s, enum config_key key, const char *text)
{
	return s->head.at[key].line != 0 ? text : NULL;
}

/* What ssh(1) tries when nothing is said. */
static bool
target_usual_keys(struct remote_target *t, size_t hop, size_t *n)
{
	static const char *const names[] = { "/.ssh/id_ed25519",
		"/.ssh/id_ecdsa", "/.ssh/id_rsa" };
	const char *path;
	size_t i;

	for (i = 0; i < ARRAY_LEN(names); i++) {
		path = target_text(t, target_home(), names[i]);
		if (path == NULL)
			return false;
		if (access(path, R_OK) == 0)
			t->identities[hop][(*n)++] = path;
	}
	return true;
}

/* One hop, from the configuration and the host's ssh_config. */
static bool
target_hop(struct remote_target *t, size_t hop, const struct config_sensor *s,
    const struct ssh_config *sc, struct diag *d)
{
	struct ssh_target *to = &t->hop[hop];
	const char *user = s->user != NULL ? s->user
	    : sc->user[0] != '\0'          ? sc->user
					   : target_me();
	const char *known = target_said(s, CONFIG_KNOWN_HOSTS, s->known_hosts);
	size_t n = 0, i;
	bool ok = true;

	if (user == NULL) {
		diag_set(d,
		    "%s: no user is said, and user number %lu has no name "
		    "here; wanted 'user: NAME'",
		    s->head.name, (unsigned long)geteuid());
		return false;
	}
	to->name = s->head.name;
	to->address = sc->hostname[0] != '\0' ? target_text(t, sc->hostname, "")
					      : s->host;
	to->port = s->port != 0 ? s->port : sc->port;
	to->user = target_text(t, user, "");
	/* What is usual gives way to what ssh_config says. */
	to->known_hosts = known != NULL  ? known
	    : sc->known_hosts[0] != '\0' ? target_text(t, sc->known_hosts, "")
	    : s->known_hosts != NULL
	    ? s->known_hosts
	    : target_text(t, target_home(), "/.ssh/known_hosts");
	if (s->key != NULL)
		t->identities[hop][n++] = s->key;
	for (i = 0; s->key == NULL && i < sc->identities_n; i++)
		ok = ok &&
		    (t->identities[hop][n++] =
			    target_text(t, sc->identities[i], "")) != NULL;
	if (n == 0 && !s->agent)
		ok = target_usual_keys(t, hop, &n);
	to->identities = t->identities[hop];
	to->use_agent = s->agent || n == 0;
	if (!ok || to->address == NULL || to->user == NULL ||
	    to->known_hosts == NULL)
		return target_no_memory(d);
	return true;
}

static bool
target_ssh_config(
    const struct config_sensor *s, struct ssh_config *sc, struct diag *d)
{
	memset(sc, 0, sizeof(*sc));
	return s->ssh_config == NULL ||
	    ssh_config_load(s->ssh_config, s->host, target_home(), sc, d);
}

/* A hop that only ssh_config knows. */
static bool
target_jump(struct remote_target *t, size_t hop, const struct config_sensor *s,
    const struct ssh_config_jump *jump, struct diag *d)
{
	char *name = target_text(t, jump->host, "");
	char *user = target_text(t, jump->user, "");
	struct config_sensor as = { .head = s->head,
		.host = name,
		.port = jump->port,
		.user = user != NULL && user[0] != '\0' ? user : NULL,
		.ssh_config = s->ssh_config,
		.known_hosts = s->known_hosts,
		.agent = s->agent };
	struct ssh_config sc;

	as.head.name = name;
	if (name == NULL || user == NULL)
		return target_no_memory(d);
	return target_ssh_config(&as, &sc, d) &&
	    target_hop(t, hop, &as, &sc, d);
}

/* A word of a shell's line. */
static void
target_quote(struct buf *out, const char *word)
{
	static const char plain[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	    "._-/=+,:@";

	if (*word != '\0' && word[strspn(word, plain)] == '\0') {
		buf_add_str(out, word);
		return;
	}
	buf_add_char(out, '\'');
	for (; *word != '\0'; word++) {
		if (*word == '\'')
			buf_add_str(out, "'\\''");
		else
			buf_add_char(out, *word);
	}
	buf_add_char(out, '\'');
}

/* The folder of the running program, with a slash; empty: not known. */
static void
target_own_folder(char *out, size_t n)
{
	static const char *const links[] = { "/proc/self/exe",
		"/proc/curproc/file" };
	ssize_t len = -1;
	size_t i;

	for (i = 0; i < ARRAY_LEN(links) && len <= 0; i++)
		len = readlink(links[i], out, n - 1);
	len = len > 0 ? len : 0;
	while (len > 0 && out[len - 1] != '/')
		len--;
	out[len] = '\0';
}

/* A program that lies beside this one; else PATH says where it is. */
static const char *
target_program(struct remote_target *t, const char *word)
{
	char folder[PATH_MAX];
	const char *beside;

	target_own_folder(folder, sizeof(folder));
	if (folder[0] == '\0' || strchr(word, '/') != NULL)
		return word;
	beside = target_text(t, folder, word);
	return beside == NULL || access(beside, X_OK) == 0 ? beside : word;
}

/* The words of a text, between blanks: nothing else has a meaning. */
static bool
target_split(struct remote_target *t, const char *text, size_t *n)
{
	struct buf word;
	size_t len;

	for (;; text += len) {
		text += strspn(text, " \t");
		len = strcspn(text, " \t");
		if (len == 0)
			return true;
		if (*n == REMOTE_WORDS)
			return false;
		word = (struct buf)BUF_INIT;
		buf_add(&word, text, len);
		t->argv[*n] = target_keep(t, &word);
		if (t->argv[(*n)++] == NULL)
			return false;
	}
}

static void
target_words(struct remote_target *t, const struct config_sensor *s, size_t *n)
{
	size_t i;

	t->argv[(*n)++] = TARGET_SENSOR;
	t->argv[(*n)++] = "serve";
	for (i = 0; i < s->logs.n; i++) {
		t->argv[(*n)++] = "--logs";
		t->argv[(*n)++] = s->logs.item[i];
	}
	if (s->tz != NULL && strcmp(s->tz, "UTC") != 0) {
		t->argv[(*n)++] = "--tz";
		t->argv[(*n)++] = s->tz;
	}
	for (i = 0; i < s->fields.n && *n + 2 <= REMOTE_WORDS; i++) {
		t->argv[(*n)++] = "--field";
		t->argv[(*n)++] = s->fields.item[i];
	}
}

static bool
target_line(struct remote_target *t, const char *command)
{
	struct buf line = BUF_INIT;
	size_t i;

	if (command != NULL)
		buf_add_str(&line, command);
	for (i = 0; command == NULL && t->argv[i] != NULL; i++) {
		if (i > 0)
			buf_add_char(&line, ' ');
		target_quote(&line, t->argv[i]);
	}
	if (!buf_ok(&line))
		buf_clear(&line);
	t->command = line.p;
	return t->command != NULL;
}

static bool
target_command(
    struct remote_target *t, const struct config_sensor *s, struct diag *d)
{
	const char *command = target_said(s, CONFIG_COMMAND, s->command);
	size_t n = 0;
	bool ok = true;

	if (command == NULL)
		target_words(t, s, &n);
	else if (t->here)
		ok = target_split(t, command, &n) && n > 0;
	if (ok && t->here) {
		t->argv[0] = target_program(t, t->argv[0]);
		ok = t->argv[0] != NULL;
	} else if (ok)
		ok = target_line(t, command);
	return ok || target_no_memory(d);
}

static void
target_limits(struct remote_target *t, const struct config_sensor *s)
{
	t->limits = (struct ssh_limits){
		.connect_s = (unsigned)(s->connect_timeout_us / US_PER_S),
		.request_s = (unsigned)(s->request_timeout_us / US_PER_S),
		.idle_s = (unsigned)(s->idle_timeout_us / US_PER_S),
		.budget_bytes = s->max_bytes
	};
}

bool
remote_target_make(struct remote_target *t, const struct config_sensor *s,
    ssh_answer answer, struct diag *d)
{
	const struct config_sensor *via = s;
	struct ssh_config sc;
	size_t n = 0, i, jumps = 0;

	memset(t, 0, sizeof(*t));
	t->name = s->head.name;
	t->here = s->address == NULL || s->local;
	target_limits(t, s);
	if (t->here)
		return target_command(t, s, d);
	confine_memory(); /* keys will be read */
	for (; via != NULL; via = via->via) {
		if (n == ARRAY_LEN(t->hop)) {
			diag_set(d, "%s: more than %d bastions", s->head.name,
			    SSH_MAX_BASTIONS);
			return false;
		}
		if (!target_ssh_config(via, &sc, d) ||
		    !target_hop(t, n, via, &sc, d))
			return false;
		if (n++ == 0 && s->via == NULL)
			jumps = sc.jumps_n;
	}
	/* of the sensor's own ssh_config, the first jump is the nearest */
	if (jumps > 0 && !target_ssh_config(s, &sc, d))
		return false;
	for (i = jumps; i > 0; i--)
		if (!target_jump(t, n++, s, &sc.jumps[i - 1], d))
			return false;
	for (i = 0; i < n; i++) {
		t->hop[i].bastion = i + 1 < n ? &t->hop[i + 1] : NULL;
		t->hop[i].answer = answer;
	}
	return target_command(t, s, d);
}

void
remote_target_clear(struct remote_target *t)
{
	size_t i;

	for (i = 0; i < t->ntext; i++)
		free(t->text[i]);
	free(t->command);
	memset(t, 0, sizeof(*t));
}

struct peer_target
remote_target_peer(const struct remote_target *t)
{
	return (struct peer_target){ .ssh = t->here ? NULL : &t->hop[0],
		.start = SSH_EXEC,
		.command = t->command,
		.argv = t->argv,
		.limits = t->limits };
}
