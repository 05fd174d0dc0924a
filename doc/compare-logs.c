/*
 * How to use libcrosstap: reads two conn.logs, TSV or JSON, and prints in what
 * they differ.
 *
 *     cc compare-logs.c $(pkg-config --cflags --libs crosstap)
 */
#include <crosstap/compare.h>
#include <inttypes.h>
#include <stdio.h>

static enum crosstap_status
take_flows(struct crosstap_parser *p, struct crosstap_digest *d)
{
	enum crosstap_status status = CROSSTAP_OK;
	const struct crosstap_flow *f;

	while (status == CROSSTAP_OK && (f = crosstap_parser_next(p)) != NULL)
		status = crosstap_digest_add(d, f);
	return status;
}

/* The digest of one file; NULL after a message. */
static struct crosstap_digest *
read_log(const char *path, const struct crosstap_digest_options *opt)
{
	struct crosstap_parser *p = crosstap_parser_new();
	struct crosstap_digest *d = crosstap_digest_new(opt);
	enum crosstap_status status = CROSSTAP_OK;
	FILE *file = fopen(path, "rb");
	static char block[65536];
	size_t n = 1;

	if (file == NULL || p == NULL || d == NULL)
		status = CROSSTAP_INVALID;
	while (status == CROSSTAP_OK && n > 0) {
		n = fread(block, 1, sizeof(block), file);
		status = n > 0 ? crosstap_parser_feed(p, block, n)
			       : crosstap_parser_end(p);
		if (status == CROSSTAP_OK)
			status = take_flows(p, d);
	}
	if (status == CROSSTAP_OK && !ferror(file))
		status = crosstap_digest_end(d);
	else
		status = CROSSTAP_INVALID;
	if (status != CROSSTAP_OK) {
		fprintf(stderr, "%s: cannot be read\n", path);
		crosstap_digest_free(d);
		d = NULL;
	} else if (crosstap_parser_bad(p) > 0) {
		fprintf(stderr, "%s: %s\n", path, crosstap_parser_problem(p));
	}
	crosstap_parser_free(p);
	if (file != NULL)
		fclose(file);
	return d;
}

static void
print_result(const struct crosstap_result *r)
{
	static const char *const names[] = { "equal", "differs", "incomplete",
		"missing" };
	struct crosstap_difference b;
	struct crosstap_counts n;
	size_t i;

	for (i = 0; crosstap_result_bucket(r, i, &b) == CROSSTAP_OK; i++)
		printf(
		    "%" PRId64 " %s\n", b.start_us / 1000000, names[b.status]);
	crosstap_result_counts(r, &n);
	printf("paired %" PRIu64 " only_a %" PRIu64 " only_b %" PRIu64
	       " damaged %" PRIu64 " shifted %" PRIu64 " agreement %.4f\n",
	    n.paired, n.only_a, n.only_b, n.damaged, n.shifted,
	    crosstap_result_agreement(r));
}

int
main(int argc, char **argv)
{
	/* a real program takes the seed from the system's random source */
	struct crosstap_digest_options opt = { 0, -1, 20251124 };
	struct crosstap_digest *a, *b = NULL;
	struct crosstap_result *r = NULL;

	if (argc != 3) {
		fprintf(stderr, "usage: compare-logs A.log B.log\n");
		return 2;
	}
	a = read_log(argv[1], &opt);
	if (a != NULL)
		b = read_log(argv[2], &opt);
	if (b != NULL && crosstap_compare(a, b, CROSSTAP_MIRROR, &r) == 0)
		print_result(r);
	crosstap_digest_free(a);
	crosstap_digest_free(b);
	crosstap_result_free(r);
	return r == NULL ? 2 : 0;
}
