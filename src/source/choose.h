/*
 * Of the files that an operand names, those that can hold records of a
 * window, in the order in which they begin, each once.
 */
#ifndef SOURCE_CHOOSE_H
#define SOURCE_CHOOSE_H

#include "source/locate.h"

/*
 * Drops what is there twice (a link, a .gz that was made while its original
 * still exists) and what cannot matter; opens what is being written to, so
 * that it is not lost when it is rotated away. Files whose name says no time
 * are looked into; so are, with no time zone given, files that could matter
 * in some zone. False with d set when out of memory.
 */
bool choose(struct located_list *l, const struct source_options *opt,
    struct diag *d) MUSTCHECK;

/* Both steps, for all operands of the options; again where a file was rotated
 * away meanwhile. */
bool source_list(const char *operand, const struct source_options *opt,
    struct located_list *out, struct diag *d) MUSTCHECK;

/* True while every file that is being written to still has its name: none was
 * rotated away since. */
bool choose_holds(const struct located_list *l) MUSTCHECK;

#endif
