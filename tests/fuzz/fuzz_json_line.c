/*
 * One JSON line from outside, twice: the second time by the order of keys
 * that the first has taught. Both times the answer must be the same.
 */
#include <stdlib.h>
#include "flow/parse.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct parse_workers workers;
	static const struct flow_parser_options opt = { .detail = true };
	struct json_parser *j = json_parser_new(&opt, &workers);
	char *line = calloc(1, size + FLOW_PARSER_SLACK);
	struct parse_fault fault;
	struct flow first, second;
	bool ok;

	INVARIANT(j != NULL && line != NULL);
	if (size > 0)
		memcpy(line, data, size);
	ok = json_parse_line(j, (struct span){ line, size }, &first, &fault);
	INVARIANT(ok ==
	    json_parse_line(j, (struct span){ line, size }, &second, &fault));
	INVARIANT(!ok ||
	    (first.start_us == second.start_us &&
		first.duration_us == second.duration_us &&
		first.flags == second.flags && first.proto == second.proto));
	json_parser_free(j);
	free(line);
	return 0;
}
