/*
 * A folder of logs without memory: what is read is all of it, or it is said
 * that something could not be.
 */
#include "../unit/source/scene.h"
#include "memory.h"
#include "source/reader.h"

static bool
source_read(struct memory_run *r)
{
	struct flow_parser_options parser = { .nrenames = 0 };
	struct source_options o = scene_options(600, 3000, NULL);
	struct reader *rd;
	struct flow *f;
	bool ok;
	size_t n;

	rd = reader_open(scene_path("logs"), &o, &parser, &r->why);
	if (rd == NULL)
		return false;
	while ((n = reader_next(rd, &f)) > 0)
		for (; n > 0; n--, f++)
			memory_mix(r, (uint64_t)f->start_us ^ f->status);
	ok = reader_ended(rd) && reader_trouble(rd) == NULL;
	if (!ok)
		diag_set(&r->why, "%s",
		    reader_failed(rd) != NULL ? reader_failed(rd)
					      : reader_trouble(rd));
	reader_close(rd);
	return ok;
}

START_TEST(logs_say_that_memory_ran_out_or_are_whole)
{
	unsigned n = 0;

	scene_begin();
	scene_folder("logs");
	scene_folder("logs/2024-06-01");
	scene_folder("logs/current");
	scene_put_log(
	    "logs/2024-06-01/conn.00:00:00-00:30:00.log.gz", 0, 1800, 10, &n);
	scene_put_log(
	    "logs/2024-06-01/conn.00:30:00-01:00:00.log", 1800, 3600, 10, &n);
	scene_put_log("logs/current/conn.log", 3600, 4000, 10, &n);
	memory_everywhere(source_read, MEMORY_SAYS_WHY);
	scene_end();
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("memory_source");
	TCase *tc = tcase_create("all");

	tcase_add_test(tc, logs_say_that_memory_ran_out_or_are_whole);
	suite_add_tcase(s, tc);
	return s;
}
