# How the programs are run and packed.
EXTRA_DIST += %D%/debian %D%/deb.sh %D%/check-deb.sh %D%/check-units.sh %D%/freebsd \
	%D%/systemd/crosstapd.service.in %D%/systemd/crosstap.sysusers \
	%D%/systemd/crosstap.tmpfiles
CLEANFILES += %D%/systemd/crosstapd.service %D%/systemd/crosstap.conf
check_SCRIPTS += %D%/check-units.sh

# The tests of single modules: some seconds, nothing but check is needed.
check-unit:
	$(MAKE) $(AM_MAKEFLAGS) check TESTS='$(check_PROGRAMS)'

all-local: %D%/systemd/crosstapd.service
%D%/systemd/crosstapd.service: %D%/systemd/crosstapd.service.in
	$(AM_V_GEN)$(MKDIR_P) %D%/systemd && \
	    $(SED) 's,[@]sbindir[@],$(sbindir),; s,[@]sysconfdir[@],$(sysconfdir),' \
	    '$(srcdir)/%D%/systemd/crosstapd.service.in' >$@

if INSTALL_UNITS
systemdunitdir = $(with_systemdsystemunitdir)
nodist_systemdunit_DATA = %D%/systemd/crosstapd.service

install-data-hook:
	$(MKDIR_P) '$(DESTDIR)$(prefix)/lib/sysusers.d' \
	    '$(DESTDIR)$(prefix)/lib/tmpfiles.d'
	$(INSTALL_DATA) '$(srcdir)/%D%/systemd/crosstap.sysusers' \
	    '$(DESTDIR)$(prefix)/lib/sysusers.d/crosstap.conf'
	$(INSTALL_DATA) '$(srcdir)/%D%/systemd/crosstap.tmpfiles' \
	    '$(DESTDIR)$(prefix)/lib/tmpfiles.d/crosstap.conf'
uninstall-hook:
	rm -f '$(DESTDIR)$(prefix)/lib/sysusers.d/crosstap.conf' \
	    '$(DESTDIR)$(prefix)/lib/tmpfiles.d/crosstap.conf'
endif

# The packages of Debian, in deb/; then tried in a Debian with nothing in it.
deb: dist
	$(SHELL) '$(srcdir)/%D%/deb.sh' '$(distdir).tar.xz' \
	    '$(srcdir)/%D%/debian' deb
check-deb: deb
	$(SHELL) '$(srcdir)/%D%/check-deb.sh' deb
clean-local:
	rm -rf deb
.PHONY: check-deb check-unit deb
