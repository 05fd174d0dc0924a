/*
 * The plain values that the rooms of the simulator hand on: hosts, packets as
 * they pass the border, and the records that are made of them. Times are
 * microseconds since 1970.
 */
#ifndef SIMULATE_PACKET_H
#define SIMULATE_PACKET_H

#include "flow/flow.h"

/* One side of the border: a local host is 10.x.n.h or 2620:83:0:n::h, a
 * remote one lies in one of HOST_REMOTE_NETS networks. */
struct host {
	uint32_t bits; /* IPv4: the address; IPv6: network << 8 | host */
	uint8_t net;   /* index of the network, local or remote */
	bool is_v6;
	bool is_local;
};

#define HOST_LOCAL_NETS 40
#define HOST_V4_NETS 24
#define HOST_V6_NETS 4
#define HOST_REMOTE_NETS (HOST_V4_NETS + HOST_V6_NETS)

enum packet_flag {
	PACKET_SYN = 1 << 0,
	PACKET_ACK = 1 << 1,
	PACKET_FIN = 1 << 2,
	PACKET_RST = 1 << 3,
	PACKET_FROM_RESP = 1 << 4, /* sent by the session's true responder */
	PACKET_BAD_CSUM = 1 << 5
};

/* Sequence numbers count from 0 = SYN, as Zeek's relative ones do. */
struct packet {
	int64_t us;
	uint32_t seq;
	uint32_t ack;
	uint16_t payload;  /* bytes above TCP, UDP or the ICMP header */
	uint16_t ip_bytes; /* total length of the IP packet */
	uint8_t flags;     /* enum packet_flag */
};

/* Who talks to whom, as it really is. */
struct tuple {
	struct host orig;
	struct host resp;
	uint16_t orig_port; /* ICMP: type */
	uint16_t resp_port; /* ICMP: the counterpart's type */
	uint8_t proto;      /* IP protocol number; ICMPv6 is 58 */
};

#define PROTO_ICMP 1
#define PROTO_TCP 6
#define PROTO_UDP 17
#define PROTO_ICMP6 58

enum service {
	SERVICE_NONE,
	SERVICE_DNS,
	SERVICE_NTP,
	SERVICE_SSL,
	SERVICE_HTTP,
	SERVICE_SSH,
	SERVICE_SMTP,
	SERVICE_FTP,
	SERVICE_NSERVICES
};

#define RECORD_HISTORY_MAX 24

/* What Zeek would log, and when it would. */
struct record {
	int64_t log_us;
	int64_t start_us;
	int64_t duration_us; /* 0: one packet; unset, and so are the bytes */
	uint64_t uid;
	uint64_t orig_bytes;
	uint64_t resp_bytes;
	uint64_t missed_bytes;
	uint64_t orig_ip_bytes;
	uint64_t resp_ip_bytes;
	struct tuple tuple; /* as the sensor sees it: sides may be swapped */
	uint32_t orig_pkts;
	uint32_t resp_pkts;
	uint8_t state;   /* enum flow_state */
	uint8_t service; /* enum service */
	uint8_t worker;  /* counted from 0 */
	uint8_t unlocal; /* local ends not known as such: 1 orig, 2 resp */
	uint8_t nhistory;
	char history[RECORD_HISTORY_MAX];
};

#endif
