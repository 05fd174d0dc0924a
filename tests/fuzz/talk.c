#include <sys/socket.h>
#include <sys/un.h>
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "net/unix_socket.h"
#include "fuzz.h"
#include "talk.h"

static char talk_folder[80], talk_path[100];

static void
talk_remove(void)
{
	(void)unlink(talk_path);
	(void)rmdir(talk_folder);
}

const char *
fuzz_socket(void)
{
	const char *tmp = getenv("TMPDIR");

	(void)snprintf(talk_folder, sizeof(talk_folder), "%s/fuzz.XXXXXX",
	    tmp != NULL && strlen(tmp) < 60 ? tmp : "/tmp");
	INVARIANT(mkdtemp(talk_folder) != NULL);
	(void)snprintf(talk_path, sizeof(talk_path), "%s/s", talk_folder);
	(void)atexit(talk_remove);
	return talk_path;
}

static void
talk_turn(struct loop *l)
{
	(void)event_base_loop(loop_base(l), EVLOOP_NONBLOCK);
}

void
fuzz_talk(struct loop *l, struct span bytes, struct buf *answer)
{
	struct sockaddr_un sun;
	char piece[16384];
	unsigned idle = 0;
	ssize_t n;
	int fd;

	INVARIANT(unix_socket_address(talk_path, &sun, NULL));
	fd = unix_socket_connect(&sun);
	INVARIANT(fd >= 0 && fcntl(fd, F_SETFL, O_NONBLOCK) == 0);
	for (;;) {
		if (bytes.n > 0) {
			n = send(fd, bytes.p, bytes.n, MSG_NOSIGNAL);
			if (n > 0) {
				bytes.p += n;
				bytes.n -= (size_t)n;
			} else if (errno != EAGAIN)
				bytes.n = 0; /* it has heard enough */
			if (bytes.n == 0)
				(void)shutdown(fd, SHUT_WR);
		}
		talk_turn(l);
		n = recv(fd, piece, sizeof(piece), 0);
		if (n == 0 || (n < 0 && errno != EAGAIN))
			break;
		idle = n > 0 ? 0 : idle + 1;
		INVARIANT(idle < 1000);
		if (n > 0)
			buf_add(answer, piece, (size_t)n);
	}
	(void)close(fd);
	talk_turn(l);
	talk_turn(l);
}
