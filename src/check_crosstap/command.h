/* check_crosstap's command line. */
#ifndef CHECK_CROSSTAP_COMMAND_H
#define CHECK_CROSSTAP_COMMAND_H

int command_main(int argc, char **argv);

#endif
