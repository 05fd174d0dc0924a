/*
 * Private to the writers for machines: the fixed words of doc/diff-json.md.
 */
#ifndef CROSSTAP_REPORT_WORDS_H
#define CROSSTAP_REPORT_WORDS_H

#include "compare/result.h"

/* "bad-lines", "not-yet", "before-log", "after-log", "trouble", "edge",
 * "no-answer": part of the contract, unlike result_gap_name(). */
const char *report_gap_id(enum result_gap g);
const char *report_relation_id(enum relation r);

#endif
