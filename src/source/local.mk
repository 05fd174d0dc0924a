# All but the choice of codecs; libsource and libsourcesmall are the choices.
noinst_LTLIBRARIES += src/libsourcecore.la src/libsource.la \
	src/libsourcesmall.la
src_libsource_la_SOURCES = %D%/codecs_fast.c %D%/codec_gzip_isal.c
src_libsource_la_CPPFLAGS = $(AM_CPPFLAGS) $(ISAL_CFLAGS)
src_libsource_la_LIBADD = src/libsourcecore.la $(ISAL_LIBS)
src_libsourcesmall_la_SOURCES = %D%/codecs_small.c
src_libsourcesmall_la_LIBADD = src/libsourcecore.la
src_libsourcecore_la_SOURCES = \
	%D%/bisect.c %D%/bisect.h \
	%D%/choose.c %D%/choose.h \
	%D%/codec.h \
	%D%/codec_gzip_zlib.c \
	%D%/codec_zstd.c \
	%D%/files.c %D%/files.h \
	%D%/input.c %D%/input.h \
	%D%/locate.c %D%/locate.h \
	%D%/probe.c %D%/probe.h \
	%D%/reader.c %D%/reader.h \
	%D%/rotation.c %D%/rotation.h \
	%D%/source.c %D%/source.h \
	%D%/stream.c %D%/stream.h \
	%D%/wildcard.c %D%/wildcard.h
src_libsourcecore_la_CPPFLAGS = $(AM_CPPFLAGS) $(ZLIB_CFLAGS) $(ZSTD_CFLAGS)
src_libsourcecore_la_LIBADD = $(ZLIB_LIBS) $(ZSTD_LIBS)
