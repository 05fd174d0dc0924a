dist_man_MANS += %D%/check_crosstap.1 %D%/crosstap.1 %D%/crosstapd.8 %D%/crosstap-sensor.1 \
	%D%/crosstap-rules.5 %D%/crosstap.yaml.5
dist_doc_DATA = %D%/diagnosis.md %D%/crosstap.yaml.sample
clickhousedir = $(docdir)/clickhouse
dist_clickhouse_DATA = %D%/clickhouse/tables.sql
EXTRA_DIST += %D%/crosstap.bash-completion %D%/design.md %D%/operations.md \
	%D%/accuracy.md %D%/clickhouse.md %D%/diff-json.md %D%/digest-format.md %D%/feeds.md %D%/protocol.md \
	%D%/performance.md %D%/store.md %D%/nagios/README.md \
	%D%/nagios/crosstap.cfg %D%/nagios/check_crosstap.cfg \
	%D%/openapi.yaml %D%/grafana/crosstap.json %D%/prometheus/alerts.yml \
	%D%/prometheus/alerts_test.yml

# bash looks for a file of the command's name
bashcompdir = $(datadir)/bash-completion/completions

install-data-local:
	$(MKDIR_P) '$(DESTDIR)$(bashcompdir)'
	$(INSTALL_DATA) '$(srcdir)/doc/crosstap.bash-completion' \
	    '$(DESTDIR)$(bashcompdir)/crosstap'

uninstall-local:
	rm -f '$(DESTDIR)$(bashcompdir)/crosstap'

# The example of libcrosstap knows the public headers only.
noinst_PROGRAMS += %D%/compare-logs
%C%_compare_logs_SOURCES = %D%/compare-logs.c
%C%_compare_logs_CPPFLAGS = -I$(top_srcdir)/include
# libtool links it, since it has flags of its own
%C%_compare_logs_LDFLAGS = $(AM_LDFLAGS)
%C%_compare_logs_LDADD = src/libcrosstap.la
