/*
 * Reads requests until the input ends. What is no request at all ends it, too:
 * after that nobody knows where the next one begins.
 */
#include <errno.h>
#include <unistd.h>
#include "crosstap-sensor/answer.h"
#include "crosstap-sensor/command.h"
#include "crosstap-sensor/sensor_options.h"
#include "wire/frame.h"

#define SERVE_BLOCK 65536
/* A read or write that hangs, of a dead disk or of a peer that takes nothing,
 * is ended by SIGALRM, so long after the answer should have been. */
#define SERVE_GRACE_S 30
#define SERVE_IDLE_S 3600

static answer_fn *const serve_answers[REQUEST_END_OF_KINDS] = {
	[REQUEST_HELLO] = answer_hello,
	[REQUEST_DIGEST] = answer_digest,
	[REQUEST_SYMBOLS] = answer_symbols,
	[REQUEST_RESOLVE] = answer_records,
	[REQUEST_SAMPLE] = answer_records,
	[REQUEST_FILES] = answer_files,
};

/* False: it was the last. */
static bool
serve_body(struct sensor *sensor, struct span body)
{
	static const enum reply_code codes[] = { [WIRE_GARBAGE] =
						     REPLY_BAD_REQUEST,
		[WIRE_VERSION_UNKNOWN] = REPLY_BAD_VERSION,
		[WIRE_INVALID] = REPLY_BAD_REQUEST,
		[WIRE_NO_MEMORY] = REPLY_LIMIT };
	struct diag d = DIAG_INIT;
	enum wire_status status;
	struct request r;
	bool ok;

	channel_begin(&sensor->channel, sensor->timeout_us);
	(void)alarm((unsigned)(sensor->timeout_us / US_PER_S) + SERVE_GRACE_S);
	status = request_decode(body, &r, &d);
	ok = status == WIRE_OK
	    ? serve_answers[r.kind](sensor, &r)
	    : answer_error(sensor, r.id, codes[status], d.text);
	request_clear(&r);
	ok = channel_flush(&sensor->channel) && ok;
	(void)alarm(SERVE_IDLE_S);
	return ok && status != WIRE_GARBAGE;
}

/* False: it ended in disorder. */
static bool
serve_bytes(struct sensor *sensor, struct frame_reader *in, struct span bytes)
{
	struct span body;

	while (bytes.n > 0) {
		switch (frame_read(in, &bytes, &body)) {
		case FRAME_MORE:
			break;
		case FRAME_READY:
			if (!serve_body(sensor, body))
				return false;
			break;
		case FRAME_BAD:
			channel_begin(&sensor->channel, sensor->timeout_us);
			return answer_error(
				   sensor, 0, REPLY_BAD_REQUEST, in->bad) &&
			    channel_flush(&sensor->channel) && false;
		}
	}
	return true;
}

static int
serve(struct sensor *sensor)
{
	struct frame_reader in = FRAME_READER_INIT;
	static char block[SERVE_BLOCK];
	bool ok = true, ended = false;
	ssize_t n;

	(void)alarm(SERVE_IDLE_S);
	while (ok && !ended) {
		n = read(STDIN_FILENO, block, sizeof(block));
		ended = n == 0;
		if (n > 0)
			ok = serve_bytes(
			    sensor, &in, (struct span){ block, (size_t)n });
		else if (n < 0)
			ok = errno == EINTR;
	}
	ok = ok && frame_reader_is_idle(&in);
	frame_reader_clear(&in);
	return ok ? 0 : OPTIONS_TROUBLE;
}

int
cmd_serve(int argc, char **argv)
{
	struct sensor_options o;
	struct sensor sensor;
	int status = sensor_start(&serve_option_set, argc, argv, &o, &sensor);

	if (status != OPTIONS_GO_ON)
		return status;
	status = serve(&sensor);
	sensor_stop(&sensor);
	return status;
}
