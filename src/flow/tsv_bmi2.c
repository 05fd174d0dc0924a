/*
 * The record reader for x86-64 with BMI2, whose shifts by a variable count and
 * bit scans suit it: the same source under other instructions.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#if defined(__x86_64__) && !defined(XT_NO_SIMD)
#define TSV_TARGET __attribute__((target("avx2,bmi,bmi2,lzcnt,popcnt")))
#include "flow/tsv_line.h"

TSV_TARGET bool
tsv_line_bmi2(struct tsv_layout *t, struct parse_workers *workers,
    const char *block, const uint32_t *sep, unsigned nsep, struct flow *out,
    struct parse_fault *fault)
{
	return tsv_read(t, workers, block, sep, nsep, out, fault);
}
#endif
