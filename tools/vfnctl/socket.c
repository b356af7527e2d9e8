// SPDX-License-Identifier: GPL-2.0
/* vfnctl: views over AF_UNIX sockets */

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "socket.h"
#include "vfnctl.h"

#define BACKLOG		16
#define ANSWER_SECONDS	10
#define TRIES		10	/* a socket's file is there a moment before it is listened at */
#define TRY_AGAIN_US	20000

/* Room for one descriptor; the kernel closes what else is sent. */
union control {
	struct cmsghdr head;
	char bytes[CMSG_SPACE(sizeof(int))];
};

static bool make_address(struct sockaddr_un *address, const char *name)
{
	size_t length = strlen(name);

	*address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (!length || length >= sizeof(address->sun_path)) {
		complain("SOCKET '%s' is %s; a socket's name has 1 to %zu bytes, "
			 "and may be relative", name, length ? "too long" : "empty",
			 sizeof(address->sun_path) - 1);
		return false;
	}
	memcpy(address->sun_path, name, length + 1);
	return true;
}

static int new_socket(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		complain("can't make a socket: %m");
	return fd;
}

static int connect_to(int fd, const struct sockaddr_un *address)
{
	return connect(fd, (const struct sockaddr *)address, sizeof(*address));
}

/* Is the other side, as it was when it connected or began to listen, the same user? */
static bool is_same_user(int fd, const char *who)
{
	socklen_t length = sizeof(struct ucred);
	struct ucred peer;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) < 0) {
		complain("can't tell who %s: %m", who);
		return false;
	}
	if (peer.uid == geteuid())
		return true;
	complain("user %u %s; views are shared within one user, here %u", peer.uid, who, geteuid());
	return false;
}

/* A socket's file stays behind when who listened there was killed. */
static bool is_stale(const struct sockaddr_un *address)
{
	struct stat st;
	bool stale;
	int fd;

	if (lstat(address->sun_path, &st) < 0 || !S_ISSOCK(st.st_mode))
		return false;
	fd = new_socket();
	if (fd < 0)
		return false;
	stale = connect_to(fd, address) < 0 && errno == ECONNREFUSED;
	close(fd);
	return stale;
}

static int bind_to(int fd, const struct sockaddr_un *address)
{
	mode_t mask = umask(0177);
	int ret, err;

	ret = bind(fd, (const struct sockaddr *)address, sizeof(*address));
	err = errno;
	umask(mask);
	errno = err;
	return ret;
}

int socket_listen(struct listener *listener, const char *name)
{
	struct sockaddr_un address;
	struct stat st;
	int ret;

	if (!make_address(&address, name))
		return EXIT_OWN;
	listener->fd = new_socket();
	if (listener->fd < 0)
		return EXIT_OWN;
	listener->name = name;
	ret = bind_to(listener->fd, &address);
	if (ret < 0 && errno == EADDRINUSE && is_stale(&address) && !unlink(name))
		ret = bind_to(listener->fd, &address);
	if (!ret)
		ret = listen(listener->fd, BACKLOG);
	if (!ret)
		ret = lstat(name, &st);
	if (ret < 0) {
		complain("can't share at '%s': %m", name);
		close(listener->fd);
		return EXIT_OWN;
	}
	listener->dev = st.st_dev;
	listener->ino = st.st_ino;
	return 0;
}

void socket_close(struct listener *listener)
{
	struct stat st;

	/* Unless somebody has put another one there. */
	if (lstat(listener->name, &st) == 0 && st.st_dev == listener->dev &&
	    st.st_ino == listener->ino)
		unlink(listener->name);
	close(listener->fd);
}

void socket_send(int fd, int snapshot)
{
	struct iovec io = { SOCKET_GREETING, strlen(SOCKET_GREETING) };
	union control control = { .head = {
		.cmsg_level = SOL_SOCKET,
		.cmsg_type = SCM_RIGHTS,
		.cmsg_len = CMSG_LEN(sizeof(snapshot)),
	} };
	struct msghdr msg = {
		.msg_iov = &io, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof(control),
	};

	if (!is_same_user(fd, "asks for the view"))
		return;
	memcpy(CMSG_DATA(&control.head), &snapshot, sizeof(snapshot));
	/* Nobody else is kept waiting by who doesn't receive; or has only looked who listens. */
	if (sendmsg(fd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 && errno != EPIPE)
		complain("can't send the view: %m");
}

/* The descriptor that comes with a greeting; or -1. */
static int receive(int fd, const char *name)
{
	struct timeval timeout = { .tv_sec = ANSWER_SECONDS };
	char greeting[sizeof(SOCKET_GREETING)] = "";
	struct iovec io = { greeting, sizeof(greeting) };
	union control control = { 0 };
	struct msghdr msg = {
		.msg_iov = &io, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof(control),
	};
	int snapshot = -1;
	ssize_t got;

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
	got = recvmsg(fd, &msg, MSG_CMSG_CLOEXEC);
	if (got < 0) {
		complain("nothing is received from '%s': %m", name);
		return -1;
	}
	if (CMSG_FIRSTHDR(&msg) && control.head.cmsg_level == SOL_SOCKET &&
	    control.head.cmsg_type == SCM_RIGHTS &&
	    control.head.cmsg_len == CMSG_LEN(sizeof(snapshot)))
		memcpy(&snapshot, CMSG_DATA(&control.head), sizeof(snapshot));
	if (snapshot >= 0 && !strcmp(greeting, SOCKET_GREETING))
		return snapshot;
	complain("what is sent at '%s' is no view; 'vfnctl share' makes a socket for one", name);
	if (snapshot >= 0)
		close(snapshot);
	return -1;
}

/* Connected, or -1. */
static int connect_patiently(const char *name)
{
	struct sockaddr_un address;
	int fd, tries;

	if (!make_address(&address, name))
		return -1;
	fd = new_socket();
	if (fd < 0)
		return -1;
	for (tries = 1; connect_to(fd, &address) < 0; tries++) {
		if (errno != ECONNREFUSED || tries == TRIES) {
			complain("no view is shared at '%s': %m", name);
			close(fd);
			return -1;
		}
		usleep(TRY_AGAIN_US);
	}
	return fd;
}

int socket_receive(const char *name)
{
	int fd = connect_patiently(name);
	int snapshot = -1;

	if (fd < 0)
		return -1;
	if (is_same_user(fd, "shares this view"))
		snapshot = receive(fd, name);
	close(fd);
	return snapshot;
}
