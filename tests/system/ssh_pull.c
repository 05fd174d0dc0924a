/*
 * Runs commands over src/net, all on one loop, and prints how each ended:
 *	ssh_pull [NAME=N...] TARGET...
 * with connect, request, idle, budget for the limits, and a target as words
 * with a semicolon between: name, then port=N user=U key=FILE known=FILE
 * via=NAME (of an earlier one) agent answer=TEXT times=N all=N and last
 *	cmd=LINE.
 * `times` runs the command again on its end, `all` as often at once; fetch and
 * trust ask for the host key. One without cmd is a bastion only.
 * A line an end: NAME STATE BYTES TEXT. Last: connections and peak memory.
 */
#include <sys/resource.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "net/ssh.h"

#define MAX_TARGETS 600
#define MAX_CHANNELS 4096

struct pull {
	struct ssh_target target;
	const char *identities[4];
	const char *via, *cmd, *answer;
	unsigned long times, all;
	bool fetch, trust;
};

struct run {
	struct pull *pull;
	struct ssh *ssh;
	unsigned long left;
	uint64_t bytes;
};

static struct pull pulls[MAX_TARGETS];
static struct run runs[MAX_CHANNELS];
static size_t pulls_n, runs_n;
static struct ssh_limits limits = { 20, 20, 20, 0 };

static void run_start(struct run *r);

static void
run_data(struct ssh_channel *ch, struct span bytes, void *arg)
{
	struct run *r = arg;

	(void)ch;
	r->bytes += bytes.n;
}

static void
run_ready(struct ssh_channel *ch, void *arg)
{
	(void)arg;
	if (!ssh_write(ch, SPAN_LITERAL("hello\n")))
		abort();
	ssh_write_end(ch);
}

static void
run_end(struct ssh_channel *ch, enum ssh_end end, const char *text, void *arg)
{
	struct run *r = arg;

	(void)ch;
	printf("%s %s %" PRIu64 " %s\n", r->pull->target.name,
	    ssh_end_name(end), r->bytes, text);
	if (--r->left > 0)
		run_start(r);
}

static void
run_start(struct run *r)
{
	static const struct ssh_events events = { run_ready, run_data,
		run_end };

	r->bytes = 0;
	if (ssh_open(r->ssh, &r->pull->target, &limits, SSH_EXEC, r->pull->cmd,
		&events, r) == NULL)
		abort();
}

static bool
answer(void *arg, const char *target, struct span text,
    const struct ssh_prompt *prompts, size_t n, char **answers)
{
	const struct pull *p = arg;
	size_t i;

	(void)target;
	(void)text;
	(void)prompts;
	for (i = 0; i < n; i++)
		answers[i] = strdup(p->answer);
	return true;
}

static void
parse_word(struct pull *p, const char *word, const char *value)
{
	size_t i;

	if (strcmp(word, "port") == 0)
		p->target.port = (unsigned)strtoul(value, NULL, 10);
	else if (strcmp(word, "address") == 0)
		p->target.address = value;
	else if (strcmp(word, "user") == 0)
		p->target.user = value;
	else if (strcmp(word, "known") == 0)
		p->target.known_hosts = value;
	else if (strcmp(word, "cmd") == 0)
		p->cmd = value;
	else if (strcmp(word, "times") == 0)
		p->times = strtoul(value, NULL, 10);
	else if (strcmp(word, "all") == 0)
		p->all = strtoul(value, NULL, 10);
	else if (strcmp(word, "agent") == 0)
		p->target.use_agent = true;
	else if (strcmp(word, "fetch") == 0)
		p->fetch = true;
	else if (strcmp(word, "trust") == 0)
		p->fetch = p->trust = true;
	else if (strcmp(word, "answer") == 0) {
		p->answer = value;
		p->target.answer = answer;
		p->target.answer_arg = p;
	} else if (strcmp(word, "via") == 0) {
		for (i = 0; i < pulls_n; i++) {
			if (strcmp(pulls[i].target.name, value) == 0)
				p->target.bastion = &pulls[i].target;
		}
	} else if (strcmp(word, "key") == 0) {
		for (i = 0; p->identities[i] != NULL; i++)
			continue;
		p->identities[i] = value;
	} else {
		fprintf(stderr, "ssh_pull: %s?\n", word);
		exit(2);
	}
}

static void
parse_target(char *text)
{
	struct pull *p = &pulls[pulls_n];
	char *word, *next, *value;

	p->target = (struct ssh_target){ .address = "127.0.0.1",
		.user = getenv("USER"),
		.identities = p->identities };
	p->times = p->all = 1;
	for (word = text; word != NULL; word = next) {
		next = strncmp(word, "cmd=", 4) == 0 ? NULL : strchr(word, ';');
		if (next != NULL)
			*next++ = '\0';
		value = strchr(word, '=');
		if (value != NULL)
			*value++ = '\0';
		if (word == text)
			p->target.name = word;
		else
			parse_word(p, word, value);
	}
	pulls_n++;
}

static bool
parse_limit(const char *text)
{
	const char *eq = strchr(text, '=');
	unsigned long n = eq != NULL ? strtoul(eq + 1, NULL, 10) : 0;

	if (strncmp(text, "connect=", 8) == 0)
		limits.connect_s = (unsigned)n;
	else if (strncmp(text, "request=", 8) == 0)
		limits.request_s = (unsigned)n;
	else if (strncmp(text, "idle=", 5) == 0)
		limits.idle_s = (unsigned)n;
	else if (strncmp(text, "budget=", 7) == 0)
		limits.budget_bytes = n;
	else
		return false;
	return true;
}

static void
fetch(const struct pull *p)
{
	struct diag d = DIAG_INIT;
	struct ssh_host_key k;
	enum ssh_end end;

	if (ssh_host_key_fetch(&p->target, limits.connect_s, &k, &end, &d) &&
	    (!p->trust || ssh_host_key_trust(&p->target, &k, &d)))
		printf("%s %s %s\n", p->target.name, k.type, k.fingerprint);
	else
		printf("%s %s %s\n", p->target.name, ssh_end_name(end), d.text);
	ssh_host_key_clear(&k);
}

static double
now_s(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

int
main(int argc, char **argv)
{
	struct diag d = DIAG_INIT;
	struct ssh *s = ssh_new(NULL, &d);
	struct rusage use;
	double from = now_s();
	size_t i, k;
	int a;

	if (s == NULL || argc > MAX_TARGETS)
		return 2;
	for (a = 1; a < argc; a++) {
		if (!parse_limit(argv[a]))
			parse_target(argv[a]);
	}
	for (i = 0; i < pulls_n; i++) {
		if (pulls[i].fetch)
			fetch(&pulls[i]);
		for (k = 0; pulls[i].cmd != NULL && k < pulls[i].all; k++) {
			if (runs_n == MAX_CHANNELS)
				return 2;
			runs[runs_n] =
			    (struct run){ &pulls[i], s, pulls[i].times, 0 };
			run_start(&runs[runs_n++]);
		}
	}
	ssh_run(s);
	(void)getrusage(RUSAGE_SELF, &use);
	printf("total connections=%u peak_kib=%ld wire=%" PRIu64
	       " seconds=%.2f\n",
	    ssh_connections(s), use.ru_maxrss, ssh_wire_bytes(s),
	    now_s() - from);
	ssh_free(s);
	return 0;
}
