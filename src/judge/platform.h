/*
 * Second sight: findings of several sensors that have an attribute in common,
 * which no other sensor has, are one finding about the attribute.
 */
#ifndef JUDGE_PLATFORM_H
#define JUDGE_PLATFORM_H

#include "judge/rule.h"

#define PLATFORM_MAX_SENSORS 32

/* Borrowed names; attributes are KEY=VALUE. */
struct platform_sensor {
	const char *name;
	const char *group;
	const char *const *attributes;
	size_t nattributes;
};

/* Judges the findings by the rules per attribute: what these hold for takes
 * the place of the findings that it explains. At most PLATFORM_MAX_SENSORS. */
bool platform_judge(struct rules *rs, const struct platform_sensor *sensors,
    size_t nsensors, int64_t width_us, struct finding **findings,
    size_t *nfindings, struct diag *d) MUSTCHECK;

#endif
