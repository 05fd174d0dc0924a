#include <stdio.h>
#include <stdlib.h>
#include "golden.h"
#include "unit.h"

static void
golden_write(const char *path, struct span got)
{
	FILE *f = fopen(path, "wb");

	ck_assert_msg(f != NULL, "cannot write %s", path);
	ck_assert_uint_eq(fwrite(got.p, 1, got.n, f), got.n);
	ck_assert_int_eq(fclose(f), 0);
}

void
golden_check(const char *file, struct span got)
{
	static char want[1 << 20];
	char path[4096 + 256];
	size_t n, i, line = 1, start = 0;
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s", unit_data(), file);
	if (getenv("GOLDEN_UPDATE") != NULL)
		golden_write(path, got);
	f = fopen(path, "rb");
	ck_assert_msg(f != NULL, "no file %s", path);
	n = fread(want, 1, sizeof(want) - 1, f);
	(void)fclose(f);
	want[n] = '\0';
	for (i = 0; i < n && i < got.n && want[i] == got.p[i]; i++)
		if (want[i] == '\n') {
			line++;
			start = i + 1;
		}
	ck_assert_msg(i == n && i == got.n,
	    "%s:%zu: got \"%.*s\", wanted \"%.*s\"", file, line,
	    (int)strcspn(got.p + start, "\n"), got.p + start,
	    (int)strcspn(want + start, "\n"), want + start);
}
