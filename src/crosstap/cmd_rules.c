/*
 * crosstap rules: what the rules are, what one says, whether a file of them is
 * right. "check" goes on after a fault, so that one run shows what is wrong
 * with every file.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/buf.h"
#include "crosstap/command.h"
#include "sys/options.h"
#include "crosstap/rules_cmd.h"
#include "judge/rule.h"
#include "sys/when.h"

static const char *const rules_relation_words[] = { "mirror", "subset", NULL };

static const struct option_def rules_defs[] = {
	{ .name = "rules",
	    .type = OPTION_STRING,
	    .arg = "DIR",
	    .help = "the folder of rules to use instead of the installed ones",
	    .offset = offsetof(struct rules_options, dir) },
	WINDOW_OPTIONS(struct rules_options, diff.window),
	{ .name = "relation",
	    .type = OPTION_ENUM,
	    .arg = "mirror|subset",
	    .help = "for replay: equal sets, or all others inside the first "
		    "(default: mirror)",
	    .offset = offsetof(struct rules_options, diff.relation),
	    .words = rules_relation_words },
	{ .name = "no-progress",
	    .help = "no progress line, even on a terminal",
	    .offset = offsetof(struct rules_options, diff.no_progress) },
};

static const struct option_set rules_set = {
	.command = "rules",
	.summary = "List, show, check or try out the rules",
	.operands = "list | show NAME ... | columns | check [FILE|DIR ...] | "
		    "test DIR ... | replay A B [C ...]",
	.min_operands = 1,
	.max_operands = RULE_MAX,
	.defs = rules_defs,
	.ndefs = ARRAY_LEN(rules_defs),
};

static void
rules_print_line(const struct rule *r)
{
	const char *text = r->description == NULL ? r->summary : r->description;
	size_t n = strcspn(text, ".\n");

	if (text[n] == '\n' && r->description != NULL)
		n = strcspn(text, ".");
	(void)printf("%-20s %-9s %-7s ", r->name, severity_name(r->severity),
	    evidence_kind_name(r->per));
	for (; n > 0; n--, text++)
		(void)putchar(*text == '\n' ? ' ' : *text);
	(void)putchar('\n');
}

static int
rules_list(const struct rules *rs)
{
	size_t i;

	for (i = 0; i < rules_count(rs); i++)
		rules_print_line(rules_get(rs, i));
	return EXIT_AGREE;
}

/* A text of several lines, indented. */
static void
rules_print_block(const char *key, const char *text)
{
	size_t n;

	if (text == NULL)
		return;
	(void)printf("%s:\n", key);
	while (*text != '\0') {
		n = strcspn(text, "\n");
		(void)printf("%s%.*s\n", n > 0 ? "  " : "", (int)n, text);
		text += n + (text[n] == '\n');
	}
}

static void
rules_print_names(const char *key, char *const *names, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		(void)printf("%s%s", i == 0 ? key : ", ", names[i]);
	if (n > 0)
		(void)putchar('\n');
}

static void
rules_print_evidence(const struct rule *r)
{
	enum evidence_number c;
	size_t i;

	if (r->nevidence > 0)
		(void)printf("evidence:\n");
	for (i = 0; i < r->nevidence; i++)
		if (evidence_find(span_from(r->evidence[i]), &c))
			(void)printf("  %-16s %-8s %s\n", r->evidence[i],
			    evidence_unit(c), evidence_meaning(c));
}

static void
rules_print(const struct rule *r)
{
	(void)printf("name:     %s\n", r->name);
	if (r->reports != NULL)
		(void)printf("reports:  %s\n", r->reports);
	(void)printf("severity: %s\nper:      %s\n", severity_name(r->severity),
	    evidence_kind_name(r->per));
	(void)printf("for:      %u bucket%s\ngap:      %u bucket%s\n",
	    r->for_buckets, r->for_buckets == 1 ? "" : "s", r->gap_buckets,
	    r->gap_buckets == 1 ? "" : "s");
	(void)printf("early:    %s\n", r->early ? "true" : "false");
	rules_print_names("unless:   ", r->unless, r->nunless);
	if (r->unless_within > 0)
		(void)printf("unless_within: %u bucket%s\n", r->unless_within,
		    r->unless_within == 1 ? "" : "s");
	(void)printf("file:     %s\n", r->file);
	rules_print_block("when", r->when);
	rules_print_block("share", r->share);
	rules_print_block("value", r->value);
	rules_print_block("direction", r->direction);
	rules_print_evidence(r);
	rules_print_block("summary", r->summary);
	rules_print_block("ruled_out", r->ruled_out);
	rules_print_block("description", r->description);
	if (r->see != NULL)
		(void)printf("see:      %s\n", r->see);
}

