noinst_LIBRARIES += src/libcompare.a
src_libcompare_a_SOURCES = \
	%D%/balance.c %D%/balance.h \
	%D%/compare.c %D%/compare.h %D%/compare_state.h \
	%D%/facets.c %D%/facets.h \
	%D%/fill.c \
	%D%/hashes.c %D%/hashes.h \
	%D%/lanes.c %D%/lanes.h \
	%D%/offset.c %D%/offset.h \
	%D%/pairing.c %D%/pairing.h \
	%D%/reconcile.c %D%/reconcile.h \
	%D%/result.c %D%/result.h \
	%D%/sketchdiff.c %D%/sketchdiff.h \
	%D%/thin.c %D%/thin.h
