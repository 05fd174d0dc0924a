# A fuzz target X is fuzz_X.c. X.t replays its seeds, in every build; fuzz_X,
# with --enable-fuzzing, looks for new ones.
FUZZ_TARGETS = answer clickhouse config control digest frames http input json_line \
	known_hosts operand pull pushdown reply request rulefile sftp \
	ssh_config stored tsv_line
FUZZ_SECONDS = 60
EXTRA_DIST += %D%/seeds %D%/dict

check_LIBRARIES += %D%/libreplay.a
%C%_libreplay_a_SOURCES = %D%/replay.c %D%/fuzz.h

check_PROGRAMS += %D%/answer.t %D%/clickhouse.t %D%/config.t %D%/digest.t %D%/frames.t \
	%D%/json_line.t %D%/known_hosts.t %D%/pull.t %D%/pushdown.t %D%/reply.t \
	%D%/request.t %D%/rulefile.t %D%/sftp.t %D%/ssh_config.t \
	%D%/tsv_line.t
%C%_answer_t_SOURCES = %D%/fuzz_answer.c %D%/parts.h
%C%_clickhouse_t_SOURCES = %D%/fuzz_clickhouse.c
%C%_config_t_SOURCES = %D%/fuzz_config.c
%C%_digest_t_SOURCES = %D%/fuzz_digest.c %D%/log.c %D%/log.h
%C%_json_line_t_SOURCES = %D%/fuzz_json_line.c
%C%_known_hosts_t_SOURCES = %D%/fuzz_known_hosts.c
%C%_rulefile_t_SOURCES = %D%/fuzz_rulefile.c
%C%_sftp_t_SOURCES = %D%/fuzz_sftp.c
%C%_ssh_config_t_SOURCES = %D%/fuzz_ssh_config.c
%C%_tsv_line_t_SOURCES = %D%/fuzz_tsv_line.c %D%/log.c %D%/log.h
%C%_frames_t_SOURCES = %D%/fuzz_frames.c %D%/recode.h
%C%_pull_t_SOURCES = %D%/fuzz_pull.c %D%/recode.h
%C%_pushdown_t_SOURCES = %D%/fuzz_pushdown.c %D%/parts.h
%C%_reply_t_SOURCES = %D%/fuzz_reply.c %D%/recode.h
%C%_request_t_SOURCES = %D%/fuzz_request.c %D%/recode.h
FUZZ_REPLAY = %D%/libreplay.a $(XT_LIBS)
%C%_answer_t_LDADD = $(FUZZ_REPLAY)
%C%_clickhouse_t_LDADD = $(FUZZ_REPLAY)
%C%_config_t_LDADD = $(FUZZ_REPLAY)
%C%_digest_t_LDADD = $(FUZZ_REPLAY)
%C%_json_line_t_LDADD = $(FUZZ_REPLAY)
%C%_known_hosts_t_LDADD = $(FUZZ_REPLAY)
%C%_rulefile_t_LDADD = $(FUZZ_REPLAY)
%C%_sftp_t_LDADD = $(FUZZ_REPLAY)
%C%_ssh_config_t_LDADD = $(FUZZ_REPLAY)
%C%_tsv_line_t_LDADD = $(FUZZ_REPLAY)
%C%_frames_t_LDADD = $(FUZZ_REPLAY)
%C%_pull_t_LDADD = $(FUZZ_REPLAY)
%C%_pushdown_t_LDADD = $(FUZZ_REPLAY)
%C%_reply_t_LDADD = $(FUZZ_REPLAY)
%C%_request_t_LDADD = $(FUZZ_REPLAY)

check_PROGRAMS += %D%/control.t %D%/http.t %D%/input.t %D%/operand.t \
	%D%/stored.t
FUZZ_TALK = %D%/talk.c %D%/talk.h
%C%_control_t_SOURCES = %D%/fuzz_control.c $(FUZZ_TALK)
%C%_http_t_SOURCES = %D%/fuzz_http.c $(FUZZ_TALK)
%C%_input_t_SOURCES = %D%/fuzz_input.c
%C%_operand_t_SOURCES = %D%/fuzz_operand.c
%C%_stored_t_SOURCES = %D%/fuzz_stored.c
%C%_control_t_LDADD = $(FUZZ_REPLAY) $(EVENT_LIBS)
%C%_http_t_LDADD = $(FUZZ_REPLAY) $(EVENT_LIBS)
%C%_input_t_LDADD = $(FUZZ_REPLAY)
%C%_operand_t_LDADD = $(FUZZ_REPLAY)
%C%_stored_t_LDADD = $(FUZZ_REPLAY) $(SQLITE_LIBS)

if ENABLE_FUZZING
noinst_PROGRAMS += %D%/fuzz_answer %D%/fuzz_clickhouse %D%/fuzz_config %D%/fuzz_digest \
	%D%/fuzz_frames %D%/fuzz_json_line %D%/fuzz_known_hosts \
	%D%/fuzz_pull %D%/fuzz_pushdown %D%/fuzz_reply %D%/fuzz_request \
	%D%/fuzz_rulefile %D%/fuzz_sftp %D%/fuzz_ssh_config \
	%D%/fuzz_tsv_line
