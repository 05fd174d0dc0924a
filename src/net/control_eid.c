/* The user behind a local socket, by getpeereid(3): the BSDs. */
#include <unistd.h>
#include "net/control.h"

bool
control_peer(int fd, uid_t *uid)
{
	gid_t gid;

	return getpeereid(fd, uid, &gid) == 0;
}
