/*
 * One file through one codec: good bytes come first and whole, and what is
 * wrong with the rest is told apart.
 */
#include "source/codec.h"
#include "source/input.h"
#include "scene.h"

#define TEXT_BYTES 5000

/* Text that does not shrink to nothing. */
static void
make_text(struct buf *b)
{
	unsigned x = 12345, i;

	for (i = 0; i < TEXT_BYTES; i++) {
		x = x * 1103515245 + 12345;
		buf_add_char(b, "0123456789abcdef\t\n"[(x >> 16) % 18]);
	}
}

static void
pack(const char *suffix, struct buf *to, const struct buf *text)
{
	size_t half = text->n / 2;

	if (strcmp(suffix, ".gz") == 0) {
		scene_gzip(to, text->p, half);
		scene_gzip(to, text->p + half, text->n - half);
	} else if (strcmp(suffix, ".zst") == 0) {
		scene_zstd(to, text->p, half);
		scene_zstd(to, text->p + half, text->n - half);
	} else
		buf_add(to, text->p, text->n);
}

static enum source_trouble
read_file(const char *name, size_t step, struct buf *out, struct diag *d)
{
	struct input *in =
	    input_new(NULL, open(scene_path(name), O_RDONLY), scene_path(name));
	char piece[4096];
	enum source_trouble t;
	size_t n;

	ck_assert_ptr_nonnull(in);
	while ((n = input_read(in, piece, step)) > 0)
		buf_add(out, piece, n);
	t = input_trouble(in, d);
	input_free(in);
	return t;
}

static const struct {
	const char *suffix;
	size_t step;
} steps[] = {
	{ "", 1 },
	{ "", 4096 },
	{ ".gz", 1 },
	{ ".gz", 7 },
	{ ".gz", 4096 },
	{ ".zst", 1 },
	{ ".zst", 4096 },
};

START_TEST(every_member_is_read_in_steps_of_any_size)
{
	struct buf text = BUF_INIT, packed = BUF_INIT, got = BUF_INIT;
	struct diag d = DIAG_INIT;
	char name[32];

	make_text(&text);
	pack(steps[_i].suffix, &packed, &text);
	(void)snprintf(name, sizeof(name), "x%s", steps[_i].suffix);
	scene_put(name, packed.p, packed.n);
	ck_assert_int_eq(
	    read_file(name, steps[_i].step, &got, &d), TROUBLE_NONE);
	ck_assert(span_equal(buf_span(&got), buf_span(&text)));
	buf_clear(&text);
	buf_clear(&packed);
	buf_clear(&got);
}
END_TEST

static const char *const packed_suffixes[] = { ".gz", ".zst" };

START_TEST(every_prefix_gives_its_good_bytes_and_then_trouble)
{
	struct buf text = BUF_INIT, packed = BUF_INIT;
	const char *suffix = packed_suffixes[_i];
	char name[32];
	size_t cut, first;

	make_text(&text);
	pack(suffix, &packed, &text);
	first = packed.n;
	buf_clear(&packed);
	if (_i == 0)
		scene_gzip(&packed, text.p, text.n / 2);
	else
		scene_zstd(&packed, text.p, text.n / 2);
	/* Where a member ends the file is whole. */
	first = packed.n < first ? packed.n : first;
	buf_clear(&packed);
	pack(suffix, &packed, &text);
	(void)snprintf(name, sizeof(name), "x%s", suffix);
	for (cut = 0; cut < packed.n; cut++) {
		struct buf got = BUF_INIT;
		struct diag d = DIAG_INIT;
		enum source_trouble t;

		scene_put(name, packed.p, cut);
		scene_age(name);
		t = read_file(name, 4096, &got, &d);
		ck_assert_int_eq(
		    t, cut == first ? TROUBLE_NONE : TROUBLE_TRUNCATED);
		ck_assert_uint_le(got.n, text.n);
		ck_assert(got.n == 0 || memcmp(got.p, text.p, got.n) == 0);
		ck_assert(t == TROUBLE_NONE || strstr(d.text, name) != NULL);
		buf_clear(&got);
	}
	buf_clear(&text);
	buf_clear(&packed);
}
END_TEST

START_TEST(a_cut_file_that_is_young_may_be_growing)
{
	struct buf text = BUF_INIT, packed = BUF_INIT, got = BUF_INIT;
	struct diag d = DIAG_INIT;

	make_text(&text);
	pack(packed_suffixes[_i], &packed, &text);
	scene_put("x", packed.p, packed.n - 3);
	ck_assert_int_eq(read_file("x", 4096, &got, &d), TROUBLE_GROWING);
	buf_clear(&text);
	buf_clear(&packed);
	buf_clear(&got);
}
END_TEST

