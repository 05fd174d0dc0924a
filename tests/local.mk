EXTRA_DIST += tests/bench tests/data tests/evaluate tests/portability tests/system
AM_TESTS_ENVIRONMENT = srcdir='$(abs_top_srcdir)'; export srcdir; \
	CROSSTAP='$(abs_top_builddir)/crosstap'; export CROSSTAP; \
	CROSSTAP_RULES='$(abs_top_srcdir)/rules'; export CROSSTAP_RULES;
# Commands over src/net, for tests/system/ssh.sh; a tool, not a test.
noinst_PROGRAMS += tests/system/ssh_pull
tests_system_ssh_pull_LDADD = $(XT_LIBS)

# A person at a terminal, for tests/system/otp.sh and sensors.sh.
noinst_PROGRAMS += tests/system/on_terminal
tests_system_on_terminal_LDADD =

check_SCRIPTS += \
	tests/evaluate/check.sh \
	tests/format.sh \
	tests/layers.sh \
	tests/system/backfill.sh \
	tests/system/byteorder.sh \
	tests/system/clickhouse.sh \
	tests/system/clickhouse_sink.sh \
	tests/system/completion.sh \
	tests/system/config.sh \
	tests/system/corpus.sh \
	tests/system/coverage.sh \
	tests/system/daemon.sh \
	tests/system/diff.sh \
	tests/system/docs.sh \
	tests/system/exact.sh \
	tests/system/exit.sh \
	tests/system/flows.sh \
	tests/system/groups.sh \
	tests/system/incidents.sh \
	tests/system/lanes.sh \
	tests/system/metrics.sh \
	tests/system/library.sh \
	tests/system/nagios.sh \
	tests/system/otp.sh \
	tests/system/privileges.sh \
	tests/system/puller.sh \
	tests/system/push.sh \
	tests/system/page.sh \
	tests/system/reallogs.sh \
	tests/system/remote.sh \
	tests/system/report.sh \
	tests/system/rules.sh \
	tests/system/sensor.sh \
	tests/system/sensors.sh \
	tests/system/sftp.sh \
	tests/system/ssh.sh \
	tests/system/store.sh
# Who is told, for tests/system/push.sh.
noinst_PROGRAMS += tests/system/catch
tests_system_catch_CPPFLAGS = $(AM_CPPFLAGS) $(EVENT_CFLAGS)
tests_system_catch_LDADD = $(EVENT_LIBS)
# A collector for tests/system/sensor.sh.
noinst_PROGRAMS += tests/system/sensorclient
tests_system_sensorclient_SOURCES = %D%/system/sensorclient.c
tests_system_sensorclient_LDADD = src/libwire.a src/libdigest.a \
	src/libflow.a src/libbase.a $(MSGPACK_LIBS) $(XXHASH_LIBS)
# A store and a site for tests/system/page.sh.
noinst_PROGRAMS += tests/system/page_store
tests_system_page_store_LDADD = $(XT_LIBS)
# The writer that tests/system/store.sh kills.
noinst_PROGRAMS += tests/system/store_kill
tests_system_store_kill_LDADD = $(XT_LIBS)
EXTRA_DIST += tests/layers.sh tests/format.sh

# The evaluation of the verdicts, in full: a quarter of an hour. The table goes
# to the terminal and to accuracy.md, for doc/accuracy.md.
evaluate: crosstap
	@CROSSTAP='$(abs_top_builddir)/crosstap' \
	CROSSTAP_RULES='$(abs_top_srcdir)/rules' \
	    $(SHELL) '$(srcdir)/tests/evaluate/evaluate.sh' full >accuracy.md; \
	status=$$?; cat accuracy.md; exit $$status
.PHONY: bench bench-clickhouse bench-daemon bench-wire evaluate fuzz soak
CLEANFILES += accuracy.md

# A collector of many sensors, for tests/bench/wire.sh.
noinst_PROGRAMS += tests/bench/pull_many
tests_bench_pull_many_LDADD = $(XT_LIBS)
bench-wire: crosstap crosstap-sensor tests/bench/pull_many
	@$(AM_TESTS_ENVIRONMENT) sh '$(srcdir)/tests/bench/wire.sh'

