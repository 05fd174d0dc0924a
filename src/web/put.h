/*
 * Text for others, put together so that nothing can get in which was not
 * escaped. fmt is a literal; its directives, and what they take:
 *
 *   %h  const char *  text in HTML, also in a quoted attribute
 *   %u  const char *  a part of a URL
 *   %q  const char *  a JSON string with its quotes
 *   %x  const char *  as it is: a literal of this program only
 *   %i  int           %l  int64_t, both decimal
 *   %n  uint64_t      digits in threes, for people
 *   %p  double        a share as per cent; NaN is a dash
 *   %f  double        a JSON number; NaN is null
 *   %c  double        two decimals, for coordinates
 *   %t  int64_t       microseconds: "2026-11-24 08:00:00" in HTML, UTC; a dash
 *                     for INT64_MIN and 0
 *   %e  int64_t       the same as epoch seconds in JSON, or null
 *   %d  int64_t       microseconds: how long, for people
 */
#ifndef WEB_PUT_H
#define WEB_PUT_H

#include "base/buf.h"

void put(struct buf *out, const char *fmt, ...);

#endif
