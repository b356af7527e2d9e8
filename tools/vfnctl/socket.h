/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vfnctl: views over AF_UNIX sockets
 *
 * Who connects is sent one message: SOCKET_GREETING with a snapshot's descriptor.
 * Both sides see to it that the other is the same user.
 */
#ifndef VFNCTL_SOCKET_H
#define VFNCTL_SOCKET_H

#include <sys/types.h>

#define SOCKET_GREETING	"vfn1"

/**
 * struct listener - a socket to be connected to
 * @fd:		listens
 * @name:	of the socket
 * @dev:	of its file
 * @ino:	of its file
 */
struct listener {
	int fd;
	const char *name;
	dev_t dev;
	ino_t ino;
};

/*
 * 0; or the exit status, when what is wrong has been said.  socket_close() takes the
 * file away, too.
 */
int socket_listen(struct listener *listener, const char *name);
void socket_close(struct listener *listener);

/* Send SNAPSHOT to who is connected at FD.  Says what is wrong; that is all it takes. */
void socket_send(int fd, int snapshot);

/* The snapshot that is shared at NAME; or -1, when what is wrong has been said. */
int socket_receive(const char *name);

#endif /* VFNCTL_SOCKET_H */
