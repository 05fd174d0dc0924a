noinst_LIBRARIES += src/libcollect.a
src_libcollect_a_SOURCES = \
	%D%/answers.c \
	%D%/build.c \
	%D%/collect.c %D%/collect.h %D%/collect_state.h \
	%D%/decode.c \
	%D%/exchange.c %D%/exchange.h \
	%D%/phases.c
