noinst_LTLIBRARIES += src/libsys.la
src_libsys_la_SOURCES = \
	%D%/rulefile.c %D%/rulefile.h \
	%D%/rulelist.c %D%/rulelist.h \
	%D%/when.c %D%/when.h
src_libsys_la_CPPFLAGS = $(AM_CPPFLAGS) $(CYAML_CFLAGS)
src_libsys_la_LIBADD = $(CYAML_LIBS)
