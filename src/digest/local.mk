noinst_LIBRARIES += src/libdigest.a
src_libdigest_a_SOURCES = \
	%D%/bins.c %D%/bins.h \
	%D%/digest.c %D%/digest.h \
	%D%/entry.c %D%/entry.h %D%/entry_flow.h \
	%D%/keyset.c %D%/keyset.h \
	%D%/nets.h \
	%D%/netmap.c %D%/netmap.h \
	%D%/sketch.c %D%/sketch.h \
	%D%/sketch_avx512.c %D%/sketch_first.c %D%/sketch_symbol.h \
	%D%/tuples.c %D%/tuples.h \
	%D%/watermark.c %D%/watermark.h
src_libdigest_a_CFLAGS = $(AM_CFLAGS) $(XXHASH_CFLAGS)
