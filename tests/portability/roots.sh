#!/bin/sh
# Lays out in DIR/ARCH what the tests of the pure rooms need of Debian's
# libraries for other machines: roots.sh DIR ARCH... (arm64, s390x, i386). The
# host's own packages are left alone: apt gets a state of its own.
set -eu
dir=$1
shift
for arch; do
	[ -d "$dir/$arch/usr/include" ] && continue
	apt=$dir/apt-$arch
	mkdir -p "$apt/lists/partial" "$apt/archives/partial" "$apt/debs"
	: >"$apt/status"
	# a private folder, which the user _apt could not write
	set -- -qq -o APT::Architecture="$arch" -o APT::Architectures::="$arch" \
	    -o APT::Architectures="$arch" -o APT::Sandbox::User=root \
	    -o Dir::State="$apt" -o Dir::State::Lists="$apt/lists" \
	    -o Dir::State::status="$apt/status" -o Dir::Cache="$apt" \
	    -o Dir::Cache::pkgcache="$apt/pkg.bin" \
	    -o Dir::Cache::srcpkgcache="$apt/src.bin"
	apt-get "$@" update
	packages="libxxhash-dev libmsgpack-dev libmsgpackc2 check libsubunit-dev
	    zlib1g-dev libzstd-dev"
	[ "$arch" != i386 ] || packages="$packages libc6-dev libc6
	    linux-libc-dev libcrypt-dev libgcc-12-dev"
	# shellcheck disable=SC2086
	(cd "$apt/debs" && apt-get "$@" download $packages)
	for deb in "$apt"/debs/*.deb; do
		dpkg -x "$deb" "$dir/$arch"
	done
done
