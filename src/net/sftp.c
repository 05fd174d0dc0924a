/*
 * Our own SFTP over a channel, since libssh2's (1.10 and later) does not come
 * back from a packet that the server never ends, and reads further ahead than
 * a look at a few places of a big file wants.
 *
 * Invariant: every request that was sent and not answered is in pending, by
 * its number; a file that goes leaves its own there, with nobody to take the
 * answer. Once why is set the connection is lost and nothing is sent.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include "net/sftp.h"

#define SFTP_CHUNK (32u * 1024) /* bytes of a read; all servers take that */
#define SFTP_CHUNKS 32          /* of a file, under way or not taken yet */
#define SFTP_PENDING 1024       /* a power of two */
#define SFTP_MAX_PATH 4096
#define SFTP_MAX_NAMES (1u << 18) /* of a folder */

struct sftp_chunk {
	uint64_t offset;
	uint32_t want, got;
	bool busy; /* asked for */
	bool end;  /* the file ends within it */
	int error;
	char *data; /* owned: SFTP_CHUNK bytes; made when needed */
};

struct sftp_file {
	struct sftp *s;
	char handle[SFTP_MAX_HANDLE];
	size_t handle_n;
	struct sftp_attrs attrs; /* at opening */
	/* A ring: offsets go on from chunk to chunk. */
	struct sftp_chunk chunks[SFTP_CHUNKS];
	unsigned head, n;
	uint32_t taken; /* bytes of the first */
	uint64_t ask;   /* offset of the next */
	uint64_t run;   /* bytes that were read one after the other */
};

struct sftp_pending {
	bool used;
	uint32_t id;
	struct sftp_file *file; /* NULL: nobody, or who waits for the answer */
	unsigned chunk;
};

struct sftp {
	struct ssh *ssh;                 /* owned */
	const struct ssh_target *target; /* borrowed */
	struct ssh_limits limits;
	uint64_t budget_bytes;
	struct ssh_channel *channel; /* NULL: none yet, or no more */
	char why[512];               /* it was lost; "": it was not */
	char failure[256];           /* the server's last words */
	struct buf in;               /* the start of a packet */
	struct sftp_pending pending[SFTP_PENDING];
	uint32_t next_id;
	/* The one call that waits. */
	bool waiting, answered, is_ready;
	uint32_t wait_id;
	struct buf answer; /* the packet */
	uint64_t file_bytes, all_bytes;
};

static void sftp_lose(struct sftp *s, const char *fmt, ...) PRINTF_LIKE(2, 3);

static void
sftp_lose(struct sftp *s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (s->why[0] == '\0')
		(void)vsnprintf(s->why, sizeof(s->why), fmt, ap);
	va_end(ap);
	if (s->channel != NULL)
		ssh_close(s->channel);
	s->channel = NULL;
}

bool
sftp_is_lost(const struct sftp *s)
{
	return s->why[0] != '\0';
}

/* Words of a server, printable. */
static void
sftp_words(struct span text, char *out, size_t max)
{
	size_t i;

	(void)snprintf(out, max, "%.*s", (int)(text.n < max ? text.n : max),
	    text.n > 0 ? text.p : "");
	for (i = 0; out[i] != '\0'; i++)
		if (out[i] < ' ' || out[i] > '~')
			out[i] = '.';
}

static void
sftp_garbage(struct sftp *s, struct span bytes)
{
	char words[48];

	sftp_words(bytes, words, sizeof(words));
	sftp_lose(s, "protocol-error: %s: \"%s\"",
	    s->is_ready ? "an answer makes no sense, it begins"
			: "does not speak SFTP; wanted a server with the "
			  "subsystem sftp, it says",
	    words);
}

static bool sftp_send(struct sftp *s, const struct sftp_request *r);

/* What is missing of a chunk, by the number of p. */
static void
sftp_ask_chunk(struct sftp_pending *p)
{
	struct sftp_file *f = p->file;
	struct sftp_chunk *c = &f->chunks[p->chunk];
	const struct sftp_request q = { .type = SFTP_READ,
		.id = p->id,
		.text = { f->handle, f->handle_n },
		.offset = c->offset + c->got,
		.n = c->want - c->got };

	p->used = c->busy = true;
	(void)sftp_send(f->s, &q);
}