START_TEST(a_flipped_bit_never_passes_for_the_file)
{
	struct buf text = BUF_INIT, packed = BUF_INIT;
	size_t i;

	make_text(&text);
	scene_gzip(&packed, text.p, text.n);
	/* The ten bytes of the header carry nothing of the text. */
	for (i = 10; i < packed.n; i += 3) {
		struct buf got = BUF_INIT;
		struct diag d = DIAG_INIT;
		enum source_trouble t;

		packed.p[i] ^= 0x10;
		scene_put("x.gz", packed.p, packed.n);
		scene_age("x.gz");
		t = read_file("x.gz", 4096, &got, &d);
		ck_assert(t == TROUBLE_CORRUPT || t == TROUBLE_TRUNCATED);
		packed.p[i] ^= 0x10;
		buf_clear(&got);
	}
	buf_clear(&text);
	buf_clear(&packed);
}
END_TEST

START_TEST(zeros_after_a_member_are_padding_and_anything_else_is_not)
{
	struct buf text = BUF_INIT, packed = BUF_INIT, got = BUF_INIT;
	struct diag d = DIAG_INIT;
	static const char zeros[512];

	make_text(&text);
	scene_gzip(&packed, text.p, text.n);
	buf_add(&packed, zeros, sizeof(zeros));
	scene_put("x.gz", packed.p, packed.n);
	ck_assert_int_eq(read_file("x.gz", 4096, &got, &d), TROUBLE_NONE);
	ck_assert(span_equal(buf_span(&got), buf_span(&text)));
	buf_add_str(&packed, "this is no gzip");
	scene_put("x.gz", packed.p, packed.n);
	buf_clear(&got);
	ck_assert_int_eq(read_file("x.gz", 4096, &got, &d), TROUBLE_CORRUPT);
	ck_assert(span_equal(buf_span(&got), buf_span(&text)));
	buf_clear(&text);
	buf_clear(&packed);
	buf_clear(&got);
}
END_TEST

static const struct {
	const char *name, *bytes;
	enum source_trouble trouble;
	size_t n; /* bytes that are handed over */
} firsts[] = {
	{ "a.log.gz", "#fields\tts\n", TROUBLE_NONE, 11 },
	{ "a.log.gz", "{\"ts\":1}\n", TROUBLE_NONE, 9 },
	{ "a.log.gz", "\x1f\x8a rubbish", TROUBLE_CORRUPT, 0 },
	{ "a.log.gz", "rubbish", TROUBLE_CORRUPT, 0 },
	{ "a.log.gz", "", TROUBLE_GROWING, 0 },
	{ "a.log.gz", "\x1f", TROUBLE_GROWING, 0 },
	{ "a.log.zst", "\x28\xb5", TROUBLE_GROWING, 0 },
	{ "a.log.bz2", "BZh91AY", TROUBLE_CORRUPT, 0 },
	{ "a.log", "PK\3\4....", TROUBLE_CORRUPT, 0 },
	{ "a.log", "", TROUBLE_NONE, 0 },
	{ "a.log", "1", TROUBLE_NONE, 1 },
};

START_TEST(the_first_bytes_tell_the_format_and_not_the_suffix)
{
	struct buf got = BUF_INIT;
	struct diag d = DIAG_INIT;

	scene_put(firsts[_i].name, firsts[_i].bytes, strlen(firsts[_i].bytes));
	ck_assert_int_eq(
	    read_file(firsts[_i].name, 4096, &got, &d), firsts[_i].trouble);
	ck_assert_uint_eq(got.n, firsts[_i].n);
	ck_assert_int_eq(d.text[0] != '\0', firsts[_i].trouble != 0);
	buf_clear(&got);
}
END_TEST

START_TEST(a_folder_in_place_of_a_file_is_unreadable)
{
	struct buf got = BUF_INIT;
	struct diag d = DIAG_INIT;

	scene_folder("x");
	ck_assert_int_eq(read_file("x", 4096, &got, &d), TROUBLE_UNREADABLE);
	ck_assert_uint_eq(got.n, 0);
}
END_TEST

