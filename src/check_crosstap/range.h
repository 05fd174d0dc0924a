/*
 * Threshold ranges as the plugins of Nagios take them: [@]START:END. It alerts
 * outside of the range, with '@' inside; both ends belong to it. START is 0
 * where only END is given, "~" has no lower end, an END that is left out no
 * upper one.
 */
#ifndef CHECK_CROSSTAP_RANGE_H
#define CHECK_CROSSTAP_RANGE_H

#include "base/base.h"

struct range {
	double start, end; /* may be infinite */
	bool inside;       /* alert inside */
};

bool range_parse(const char *text, struct range *out) MUSTCHECK;
bool range_alerts(const struct range *r, double value);

#endif
