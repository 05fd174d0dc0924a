# What goes wrong on a machine, injected. memory_*.t: no memory, at each
# allocation of ours in turn.
check_PROGRAMS += %D%/memory_collect.t %D%/memory_core.t %D%/memory_judge.t \
	%D%/memory_simulate.t %D%/memory_source.t %D%/memory_wire.t
check_LIBRARIES += %D%/libmemory.a
%C%_libmemory_a_SOURCES = %D%/memory.c %D%/memory.h
%C%_libmemory_a_CPPFLAGS = $(AM_CPPFLAGS) $(SQLITE_CFLAGS)
MEMORY_LINK = $(AM_LDFLAGS) -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=free,--wrap=strdup,--wrap=strndup
MEMORY_LIBS = %D%/libmemory.a tests/unit/libunit.a $(XT_LIBS) $(CHECK_LIBS)
%C%_memory_collect_t_LDFLAGS = $(MEMORY_LINK)
%C%_memory_collect_t_LDADD = %D%/libmemory.a tests/unit/libunit.a \
	src/libsensor.a $(XT_LIBS) $(CHECK_LIBS)
%C%_memory_core_t_LDFLAGS = $(MEMORY_LINK)
%C%_memory_core_t_LDADD = %D%/libapi.a $(MEMORY_LIBS)
# the public library as an archive: what is shared cannot be wrapped
check_LIBRARIES += %D%/libapi.a
%C%_libapi_a_SOURCES = src/api/compare.c src/api/digest.c src/api/flow.c
%C%_memory_judge_t_LDFLAGS = $(MEMORY_LINK)
%C%_memory_judge_t_LDADD = $(MEMORY_LIBS)
%C%_memory_simulate_t_LDFLAGS = $(MEMORY_LINK)
%C%_memory_simulate_t_LDADD = $(MEMORY_LIBS)
%C%_memory_source_t_LDFLAGS = $(MEMORY_LINK)
%C%_memory_source_t_LDADD = $(MEMORY_LIBS)
%C%_memory_wire_t_LDFLAGS = $(MEMORY_LINK)
%C%_memory_wire_t_LDADD = $(MEMORY_LIBS)

# For LD_PRELOAD: calls that fail by chance, for tests/system/soak_faults.sh.
check_LTLIBRARIES = %D%/faulty.la
%C%_faulty_la_SOURCES = %D%/faulty.c
%C%_faulty_la_CFLAGS = -std=gnu11 -O1
%C%_faulty_la_LDFLAGS = -module -avoid-version -shared -rpath /nowhere
%C%_faulty_la_LIBADD =
check_SCRIPTS += tests/system/faults.sh tests/system/soak_faults.sh

# The daemon on a bad day: ten thousand faults take ten minutes.
COUNT = 10000
soak-faults: crosstap crosstapd crosstap-sensor %D%/faulty.la
	@$(AM_TESTS_ENVIRONMENT) COUNT=$(COUNT) \
	    sh '$(srcdir)/tests/system/soak_faults.sh'
.PHONY: soak-faults