# Tables of a ClickHouse of today; half a gigabyte of chdb is brought in by npm
# once, into CHDB (tests/chdb here).
check-chdb: crosstap crosstapd crosstap-sensor
	@chdb=$${CHDB:-tests/chdb}; test -d "$$chdb/node_modules/chdb" || \
	    { mkdir -p "$$chdb" && \
	    npm install --prefix "$$chdb" --no-audit --no-fund chdb; }
	@$(AM_TESTS_ENVIRONMENT) sh '$(srcdir)/tests/system/clickhouse_today.sh'
	@$(AM_TESTS_ENVIRONMENT) \
	    sh '$(srcdir)/tests/system/clickhouse_sink_today.sh'
.PHONY: check-chdb

# A push-down against an anti-join; ROWS, LACKS and CHDB as it says.
bench-clickhouse: crosstap
	@$(AM_TESTS_ENVIRONMENT) sh '$(srcdir)/tests/bench/clickhouse.sh'

# Sensors that make their digests up, for tests/bench/daemon.sh.
noinst_PROGRAMS += tests/bench/digestsensor
tests_bench_digestsensor_LDADD = $(XT_LIBS)
bench-daemon: crosstap crosstapd tests/bench/digestsensor
	@$(AM_TESTS_ENVIRONMENT) sh '$(srcdir)/tests/bench/daemon.sh'

# In a build of its own with both sanitizers, and of this one under valgrind:
# half an hour; HOURS and VALGRIND_HOURS as the script says.
soak: all
	@$(MKDIR_P) soak
	@cd soak && { test -f Makefile || '$(abs_top_srcdir)/configure' -q \
	    --enable-sanitizers CFLAGS='-O1 -g'; } && $(MAKE) -s all
	@$(AM_TESTS_ENVIRONMENT) sh '$(srcdir)/tests/system/soak.sh' \
	    '$(abs_builddir)/soak'

# Ratios against yardsticks; LINES, RUNS, LONG and DUCKDB as tests/bench/run.sh says.
bench: crosstap
	@$(AM_TESTS_ENVIRONMENT) sh '$(srcdir)/tests/bench/run.sh'

# The public library as an archive.
tests_unit_api_api_t_LDADD = tests/unit/libunit.a tests/fault/libapi.a \
	$(XT_LIBS) $(CHECK_LIBS)
# Its sensors answer in the same process.
tests_unit_crosstapd_puller_take_t_LDADD = tests/unit/libunit.a \
	src/libdaemon.a $(XT_LIBS) $(CHECK_LIBS)
tests_unit_crosstapd_schedule_t_LDADD = tests/unit/libunit.a src/libdaemon.a \
	$(XT_LIBS) $(CHECK_LIBS)
tests_unit_check_crosstap_range_t_LDADD = tests/unit/libunit.a \
	src/libcheck_crosstap.a $(XT_LIBS) $(CHECK_LIBS)
tests_unit_crosstap_sensor_confine_t_LDADD = tests/unit/libunit.a \
	src/libsensor.a $(XT_LIBS) $(CHECK_LIBS)
tests_unit_collect_collect_t_LDADD = tests/unit/libunit.a src/libsensor.a \
	$(XT_LIBS) $(CHECK_LIBS)

# Its server talks TLS.
tests_unit_net_http_client_t_CPPFLAGS = $(AM_CPPFLAGS) $(EVENT_CFLAGS) \
	$(TLS_SERVER_CFLAGS)
tests_unit_net_http_client_t_LDADD = $(LDADD) $(TLS_SERVER_LIBS) $(EVENT_LIBS)

# A unit test X.t is X.c beside it and what all of them share, libunit.
AM_CPPFLAGS += $(CHECK_CFLAGS) -I$(top_srcdir)/tests/unit
LDADD = tests/unit/libunit.a $(XT_LIBS) $(CHECK_LIBS)
check_LIBRARIES = tests/unit/libunit.a
tests_unit_libunit_a_SOURCES = \
	%D%/unit/collect/talk.h \
	%D%/unit/compare/sensors.h \
	%D%/unit/flows.h \
	%D%/unit/golden.c \
	%D%/unit/golden.h \
	%D%/unit/sample_result.c \
	%D%/unit/sample_result.h \
	%D%/unit/simulate/logs.c \
	%D%/unit/simulate/logs.h \
	%D%/unit/source/scene.h \
	%D%/unit/store/scene.h \
	%D%/unit/unit.c \
	%D%/unit/unit.h
