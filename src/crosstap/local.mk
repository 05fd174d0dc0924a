noinst_LIBRARIES += src/libcli.a
src_libcli_a_SOURCES = \
	%D%/cmd_config.c \
	%D%/cmd_coverage.c \
	%D%/cmd_diff.c \
	%D%/cmd_digest.c \
	%D%/cmd_explain.c \
	%D%/cmd_feeds.c \
	%D%/cmd_flows.c \
	%D%/cmd_incidents.c \
	%D%/cmd_report.c \
	%D%/cmd_rules.c \
	%D%/cmd_sensors.c \
	%D%/cmd_simulate.c \
	%D%/cmd_status.c \
	%D%/coverage_compare.c %D%/coverage_compare.h \
	%D%/coverage_out.c %D%/coverage_out.h \
	%D%/daemon_ask.c %D%/daemon_ask.h \
	%D%/command.c \
	%D%/command.h \
	%D%/comparison.c %D%/comparison.h \
	%D%/config_load.c \
	%D%/config_load.h \
	%D%/diff_config.c \
	%D%/diff_config.h \
	%D%/diff_flows.c \
	%D%/diff_flows.h \
	%D%/diff_groups.c \
	%D%/diff_groups.h \
	%D%/diff_log.c %D%/diff_log.h \
	%D%/diff_offset.c \
	%D%/diff_offset.h \
	%D%/diff_options.c \
	%D%/diff_options.h \
	%D%/diff_push.c %D%/diff_push.h \
	%D%/diff_remote.c %D%/diff_remote.h \
	%D%/diff_run.c \
	%D%/diff_run.h \
	%D%/digest_options.c \
	%D%/digest_options.h \
	%D%/flows_filter.c %D%/flows_filter.h \
	%D%/flows_out.c \
	%D%/flows_out.h \
	%D%/flows_sink.c %D%/flows_sink.h \
	%D%/incident_of.c %D%/incident_of.h \
	%D%/operand.c \
	%D%/operand.h \
	%D%/progress.c \
	%D%/progress.h \
	%D%/pull.c \
	%D%/pull.h \
	%D%/report.h \
	%D%/report_csv.c \
	%D%/report_explain.c \
	%D%/report_explain.h \
	%D%/report_html.c %D%/report_html.h \
	%D%/report_html_chart.c %D%/report_html_put.h \
	%D%/report_html_style.c \
	%D%/report_html_tables.c \
	%D%/report_json.c \
	%D%/report_words.c \
	%D%/report_words.h \
	%D%/report_put.c \
	%D%/report_put.h \
	%D%/report_strip.c \
	%D%/report_table.c \
	%D%/report_text.c \
	%D%/report_verdict.c \
	%D%/rules_cmd.h \
	%D%/rules_replay.c \
	%D%/rules_test.c \
	%D%/sensors_add.c \
	%D%/sensors_check.c \
	%D%/sensors_cmd.h \
	%D%/simulate_options.c \
	%D%/simulate_options.h \
	%D%/stored_result.c %D%/stored_result.h \
	%D%/terminal.c %D%/terminal.h \
	%D%/truth_read.c \
	%D%/truth_read.h \
	%D%/url_operand.c %D%/url_operand.h

bin_PROGRAMS += crosstap
crosstap_SOURCES = %D%/main.c
crosstap_LDADD = $(XT_LIBS)
