#include <stdlib.h>
#include "crosstap/command.h"
#include "crosstap/diff_options.h"
#include "crosstap/digest_options.h"
#include "sys/options.h"
#include "../golden.h"
#include "../unit.h"

enum sample_color {
	RED,
	GREEN,
	BLUE
};
static const char *const sample_colors[] = { "red", "green", "blue", NULL };

struct sample {
	bool quiet, loud, has_seed;
	uint64_t width, seed;
	double share;
	const char *name;
	struct option_list field;
	enum sample_color color;
};

static const struct option_def sample_defs[] = {
	{ .name = "quiet",
	    .letter = 'q',
	    .help = "say less",
	    .offset = offsetof(struct sample, quiet) },
	{ .name = "loud",
	    .letter = 'l',
	    .help = "say more",
	    .offset = offsetof(struct sample, loud) },
	{ .name = "width",
	    .letter = 'w',
	    .type = OPTION_U64,
	    .arg = "SECONDS",
	    .help = "how wide",
	    .offset = offsetof(struct sample, width),
	    .min = 1,
	    .max = 3600 },
	{ .name = "seed",
	    .type = OPTION_HEX,
	    .arg = "HEX",
	    .help = "seed",
	    .offset = offsetof(struct sample, seed),
	    .given = offsetof(struct sample, has_seed) },
	{ .name = "share",
	    .type = OPTION_DOUBLE,
	    .arg = "SHARE",
	    .help = "share",
	    .offset = offsetof(struct sample, share),
	    .min = 0,
	    .max = 1 },
	{ .name = "name",
	    .type = OPTION_STRING,
	    .arg = "NAME",
	    .help = "what to call it",
	    .offset = offsetof(struct sample, name) },
	{ .name = "field",
	    .type = OPTION_LIST,
	    .arg = "A=B",
	    .help = "a field with a long description of itself",
	    .offset = offsetof(struct sample, field) },
	{ .name = "color",
	    .type = OPTION_ENUM,
	    .arg = "red|green|blue",
	    .help = "a color",
	    .offset = offsetof(struct sample, color),
	    .words = sample_colors },
};

static const struct option_set sample_set = { "sample", "Be an example",
	"A [B]", 1, 2, sample_defs, ARRAY_LEN(sample_defs), NULL };

/* Splits at blanks; "''" is an empty argument. */
static enum options_outcome
parse(const char *line, struct sample *o, struct operands *left, struct diag *d)
{
	static char text[4096];
	static char *argv[512];
	int argc = 0;
	char *p = text;

	*o = (struct sample){ .width = 60 };
	*d = (struct diag)DIAG_INIT;
	ck_assert_uint_lt(strlen(line), sizeof(text));
	memcpy(text, line, strlen(line) + 1);
	while (*p != '\0') {
		argv[argc++] = p;
		p += strcspn(p, " ");
		if (*p != '\0')
			*p++ = '\0';
	}
	for (int i = 0; i < argc; i++)
		if (strcmp(argv[i], "''") == 0)
			argv[i][0] = '\0';
	argv[argc] = NULL;
	return options_parse(&sample_set, argc, argv, o, left, d);
}

START_TEST(parse_fills_every_type)
{
	struct operands left;
	struct sample o;
	struct diag d;

	ck_assert_int_eq(
	    parse("sample -qw300 one --seed 0xFEDCBA9876543210 --share=0.25 "
		  "--name x --field a=b --color blue --field c=d -",
		&o, &left, &d),
	    OPTIONS_RUN);
	ck_assert(o.quiet && !o.loud && o.has_seed);
	ck_assert_uint_eq(o.width, 300);
	ck_assert_uint_eq(o.seed, UINT64_C(0xfedcba9876543210));
	ck_assert_double_eq(o.share, 0.25);
	ck_assert_str_eq(o.name, "x");
	ck_assert_uint_eq(o.field.n, 2);
	ck_assert_str_eq(o.field.item[1], "c=d");
	ck_assert_int_eq(o.color, BLUE);
	ck_assert_uint_eq(left.n, 2);
	ck_assert_str_eq(left.item[0], "one");
	ck_assert_str_eq(left.item[1], "-");
}
END_TEST

