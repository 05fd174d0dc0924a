noinst_LIBRARIES += src/libdaemon.a
src_libdaemon_a_SOURCES = \
	%D%/command.c %D%/command.h \
	%D%/commands.c \
	%D%/cycle.c %D%/cycle.h \
	%D%/daemon.c %D%/daemon.h \
	%D%/files.c \
	%D%/feeds.c %D%/feeds.h %D%/feeds_state.h \
	%D%/feeds_rows.c \
	%D%/feeds_services.c \
	%D%/group.c \
	%D%/group_flows.c \
	%D%/group_keep.c \
	%D%/group_norm.c \
	%D%/metrics.c %D%/metrics.h \
	%D%/puller.c %D%/puller.h %D%/puller_job.h \
	%D%/puller_take.c \
	%D%/pulling.c %D%/pulling.h \
	%D%/pulling_paths.c \
	%D%/pulling_tell.c \
	%D%/schedule.c %D%/schedule.h \
	%D%/status.c %D%/status.h \
	%D%/web.c %D%/web.h

sbin_PROGRAMS = crosstapd
crosstapd_SOURCES = %D%/main.c
crosstapd_LDADD = src/libdaemon.a $(XT_LIBS)