static int
rules_show(const struct rules *rs, const struct operands *names)
{
	const char *known[RULE_MAX], *near;
	int status = EXIT_AGREE;
	const struct rule *r;
	size_t i;

	for (i = 0; i < rules_count(rs); i++)
		known[i] = rules_get(rs, i)->name;
	for (i = 1; i < names->n; i++) {
		r = rules_find(rs, names->item[i]);
		if (r != NULL) {
			(void)printf("%s", i > 1 ? "\n" : "");
			rules_print(r);
			continue;
		}
		near = options_nearest(names->item[i], known, rules_count(rs));
		(void)fprintf(stderr,
		    "crosstap rules: no rule '%s'%s%s; "
		    "'crosstap rules list' names them\n",
		    names->item[i], near == NULL ? "" : "; did you mean ",
		    near == NULL ? "" : near);
		status = EXIT_TROUBLE;
	}
	return status;
}

static int
rules_columns(void)
{
	size_t i;

	for (i = 0; i < EVIDENCE_NTEXTS; i++)
		(void)printf("%-17s %-8s %s\n",
		    evidence_text_name((enum evidence_text)i), "text",
		    evidence_text_meaning((enum evidence_text)i));
	for (i = 0; i < EVIDENCE_NNUMBERS; i++)
		(void)printf("%-17s %-8s %s\n",
		    evidence_name((enum evidence_number)i),
		    evidence_unit((enum evidence_number)i),
		    evidence_meaning((enum evidence_number)i));
	return EXIT_AGREE;
}

/* Reads every file below path; the faulty ones are said and counted. */
static void
rules_read(struct rulelist *l, const char *path, size_t *faults)
{
	struct diag d = DIAG_INIT;
	char **names;
	size_t i, n;

	if (!rulelist_names(path, &names, &n, &d)) {
		(void)fprintf(stderr, "%s\n", d.text);
		(*faults)++;
		return;
	}
	for (i = 0; i < n; i++) {
		d = (struct diag)DIAG_INIT;
		if (rulelist_load(l, names[i], &d))
			continue;
		(void)fprintf(stderr, "%s\n", d.text);
		(*faults)++;
	}
	rulelist_free_names(names, n);
}

static bool
rules_has(const struct rulelist *l, const char *name)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		if (strcmp(l->rule[i].name, name) == 0)
			return true;
	return false;
}

/* A file alone may name other rules in `unless`. */
bool
rules_add_others(struct rulelist *l, const char *dir)
{
	struct rulelist installed = { NULL, 0 };
	struct diag ignored = DIAG_INIT;
	struct rule *more;
	size_t i;
	bool ok = true;

	if (!rulelist_load_path(&installed, dir, &ignored)) {
		rulelist_clear(&installed);
		return true;
	}
	for (i = 0; ok && i < installed.n; i++) {
		if (rules_has(l, installed.rule[i].name))
			continue;
		more = realloc(l->rule, (l->n + 1) * sizeof(*more));
		ok = more != NULL;
		if (!ok)
			continue;
		l->rule = more;
		l->rule[l->n++] = installed.rule[i];
		installed.rule[i] = (struct rule){ 0 };
	}
	rulelist_clear(&installed);
	return ok;
}

