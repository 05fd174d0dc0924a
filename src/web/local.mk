noinst_LTLIBRARIES += src/libweb.la
src_libweb_la_SOURCES = \
	%D%/site.c %D%/site.h
