/*
 * The terminal is opened for each question and put back as it was before
 * anything else happens, also on a signal.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>
#include "crosstap/report_put.h"
#include "crosstap/terminal.h"

#define TERMINAL_FILE "/dev/tty"
#define TERMINAL_LINE_MAX 1024
#define TERMINAL_TEXT_MAX 2000 /* bytes of others that are shown at a time */

static const int terminal_signals[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM };

/* What arrived while a person was asked; 0: nothing. */
static volatile sig_atomic_t terminal_signal;

static void
terminal_caught(int number)
{
	terminal_signal = number;
}

bool
terminal_is_there(void)
{
	int fd = open(TERMINAL_FILE, O_RDWR | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return false;
	(void)close(fd);
	return true;
}

static void
terminal_put_line(struct span text, struct buf *out)
{
	struct report_style style = { .utf8 = report_utf8_wanted() };
	struct report report = { .style = &style };
	struct buf copy = BUF_INIT;
	size_t i;

	/* a NUL is a control character, too */
	for (i = 0; i < text.n; i++)
		buf_add_char(&copy, text.p[i] == '\0' ? '\1' : text.p[i]);
	if (buf_ok(&copy) && copy.n > 0)
		report_put_text(&report, copy.p, out);
	buf_clear(&copy);
}

void
terminal_put(struct span text, struct buf *out)
{
	const char *newline;
	size_t n;

	text.n = text.n < TERMINAL_TEXT_MAX ? text.n : TERMINAL_TEXT_MAX;
	while (text.n > 0) {
		newline = memchr(text.p, '\n', text.n);
		n = newline == NULL ? text.n : (size_t)(newline - text.p);
		terminal_put_line((struct span){ text.p,
				      n - (n > 0 && text.p[n - 1] == '\r') },
		    out);
		if (newline != NULL)
			buf_add_char(out, '\n');
		n += newline != NULL;
		text.p += n;
		text.n -= n;
	}
}

static void
terminal_write(int fd, struct span text)
{
	ssize_t n;

	while (text.n > 0) {
		n = write(fd, text.p, text.n);
		if (n < 0)
			return;
		text.p += n;
		text.n -= (size_t)n;
	}
}

void
terminal_say(const struct buf *text)
{
	int fd = open(TERMINAL_FILE, O_WRONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return;
	if (buf_ok(text))
		terminal_write(fd, buf_span(text));
	(void)close(fd);
}

/* False at the end of the input, or on a signal. */
static bool
terminal_read_line(int fd, struct buf *line)
{
	char c = '\0';
	ssize_t n;

	while ((n = read(fd, &c, 1)) == 1 && c != '\n') {
		if (line->n < TERMINAL_LINE_MAX)
			buf_add_char(line, c);
		else
			buf_clear(line);
	}
	return n == 1 && line->n < TERMINAL_LINE_MAX && buf_ok(line);
}

/* The signals that would end the program wait until the terminal is as it
 * was. */
static bool
terminal_guarded(
    int fd, const struct buf *question, bool hidden, struct buf *line)
{
	const struct sigaction catch = { .sa_handler = terminal_caught };
	struct sigaction before[ARRAY_LEN(terminal_signals)];
	struct termios was, now;
	size_t i;
	bool ok;

	terminal_signal = 0;
	for (i = 0; i < ARRAY_LEN(terminal_signals); i++) {
		(void)sigaction(terminal_signals[i], &catch, &before[i]);
		if (before[i].sa_handler == SIG_IGN)
			(void)sigaction(terminal_signals[i], &before[i], NULL);
	}
	hidden = hidden && tcgetattr(fd, &was) == 0;
	if (hidden) {
		now = was;
		now.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
		(void)tcsetattr(fd, TCSAFLUSH, &now);
	}
	/* What comes from now on is the answer to it. */
	if (buf_ok(question))
		terminal_write(fd, buf_span(question));
	ok = terminal_signal == 0 && terminal_read_line(fd, line);
	if (hidden) {
		(void)tcsetattr(fd, TCSADRAIN, &was);
		terminal_write(fd, SPAN_LITERAL("\n"));
	}
	for (i = 0; i < ARRAY_LEN(terminal_signals); i++)
		(void)sigaction(terminal_signals[i], &before[i], NULL);
	if (terminal_signal != 0)
		(void)raise(terminal_signal);
	return ok;
}

bool
terminal_ask(
    const struct buf *question, enum terminal_echo echo, struct buf *line)
{
	int fd = open(TERMINAL_FILE, O_RDWR | O_CLOEXEC | O_NOCTTY);
	bool ok;

	if (fd < 0)
		return false;
	ok = terminal_guarded(fd, question, echo == TERMINAL_HIDDEN, line);
	(void)close(fd);
	return ok;
}

bool
terminal_confirm(const char *question)
{
	struct buf text = BUF_INIT, line = BUF_INIT;
	bool yes = false, no = false;

	buf_printf(&text, "%s (yes/no)? ", question);
	while (!yes && !no) {
		line.n = 0;
		no = !terminal_ask(&text, TERMINAL_SHOWN, &line);
		yes = !no && span_is(buf_span(&line), "yes");
		no = no || span_is(buf_span(&line), "no");
	}
	buf_clear(&text);
	buf_clear(&line);
	return yes;
}

/* Logs that are read over SFTP have threads of their own. */
static pthread_mutex_t terminal_one = PTHREAD_MUTEX_INITIALIZER;

static bool
terminal_answer_all(void *arg, const char *target, struct span text,
    const struct ssh_prompt *prompts, size_t n, char **answers)
{
	struct buf out = BUF_INIT;
	size_t i;
	bool ok = true;

	(void)arg;
	(void)pthread_mutex_lock(&terminal_one);
	if (text.n > 0) {
		buf_printf(&out, "%s says:\n", target);
		terminal_put(text, &out);
		if (out.p != NULL && out.p[out.n - 1] != '\n')
			buf_add_char(&out, '\n');
		terminal_say(&out);
	}
	for (i = 0; i < n && ok; i++) {
		struct buf line = BUF_INIT;

		/* Which host asks is said by us, not by it. */
		out.n = 0;
		buf_printf(&out, "%s: ", target);
		terminal_put(prompts[i].text, &out);
		ok = terminal_ask(&out,
		    prompts[i].echo ? TERMINAL_SHOWN : TERMINAL_HIDDEN, &line);
		answers[i] = line.p;
	}
	(void)pthread_mutex_unlock(&terminal_one);
	buf_clear(&out);
	return ok;
}

ssh_answer
terminal_answer(void)
{
	return terminal_is_there() ? terminal_answer_all : NULL;
}
