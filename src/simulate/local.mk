noinst_LIBRARIES += src/libsimulate.a
src_libsimulate_a_SOURCES = \
	%D%/balance.c %D%/balance.h \
	%D%/conn_log.c %D%/conn_log.h \
	%D%/damage.c %D%/damage.h \
	%D%/fault.c %D%/fault.h \
	%D%/host.c %D%/host.h \
	%D%/packet.h \
	%D%/plan.c %D%/plan.h \
	%D%/prng.c %D%/prng.h \
	%D%/sensor.c %D%/sensor.h \
	%D%/session.c %D%/session.h \
	%D%/simulate.c %D%/simulate.h \
	%D%/spool.c %D%/spool.h \
	%D%/tracker.c %D%/tracker.h \
	%D%/tracker_conn.h \
	%D%/tracker_tcp.c \
	%D%/traffic.c %D%/traffic.h \
	%D%/truth.c %D%/truth.h
