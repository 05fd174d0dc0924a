/*
 * Private to src/judge: the summary line of a rule. {column} stands for the
 * column's value over the whole finding, {sensor} {peer} {worker} {facet}
 * {value} {direction} {share} {from} {to} {duration} for the finding's own;
 * "{{" is a brace. {column:%} prints percent, {column:s} seconds,
 * {column:+s} seconds with a sign; without a hint the column's unit decides.
 */
#ifndef JUDGE_TEMPLATE_H
#define JUDGE_TEMPLATE_H

#include "base/buf.h"
#include "base/diag.h"
#include "judge/evidence.h"
#include "judge/finding.h"

/* False with a message in why, and the offset of the fault in *at. */
bool template_check(const char *text, enum evidence_kind kind, size_t *at,
    struct diag *why) MUSTCHECK;

/* A column's value over the finding; NaN if it has none. */
typedef double template_number_fn(void *arg, enum evidence_number c);

/* For a text that template_check() took; cut to the size of f->summary at
 * the end of a character. False: out of memory. */
bool template_format(const char *text, struct finding *f,
    template_number_fn *number, void *arg) MUSTCHECK;

/* A number as a summary prints it: hint "", "%", "s" or "+s". */
void template_add_number(
    struct buf *out, double v, const char *unit, struct span hint);

#endif
