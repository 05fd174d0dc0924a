# For tests that read reference logs kept outside the tree: sets shared to the
# folder of them, or says what is missing and skips the test.

shared_find() { # subfolder
	shared=${CROSSTAP_SHARED:-${srcdir:?}/../shared}/$1
	if [ ! -d "$shared" ]; then
		echo "SKIP: no $shared (set CROSSTAP_SHARED)"
		exit 77
	fi
	if ! command -v jq >/dev/null; then
		echo "SKIP: jq is not installed"
		exit 77
	fi
}
