noinst_LIBRARIES += src/libstore.a
src_libstore_a_SOURCES = \
	%D%/change.c %D%/change.h \
	%D%/coverage.c \
	%D%/coverage_read.c \
	%D%/cycle.h \
	%D%/evidence.c \
	%D%/feeds.c \
	%D%/flows.c %D%/flows.h \
	%D%/incident.c \
	%D%/incident_json.c \
	%D%/incidents.c %D%/incidents.h \
	%D%/journal.c %D%/journal.h \
	%D%/journal_mark.h \
	%D%/journal_rows.c \
	%D%/overview.c %D%/overview.h \
	%D%/prune.c %D%/prune.h \
	%D%/reading.c %D%/reading.h \
	%D%/rollup.c \
	%D%/roster.c %D%/roster.h \
	%D%/schema.c \
	%D%/state.c %D%/state.h \
	%D%/store.c %D%/store.h \
	%D%/window.c
src_libstore_a_CPPFLAGS = $(AM_CPPFLAGS) $(SQLITE_CFLAGS)
