/*
 * Runs a fuzz target over every file of a folder, without a fuzzer: seeds and
 * former crashes stay mended. The name of the program chooses the folder:
 * tests/fuzz/json_line.t replays tests/fuzz/seeds/json_line.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "fuzz.h"

/* The whole of a file, in memory of just its size. */
static uint8_t *
replay_load(const char *path, size_t *size)
{
	FILE *f = fopen(path, "rb");
	uint8_t *data = NULL;
	long end;

	if (f == NULL)
		return NULL;
	if (fseek(f, 0, SEEK_END) == 0 && (end = ftell(f)) >= 0 &&
	    fseek(f, 0, SEEK_SET) == 0) {
		*size = (size_t)end;
		data = malloc(*size > 0 ? *size : 1);
		if (data != NULL && fread(data, 1, *size, f) != *size) {
			free(data);
			data = NULL;
		}
	}
	(void)fclose(f);
	return data;
}

static bool
replay_file(const char *dir, const char *name)
{
	char path[4096];
	uint8_t *data;
	size_t size;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	/* a crash must tell which file it was */
	(void)printf("%s\n", name);
	(void)fflush(stdout);
	data = replay_load(path, &size);
	if (data == NULL) {
		(void)fprintf(stderr, "%s: cannot be read\n", path);
		return false;
	}
	(void)LLVMFuzzerTestOneInput(data, size);
	free(data);
	return true;
}

int
main(int argc, char **argv)
{
	const char *srcdir = getenv("srcdir"), *base = strrchr(argv[0], '/');
	unsigned passed = 0, failed = 0;
	struct dirent *e;
	char dir[2048];
	DIR *d;

	base = base == NULL ? argv[0] : base + 1;
	(void)snprintf(dir, sizeof(dir), "%s/tests/fuzz/seeds/%.*s",
	    srcdir == NULL ? "." : srcdir, (int)strcspn(base, "."), base);
	d = opendir(argc > 1 ? argv[1] : dir);
	if (d == NULL) {
		perror(argc > 1 ? argv[1] : dir);
		return 1;
	}
	while ((e = readdir(d)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		if (replay_file(argc > 1 ? argv[1] : dir, e->d_name))
			passed++;
		else
			failed++;
	}
	(void)closedir(d);
	(void)printf("%s: %u passed, %u failed\n", base, passed, failed);
	return failed == 0 && passed > 0 ? 0 : 1;
}
