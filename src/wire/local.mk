noinst_LIBRARIES += src/libwire.a
src_libwire_a_SOURCES = \
	%D%/cursor.c %D%/cursor.h \
	%D%/fields.c %D%/fields.h \
	%D%/frame.c %D%/frame.h \
	%D%/pull.c %D%/pull.h \
	%D%/record.c %D%/record.h \
	%D%/reply.c %D%/reply.h \
	%D%/reply_bucket.c %D%/reply_bucket.h \
	%D%/request.c %D%/request.h \
	%D%/symbols.c %D%/symbols.h \
	%D%/varint.h \
	%D%/wire.h
src_libwire_a_CPPFLAGS = $(AM_CPPFLAGS) $(MSGPACK_CFLAGS)
