/*
 * The person at the terminal: questions on /dev/tty, whatever standard input
 * and output are. What others wrote is shown without control characters.
 */
#ifndef CROSSTAP_TERMINAL_H
#define CROSSTAP_TERMINAL_H

#include "base/buf.h"
#include "net/ssh.h"

/* A person can be asked. */
bool terminal_is_there(void);

/* Appends text that is not to be trusted: control characters and bytes that
 * this locale cannot show leave as \xNN, newlines as they are. */
void terminal_put(struct span text, struct buf *out);

/* Writes to the terminal alone. */
void terminal_say(const struct buf *text);

/* A line of the person, without its newline, into *line; false: there is no
 * terminal, the input has ended or is too long. A signal that ends the program
 * ends it here, too, after the terminal was put right. */
enum terminal_echo {
	TERMINAL_SHOWN,
	TERMINAL_HIDDEN
};
bool terminal_ask(const struct buf *question, enum terminal_echo echo,
    struct buf *line) MUSTCHECK;
/* yes or no, asked again until it is one of them. */
bool terminal_confirm(const char *question) MUSTCHECK;

/* An ssh_answer, without argument; NULL if nobody can be asked. */
ssh_answer terminal_answer(void);

#endif
