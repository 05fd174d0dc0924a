noinst_LTLIBRARIES += src/libfeed.la
src_libfeed_la_SOURCES = \
	%D%/feed.c %D%/feed.h \
	%D%/kinds.h \
	%D%/nagios_command.c \
	%D%/nagios_output.c %D%/nagios_output.h \
	%D%/nagios_spool.c \
	%D%/nsca.c \
	%D%/status.c %D%/status.h