check_PROGRAMS += \
	tests/unit/api/api.t \
	tests/unit/base/escape.t \
	tests/unit/base/jsonw.t \
	tests/unit/base/number.t \
	tests/unit/check_crosstap/range.t \
	tests/unit/collect/collect.t \
	tests/unit/compare/compare.t \
	tests/unit/compare/facets.t \
	tests/unit/compare/fill.t \
	tests/unit/compare/hashes.t \
	tests/unit/compare/lanes.t \
	tests/unit/compare/offset.t \
	tests/unit/compare/pairing.t \
	tests/unit/compare/reconcile.t \
	tests/unit/compare/result.t \
	tests/unit/compare/thin.t \
	tests/unit/crosstap-sensor/confine.t \
	tests/unit/crosstapd/puller_take.t \
	tests/unit/crosstapd/schedule.t \
	tests/unit/crosstap/flows_filter.t \
	tests/unit/crosstap/flows_out.t \
	tests/unit/crosstap/operand.t \
	tests/unit/crosstap/progress.t \
	tests/unit/crosstap/report_csv.t \
	tests/unit/crosstap/report_json.t \
	tests/unit/crosstap/report_text.t \
	tests/unit/crosstap/url_operand.t \
	tests/unit/digest/bins.t \
	tests/unit/digest/digest.t \
	tests/unit/digest/entry.t \
	tests/unit/digest/keyset.t \
	tests/unit/digest/netmap.t \
	tests/unit/digest/sketch.t \
	tests/unit/digest/sketch_first.t \
	tests/unit/digest/tuples.t \
	tests/unit/digest/watermark.t \
	tests/unit/feed/clickhouse.t \
	tests/unit/feed/clickhouse_history.t \
	tests/unit/feed/event.t \
	tests/unit/feed/kinds.t \
	tests/unit/feed/nagios_output.t \
	tests/unit/feed/pager.t \
	tests/unit/feed/push.t \
	tests/unit/flow/community.t \
	tests/unit/flow/json.t \
	tests/unit/flow/key.t \
	tests/unit/flow/key_plain.t \
	tests/unit/flow/net.t \
	tests/unit/flow/scan.t \
	tests/unit/flow/tsv.t \
	tests/unit/flow/twins.t \
	tests/unit/flow/values.t \
	tests/unit/judge/evidence.t \
	tests/unit/judge/explain.t \
	tests/unit/judge/expr.t \
	tests/unit/judge/groups.t \
	tests/unit/judge/incident.t \
	tests/unit/judge/judge.t \
	tests/unit/judge/measure.t \
	tests/unit/judge/norm.t \
	tests/unit/judge/platform.t \
	tests/unit/judge/rule.t \
	tests/unit/judge/shipped.t \
	tests/unit/judge/template.t \
	tests/unit/net/base64.t \
	tests/unit/net/control.t \
	tests/unit/net/hmac.t \
	tests/unit/net/http_client.t \
	tests/unit/net/http_server.t \
	tests/unit/net/known_hosts.t \
	tests/unit/net/sender.t \
	tests/unit/net/sftp_packet.t \
	tests/unit/net/ssh_config.t \
	tests/unit/net/starter.t \
	tests/unit/simulate/faults.t \
	tests/unit/simulate/parts.t \
	tests/unit/simulate/plan.t \
	tests/unit/simulate/simulate.t \
	tests/unit/source/clickhouse.t \
	tests/unit/source/files.t \
	tests/unit/source/input.t \
	tests/unit/source/rotation.t \
	tests/unit/source/source.t \
	tests/unit/source/stream.t \
	tests/unit/store/coverage.t \
	tests/unit/store/incidents.t \
	tests/unit/store/journal.t \
	tests/unit/store/overview.t \
	tests/unit/store/prune.t \
	tests/unit/store/reading.t \
	tests/unit/store/roster.t \
	tests/unit/store/store.t \
	tests/unit/sys/config.t \
	tests/unit/sys/log.t \
	tests/unit/sys/options.t \
	tests/unit/sys/rulefile.t \
	tests/unit/sys/when.t \
	tests/unit/web/put.t \
	tests/unit/wire/pull.t \
	tests/unit/wire/wire.t

# The pure rooms by other compilers and machines, built below portability/, and
# the sensor's answers there. Half an hour; ARCHES names some of
# tests/portability/run.sh only.
check-portability: crosstap crosstap-sensor tests/system/sensorclient
	@$(AM_TESTS_ENVIRONMENT) $(SHELL) '$(srcdir)/tests/portability/run.sh' \
	    $(ARCHES)
	@$(AM_TESTS_ENVIRONMENT) \
	    CROSS_ROOT='$(abs_builddir)/portability/roots' \
	    $(SHELL) '$(srcdir)/tests/system/byteorder.sh' || [ $$? = 77 ]
.PHONY: check-portability