START_TEST(parse_keeps_defaults_and_ends_options_at_two_dashes)
{
	struct operands left;
	struct sample o;
	struct diag d;

	ck_assert_int_eq(
	    parse("sample -- --quiet -l", &o, &left, &d), OPTIONS_RUN);
	ck_assert(!o.quiet && !o.loud && !o.has_seed);
	ck_assert_uint_eq(o.width, 60);
	ck_assert_uint_eq(left.n, 2);
	ck_assert_str_eq(left.item[0], "--quiet");
}
END_TEST

START_TEST(parse_takes_a_value_that_begins_with_a_dash)
{
	struct operands left;
	struct sample o;
	struct diag d;

	ck_assert_int_eq(
	    parse("sample --name -2h A", &o, &left, &d), OPTIONS_RUN);
	ck_assert_str_eq(o.name, "-2h");
}
END_TEST

static const struct {
	const char *line, *text;
} refusals[] = {
	{ "sample A --colour red",
	    "unknown option --colour; did you mean "
	    "--color?" },
	{ "sample A --vers", "unknown option --vers; did you mean --version?" },
	{ "sample A --zzzzzzzz=1", "unknown option --zzzzzzzz" },
	{ "sample A -x", "unknown option -x" },
	{ "sample A --width 0",
	    "--width: bad value '0'; wanted a whole number from 1 to 3600" },
	{ "sample A --width 3601",
	    "--width: bad value '3601'; wanted a whole number from 1 to 3600" },
	{ "sample A --width 1.5",
	    "--width: bad value '1.5'; wanted a whole number from 1 to 3600" },
	{ "sample A --width 99999999999999999999",
	    "--width: bad value '99999999999999999999'; wanted a whole number "
	    "from 1 to 3600" },
	{ "sample A --width ''",
	    "--width: bad value ''; wanted a whole number from 1 to 3600" },
	{ "sample A --width", "--width: no value; wanted SECONDS" },
	{ "sample A -w", "--width: no value; wanted SECONDS" },
	{ "sample A --share 1.01",
	    "--share: bad value '1.01'; wanted a number from 0 to 1" },
	{ "sample A --share nan",
	    "--share: bad value 'nan'; wanted a number from 0 to 1" },
	{ "sample A --share 0x1",
	    "--share: bad value '0x1'; wanted a number from 0 to 1" },
	{ "sample A --share 0.5x",
	    "--share: bad value '0.5x'; wanted a number from 0 to 1" },
	{ "sample A --seed 12345678901234567",
	    "--seed: bad value '12345678901234567'; wanted 1 to 16 "
	    "hexadecimal digits" },
	{ "sample A --seed 0x",
	    "--seed: bad value '0x'; wanted 1 to 16 "
	    "hexadecimal digits" },
	{ "sample A --seed xyz",
	    "--seed: bad value 'xyz'; wanted 1 to 16 "
	    "hexadecimal digits" },
	{ "sample A --name ''", "--name: empty value; wanted NAME" },
	{ "sample A --field=", "--field: empty value; wanted A=B" },
	{ "sample A --color pink",
	    "--color: bad value 'pink'; wanted red, green or blue" },
	{ "sample A --quiet=yes", "--quiet: takes no value" },
	{ "sample", "0 operands given; wanted A [B]" },
	{ "sample A B C", "3 operands given; wanted at most 2: A [B]" },
};

START_TEST(parse_refuses_and_says_what_was_wanted)
{
	struct operands left;
	struct sample o;
	struct diag d;

	ck_assert_int_eq(parse(refusals[_i].line, &o, &left, &d), OPTIONS_BAD);
	ck_assert_str_eq(d.text, refusals[_i].text);
}
END_TEST