/* A file's bytes; less than were asked for are asked for again. */
static void
sftp_take_chunk(
    struct sftp *s, struct sftp_pending *p, const struct sftp_reply *r)
{
	struct sftp_chunk *c = &p->file->chunks[p->chunk];

	c->busy = false;
	if (r->type == SFTP_STATUS && r->status == SFTP_EOF) {
		c->end = true;
	} else if (r->type == SFTP_STATUS) {
		c->error = r->status == SFTP_PERMISSION_DENIED ? EACCES : EIO;
		sftp_words(r->text, s->failure, sizeof(s->failure));
	} else if (r->type != SFTP_DATA || r->text.n == 0 ||
	    r->text.n > c->want - c->got) {
		sftp_garbage(s, r->text);
	} else {
		memcpy(c->data + c->got, r->text.p, r->text.n);
		c->got += (uint32_t)r->text.n;
		if (c->got < c->want)
			sftp_ask_chunk(p);
	}
}

static void
sftp_packet(struct sftp *s, struct span packet)
{
	struct sftp_pending *p;
	struct sftp_reply r;

	if (!sftp_reply_parse(packet, &r)) {
		sftp_garbage(s, packet);
		return;
	}
	if (!s->is_ready) {
		if (r.type != SFTP_SPEAKS || r.id < SFTP_VERSION)
			sftp_garbage(s, packet);
		s->is_ready = true;
		return;
	}
	p = &s->pending[r.id % SFTP_PENDING];
	if (!p->used || p->id != r.id || r.type == SFTP_SPEAKS) {
		sftp_lose(s, "protocol-error: an answer to what was not asked");
		return;
	}
	p->used = false;
	if (r.type == SFTP_DATA)
		s->file_bytes += r.text.n;
	if (p->file != NULL) {
		sftp_take_chunk(s, p, &r);
	} else if (s->waiting && !s->answered && s->wait_id == r.id) {
		s->answer.n = 0;
		buf_add(&s->answer, packet.p, packet.n);
		s->answered = true;
	}
}

static void
sftp_on_data(struct ssh_channel *ch, struct span bytes, void *arg)
{
	struct sftp *s = arg;
	struct span have;
	size_t n;

	(void)ch;
	s->all_bytes += bytes.n;
	if (s->budget_bytes != 0 && s->all_bytes > s->budget_bytes) {
		sftp_lose(s, "%s: what was read is over max_bytes",
		    ssh_end_name(SSH_OVER_BUDGET));
		return;
	}
	buf_add(&s->in, bytes.p, bytes.n);
	if (!buf_ok(&s->in)) {
		sftp_lose(s, "out of memory");
		return;
	}
	have = buf_span(&s->in);
	while (!sftp_is_lost(s) && have.n >= 4) {
		n = sftp_packet_bytes(have.p);
		if (n < 5 || n > SFTP_MAX_PACKET) {
			sftp_garbage(s, have);
			return;
		}
		if (have.n < 4 + n)
			break;
		sftp_packet(s, (struct span){ have.p + 4, n });
		have.p += 4 + n;
		have.n -= 4 + n;
	}
	memmove(s->in.p, have.p, have.n);
	s->in.n = have.n;
}

static bool
sftp_send(struct sftp *s, const struct sftp_request *r)
{
	struct buf out = BUF_INIT;
	bool ok;

	if (sftp_is_lost(s) || s->channel == NULL)
		return false;
	sftp_request_put(r, &out);
	ok = buf_ok(&out) && ssh_write(s->channel, buf_span(&out));
	buf_clear(&out);
	if (!ok)
		sftp_lose(s, "out of memory");
	return ok;
}

static void
sftp_on_ready(struct ssh_channel *ch, void *arg)
{
	struct sftp *s = arg;
	const struct sftp_request r = { .type = SFTP_INIT, .id = SFTP_VERSION };

	(void)ch;
	(void)sftp_send(s, &r);
}

static void
sftp_on_end(
    struct ssh_channel *ch, enum ssh_end end, const char *text, void *arg)
{
	struct sftp *s = arg;

	(void)ch;
	s->channel = NULL;
	if (end == SSH_DONE)
		sftp_lose(
		    s, "%s: the server has ended", ssh_end_name(SSH_CLOSED));
	else
		sftp_lose(s, "%s: %s", ssh_end_name(end), text);
}

