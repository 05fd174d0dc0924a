noinst_LIBRARIES += src/libjudge.a
src_libjudge_a_SOURCES = \
	%D%/evidence.c %D%/evidence.h \
	%D%/explain.c %D%/explain.h \
	%D%/expr.c %D%/expr.h \
	%D%/finding.c %D%/finding.h \
	%D%/incident.c %D%/incident.h \
	%D%/judge.c \
	%D%/measure.c %D%/measure.h \
	%D%/measure_group.c %D%/measure_state.h \
	%D%/norm.c %D%/norm.h \
	%D%/platform.c %D%/platform.h \
	%D%/pool.c %D%/pool.h \
	%D%/ruledout.c %D%/ruledout.h \
	%D%/rule.c %D%/rule.h \
	%D%/ruleset.h \
	%D%/run.c %D%/run.h \
	%D%/template.c %D%/template.h
src_libjudge_a_CPPFLAGS = $(AM_CPPFLAGS) $(SQLITE_CFLAGS)