START_TEST(parse_refuses_more_than_the_longest_list)
{
	struct operands left;
	char line[1024] = "sample A";
	struct sample o;
	struct diag d;
	size_t i, n = strlen(line);

	for (i = 0; i < OPTION_LIST_MAX; i++, n += 10)
		memcpy(line + n, " --field=x", 11);
	ck_assert_int_eq(parse(line, &o, &left, &d), OPTIONS_RUN);
	ck_assert_uint_eq(o.field.n, OPTION_LIST_MAX);
	memcpy(line + n, " --field=x", 11);
	ck_assert_int_eq(parse(line, &o, &left, &d), OPTIONS_BAD);
	ck_assert_str_eq(d.text, "--field: given more than 64 times");
}
END_TEST

START_TEST(help_wins_over_what_comes_after_it)
{
	struct operands left;
	struct sample o;
	struct diag d;

	ck_assert_int_eq(
	    parse("sample --help --nonsense", &o, &left, &d), OPTIONS_HELP);
	ck_assert_int_eq(parse("sample -h", &o, &left, &d), OPTIONS_HELP);
	ck_assert_int_eq(
	    parse("sample A --version", &o, &left, &d), OPTIONS_VERSION);
}
END_TEST

START_TEST(help_shows_every_option_and_usage_all_of_them)
{
	struct buf out = BUF_INIT;

	options_usage(&sample_set, &out);
	ck_assert_str_eq(out.p,
	    "crosstap sample [-ql] [-w SECONDS] [--seed HEX] [--share SHARE] "
	    "[--name NAME] [--field A=B] ... [--color red|green|blue] A [B]");
	out.n = 0;
	options_help(&sample_set, &out);
	golden_check("crosstap/help.txt", buf_span(&out));
	buf_clear(&out);
}
END_TEST

static const struct {
	const char *word, *near;
} nears[] = {
	{ "dif", "diff" },
	{ "dffi", "diff" },
	{ "digets", "digest" },
	{ "sim", "simulate" },
	{ "simulat", "simulate" },
	{ "compare", NULL },
	{ "", NULL },
	{ "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd",
	    NULL },
};

START_TEST(nearest_finds_misspellings_and_abbreviations_only)
{
	static const char *const words[] = { "diff", "digest", "rules",
		"simulate" };
	const char *near;

	near = options_nearest(nears[_i].word, words, ARRAY_LEN(words));
	if (nears[_i].near == NULL)
		ck_assert_ptr_null(near);
	else
		ck_assert_pstr_eq(near, nears[_i].near);
}
END_TEST

START_TEST(window_is_moved_outward_to_whole_buckets)
{
	struct window_options w = WINDOW_OPTIONS_DEFAULT;
	struct diag d = DIAG_INIT;

	w.from = "1764000059";
	w.to = "1764000061";
	ck_assert(window_options_resolve(&w, 0, &d));
	ck_assert(w.from_us == INT64_C(1764000000) * US_PER_S);
	ck_assert(w.to_us == INT64_C(1764000120) * US_PER_S);
	window_options_align(&w); /* is so already */
	ck_assert(w.from_us == INT64_C(1764000000) * US_PER_S);
	w.width_us = 300 * US_PER_S;
	window_options_align(&w);
	ck_assert(w.to_us == INT64_C(1764000300) * US_PER_S);
}
END_TEST

START_TEST(diff_resolves_its_window_renames_and_seed)
{
	char *argv[] = { (char[]){ "diff" }, (char[]){ "A" },
		(char[]){ "--from=2026-11-24T09:00" },
		(char[]){ "--tz=Europe/Berlin" },
		(char[]){ "--field=id.orig_h=src_ip" }, (char[]){ "--seed=ff" },
		(char[]){ "--relation=subset" }, (char[]){ "B" }, NULL };
	struct diff_options o;

	ck_assert_int_eq(diff_options_parse(8, argv, &o), OPTIONS_GO_ON);
	ck_assert(o.window.from_us == INT64_C(1795507200) * US_PER_S);
	ck_assert(o.window.to_us == INT64_MAX);
	ck_assert(o.window.width_us == 60 * US_PER_S);
	ck_assert(o.window.settle_us == 400 * US_PER_S);
	ck_assert_uint_eq(o.window.nrenames, 1);
	ck_assert(span_is(o.window.renames[0].zeek, "id.orig_h"));
	ck_assert(span_is(o.window.renames[0].name, "src_ip"));
	ck_assert(o.has_seed && o.seed == 255);
	ck_assert_int_eq(o.relation, RELATION_SUBSET);
	ck_assert_uint_eq(o.operands.n, 2);
}
END_TEST

