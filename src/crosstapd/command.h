/* crosstapd's command line. */
#ifndef CROSSTAPD_COMMAND_H
#define CROSSTAPD_COMMAND_H

int command_main(int argc, char **argv);

#endif
