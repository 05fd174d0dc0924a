/*
 * The header has every column that the parser knows, in the order in which
 * Zeek writes them.
 */
#include <stdlib.h>
#include "flow/parser.h"
#include "log.h"

static const char log_header[] =
    "#separator \\x09\n"
    "#set_separator\t,\n"
    "#empty_field\t(empty)\n"
    "#unset_field\t-\n"
    "#path\tconn\n"
    "#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto"
    "\tservice\tduration\torig_bytes\tresp_bytes\tconn_state\tlocal_orig"
    "\tlocal_resp\tmissed_bytes\thistory\torig_pkts\torig_ip_bytes"
    "\tresp_pkts\tresp_ip_bytes\tvlan\tip_proto\tpeer\n";

struct span
fuzz_log(const uint8_t *data, size_t size)
{
	size_t head = size > 0 && (data[0] == '#' || data[0] == '{')
	    ? 0
	    : sizeof(log_header) - 1;
	char *p = calloc(1, head + size + FLOW_PARSER_SLACK);

	INVARIANT(p != NULL);
	memcpy(p, log_header, head);
	if (size > 0)
		memcpy(p + head, data, size);
	return (struct span){ p, head + size };
}
