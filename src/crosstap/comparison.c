#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "crosstap/command.h"
#include "crosstap/comparison.h"
#include "sys/rulelist.h"

int
comparison_begin(
    struct comparison *c, const struct option_set *set, struct diff_options *o)
{
	struct diag d = DIAG_INIT;
	const char *dir;

	memset(c, 0, sizeof(*c));
	if (!diff_config_expand(o, &c->config, &d)) {
		diff_config_clear(&c->config);
		return d.text[0] == '\0' ? EXIT_TROUBLE : options_fail(set, &d);
	}
	c->run.opt = o;
	c->run.seed = diff_run_seed(o);
	dir = rulelist_dir(o->rules);
	c->run.rules = rulelist_compile(&dir, 1, &d);
	if (c->run.rules != NULL)
		return OPTIONS_GO_ON;
	(void)fprintf(stderr, "crosstap: %s\n", d.text);
	diff_config_clear(&c->config);
	return EXIT_TROUBLE;
}

void
comparison_end(struct comparison *c)
{
	result_clear(&c->run.result);
	free(c->rows.v);
	rules_free(c->run.rules);
	diff_config_clear(&c->config);
}