/* Until the channel speaks SFTP. */
static bool
sftp_connect(struct sftp *s)
{
	static const struct ssh_events events = { sftp_on_ready, sftp_on_data,
		sftp_on_end };

	if (s->channel == NULL && !sftp_is_lost(s)) {
		s->channel = ssh_open(s->ssh, s->target, &s->limits,
		    SSH_SUBSYSTEM, "sftp", &events, s);
		if (s->channel == NULL)
			sftp_lose(s, "out of memory");
	}
	while (!s->is_ready && !sftp_is_lost(s))
		ssh_turn(s->ssh);
	return !sftp_is_lost(s);
}

/* Turns the loop until a request's answer is there; none: false. */
static bool
sftp_wait(struct sftp *s, const bool *until_false, const bool *until_true)
{
	if (s->channel != NULL)
		ssh_request(s->channel);
	while (!sftp_is_lost(s) && (until_false == NULL || *until_false) &&
	    (until_true == NULL || !*until_true))
		ssh_turn(s->ssh);
	if (s->channel != NULL)
		ssh_request_done(s->channel);
	return !sftp_is_lost(s);
}

/* A number that nothing under way has; an answer to it is nobody's yet. */
static bool
sftp_number(struct sftp *s, struct sftp_pending **p)
{
	*p = &s->pending[s->next_id % SFTP_PENDING];
	if ((*p)->used && !sftp_wait(s, &(*p)->used, NULL))
		return false;
	**p = (struct sftp_pending){ .used = true, .id = s->next_id++ };
	return true;
}

/* One question, and its answer in *r, which borrows from s. */
static int
sftp_ask(
    struct sftp *s, enum sftp_type type, struct span text, struct sftp_reply *r)
{
	struct sftp_request q = { .type = type, .text = text };
	struct sftp_pending *p;

	if (text.n > SFTP_MAX_PATH)
		return ENAMETOOLONG;
	if (!sftp_connect(s) || !sftp_number(s, &p))
		return ECONNABORTED;
	q.id = s->wait_id = p->id;
	s->waiting = true;
	s->answered = false;
	if (sftp_send(s, &q))
		(void)sftp_wait(s, NULL, &s->answered);
	s->waiting = false;
	if (!s->answered || !buf_ok(&s->answer))
		return ECONNABORTED;
	/* parsed once already */
	return sftp_reply_parse(buf_span(&s->answer), r) ? 0 : EIO;
}

/* What an answer means that is not of the type that was wanted. */
static int
sftp_refusal(struct sftp *s, const struct sftp_reply *r)
{
	if (r->type != SFTP_STATUS || r->status == SFTP_OK) {
		sftp_lose(s, "protocol-error: an answer of the wrong kind");
		return ECONNABORTED;
	}
	sftp_words(r->text, s->failure, sizeof(s->failure));
	switch (r->status) {
	case SFTP_NO_SUCH_FILE:
		return ENOENT;
	case SFTP_PERMISSION_DENIED:
		return EACCES;
	default:
		return EIO;
	}
}

static int
sftp_ask_for(struct sftp *s, enum sftp_type type, struct span text,
    enum sftp_type wanted, struct sftp_reply *r)
{
	int error = sftp_ask(s, type, text, r);

	if (error == 0 && r->type != wanted)
		error = sftp_refusal(s, r);
	return error;
}

/* Closes a handle; nobody waits for the answer. */
static void
sftp_let_go(struct sftp *s, struct span handle)
{
	struct sftp_request q = { .type = SFTP_CLOSE, .text = handle };
	struct sftp_pending *p;

	if (sftp_is_lost(s) || !sftp_number(s, &p))
		return;
	q.id = p->id;
	(void)sftp_send(s, &q);
}

struct sftp *
sftp_new(const struct ssh_target *target, const struct ssh_limits *limits,
    struct diag *d)
{
	struct sftp *s = calloc(1, sizeof(*s));

	if (s == NULL) {
		diag_set(d, "out of memory");
		return NULL;
	}
	s->target = target;
	s->limits = *limits;
	s->budget_bytes = limits->budget_bytes;
	s->limits.budget_bytes = 0;
	s->ssh = ssh_new(NULL, d);
	if (s->ssh == NULL) {
		sftp_free(s);
		return NULL;
	}
	return s;
}