%C%_fuzz_config_SOURCES = $(%C%_config_t_SOURCES)
%C%_fuzz_digest_SOURCES = $(%C%_digest_t_SOURCES)
%C%_fuzz_json_line_SOURCES = $(%C%_json_line_t_SOURCES)
%C%_fuzz_rulefile_SOURCES = $(%C%_rulefile_t_SOURCES)
%C%_fuzz_sftp_SOURCES = $(%C%_sftp_t_SOURCES)
%C%_fuzz_ssh_config_SOURCES = $(%C%_ssh_config_t_SOURCES)
%C%_fuzz_tsv_line_SOURCES = $(%C%_tsv_line_t_SOURCES)
FUZZ_LINK = $(AM_LDFLAGS) -fsanitize=fuzzer
%C%_fuzz_config_LDFLAGS = $(FUZZ_LINK)
%C%_fuzz_digest_LDFLAGS = $(FUZZ_LINK)
%C%_fuzz_json_line_LDFLAGS = $(FUZZ_LINK)
%C%_fuzz_rulefile_LDFLAGS = $(FUZZ_LINK)
%C%_fuzz_sftp_LDFLAGS = $(FUZZ_LINK)
%C%_fuzz_ssh_config_LDFLAGS = $(FUZZ_LINK)
%C%_fuzz_tsv_line_LDFLAGS = $(FUZZ_LINK)
%C%_fuzz_config_LDADD = $(XT_LIBS)
%C%_fuzz_digest_LDADD = $(XT_LIBS)
%C%_fuzz_json_line_LDADD = $(XT_LIBS)
%C%_fuzz_rulefile_LDADD = $(XT_LIBS)
%C%_fuzz_sftp_LDADD = $(XT_LIBS)
%C%_fuzz_ssh_config_LDADD = $(XT_LIBS)
%C%_fuzz_tsv_line_LDADD = $(XT_LIBS)

%C%_fuzz_answer_SOURCES = $(%C%_answer_t_SOURCES)
%C%_fuzz_answer_LDFLAGS = $(FUZZ_LINK)
%C%_fuzz_answer_LDADD = $(XT_LIBS)
%C%_fuzz_clickhouse_SOURCES = $(%C%_clickhouse_t_SOURCES)
%C%_fuzz_clickhouse_LDFLAGS = $(FUZZ_LINK)
%C%_fuzz_clickhouse_LDADD = $(XT_LIBS)
%C%_fuzz_known_hosts_SOURCES = $(%C%_known_hosts_t_SOURCES)
%C%_fuzz_known_hosts_LDFLAGS = $(FUZZ_LINK)
%C%_fuzz_known_hosts_LDADD = $(XT_LIBS)
%C%_fuzz_pushdown_SOURCES = $(%C%_pushdown_t_SOURCES)
%C%_fuzz_pushdown_LDFLAGS = $(FUZZ_LINK)
%C%_fuzz_pushdown_LDADD = $(XT_LIBS)
%C%_fuzz_frames_SOURCES = $(%C%_frames_t_SOURCES)
%C%_fuzz_frames_LDFLAGS = $(FUZZ_LINK)
%C%_fuzz_frames_LDADD = $(XT_LIBS)
%C%_fuzz_pull_SOURCES = $(%C%_pull_t_SOURCES)
%C%_fuzz_pull_LDFLAGS = $(FUZZ_LINK)
%C%_fuzz_pull_LDADD = $(XT_LIBS)
%C%_fuzz_reply_SOURCES = $(%C%_reply_t_SOURCES)
%C%_fuzz_reply_LDFLAGS = $(FUZZ_LINK)
%C%_fuzz_reply_LDADD = $(XT_LIBS)
%C%_fuzz_request_SOURCES = $(%C%_request_t_SOURCES)
%C%_fuzz_request_LDFLAGS = $(FUZZ_LINK)
%C%_fuzz_request_LDADD = $(XT_LIBS)

noinst_PROGRAMS += %D%/fuzz_control %D%/fuzz_http %D%/fuzz_input \
	%D%/fuzz_operand %D%/fuzz_stored
%C%_fuzz_control_SOURCES = $(%C%_control_t_SOURCES)
%C%_fuzz_control_LDFLAGS = $(FUZZ_LINK)
%C%_fuzz_control_LDADD = $(XT_LIBS) $(EVENT_LIBS)
%C%_fuzz_http_SOURCES = $(%C%_http_t_SOURCES)
%C%_fuzz_http_LDFLAGS = $(FUZZ_LINK)
%C%_fuzz_http_LDADD = $(XT_LIBS) $(EVENT_LIBS)
%C%_fuzz_input_SOURCES = $(%C%_input_t_SOURCES)
%C%_fuzz_input_LDFLAGS = $(FUZZ_LINK)
%C%_fuzz_input_LDADD = $(XT_LIBS)
%C%_fuzz_operand_SOURCES = $(%C%_operand_t_SOURCES)
%C%_fuzz_operand_LDFLAGS = $(FUZZ_LINK)
%C%_fuzz_operand_LDADD = $(XT_LIBS)
%C%_fuzz_stored_SOURCES = $(%C%_stored_t_SOURCES)
%C%_fuzz_stored_LDFLAGS = $(FUZZ_LINK)
%C%_fuzz_stored_LDADD = $(XT_LIBS) $(SQLITE_LIBS)

# Each target in turn; what is found stays below tests/fuzz/found.
fuzz: $(noinst_PROGRAMS)
	@for t in $(FUZZ_TARGETS); do \
		$(MKDIR_P) %D%/corpus/$$t %D%/found && \
		./%D%/fuzz_$$t -max_total_time=$(FUZZ_SECONDS) \
		    -print_final_stats=1 -artifact_prefix=%D%/found/$$t- \
		    -dict='$(srcdir)/%D%/dict'/$$t.dict %D%/corpus/$$t \
		    '$(srcdir)/%D%/seeds'/$$t || exit; \
	done
endif
