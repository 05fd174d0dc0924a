/*
 * What Nagios takes as the output of a plugin, in one line. Within feed only.
 */
#ifndef FEED_NAGIOS_OUTPUT_H
#define FEED_NAGIOS_OUTPUT_H

#include "feed/feed.h"

/* Of Nagios' CGIs and NSCA, with the NUL; it is also a page of a pipe. */
#define NAGIOS_MAX_OUTPUT 4095

/*
 * Appends "text|perfdata\nmore" with line ends and backslashes escaped, at
 * most max bytes: numbers that do not fit are left off first as wholes, then
 * of the further lines whole ones from the end, then the text is cut at a
 * character. False if anything was.
 */
bool nagios_output(const struct feed_status *s, size_t max, struct buf *out);

/* The same as an external command, at most max bytes with its line end;
 * at_s: seconds since 1970. */
bool nagios_command(const struct feed *f, const struct feed_status *s,
    int64_t at_s, size_t max, struct buf *out);

/* The same as a check result of the spool. */
void nagios_result(const struct feed *f, const struct feed_status *s,
    int64_t at_us, struct buf *out);

/* nagios_spool.c: a check result as a file of a folder, of which Nagios may
 * take it at once. The path goes to path (owned by the caller, appended). */
bool nagios_spool_put(const char *folder, const struct feed *f,
    const struct feed_status *s, struct buf *path, struct diag *d) MUSTCHECK;

#endif
