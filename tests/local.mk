UNIT_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS) -I$(top_srcdir)/tests/unit
UNIT_LIBS = $(XT_LIBS) $(CHECK_LIBS)
EXTRA_DIST += tests/data tests/fuzz tests/system
AM_TESTS_ENVIRONMENT = srcdir='$(abs_top_srcdir)'; export srcdir; \
	CROSSTAP='$(abs_top_builddir)/crosstap'; export CROSSTAP; \
	CROSSTAP_RULES='$(abs_top_srcdir)/rules'; export CROSSTAP_RULES;
check_SCRIPTS += tests/layers.sh tests/format.sh \
	tests/system/diff.sh tests/system/exit.sh tests/system/docs.sh \
	tests/system/completion.sh
EXTRA_DIST += tests/layers.sh tests/format.sh

check_PROGRAMS += tests/unit/crosstap/flows_out.t
tests_unit_crosstap_flows_out_t_SOURCES = tests/unit/unit.c tests/unit/unit.h tests/unit/crosstap/flows_out.c tests/unit/golden.c tests/unit/golden.h tests/unit/sample_result.c tests/unit/sample_result.h
tests_unit_crosstap_flows_out_t_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_crosstap_flows_out_t_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/crosstap/options.t
tests_unit_crosstap_options_t_SOURCES = tests/unit/unit.c tests/unit/unit.h tests/unit/crosstap/options.c tests/unit/golden.c tests/unit/golden.h tests/unit/sample_result.c tests/unit/sample_result.h
tests_unit_crosstap_options_t_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_crosstap_options_t_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/crosstap/progress.t
tests_unit_crosstap_progress_t_SOURCES = tests/unit/unit.c tests/unit/unit.h tests/unit/crosstap/progress.c tests/unit/golden.c tests/unit/golden.h tests/unit/sample_result.c tests/unit/sample_result.h
tests_unit_crosstap_progress_t_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_crosstap_progress_t_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/crosstap/report_csv.t
tests_unit_crosstap_report_csv_t_SOURCES = tests/unit/unit.c tests/unit/unit.h tests/unit/crosstap/report_csv.c tests/unit/golden.c tests/unit/golden.h tests/unit/sample_result.c tests/unit/sample_result.h
tests_unit_crosstap_report_csv_t_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_crosstap_report_csv_t_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/crosstap/report_json.t
tests_unit_crosstap_report_json_t_SOURCES = tests/unit/unit.c tests/unit/unit.h tests/unit/crosstap/report_json.c tests/unit/golden.c tests/unit/golden.h tests/unit/sample_result.c tests/unit/sample_result.h
tests_unit_crosstap_report_json_t_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_crosstap_report_json_t_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/crosstap/report_number.t
tests_unit_crosstap_report_number_t_SOURCES = tests/unit/unit.c tests/unit/unit.h tests/unit/crosstap/report_number.c tests/unit/golden.c tests/unit/golden.h tests/unit/sample_result.c tests/unit/sample_result.h
tests_unit_crosstap_report_number_t_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_crosstap_report_number_t_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/crosstap/report_text.t
tests_unit_crosstap_report_text_t_SOURCES = tests/unit/unit.c tests/unit/unit.h tests/unit/crosstap/report_text.c tests/unit/golden.c tests/unit/golden.h tests/unit/sample_result.c tests/unit/sample_result.h
tests_unit_crosstap_report_text_t_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_crosstap_report_text_t_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/flow/community.t
tests_unit_flow_community_t_SOURCES = tests/unit/unit.c tests/unit/unit.h tests/unit/flow/community.c
tests_unit_flow_community_t_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_flow_community_t_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/flow/json.t
tests_unit_flow_json_t_SOURCES = tests/unit/unit.c tests/unit/unit.h tests/unit/flow/json.c
tests_unit_flow_json_t_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_flow_json_t_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/flow/key.t
tests_unit_flow_key_t_SOURCES = tests/unit/unit.c tests/unit/unit.h tests/unit/flow/key.c
tests_unit_flow_key_t_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_flow_key_t_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/flow/values.t
tests_unit_flow_values_t_SOURCES = tests/unit/unit.c tests/unit/unit.h tests/unit/flow/values.c
tests_unit_flow_values_t_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_flow_values_t_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/judge/evidence.t
tests_unit_judge_evidence_t_SOURCES = tests/unit/unit.c tests/unit/unit.h tests/unit/judge/evidence.c
tests_unit_judge_evidence_t_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_judge_evidence_t_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/judge/expr.t
tests_unit_judge_expr_t_SOURCES = tests/unit/unit.c tests/unit/unit.h tests/unit/judge/expr.c
tests_unit_judge_expr_t_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_judge_expr_t_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/judge/judge.t
tests_unit_judge_judge_t_SOURCES = tests/unit/unit.c tests/unit/unit.h tests/unit/judge/judge.c
tests_unit_judge_judge_t_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_judge_judge_t_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/judge/rule.t
tests_unit_judge_rule_t_SOURCES = tests/unit/unit.c tests/unit/unit.h tests/unit/judge/rule.c
tests_unit_judge_rule_t_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_judge_rule_t_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/judge/shipped.t
tests_unit_judge_shipped_t_SOURCES = tests/unit/unit.c tests/unit/unit.h tests/unit/judge/shipped.c
tests_unit_judge_shipped_t_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_judge_shipped_t_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/judge/template.t
tests_unit_judge_template_t_SOURCES = tests/unit/unit.c tests/unit/unit.h tests/unit/judge/template.c
tests_unit_judge_template_t_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_judge_template_t_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/simulate/faults.t
tests_unit_simulate_faults_t_SOURCES = tests/unit/unit.c tests/unit/unit.h tests/unit/simulate/faults.c tests/unit/simulate/logs.c tests/unit/simulate/logs.h
tests_unit_simulate_faults_t_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_simulate_faults_t_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/simulate/parts.t
tests_unit_simulate_parts_t_SOURCES = tests/unit/unit.c tests/unit/unit.h tests/unit/simulate/parts.c tests/unit/simulate/logs.c tests/unit/simulate/logs.h
tests_unit_simulate_parts_t_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_simulate_parts_t_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/simulate/plan.t
tests_unit_simulate_plan_t_SOURCES = tests/unit/unit.c tests/unit/unit.h tests/unit/simulate/plan.c
tests_unit_simulate_plan_t_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_simulate_plan_t_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/simulate/simulate.t
tests_unit_simulate_simulate_t_SOURCES = tests/unit/unit.c tests/unit/unit.h tests/unit/simulate/simulate.c tests/unit/simulate/logs.c tests/unit/simulate/logs.h
tests_unit_simulate_simulate_t_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_simulate_simulate_t_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/source/input.t
tests_unit_source_input_t_SOURCES = tests/unit/unit.c tests/unit/unit.h tests/unit/source/input.c tests/unit/source/scene.h
tests_unit_source_input_t_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_source_input_t_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/source/rotation.t
tests_unit_source_rotation_t_SOURCES = tests/unit/unit.c tests/unit/unit.h tests/unit/source/rotation.c tests/unit/source/scene.h
tests_unit_source_rotation_t_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_source_rotation_t_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/sys/rulefile.t
tests_unit_sys_rulefile_t_SOURCES = tests/unit/unit.c tests/unit/unit.h tests/unit/sys/rulefile.c
tests_unit_sys_rulefile_t_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_sys_rulefile_t_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/sys/when.t
tests_unit_sys_when_t_SOURCES = tests/unit/unit.c tests/unit/unit.h tests/unit/sys/when.c
tests_unit_sys_when_t_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_sys_when_t_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/source/source.t
tests_unit_source_source_t_SOURCES = tests/unit/unit.c tests/unit/unit.h tests/unit/source/source.c tests/unit/source/scene.h
tests_unit_source_source_t_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_source_source_t_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/source/stream.t
tests_unit_source_stream_t_SOURCES = tests/unit/unit.c tests/unit/unit.h tests/unit/source/stream.c tests/unit/source/scene.h
tests_unit_source_stream_t_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_source_stream_t_LDADD = $(UNIT_LIBS)
