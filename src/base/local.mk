noinst_LIBRARIES += src/libbase.a
src_libbase_a_SOURCES = \
	%D%/base.h \
	%D%/buf.c %D%/buf.h \
	%D%/bytes.h \
	%D%/diag.c %D%/diag.h \
	%D%/escape.c %D%/escape.h \
	%D%/jsonw.c %D%/jsonw.h \
	%D%/number.c %D%/number.h \
	%D%/sha1.c %D%/sha1.h \
	%D%/span.c %D%/span.h
