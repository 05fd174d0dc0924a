noinst_LIBRARIES += src/libweb.a
src_libweb_a_SOURCES = \
	%D%/api.c \
	%D%/api_incidents.c \
	%D%/assets.h \
	%D%/chart.c %D%/chart.h \
	%D%/heat.c %D%/heat.h \
	%D%/page.c %D%/page.h \
	%D%/page_bucket.c \
	%D%/page_coverage.c \
	%D%/page_incidents.c \
	%D%/page_overview.c \
	%D%/page_sensors.c \
	%D%/put.c %D%/put.h \
	%D%/site.c %D%/site.h \
	%D%/visit.h
nodist_src_libweb_a_SOURCES = %D%/assets.c
EXTRA_DIST += %D%/crosstap.css %D%/crosstap.js
CLEANFILES += %D%/assets.c

# Each file is one text, a line a literal.
src/web/assets.c: %D%/crosstap.css %D%/crosstap.js %D%/local.mk
	$(AM_V_GEN)$(MKDIR_P) src/web && { \
	    echo '#include "web/assets.h"'; \
	    for kind in css js; do \
		echo "const char assets_$$kind[] ="; \
		$(SED) 's/[\\"]/\\&/g; s/^/"/; s/$$/\\n"/' \
		    '$(srcdir)/src/web/crosstap.'$$kind; \
		echo ';'; \
	    done; } >$@.new && mv $@.new $@
