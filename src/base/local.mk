noinst_LTLIBRARIES += src/libbase.la
src_libbase_la_SOURCES = \
	%D%/base.h \
	%D%/buf.c %D%/buf.h \
	%D%/diag.c %D%/diag.h \
	%D%/span.c %D%/span.h
