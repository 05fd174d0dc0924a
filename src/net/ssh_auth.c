/*
 * Says who we are: key files, then the agent's keys, then a person's answers,
 * whichever of them the target has. All are tried in that order, since a
 * server may want two of them, one after the other.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "net/ssh_state.h"

#define AUTH_MAX_ANSWERS 3    /* times that a person is asked */
#define AUTH_MAX_AGENT_KEYS 5 /* sshd allows six tries unless told */

enum auth_result {
	AUTH_AGAIN, /* waits for the server */
	AUTH_NEXT,  /* goes on to the next method */
	AUTH_MORE,  /* the same method has another key */
	AUTH_IN,
	AUTH_BROKEN /* the connection is */
};

static void
auth_note(struct ssh_conn *c, const char *what, const char *why)
{
	if (c->auth.why[0] == '\0')
		(void)snprintf(
		    c->auth.why, sizeof(c->auth.why), "; %s: %s", what, why);
}

static bool
auth_is_broken(const struct ssh_conn *c, int rc)
{
	switch (rc) {
	case LIBSSH2_ERROR_SOCKET_DISCONNECT:
	case LIBSSH2_ERROR_SOCKET_SEND:
	case LIBSSH2_ERROR_SOCKET_RECV:
	case LIBSSH2_ERROR_PROTO:
	case LIBSSH2_ERROR_DECRYPT:
	case LIBSSH2_ERROR_INVALID_MAC:
	case LIBSSH2_ERROR_OUT_OF_BOUNDARY:
		return true;
	default:
		return c->eof && evbuffer_get_length(c->in) == 0;
	}
}

/* The first question: which methods there are. It may even let us in. */
static enum auth_result
auth_none(struct ssh_conn *c)
{
	const char *user = c->target->user;
	const char *list =
	    libssh2_userauth_list(c->session, user, (unsigned)strlen(user));
	int rc;

	if (list != NULL) {
		(void)snprintf(
		    c->auth.offers, sizeof(c->auth.offers), "%s", list);
		return AUTH_NEXT;
	}
	if (libssh2_userauth_authenticated(c->session))
		return AUTH_IN;
	rc = libssh2_session_last_errno(c->session);
	return rc == LIBSSH2_ERROR_EAGAIN ? AUTH_AGAIN : AUTH_BROKEN;
}

static enum auth_result
auth_files(struct ssh_conn *c)
{
	const char *const *files = c->target->identities;
	const char *user = c->target->user, *file;
	int rc;

	file = files != NULL ? files[c->auth.identity] : NULL;
	if (file == NULL)
		return AUTH_NEXT;
	if (access(file, R_OK) != 0) {
		auth_note(c, file, strerror(errno));
		c->auth.identity++;
		return AUTH_MORE;
	}
	/* A NULL pass phrase would not be survived by libssh2 1.10. */
	rc = libssh2_userauth_publickey_fromfile_ex(
	    c->session, user, (unsigned)strlen(user), NULL, file, "");
	if (rc == LIBSSH2_ERROR_EAGAIN)
		return AUTH_AGAIN;
	if (rc == 0)
		return AUTH_IN;
	if (auth_is_broken(c, rc))
		return AUTH_BROKEN;
	if (rc == LIBSSH2_ERROR_AUTHENTICATION_FAILED ||
	    rc == LIBSSH2_ERROR_PUBLICKEY_UNVERIFIED)
		c->auth.tried++;
	else
		auth_note(c, file,
		    "is no key that can be used without a pass phrase");
	c->auth.identity++;
	return AUTH_MORE;
}

static bool
auth_agent_start(struct ssh_conn *c)
{
	struct ssh_auth *a = &c->auth;
	struct diag d = DIAG_INIT;
	bool opened;

	if (!a->agent_listed) {
		a->agent_listed = true;
		opened = agent_open(&a->agent, &d);
		if (opened && agent_next_key(&a->agent, &a->agent_at, &a->key))
			return true;
		auth_note(c, "the agent", opened ? "has no keys" : d.text);
		a->key.n = 0;
	}
	return a->key.n > 0;
}

/* What libssh2 gets it frees. */
static LIBSSH2_USERAUTH_PUBLICKEY_SIGN_FUNC(auth_sign)
{
	struct ssh_conn *c = *abstract;
	struct buf out = BUF_INIT;
	int64_t start = ssh_now_us();
	bool ok = agent_sign(&c->auth.agent, c->auth.key,
	    (struct span){ (const char *)data, data_len }, &out);

	(void)session;
	ssh_stood_still(c->ssh, ssh_now_us() - start);
	if (!ok) {
		auth_note(c, "the agent", "does not sign");
		buf_clear(&out);
		return -1;
	}
	*sig = (unsigned char *)out.p;
	*sig_len = out.n;
	return 0;
}

