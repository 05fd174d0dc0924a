/*
 * Every file below tests/unit/ROOM is a program of its own: it defines
 * unit_suite(), and unit.c runs it. A test's name is a sentence.
 */
#ifndef UNIT_UNIT_H
#define UNIT_UNIT_H

#include <check.h>

Suite *unit_suite(void);

/* The folder tests/data of the source tree. */
const char *unit_data(void);

/* Cuts a line at its tabs, up to max pieces; returns how many. */
unsigned unit_split(char *line, char **part, unsigned max);

#endif
