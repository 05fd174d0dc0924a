/* The user behind a local socket, where getpeereid(3) is not: Linux. */
#include <sys/socket.h>
#include "net/control.h"

bool
control_peer(int fd, uid_t *uid)
{
	struct ucred cred;
	socklen_t n = sizeof(cred);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &n) != 0)
		return false;
	*uid = cred.uid;
	return true;
}
