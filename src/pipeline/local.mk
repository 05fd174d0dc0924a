# What the command line and the daemon share: sensors are asked, judged.
noinst_LIBRARIES += src/libpipeline.a
src_libpipeline_a_SOURCES = \
	%D%/ask.c %D%/ask.h \
	%D%/clickhouse_conn.c %D%/clickhouse_conn.h \
	%D%/clickhouse_files.c %D%/clickhouse_files.h \
	%D%/differing.c %D%/differing.h \
	%D%/greet.c %D%/greet.h \
	%D%/inventory.c %D%/inventory.h \
	%D%/kept_flows.c %D%/kept_flows.h \
	%D%/pushdown.c %D%/pushdown.h \
	%D%/pushdown_ask.c %D%/pushdown_parts.c %D%/pushdown_state.h \
	%D%/remote_files.c %D%/remote_files.h \
	%D%/remote_target.c %D%/remote_target.h \
	%D%/verdict.c %D%/verdict.h
