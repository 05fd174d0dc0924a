noinst_LIBRARIES += src/libflow.a
src_libflow_a_SOURCES = \
	%D%/addr.c \
	%D%/checksum.c %D%/checksum.h \
	%D%/community.c \
	%D%/digits.h \
	%D%/flow.h \
	%D%/icmp.c %D%/icmp.h \
	%D%/json.c %D%/json.h \
	%D%/json_fast.h %D%/json_field.c \
	%D%/json_scan.c %D%/json_scan.h \
	%D%/key.c %D%/key.h %D%/key_inline.h \
	%D%/net.c %D%/net.h \
	%D%/parse.h \
	%D%/parser.c %D%/parser.h \
	%D%/scan.c %D%/scan.h %D%/scan_index.h \
	%D%/scan_avx2.c %D%/scan_avx512.c \
	%D%/stamp.c \
	%D%/tsv.c %D%/tsv.h %D%/tsv_line.h \
	%D%/tsv_avx512.c %D%/tsv_bmi2.c \
	%D%/tsv_header.c \
	%D%/values.c
src_libflow_a_CPPFLAGS = $(AM_CPPFLAGS) $(XXHASH_CFLAGS)
