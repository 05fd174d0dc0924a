# The sensor's program, with few libraries: no SQLite, no libcyaml, no ISA-L.
noinst_LIBRARIES += src/libsensor.a
src_libsensor_a_SOURCES = \
	%D%/answer.h \
	%D%/answer_digest.c \
	%D%/answer_files.c \
	%D%/answer_records.c \
	%D%/channel.c %D%/channel.h \
	%D%/cmd_person.c \
	%D%/cmd_serve.c \
	%D%/command.c %D%/command.h \
	%D%/folders.c %D%/folders.h \
	%D%/scan.c %D%/scan.h \
	%D%/sensor_options.c %D%/sensor_options.h

bin_PROGRAMS += crosstap-sensor
crosstap_sensor_SOURCES = %D%/main.c
crosstap_sensor_LDADD = src/libsensor.a src/libwire.a src/libcompare.a \
	src/libdigest.a src/libsourcesmall.a \
	src/libcmdline.a src/libflow.a src/libbase.a $(MSGPACK_LIBS) \
	$(ZLIB_LIBS) $(ZSTD_LIBS) $(XXHASH_LIBS)
if STATIC_SENSOR
crosstap_sensor_LDFLAGS = $(AM_LDFLAGS) -all-static
endif
