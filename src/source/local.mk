noinst_LTLIBRARIES += src/libsource.la
src_libsource_la_SOURCES = \
	%D%/bisect.c %D%/bisect.h \
	%D%/choose.c %D%/choose.h \
	%D%/codec.h \
	%D%/codec_gzip_isal.c \
	%D%/codec_gzip_zlib.c \
	%D%/codec_zstd.c \
	%D%/input.c %D%/input.h \
	%D%/locate.c %D%/locate.h \
	%D%/probe.c %D%/probe.h \
	%D%/reader.c %D%/reader.h \
	%D%/rotation.c %D%/rotation.h \
	%D%/source.c %D%/source.h \
	%D%/stream.c %D%/stream.h
src_libsource_la_CPPFLAGS = $(AM_CPPFLAGS) \
	$(ISAL_CFLAGS) $(ZLIB_CFLAGS) $(ZSTD_CFLAGS)
src_libsource_la_LIBADD = $(ISAL_LIBS) $(ZLIB_LIBS) $(ZSTD_LIBS)
