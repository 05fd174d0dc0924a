/*
 * Any bytes on the control socket are one line that is answered, or nothing
 * that is.
 */
#include <string.h>
#include "net/control.h"
#include "fuzz.h"
#include "talk.h"

static struct loop *control_loop;

static void
control_say(struct control_call *call, uid_t uid, const char *line, void *arg)
{
	(void)uid;
	(void)arg;
	INVARIANT(strlen(line) <= CONTROL_MAX_LINE);
	INVARIANT(strchr(line, '\n') == NULL);
	control_answer(
	    call, line[0] == 'x' ? CONTROL_ERROR : CONTROL_OK, span_from(line));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span all = { (const char *)data, size };
	struct buf answer = BUF_INIT;
	struct diag d = DIAG_INIT;

	if (control_loop == NULL) {
		control_loop = loop_new(&d);
		INVARIANT(control_loop != NULL &&
		    control_listen(control_loop, fuzz_socket(), control_say,
			NULL, &d) != NULL);
	}
	if (size == 0)
		return 0;
	fuzz_talk(control_loop, all, &answer);
	INVARIANT(answer.n == 0 ||
	    (answer.n >= 3 && memcmp(answer.p, "ok\n", 3) == 0) ||
	    (answer.n >= 6 && memcmp(answer.p, "error\n", 6) == 0));
	/* a line of text that is there is answered */
	if (memchr(data, '\n', size) == NULL)
		INVARIANT(answer.n == 0);
	buf_clear(&answer);
	return 0;
}
