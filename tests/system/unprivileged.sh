# Read in first of all by a test that starts crosstapd, which refuses to run as
# root: where root runs the test, the whole of it is begun again as nobody, so
# that its files, its crosstapd and what that talks to are of one plain user.

unprivileged() { # a line for the shell
	if command -v setpriv >/dev/null; then
		# shellcheck disable=SC2086
		setpriv --reuid=nobody --regid=65534 --clear-groups \
		    $unprivileged_caps sh -c "$1"
	else
		su -m nobody -c "$1"
	fi
}

if [ "$(id -u)" = 0 ]; then
	export HOME=/nonexistent CROSSTAP srcdir
	# shellcheck disable=SC2016
	reads='test -x "$CROSSTAP" && test -r "$srcdir/configure.ac"'
	unprivileged_caps=
	unprivileged "$reads" || # a tree below a folder of root's own
		unprivileged_caps="--inh-caps=+dac_read_search
		    --ambient-caps=+dac_read_search"
	unprivileged "$reads" 2>/dev/null || {
		echo "SKIP: nobody, as whom crosstapd is run, cannot read" \
		    "$srcdir or run $CROSSTAP"
		exit 77
	}
	unprivileged "exec sh '$0' $*"
	exit $?
fi