void
sftp_free(struct sftp *s)
{
	if (s == NULL)
		return;
	ssh_free(s->ssh);
	buf_clear(&s->in);
	buf_clear(&s->answer);
	free(s);
}

const char *
sftp_error(const struct sftp *s, int error)
{
	if (error == ECONNABORTED)
		return s->why;
	if (error == EIO && s->failure[0] != '\0')
		return s->failure;
	return strerror(error);
}

int
sftp_stat(struct sftp *s, const char *path, struct sftp_attrs *out)
{
	struct sftp_reply r;
	int error = sftp_ask_for(s, SFTP_STAT, span_from(path), SFTP_ATTRS, &r);

	if (error == 0)
		*out = r.attrs;
	return error;
}

/* No file system of ours has such names, and messages show them: whoever sends
 * one lies. */
static bool
sftp_is_clean(struct span text)
{
	size_t i;

	for (i = 0; i < text.n; i++)
		if ((unsigned char)text.p[i] < ' ' || text.p[i] == 0x7f)
			return false;
	return text.n > 0;
}

int
sftp_real(struct sftp *s, const char *path, struct buf *text)
{
	struct sftp_reply r;
	struct sftp_attrs unused;
	struct span name;
	int error =
	    sftp_ask_for(s, SFTP_REALPATH, span_from(path), SFTP_NAME, &r);

	if (error != 0)
		return error;
	if (!sftp_reply_name(&r, &name, &unused) || !sftp_is_clean(name) ||
	    name.n > SFTP_MAX_PATH || name.p[0] != '/')
		return EIO;
	buf_add(text, name.p, name.n);
	return buf_ok(text) ? 0 : ENOMEM;
}

/* The names of one answer. */
static int
sftp_list_some(struct sftp *s, struct sftp_reply *r, size_t *total,
    sftp_name_fn *name, void *arg, bool *enough)
{
	struct sftp_attrs attrs;
	struct span text;
	char copy[256];

	while (!*enough && sftp_reply_name(r, &text, &attrs)) {
		if (++*total > SFTP_MAX_NAMES)
			return EOVERFLOW;
		if (text.n >= sizeof(copy) || !sftp_is_clean(text) ||
		    memchr(text.p, '/', text.n) != NULL)
			continue;
		if (span_is(text, ".") || span_is(text, ".."))
			continue;
		memcpy(copy, text.p, text.n);
		copy[text.n] = '\0';
		*enough = !name(arg, copy, &attrs);
	}
	if (*enough || r->names == 0)
		return 0;
	sftp_garbage(s, r->rest);
	return ECONNABORTED;
}

int
sftp_list(struct sftp *s, const char *path, sftp_name_fn *name, void *arg)
{
	char handle[SFTP_MAX_HANDLE];
	struct sftp_reply r;
	struct span at = { handle, 0 };
	size_t total = 0;
	bool enough = false;
	int error =
	    sftp_ask_for(s, SFTP_OPENDIR, span_from(path), SFTP_HANDLE, &r);

	if (error != 0)
		return error;
	memcpy(handle, r.text.p, r.text.n);
	at.n = r.text.n;
	while (error == 0 && !enough) {
		error = sftp_ask(s, SFTP_READDIR, at, &r);
		if (error != 0)
			break;
		if (r.type == SFTP_STATUS && r.status == SFTP_EOF)
			break;
		if (r.type != SFTP_NAME || r.names == 0)
			error = sftp_refusal(s, &r);
		else
			error =
			    sftp_list_some(s, &r, &total, name, arg, &enough);
	}
	sftp_let_go(s, at);
	return error;
}

int
sftp_open(struct sftp *s, const char *path, struct sftp_file **out)
{
	struct sftp_reply r;
	struct sftp_file *f;
	int error =
	    sftp_ask_for(s, SFTP_OPEN, span_from(path), SFTP_HANDLE, &r);

	if (error != 0)
		return error;
	f = calloc(1, sizeof(*f));
	if (f == NULL)
		return ENOMEM;
	f->s = s;
	memcpy(f->handle, r.text.p, r.text.n);
	f->handle_n = r.text.n;
	error = sftp_ask_for(s, SFTP_FSTAT,
	    (struct span){ f->handle, f->handle_n }, SFTP_ATTRS, &r);
	if (error != 0) {
		sftp_close(f);
		return error;
	}
	f->attrs = r.attrs;
	if (!f->attrs.has_size)
		f->attrs.size = UINT64_MAX;
	*out = f;
	return 0;
}

