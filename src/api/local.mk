# The public library: the pure rooms behind the headers of include/crosstap.
lib_LTLIBRARIES += src/libcrosstap.la
src_libcrosstap_la_SOURCES = \
	%D%/api.h \
	%D%/compare.c \
	%D%/digest.c \
	%D%/flow.c
src_libcrosstap_la_LDFLAGS = $(AM_LDFLAGS) -no-undefined -version-info 0:0:0
src_libcrosstap_la_LIBADD = src/libcompare.la src/libdigest.la \
	src/libflow.la src/libbase.la

crosstapincludedir = $(includedir)/crosstap
crosstapinclude_HEADERS = \
	include/crosstap/compare.h \
	include/crosstap/digest.h \
	include/crosstap/flow.h

pkgconfigdir = $(libdir)/pkgconfig
pkgconfig_DATA = %D%/crosstap.pc
