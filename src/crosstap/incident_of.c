#include <stdio.h>
#include <string.h>
#include "crosstap/daemon_ask.h"
#include "crosstap/diff_run.h"
#include "crosstap/incident_of.h"

#define INCIDENT_AROUND_US (15 * 60 * US_PER_S)

bool
incident_of(const char *config, uint64_t id, struct store_incident *out,
    struct store **st, struct config *c)
{
	struct diag d = DIAG_INIT;

	*st = daemon_store(config, c);
	if (*st == NULL)
		return false;
	if (store_incident(*st, (int64_t)id, out, &d) == STORE_OK)
		return true;
	(void)fprintf(stderr, "crosstap: %s\n", d.text);
	store_close(*st);
	config_clear(c);
	return false;
}

void
incident_of_window(const struct store_incident *i, struct window_options *w,
    int64_t *from_us, int64_t *to_us)
{
	*from_us = w->from == NULL ? i->i.from_us : w->from_us;
	*to_us = w->to == NULL ? i->i.to_us : w->to_us;
	if (w->from == NULL)
		w->from_us = i->i.from_us - INCIDENT_AROUND_US;
	/* of one that goes on, nothing is known yet of what follows */
	if (w->to == NULL)
		w->to_us = i->i.to_us +
		    (i->i.state == INCIDENT_OPEN ? 0 : INCIDENT_AROUND_US);
	window_options_align(w);
}

const char *
incident_of_sensor(
    const struct store_incident *i, const struct operands *operands)
{
	char name[RESULT_NAME_MAX];
	size_t k;

	for (k = 0; k < operands->n; k++) {
		(void)diff_run_name(operands->item[k], name, sizeof(name));
		if (strcmp(name, i->i.sensor) == 0)
			return i->i.sensor;
	}
	return NULL;
}
