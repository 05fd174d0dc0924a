# A library, where tests can reach it.
noinst_LTLIBRARIES += src/libcheck_crosstap.la
src_libcheck_crosstap_la_SOURCES = \
	%D%/command.c %D%/command.h \
	%D%/range.c %D%/range.h

plugindir = $(libdir)/nagios/plugins
plugin_PROGRAMS = check_crosstap
check_crosstap_SOURCES = %D%/main.c
check_crosstap_LDADD = src/libcheck_crosstap.la src/libnet.la src/libsys.la \
	src/libcmdline.la src/libjudge.la src/libcompare.la src/libdigest.la \
	src/libflow.la src/libbase.la
