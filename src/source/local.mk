# All but the choice of codecs; libsource and libsourcesmall are the choices.
SOURCE_ALL = \
	%D%/bisect.c %D%/bisect.h \
	%D%/choose.c %D%/choose.h \
	%D%/clickhouse.c %D%/clickhouse.h \
	%D%/clickhouse_bind.c %D%/clickhouse_bind.h \
	%D%/clickhouse_digest.c %D%/clickhouse_digest.h \
	%D%/clickhouse_expr.c \
	%D%/clickhouse_sql.c %D%/clickhouse_sql.h \
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
noinst_LIBRARIES += src/libsource.a src/libsourcesmall.a
src_libsource_a_SOURCES = %D%/codecs_fast.c %D%/codec_gzip_isal.c $(SOURCE_ALL)
src_libsource_a_CPPFLAGS = $(AM_CPPFLAGS) $(ISAL_CFLAGS) $(ZLIB_CFLAGS) \
	$(ZSTD_CFLAGS)
src_libsourcesmall_a_SOURCES = %D%/codecs_small.c $(SOURCE_ALL)
src_libsourcesmall_a_CPPFLAGS = $(AM_CPPFLAGS) $(ZLIB_CFLAGS) $(ZSTD_CFLAGS)
