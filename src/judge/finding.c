/*
 * Names of what a finding holds; they are part of the JSON contract.
 */
#include "judge/finding.h"

static const char *const finding_severities[] = { "info", "warning",
	"critical" };

static const char *const finding_directions[] = { "", "inbound", "outbound" };

const char *
severity_name(enum severity s)
{
	return finding_severities[s];
}

const char *
finding_direction_name(enum finding_direction d)
{
	return finding_directions[d];
}