/* What is under way is nobody's. */
static void
sftp_drop(struct sftp_file *f)
{
	size_t i;

	for (i = 0; f->n > 0 && i < SFTP_PENDING; i++)
		if (f->s->pending[i].file == f)
			f->s->pending[i].file = NULL;
	f->head = f->n = 0;
	f->taken = 0;
	f->run = 0;
}

void
sftp_close(struct sftp_file *f)
{
	size_t i;

	if (f == NULL)
		return;
	sftp_drop(f);
	sftp_let_go(f->s, (struct span){ f->handle, f->handle_n });
	for (i = 0; i < SFTP_CHUNKS; i++)
		free(f->chunks[i].data);
	free(f);
}

const struct sftp_attrs *
sftp_attrs(const struct sftp_file *f)
{
	return &f->attrs;
}

/* Asks for all up to an offset, as far as there is room. */
static int
sftp_fill(struct sftp_file *f, uint64_t to)
{
	struct sftp_chunk *c;
	struct sftp_pending *p;
	uint64_t left;

	while (f->ask < to && f->n < SFTP_CHUNKS) {
		/* Behind the end one at a time: it may have grown. */
		if (f->ask >= f->attrs.size && f->n > 0)
			return 0;
		if (!sftp_number(f->s, &p))
			return ECONNABORTED;
		p->file = f;
		p->chunk = (f->head + f->n) % SFTP_CHUNKS;
		c = &f->chunks[p->chunk];
		if (c->data == NULL)
			c->data = malloc(SFTP_CHUNK);
		if (c->data == NULL) {
			p->used = false;
			return ENOMEM;
		}
		left = f->ask < f->attrs.size ? f->attrs.size - f->ask
					      : SFTP_CHUNK;
		left = left < to - f->ask ? left : to - f->ask;
		left = left < SFTP_CHUNK ? left : SFTP_CHUNK;
		*c = (struct sftp_chunk){ .offset = f->ask,
			.want = (uint32_t)left,
			.data = c->data };
		f->ask += left;
		f->n++;
		sftp_ask_chunk(p);
	}
	return 0;
}

/* Bytes of the first chunk, which has come. */
static size_t
sftp_take(struct sftp_file *f, char *to, size_t max)
{
	struct sftp_chunk *c = &f->chunks[f->head];
	size_t n = c->got - f->taken;

	n = n < max ? n : max;
	memcpy(to, c->data + f->taken, n);
	f->taken += (uint32_t)n;
	f->run += n;
	if (f->taken == c->got && !c->end && c->error == 0) {
		f->head = (f->head + 1) % SFTP_CHUNKS;
		f->n--;
		f->taken = 0;
	}
	return n;
}

int
sftp_read(struct sftp_file *f, void *to, size_t max, uint64_t offset,
    enum sftp_ahead ahead, size_t *n)
{
	struct sftp_chunk *c;
	uint64_t until;
	int error;

	*n = 0;
	if (!sftp_connect(f->s))
		return ECONNABORTED;
	if (f->n == 0 || f->chunks[f->head].offset + f->taken != offset) {
		if (f->n > 0 || f->ask != offset)
			sftp_drop(f);
		f->ask = offset;
	}
	/* As far ahead as it has gone on. */
	until = offset + max + (ahead == SFTP_GOES_ON ? f->run : 0);
	while (*n < max) {
		error = sftp_fill(f, until);
		c = &f->chunks[f->head];
		if (error == 0 && c->busy && !sftp_wait(f->s, &c->busy, NULL))
			error = ECONNABORTED;
		if (error == 0 && c->got == f->taken)
			error = c->error;
		if (error != 0) {
			sftp_drop(f);
			return *n > 0 ? 0 : error;
		}
		*n += sftp_take(f, (char *)to + *n, max - *n);
		if (f->n > 0 && c == &f->chunks[f->head] && c->end &&
		    f->taken == c->got) {
			sftp_drop(f);
			break;
		}
	}
	return 0;
}

uint64_t
sftp_file_bytes(const struct sftp *s)
{
	return s->file_bytes;
}

uint64_t
sftp_wire_bytes(const struct sftp *s)
{
	return ssh_wire_bytes(s->ssh);
}