static const char *const bad_diffs[] = { "--from=yesterday", "--to=-2x",
	"--tz=Mars/Base", "--field=id.orig_h", "--field==x",
	"--field=ts=", "--from=1764000060", "-qv", "--bucket=0" };

START_TEST(diff_refuses_a_window_it_cannot_use)
{
	char word[64], to[] = "--to=1764000060", a[] = "A", b[] = "B",
		       diff[] = "diff";
	char *argv[] = { diff, a, b, to, word, NULL };
	struct diff_options o;

	memcpy(word, bad_diffs[_i], strlen(bad_diffs[_i]) + 1);
	ck_assert_int_eq(diff_options_parse(5, argv, &o), EXIT_TROUBLE);
}
END_TEST

START_TEST(digest_has_defaults_and_bounds)
{
	char digest[] = "digest", a[] = "A", big[] = "--symbols=1048577";
	char *argv[] = { digest, a, big, NULL };
	struct digest_options o;

	ck_assert_int_eq(digest_options_parse(2, argv, &o), OPTIONS_GO_ON);
	ck_assert_uint_eq(o.symbols, 64);
	ck_assert(!o.has_seed && o.seed == 0);
	ck_assert_int_eq(digest_options_parse(3, argv, &o), EXIT_TROUBLE);
}
END_TEST

START_TEST(every_option_of_a_command_has_a_name_of_its_own)
{
	static const struct option_set *const sets[] = { &diff_option_set,
		&digest_option_set };
	const struct option_set *set = sets[_i];
	size_t i, j;

	for (i = 0; i < set->ndefs; i++) {
		const struct option_def *o = &set->defs[i];

		ck_assert_msg((o->arg == NULL) == (o->type == OPTION_FLAG),
		    "--%s: argument and type", o->name);
		ck_assert_msg((o->words != NULL) == (o->type == OPTION_ENUM),
		    "--%s: words and type", o->name);
		for (j = 0; j < i; j++) {
			ck_assert_str_ne(o->name, set->defs[j].name);
			ck_assert(
			    o->letter == 0 || o->letter != set->defs[j].letter);
		}
	}
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("sys/options");
	TCase *t = tcase_create("options");

	tcase_add_test(t, parse_fills_every_type);
	tcase_add_test(t, parse_keeps_defaults_and_ends_options_at_two_dashes);
	tcase_add_test(t, parse_takes_a_value_that_begins_with_a_dash);
	tcase_add_loop_test(
	    t, parse_refuses_and_says_what_was_wanted, 0, ARRAY_LEN(refusals));
	tcase_add_test(t, parse_refuses_more_than_the_longest_list);
	tcase_add_test(t, help_wins_over_what_comes_after_it);
	tcase_add_test(t, help_shows_every_option_and_usage_all_of_them);
	tcase_add_loop_test(t,
	    nearest_finds_misspellings_and_abbreviations_only, 0,
	    ARRAY_LEN(nears));
	tcase_add_test(t, window_is_moved_outward_to_whole_buckets);
	tcase_add_test(t, diff_resolves_its_window_renames_and_seed);
	tcase_add_loop_test(
	    t, diff_refuses_a_window_it_cannot_use, 0, ARRAY_LEN(bad_diffs));
	tcase_add_test(t, digest_has_defaults_and_bounds);
	tcase_add_loop_test(
	    t, every_option_of_a_command_has_a_name_of_its_own, 0, 2);
	suite_add_tcase(s, t);
	return s;
}
