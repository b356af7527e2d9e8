// SPDX-License-Identifier: GPL-2.0
/* kselftest: names of AF_UNIX sockets: bind, connect, sendto, sendmsg */

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "call.h"

/* The parent's socket that listens at the place; newest. */
static int listener = -1;

static socklen_t fill(struct sockaddr_un *addr, const char *name)
{
	memset(addr, 0, sizeof(*addr));
	addr->sun_family = AF_UNIX;
	snprintf(addr->sun_path, sizeof(addr->sun_path), "%s", name);
	return sizeof(*addr);
}

static void make_socket(const char *name, bool decoy, int type)
{
	struct sockaddr_un addr;
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);

	if (bind(fd, (struct sockaddr *)&addr, fill(&addr, name)) ||
	    (type != SOCK_DGRAM && listen(fd, 1)) || chmod(name, 0777))
		bail_out("a socket at %s", name);
	if (decoy)
		return;	/* stays open: whoever comes here is not refused */
	close(listener);
	listener = fd;
}

static void make_stream(const char *name, bool decoy)
{
	make_socket(name, decoy, SOCK_STREAM);
}

static void make_seqpacket(const char *name, bool decoy)
{
	make_socket(name, decoy, SOCK_SEQPACKET);
}

static void make_dgram(const char *name, bool decoy)
{
	make_socket(name, decoy, SOCK_DGRAM);
}

static long run_bind(const struct call_at *at, struct call_result *r)
{
	struct sockaddr_un addr;

	(void)r;
	return bind(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&addr,
		    fill(&addr, at->name));
}

static long run_bind_dgram(const struct call_at *at, struct call_result *r)
{
	struct sockaddr_un addr;

	(void)r;
	return bind(socket(AF_UNIX, SOCK_DGRAM, 0), (struct sockaddr *)&addr,
		    fill(&addr, at->name));
}

static long connect_to(const struct call_at *at, int type)
{
	struct sockaddr_un addr;
	int fd = socket(AF_UNIX, type, 0);
	long ret = connect(fd, (struct sockaddr *)&addr, fill(&addr, at->name));

	if (!ret && type == SOCK_DGRAM)
		ret = send(fd, "", 1, 0);
	return ret;
}

static long run_connect(const struct call_at *at, struct call_result *r)
{
	(void)r;
	return connect_to(at, SOCK_STREAM);
}

static long run_connect_seqpacket(const struct call_at *at, struct call_result *r)
{
	(void)r;
	return connect_to(at, SOCK_SEQPACKET);
}

static long run_connect_dgram(const struct call_at *at, struct call_result *r)
{
	(void)r;
	return connect_to(at, SOCK_DGRAM);
}

static long run_sendto(const struct call_at *at, struct call_result *r)
{
	struct sockaddr_un addr;
	socklen_t len = fill(&addr, at->name);

	(void)r;
	return sendto(socket(AF_UNIX, SOCK_DGRAM, 0), "", 1, 0, (struct sockaddr *)&addr, len);
}

static struct msghdr message(struct sockaddr_un *addr, const char *name)
{
	static char byte;
	static struct iovec iov = { &byte, 1 };
	struct msghdr msg = {
		.msg_name = addr,
		.msg_namelen = fill(addr, name),
		.msg_iov = &iov,
		.msg_iovlen = 1,
	};

	return msg;
}

static long run_sendmsg(const struct call_at *at, struct call_result *r)
{
	struct sockaddr_un addr;
	struct msghdr msg = message(&addr, at->name);

	(void)r;
	return sendmsg(socket(AF_UNIX, SOCK_DGRAM, 0), &msg, 0);
}

static long run_sendmmsg(const struct call_at *at, struct call_result *r)
{
	struct sockaddr_un addr;
	struct mmsghdr msg = { message(&addr, at->name), 0 };

	(void)r;
	return sendmmsg(socket(AF_UNIX, SOCK_DGRAM, 0), &msg, 1, 0);
}

#ifdef __i386__
/* The old way to all of these: one call and a number. */
static long run_socketcall(const struct call_at *at, struct call_result *r)
{
	struct sockaddr_un addr;
	unsigned long args[3] = {
		socket(AF_UNIX, SOCK_STREAM, 0), (unsigned long)&addr, fill(&addr, at->name)
	};

	(void)r;
	return syscall(SYS_socketcall, 3 /* SYS_CONNECT */, args);
}
#endif

static bool check_socket(const struct call_test *t, const struct call_result *r)
{
	(void)r;
	return call_is(t->place, S_IFSOCK);
}

/* Somebody has come to the listener at the place. */
static bool check_reached(const struct call_test *t, const struct call_result *r)
{
	struct pollfd poll_in = { listener, POLLIN, 0 };

	(void)r;
	if (poll(&poll_in, 1, 0) == 1)
		return true;
	diag("nobody came to %s", t->place);
	return false;
}

static const struct call calls[] = {
	{ "bind, stream", 0, CALL_NOTHING, run_bind, check_socket },
	{ "bind, datagram", 0, CALL_NOTHING, run_bind_dgram, check_socket },
	{ "connect, stream", 0, 0, run_connect, check_reached, make_stream },
	{ "connect, seqpacket", 0, 0, run_connect_seqpacket, check_reached, make_seqpacket },
	{ "connect, datagram", 0, 0, run_connect_dgram, check_reached, make_dgram },
	{ "sendto", 0, 0, run_sendto, check_reached, make_dgram },
	{ "sendmsg", 0, 0, run_sendmsg, check_reached, make_dgram },
	{ "sendmmsg", 0, 0, run_sendmmsg, check_reached, make_dgram },
#ifdef __i386__
	{ "socketcall connect", 0, 0, run_socketcall, check_reached, make_stream },
#endif
};

CALL_MAIN(calls)
