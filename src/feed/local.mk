noinst_LIBRARIES += src/libfeed.a
src_libfeed_a_SOURCES = \
	%D%/clickhouse.c %D%/clickhouse.h \
	%D%/clickhouse_history.c %D%/clickhouse_history.h \
	%D%/event.c %D%/event.h \
	%D%/event_mail.c \
	%D%/event_syslog.c \
	%D%/feed.c %D%/feed.h \
	%D%/http_feed.c %D%/http_feed.h \
	%D%/icinga2.c %D%/icinga2.h \
	%D%/kinds.h \
	%D%/mail.c \
	%D%/metrics.c %D%/metrics.h \
	%D%/nagios_command.c \
	%D%/nagios_output.c %D%/nagios_output.h \
	%D%/nagios_spool.c \
	%D%/nrdp.c %D%/nrdp.h \
	%D%/nsca.c \
	%D%/status.c %D%/status.h \
	%D%/syslog.c \
	%D%/webhook.c
src_libfeed_a_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS)