static int
rules_check(const struct rules_options *opt, const struct operands *paths)
{
	struct rulelist l = { NULL, 0 };
	struct diag d = DIAG_INIT;
	struct rules *rs = NULL;
	size_t i, faults = 0, given;

	for (i = 1; i < paths->n; i++)
		rules_read(&l, paths->item[i], &faults);
	if (paths->n == 1)
		rules_read(&l, opt->dir, &faults);
	given = l.n;
	if (faults == 0 && paths->n > 1 && !rules_add_others(&l, opt->dir))
		diag_set(&d, "out of memory");
	else if (faults == 0)
		rs = rules_new(l.rule, l.n, &d);
	if (rs == NULL && faults == 0) {
		(void)fprintf(stderr, "%s\n", d.text);
		faults++;
	}
	if (faults == 0)
		(void)printf("%zu rule%s checked, no fault\n", given,
		    given == 1 ? "" : "s");
	else
		(void)fprintf(stderr, "crosstap rules: %zu fault%s\n", faults,
		    faults == 1 ? "" : "s");
	rules_free(rs);
	rulelist_clear(&l);
	return faults == 0 ? EXIT_AGREE : EXIT_TROUBLE;
}

static int
rules_unknown(const char *word)
{
	static const char *const words[] = { "list", "show", "columns", "check",
		"test", "replay" };
	const char *near = options_nearest(word, words, ARRAY_LEN(words));
	struct diag d = DIAG_INIT;

	diag_set(&d,
	    "unknown word '%s'%s%s; wanted list, show, columns, check, test "
	    "or replay",
	    word, near == NULL ? "" : ", did you mean ",
	    near == NULL ? "" : near);
	return options_fail(&rules_set, &d);
}

/* list takes no further word; show takes at least one. */
static int
rules_run(const struct rules_options *opt, const struct operands *left)
{
	bool list = strcmp(left->item[0], "list") == 0;
	struct diag d = DIAG_INIT;
	struct rules *rs;
	int status;

	if (list && left->n > 1)
		diag_set(&d, "'%s' is too much; wanted 'rules list' alone",
		    left->item[1]);
	else if (!list && left->n < 2)
		diag_set(&d, "no name; wanted 'rules show NAME'");
	if (d.text[0] != '\0')
		return options_fail(&rules_set, &d);
	rs = rulelist_compile(&opt->dir, 1, &d);
	if (rs == NULL) {
		(void)fprintf(stderr, "%s\n", d.text);
		return EXIT_TROUBLE;
	}
	status = list ? rules_list(rs) : rules_show(rs, left);
	rules_free(rs);
	return status;
}

/* test and replay compare logs: their operands come after the word. */
static int
rules_compare(struct rules_options *opt, const struct operands *left)
{
	struct operands rest = { left->item + 1, left->n - 1 };
	bool test = strcmp(left->item[0], "test") == 0;
	struct diag d = DIAG_INIT;

	if (test && rest.n == 0)
		diag_set(&d, "no folder; wanted 'rules test DIR ...'");
	else if (!test && rest.n < 2)
		diag_set(&d, "wanted 'rules replay --rules CHANGED A B'");
	else if (!test && strcmp(opt->dir, rulelist_dir(NULL)) == 0)
		diag_set(&d, "replay: wanted --rules with the changed rules");
	if (d.text[0] != '\0' ||
	    !window_options_resolve(&opt->diff.window, when_now_us(), &d))
		return options_fail(&rules_set, &d);
	return test ? rules_test(opt, &rest) : rules_replay(opt, &rest);
}

int
cmd_rules(int argc, char **argv)
{
	struct rules_options opt = { .dir = rulelist_dir(NULL),
		.diff.window = WINDOW_OPTIONS_DEFAULT };
	struct operands left;
	int status = options_start(&rules_set, argc, argv, &opt, &left);
	const char *word;

	if (status != OPTIONS_GO_ON)
		return status;
	word = left.item[0];
	if (strcmp(word, "check") == 0)
		status = rules_check(&opt, &left);
	else if (strcmp(word, "columns") == 0)
		status = rules_columns();
	else if (strcmp(word, "list") == 0 || strcmp(word, "show") == 0)
		status = rules_run(&opt, &left);
	else if (strcmp(word, "test") == 0 || strcmp(word, "replay") == 0)
		status = rules_compare(&opt, &left);
	else
		return rules_unknown(word);
	if (fflush(stdout) != 0) {
		perror("crosstap rules: standard output");
		return EXIT_TROUBLE;
	}
	return status;
}
