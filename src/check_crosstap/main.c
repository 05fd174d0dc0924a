/*
 * A plugin of Nagios: asks the running daemon for one of its services.
 */
#include "check_crosstap/command.h"

int
main(int argc, char **argv)
{
	return command_main(argc, argv);
}
