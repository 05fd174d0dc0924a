/*
 * Runs the one suite of a test program and reports in TAP-free plain text;
 * .ci/run prints the logs. CK_FORK stays at check's default.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "unit.h"

const char *
unit_data(void)
{
	const char *src = getenv("srcdir");
	static char path[4096];

	(void)snprintf(
	    path, sizeof(path), "%s/tests/data", src == NULL ? "." : src);
	return path;
}

unsigned
unit_split(char *line, char **part, unsigned max)
{
	unsigned n = 0;
	char *tab;

	line[strcspn(line, "\n")] = '\0';
	while (n < max) {
		part[n++] = line;
		tab = strchr(line, '\t');
		if (tab == NULL)
			break;
		*tab = '\0';
		line = tab + 1;
	}
	return n;
}

int
main(void)
{
	SRunner *sr;
	int failed;

	/* a machine that has much else to do is no failure */
	(void)setenv("CK_DEFAULT_TIMEOUT", "300", 0);
	sr = srunner_create(unit_suite());
	srunner_run_all(sr, CK_VERBOSE);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
