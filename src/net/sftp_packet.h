/*
 * Packets of SFTP version 3 (draft-ietf-secsh-filexfer-02), of what reading
 * takes. Pure: bytes in, values out. Lengths are checked against the packet,
 * nothing is allocated.
 */
#ifndef NET_SFTP_PACKET_H
#define NET_SFTP_PACKET_H

#include "base/buf.h"

#define SFTP_VERSION 3
#define SFTP_MAX_PACKET                                            \
	(256u * 1024)       /* bytes, without the length before it \
			     */
#define SFTP_MAX_HANDLE 256 /* bytes */

enum sftp_type {
	SFTP_INIT = 1,
	SFTP_SPEAKS = 2, /* SSH_FXP_VERSION */
	SFTP_OPEN = 3,
	SFTP_CLOSE = 4,
	SFTP_READ = 5,
	SFTP_FSTAT = 8,
	SFTP_OPENDIR = 11,
	SFTP_READDIR = 12,
	SFTP_REALPATH = 16,
	SFTP_STAT = 17,
	SFTP_STATUS = 101,
	SFTP_HANDLE = 102,
	SFTP_DATA = 103,
	SFTP_NAME = 104,
	SFTP_ATTRS = 105
};

enum sftp_status {
	SFTP_OK,
	SFTP_EOF,
	SFTP_NO_SUCH_FILE,
	SFTP_PERMISSION_DENIED,
	SFTP_FAILURE,
	SFTP_BAD_MESSAGE,
	SFTP_NO_CONNECTION,
	SFTP_CONNECTION_LOST,
	SFTP_UNSUPPORTED
};

struct sftp_request {
	enum sftp_type type;
	uint32_t id;      /* of SFTP_INIT: the version */
	struct span text; /* a path or a handle; not of SFTP_INIT */
	uint64_t offset;  /* SFTP_READ */
	uint32_t n;       /* bytes; SFTP_READ */
};

/* Appended, with its length. An SFTP_OPEN is for reading. */
void sftp_request_put(const struct sftp_request *r, struct buf *out);

struct sftp_attrs {
	bool has_size, has_mode, has_times;
	uint64_t size;  /* bytes */
	uint32_t mode;  /* as st_mode */
	uint32_t mtime; /* seconds since 1970 */
};

struct sftp_reply {
	enum sftp_type type;
	uint32_t id;             /* of SFTP_SPEAKS: the version */
	uint32_t status;         /* SFTP_STATUS */
	struct span text;        /* borrowed: message, handle or data */
	struct sftp_attrs attrs; /* SFTP_ATTRS */
	uint32_t names;          /* SFTP_NAME: that are left */
	struct span rest;        /* borrowed: their bytes */
};

/* The length that the four bytes at p say. */
uint32_t sftp_packet_bytes(const char *p);

/* A whole packet without its length. False: it makes no sense. Names are
 * checked as they are taken. */
bool sftp_reply_parse(struct span packet, struct sftp_reply *out) MUSTCHECK;

/* The next of the names. False: no more, or they make no sense, which is then
 * said by names, which is not 0. */
bool sftp_reply_name(struct sftp_reply *r, struct span *name,
    struct sftp_attrs *attrs) MUSTCHECK;

#endif
