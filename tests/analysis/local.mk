# Looks at the code that take longer than `make check` may: each a target that
# prints its figures.
EXTRA_DIST += .clang-tidy %D%/analyse.sh %D%/coverage.sh %D%/cppcheck.h \
	%D%/gcc.known \
	%D%/quick.sh %D%/valgrind.sh
check_SCRIPTS += %D%/quick.sh

# Three analyzers over all of src/: ten minutes.
analyse:
	@$(AM_TESTS_ENVIRONMENT) BUILD='$(abs_builddir)' \
	    $(SHELL) '$(srcdir)/%D%/analyse.sh' $(TOOLS)

# Lines of the pure rooms that their tests run, in a build of its own. FLOOR in
# percent; LIST=1 prints the lines that are not run.
PURE_ROOMS = base flow digest compare judge wire api simulate collect
PURE_TESTS = $(filter $(PURE_ROOMS:%=tests/unit/%/%.t) tests/fault/%.t \
	tests/fuzz/%.t,$(check_PROGRAMS))
FLOOR = 90
coverage:
	@$(MKDIR_P) coverage
	@cd coverage && { test -f Makefile || '$(abs_top_srcdir)/configure' -q \
	    --enable-coverage --disable-hardening CC='$(CC)' CFLAGS='-O0 -g' \
	    LDFLAGS='$(LDFLAGS)'; }
	@cd coverage && $(MAKE) -s $(PURE_TESTS)
	@cd coverage && find . -name '*.gcda' -exec rm -f {} + && \
	    $(MAKE) -s check-TESTS TESTS='$(PURE_TESTS)'
	@FLOOR=$(FLOOR) LIST=$(LIST) $(SHELL) '$(srcdir)/%D%/coverage.sh' coverage

# The tests of this tree in a build with both sanitizers: SANITIZE names them.
SANITIZE = $(check_PROGRAMS) tests/system/diff.sh tests/system/flows.sh \
	tests/system/sensor.sh tests/system/incidents.sh tests/system/rules.sh
check-sanitizers:
	@$(MKDIR_P) sanitizers
	@cd sanitizers && { test -f Makefile || '$(abs_top_srcdir)/configure' \
	    -q --enable-sanitizers CC='$(CC)' CFLAGS='-O1 -g' \
	    LDFLAGS='$(LDFLAGS)'; }
	@cd sanitizers && $(MAKE) -s check TESTS='$(SANITIZE)'

# System tests whose programs run under valgrind: an error or a leak of theirs
# is a failure. VALGRIND names the tests. In a build of its own, whose programs
# are not confined: valgrind ends at a system call that seccomp refuses.
VALGRIND = tests/system/sensor.sh tests/system/exit.sh tests/system/config.sh
check-valgrind:
	@$(MKDIR_P) valgrind
	@cd valgrind && { test -f Makefile || '$(abs_top_srcdir)/configure' \
	    -q CC='$(CC)' CPPFLAGS='-DXT_SANITIZED=1' CFLAGS='-O1 -g' \
	    LDFLAGS='$(LDFLAGS)'; }
	@cd valgrind && $(MAKE) -s crosstap crosstap-sensor \
	    tests/system/sensorclient
	@$(AM_TESTS_ENVIRONMENT) CROSSTAP='$(abs_builddir)/valgrind/crosstap' \
	    $(SHELL) '$(srcdir)/%D%/valgrind.sh' $(VALGRIND)
.PHONY: analyse check-sanitizers check-valgrind coverage
