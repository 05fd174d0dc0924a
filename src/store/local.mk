noinst_LTLIBRARIES += src/libstore.la
src_libstore_la_SOURCES = \
	%D%/schema.c \
	%D%/state.c %D%/state.h \
	%D%/store.c %D%/store.h
src_libstore_la_CPPFLAGS = $(AM_CPPFLAGS) $(SQLITE_CFLAGS)
src_libstore_la_LIBADD = $(SQLITE_LIBS)
