#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include "crosstap/config_load.h"

bool
config_load_said_more(
    const char *option, const struct config_more *more, struct config *out)
{
	struct config_errors *e = calloc(1, sizeof(*e));
	struct buf path = BUF_INIT;
	struct diag d = DIAG_INIT;
	size_t i;
	bool ok = false;

	if (e == NULL)
		diag_set(&d, "out of memory");
	else if (config_find(option, &path, &d))
		ok = config_load_more(path.p, more, out, e);
	else if (more != NULL && !path.failed) {
		d = (struct diag)DIAG_INIT;
		ok = config_load_more(NULL, more, out, e);
	}
	if (d.text[0] != '\0')
		(void)fprintf(stderr, "crosstap: %s\n", d.text);
	for (i = 0; e != NULL && i < e->n; i++)
		(void)fprintf(stderr, "%s\n", e->v[i].d.text);
	if (e != NULL && e->more > 0)
		(void)fprintf(
		    stderr, "%s: %" PRIu64 " more faults\n", path.p, e->more);
	buf_clear(&path);
	free(e);
	return ok;
}

bool
config_load_said(const char *option, struct config *out)
{
	return config_load_said_more(option, NULL, out);
}
