/*
 * The commands of crosstap-sensor. Exit status: 0 in order, 2 trouble.
 */
#ifndef CROSSTAP_SENSOR_COMMAND_H
#define CROSSTAP_SENSOR_COMMAND_H

#include "base/base.h"

int command_main(int argc, char **argv);

int cmd_serve(int argc, char **argv);
int cmd_digest(int argc, char **argv);
int cmd_locate(int argc, char **argv);

#endif