static enum auth_result
auth_agent(struct ssh_conn *c)
{
	struct ssh_auth *a = &c->auth;
	void *self = c;
	int rc;

	if (!c->target->use_agent || !auth_agent_start(c))
		return AUTH_NEXT;
	rc = libssh2_userauth_publickey(c->session, c->target->user,
	    (const unsigned char *)a->key.p, a->key.n, auth_sign, &self);
	if (rc == LIBSSH2_ERROR_EAGAIN)
		return AUTH_AGAIN;
	if (rc == 0)
		return AUTH_IN;
	if (auth_is_broken(c, rc))
		return AUTH_BROKEN;
	a->tried++;
	if (++a->agent_tried >= AUTH_MAX_AGENT_KEYS ||
	    !agent_next_key(&a->agent, &a->agent_at, &a->key))
		return AUTH_NEXT;
	return AUTH_MORE;
}

/* libssh2 asks; what is in the responses is freed by it. */
static LIBSSH2_USERAUTH_KBDINT_RESPONSE_FUNC(auth_ask)
{
	struct ssh_conn *c = *abstract;
	const struct ssh_target *t = c->target;
	struct ssh_prompt *p;
	char **answers;
	int64_t start = ssh_now_us();
	size_t i, n = num_prompts > 0 ? (size_t)num_prompts : 0;

	(void)name;
	(void)name_len;
	p = calloc(n + 1, sizeof(*p));
	answers = calloc(n + 1, sizeof(*answers));
	if (p == NULL || answers == NULL) {
		c->auth.gave_up = true;
		n = 0;
	}
	for (i = 0; i < n; i++) {
		p[i].text = (struct span){ prompts[i].text, prompts[i].length };
		p[i].echo = prompts[i].echo != 0;
	}
	if (!c->auth.gave_up && (n > 0 || instruction_len > 0) &&
	    !t->answer(t->answer_arg, ssh_target_name(t),
		(struct span){ instruction, (size_t)instruction_len }, p, n,
		answers))
		c->auth.gave_up = true;
	for (i = 0; i < n; i++) {
		responses[i].text =
		    answers[i] != NULL ? answers[i] : strdup("");
		responses[i].length = responses[i].text == NULL
		    ? 0
		    : (unsigned)strlen(responses[i].text);
	}
	free(p);
	free(answers);
	ssh_stood_still(c->ssh, ssh_now_us() - start);
}

static enum auth_result
auth_person(struct ssh_conn *c)
{
	const char *user = c->target->user;
	int rc;

	if (c->target->answer == NULL || c->auth.gave_up ||
	    c->auth.asked == AUTH_MAX_ANSWERS)
		return AUTH_NEXT;
	rc = libssh2_userauth_keyboard_interactive_ex(
	    c->session, user, (unsigned)strlen(user), auth_ask);
	if (rc == LIBSSH2_ERROR_EAGAIN)
		return AUTH_AGAIN;
	if (rc == 0)
		return AUTH_IN;
	if (auth_is_broken(c, rc))
		return AUTH_BROKEN;
	c->auth.tried++;
	c->auth.asked++;
	return AUTH_MORE;
}

static enum auth_result (*const auth_methods[])(struct ssh_conn *) = {
	auth_none,
	auth_files,
	auth_agent,
	auth_person,
};

static void
auth_refused(struct ssh_conn *c)
{
	conn_fail(c, SSH_AUTH_REFUSED,
	    "user %s was not let in: %u offered, none enough; the server takes "
	    "%s%s",
	    c->target->user, c->auth.tried,
	    c->auth.offers[0] != '\0' ? c->auth.offers : "nothing that it says",
	    c->auth.why);
}

void
auth_step(struct ssh_conn *c)
{
	enum auth_result r = AUTH_NEXT;

	while (c->auth.step < ARRAY_LEN(auth_methods)) {
		r = auth_methods[c->auth.step](c);
		if (r == AUTH_AGAIN)
			return;
		if (r == AUTH_NEXT)
			c->auth.step++;
		if (r == AUTH_IN || r == AUTH_BROKEN)
			break;
	}
	if (r == AUTH_IN) {
		libssh2_keepalive_config(c->session, 1, SSH_KEEPALIVE_S);
		auth_clear(c);
		conn_set_state(c, CONN_READY);
	} else if (r == AUTH_BROKEN && c->auth.tried == 0) {
		conn_fail_session(c, "authenticating",
		    libssh2_session_last_errno(c->session));
	} else {
		/* sshd hangs up after too many tries. */
		auth_refused(c);
	}
}

void
auth_clear(struct ssh_conn *c)
{
	agent_close(&c->auth.agent);
}
