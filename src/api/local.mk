# The public library: the pure rooms behind the headers of include/crosstap.
lib_LTLIBRARIES += src/libcrosstap.la
src_libcrosstap_la_SOURCES = \
	%D%/api.h \
	%D%/compare.c \
	%D%/digest.c \
	%D%/flow.c \
	$(src_libcompare_a_SOURCES) $(src_libdigest_a_SOURCES) \
	$(src_libflow_a_SOURCES) $(src_libbase_a_SOURCES)
src_libcrosstap_la_CFLAGS = $(AM_CFLAGS) $(XXHASH_CFLAGS)
src_libcrosstap_la_LDFLAGS = $(AM_LDFLAGS) -no-undefined -version-info 0:0:0
src_libcrosstap_la_LIBADD = $(XXHASH_LIBS)

crosstapincludedir = $(includedir)/crosstap
crosstapinclude_HEADERS = \
	include/crosstap/compare.h \
	include/crosstap/digest.h \
	include/crosstap/flow.h

pkgconfigdir = $(libdir)/pkgconfig
pkgconfig_DATA = %D%/crosstap.pc