START_TEST(a_file_that_shrinks_is_truncated)
{
	static char zeros[1 << 20];
	struct diag d = DIAG_INIT;
	struct input *in;
	char piece[4096];

	scene_put("x", zeros, sizeof(zeros));
	in = input_new(NULL, open(scene_path("x"), O_RDONLY), "x");
	ck_assert_uint_eq(input_read(in, piece, sizeof(piece)), sizeof(piece));
	ck_assert_int_eq(truncate(scene_path("x"), 8192), 0);
	while (input_read(in, piece, sizeof(piece)) > 0)
		continue;
	ck_assert_int_eq(input_trouble(in, &d), TROUBLE_TRUNCATED);
	input_free(in);
}
END_TEST

/* Whatever the file, both twins hand over the same and judge it alike. */
static enum codec_result
run_codec(const struct codec *c, const struct buf *packed, size_t in_step,
    size_t out_step, struct buf *out)
{
	uint8_t room[256];
	void *state = c->new ();
	enum codec_result rc = CODEC_MORE;
	struct codec_io io = { (const uint8_t *)packed->p, 0, NULL, 0 };
	size_t left = packed->n;

	ck_assert_ptr_nonnull(state);
	for (;;) {
		size_t more = left < in_step ? left : in_step;

		if (io.in_n == 0) {
			io.in_n = more;
			left -= more;
		}
		io.out = room;
		io.out_n = out_step;
		rc = c->run(state, &io);
		buf_add(out, room, out_step - io.out_n);
		if (rc == CODEC_CORRUPT || rc == CODEC_NO_MEMORY ||
		    (left == 0 && io.in_n == 0 && io.out_n > 0))
			break;
	}
	c->free(state);
	return rc;
}

START_TEST(the_fast_and_the_portable_gzip_agree)
{
#ifdef HAVE_ISAL
	static const size_t in_steps[] = { 1, 5, 100000 };
	struct buf text = BUF_INIT, packed = BUF_INIT;
	size_t i, flip;

	make_text(&text);
	pack(".gz", &packed, &text);
	for (i = 0; i < ARRAY_LEN(in_steps); i++) {
		for (flip = 0; flip < packed.n; flip += 97) {
			struct buf a = BUF_INIT, b = BUF_INIT;
			enum codec_result ra, rb;

			packed.p[flip] ^= flip > 0 ? 4 : 0;
			ra = run_codec(
			    &codec_gzip_isal, &packed, in_steps[i], 256, &a);
			rb = run_codec(
			    &codec_gzip_zlib, &packed, in_steps[i], 256, &b);
			packed.p[flip] ^= flip > 0 ? 4 : 0;
			ck_assert_int_eq(
			    ra == CODEC_MEMBER_END, rb == CODEC_MEMBER_END);
			if (ra == CODEC_MEMBER_END)
				ck_assert(
				    span_equal(buf_span(&a), buf_span(&b)));
			ck_assert_int_eq(flip == 0,
			    ra == CODEC_MEMBER_END &&
				span_equal(buf_span(&a), buf_span(&text)));
			buf_clear(&a);
			buf_clear(&b);
		}
	}
	buf_clear(&text);
	buf_clear(&packed);
#else
	struct buf text = BUF_INIT, packed = BUF_INIT, got = BUF_INIT;

	make_text(&text);
	pack(".gz", &packed, &text);
	ck_assert_int_eq(run_codec(&codec_gzip_zlib, &packed, 5, 256, &got),
	    CODEC_MEMBER_END);
	ck_assert(span_equal(buf_span(&got), buf_span(&text)));
	buf_clear(&text);
	buf_clear(&packed);
	buf_clear(&got);
#endif
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("source/input");
	TCase *t = tcase_create("codecs");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, scene_begin, scene_end);
	tcase_add_loop_test(
	    t, every_member_is_read_in_steps_of_any_size, 0, ARRAY_LEN(steps));
	tcase_add_loop_test(
	    t, every_prefix_gives_its_good_bytes_and_then_trouble, 0, 2);
	tcase_add_loop_test(t, a_cut_file_that_is_young_may_be_growing, 0, 2);
	tcase_add_test(t, a_flipped_bit_never_passes_for_the_file);
	tcase_add_test(
	    t, zeros_after_a_member_are_padding_and_anything_else_is_not);
	tcase_add_loop_test(t,
	    the_first_bytes_tell_the_format_and_not_the_suffix, 0,
	    ARRAY_LEN(firsts));
	tcase_add_test(t, a_folder_in_place_of_a_file_is_unreadable);
	tcase_add_test(t, a_file_that_shrinks_is_truncated);
	tcase_add_test(t, the_fast_and_the_portable_gzip_agree);
	suite_add_tcase(s, t);
	return s;
}
