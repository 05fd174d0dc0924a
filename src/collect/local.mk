noinst_LTLIBRARIES += src/libcollect.la
src_libcollect_la_SOURCES = \
	%D%/answers.c \
	%D%/build.c \
	%D%/collect.c %D%/collect.h %D%/collect_state.h \
	%D%/decode.c \
	%D%/exchange.c %D%/exchange.h \
	%D%/phases.c
