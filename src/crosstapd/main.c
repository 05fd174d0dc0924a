/*
 * All of the program is in the library, where tests can reach it.
 */
#include "crosstapd/command.h"

int
main(int argc, char **argv)
{
	return command_main(argc, argv);
}
