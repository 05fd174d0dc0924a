# What needs no library is apart: the sensor has no other.
noinst_LIBRARIES += src/libsys.a src/libcmdline.a
src_libcmdline_a_SOURCES = \
	%D%/confine.h \
	%D%/options.c %D%/options.h \
	%D%/reuse.h \
	%D%/when.c %D%/when.h \
	%D%/window_options.c %D%/window_options.h
if LINUX
src_libcmdline_a_SOURCES += %D%/confine_linux.c
else
src_libcmdline_a_SOURCES += %D%/confine_none.c
endif
if HAVE_MALLOPT
src_libcmdline_a_SOURCES += %D%/reuse_glibc.c
else
src_libcmdline_a_SOURCES += %D%/reuse_none.c
endif
src_libsys_a_SOURCES = \
	%D%/address.c %D%/address.h \
	%D%/config.c %D%/config.h \
	%D%/config_check.c %D%/config_check.h \
	%D%/config_feed.c %D%/config_feed.h \
	%D%/config_find.c \
	%D%/config_format.c \
	%D%/config_keys.c %D%/config_keys.h \
	%D%/config_more.c %D%/config_more.h \
	%D%/config_value.c %D%/config_value.h \
	%D%/file.c %D%/file.h \
	%D%/log.c %D%/log.h \
	%D%/notify.c %D%/notify.h \
	%D%/rulefile.c %D%/rulefile.h \
	%D%/rulelist.c %D%/rulelist.h \
	%D%/yamldoc.c %D%/yamldoc.h
src_libsys_a_CPPFLAGS = $(AM_CPPFLAGS) $(CYAML_CFLAGS) $(YAML_CFLAGS)
