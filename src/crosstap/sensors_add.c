#include "crosstap/command.h"
#include "crosstap/sensors_cmd.h"
int
sensors_add(const struct sensors_options *o, const struct operands *rest)
{
	(void)o;
	(void)rest;
	return EXIT_TROUBLE;
}
