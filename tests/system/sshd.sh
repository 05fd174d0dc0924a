# For tests that want sshd processes on loopback: a folder of their own, which
# is the working directory and goes with its processes when the test ends.

sshd_prepare() { # programs that are needed besides
	PATH=$PATH:/usr/sbin:/usr/local/sbin
	for need in sshd ssh-keygen "$@"; do
		if ! command -v "$need" >/dev/null; then
			echo "SKIP: $need is not installed"
			exit 77
		fi
	done
	sshd=$(command -v sshd)
	# What libssh2 1.10 leaks for each ECDSA key is not ours.
	export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0"
	dir=$(mktemp -d) || exit 1
	pids=
	trap sshd_finish EXIT
	trap 'exit 1' HUP INT TERM
	cd "$dir" || exit 1
	[ "$(id -u)" != 0 ] || mkdir -p /run/sshd
	# Ports that were free a moment ago: sshd says whether they still are.
	base=$((20000 + $$ % 20000))
}

sshd_finish() {
	for pid in $pids; do
		kill "$pid" 2>/dev/null
	done
	rm -rf "$dir"
}

# N, host key, line of sshd_config: its pid and port are in pid$N and port$N
sshd_start() {
	try=0
	while [ $try -lt 20 ]; do
		base=$((base + 1)) try=$((try + 1))
		cat >conf"$1" <<-END
		ListenAddress 127.0.0.1
		Port $base
		HostKey $dir/$2
		AuthorizedKeysFile $dir/authorized
		UsePAM no
		StrictModes no
		PasswordAuthentication no
		KbdInteractiveAuthentication no
		PidFile $dir/pidfile$1
		MaxStartups 1000
		SetEnv HOME=$dir
		${3-Subsystem sftp internal-sftp}
		END
		rm -f pidfile"$1"
		"$sshd" -D -e -f "$dir/conf$1" 2>log"$1" &
		pid=$!
		# It writes its file once it listens, or it ends.
		while [ ! -s pidfile"$1" ] && kill -0 $pid 2>/dev/null; do
			:
		done
		if [ -s pidfile"$1" ]; then
			pids="$pids $pid"
			eval "pid$1=$pid port$1=$base"
			return
		fi
	done
	echo "FAILED: sshd does not start:"
	cat log"$1"
	exit 1
}

sshd_known() { # host key, port
	echo "[127.0.0.1]:$2 $(cut -d' ' -f1,2 "$1.pub")"
}
