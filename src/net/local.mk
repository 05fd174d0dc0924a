noinst_LIBRARIES += src/libnet.a
src_libnet_a_SOURCES = \
	%D%/agent.c %D%/agent.h \
	%D%/base64.c %D%/base64.h \
	%D%/child.c %D%/child.h \
	%D%/control.c %D%/control.h \
	%D%/hmac.c %D%/hmac.h \
	%D%/http_client.c %D%/http_client.h \
	%D%/http_head.c %D%/http_head.h \
	%D%/http_server.c %D%/http_server.h \
	%D%/known_hosts.c %D%/known_hosts.h \
	%D%/link.c %D%/link.h \
	%D%/loop.c %D%/loop.h \
	%D%/pace.c %D%/pace.h \
	%D%/pattern.c %D%/pattern.h \
	%D%/peer.c %D%/peer.h \
	%D%/sender.c %D%/sender.h \
	%D%/sftp.c %D%/sftp.h \
	%D%/sftp_packet.c %D%/sftp_packet.h \
	%D%/spawn.c %D%/spawn.h \
	%D%/ssh.c %D%/ssh.h \
	%D%/ssh_auth.c \
	%D%/ssh_bastion.c \
	%D%/ssh_channel.c \
	%D%/ssh_conn.c \
	%D%/ssh_config.c %D%/ssh_config.h \
	%D%/ssh_connect.c \
	%D%/ssh_hostkey.c \
	%D%/ssh_queue.c \
	%D%/ssh_state.h \
	%D%/starter.c %D%/starter.h \
	%D%/unix_socket.c %D%/unix_socket.h
if HAVE_GETPEEREID
src_libnet_a_SOURCES += %D%/control_eid.c
else
src_libnet_a_SOURCES += %D%/control_ucred.c
endif
src_libnet_a_CPPFLAGS = $(AM_CPPFLAGS) $(EVENT_CFLAGS) $(SSH2_CFLAGS) \
	$(CURL_CFLAGS) $(CRYPTO_CFLAGS)
