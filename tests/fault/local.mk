# What goes wrong on a machine, injected. memory_*.t: no memory, at each
# allocation of ours in turn.
check_PROGRAMS += %D%/memory_core.t
check_LIBRARIES += %D%/libmemory.a
%C%_libmemory_a_SOURCES = %D%/memory.c %D%/memory.h
%C%_libmemory_a_CPPFLAGS = $(AM_CPPFLAGS) $(SQLITE_CFLAGS)
MEMORY_LINK = $(AM_LDFLAGS) -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=free,--wrap=strdup,--wrap=strndup
MEMORY_LIBS = %D%/libmemory.a tests/unit/libunit.a $(XT_LIBS) $(CHECK_LIBS)
%C%_memory_core_t_LDFLAGS = $(MEMORY_LINK)
%C%_memory_core_t_LDADD = %D%/libapi.a $(MEMORY_LIBS)
# the public library as an archive: what is shared cannot be wrapped
check_LIBRARIES += %D%/libapi.a
%C%_libapi_a_SOURCES = src/api/compare.c src/api/digest.c src/api/flow.c
