/*
 * What the words of `crosstap sensors` share.
 */
#ifndef CROSSTAP_SENSORS_CMD_H
#define CROSSTAP_SENSORS_CMD_H

#include "sys/config.h"
#include "sys/options.h"

enum sensors_form {
	SENSORS_TEXT,
	SENSORS_JSON
};

struct sensors_options {
	const char *config; /* file; NULL: the installed one */
	enum sensors_form form;
	/* Of `add`; NULL or empty: not said. */
	const char *bastion, *user, *key, *known_hosts;
	struct option_list logs, fingerprint;
};

extern const struct option_set sensors_option_set;

/* Each prints, and returns the exit status. */
int sensors_check(const struct sensors_options *o, const struct operands *rest);
int sensors_add(const struct sensors_options *o, const struct operands *rest);

#endif
