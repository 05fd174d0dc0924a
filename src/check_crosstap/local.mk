# A library, where tests can reach it.
noinst_LIBRARIES += src/libcheck_crosstap.a
src_libcheck_crosstap_a_SOURCES = \
	%D%/command.c %D%/command.h \
	%D%/range.c %D%/range.h

plugindir = $(libdir)/nagios/plugins
plugin_PROGRAMS = check_crosstap
check_crosstap_SOURCES = %D%/main.c
check_crosstap_LDADD = src/libcheck_crosstap.a src/libnet.a src/libsys.a \
	src/libcmdline.a src/libjudge.a src/libcompare.a src/libdigest.a \
	src/libflow.a src/libbase.a $(EVENT_LIBS) $(SSH2_LIBS) $(CURL_LIBS) \
	$(CRYPTO_LIBS) $(SQLITE_LIBS) $(CYAML_LIBS) $(YAML_LIBS) $(XXHASH_LIBS)
