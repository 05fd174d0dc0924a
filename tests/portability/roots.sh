#!/bin/sh
# Lays out in DIR/ARCH what the tests of the pure rooms need of Debian's
# libraries for other machines: roots.sh DIR ARCH... (arm64, s390x, i386), and
# for musl, whose libraries are built of Debian's sources. The host's own
# packages are left alone: apt gets a state of its own.
set -eu
dir=$1
shift

debs() { # architecture, options of apt
	arch=$1
	shift
	set -- "$@" -o APT::Architecture="$arch" \
	    -o APT::Architectures::="$arch" -o APT::Architectures="$arch"
	packages="libxxhash-dev libmsgpack-dev libmsgpackc2 check libsubunit-dev
	    zlib1g-dev libzstd-dev"
	[ "$arch" != i386 ] || packages="$packages libc6-dev libc6
	    linux-libc-dev libcrypt-dev libgcc-12-dev"
	# an index of a mirror that is being renewed is not missed, where the
	# packages are in the others
	apt-get "$@" update || :
	# shellcheck disable=SC2086
	(cd "$apt/debs" && apt-get "$@" download $packages)
	for deb in "$apt"/debs/*.deb; do
		dpkg -x "$deb" "$dir/$arch"
	done
}

archive() { # its name, sources
	name=$1
	shift
	mkdir "$apt/$name"
	for c; do
		musl-gcc -O2 -w -I"$apt/include" -c "$c" \
		    -o "$apt/$name/$(basename "$c").o"
	done
	ar rc "$lib/lib$name.a" "$apt/$name"/*.o
}

# A library made for glibc cannot be linked with musl; its headers can be used.
musl() { # options of apt
	lib=$dir/musl/usr/lib/x86_64-linux-musl
	keys=/usr/share/keyrings/debian-archive-keyring.gpg
	apt-get indextargets --format \
	    "deb-src [signed-by=$keys] \$(REPO_URI) \$(CODENAME) main" \
	    'Origin: Debian' 'Created-By: Packages' 'Component: main' |
	    sort -u >"$apt/sources.list"
	set -- "$@" -o Dir::Etc::SourceList="$apt/sources.list" \
	    -o Dir::Etc::SourceParts=/dev/null
	apt-get "$@" update
	(cd "$apt/debs" && apt-get "$@" source xxhash msgpack-c check)
	mkdir -p "$lib" "$apt/include"
	cp -R /usr/include/xxhash.h /usr/include/msgpack.h \
	    /usr/include/msgpack /usr/include/check*.h "$apt/include"
	archive xxhash "$apt"/debs/xxhash-*/xxhash.c
	archive msgpackc "$apt"/debs/msgpack-c-*/src/*.c
	(cd "$apt"/debs/check-*/ && ./configure -q CC=musl-gcc --disable-shared \
	    --disable-subunit && make -s -C lib && make -s -C src libcheck.la)
	cp "$apt"/debs/check-*/src/.libs/libcheck.a "$lib"
	mv "$apt/include" "$dir/musl/usr"
}

for arch; do
	# made last
	[ -d "$dir/$arch/usr/include" ] && continue
	apt=$dir/apt-$arch
	rm -rf "$apt"
	mkdir -p "$apt/lists/partial" "$apt/archives/partial" "$apt/debs"
	: >"$apt/status"
	# a private folder, which the user _apt could not write
	set -- -qq -o APT::Sandbox::User=root \
	    -o Dir::State="$apt" -o Dir::State::Lists="$apt/lists" \
	    -o Dir::State::status="$apt/status" -o Dir::Cache="$apt" \
	    -o Dir::Cache::pkgcache="$apt/pkg.bin" \
	    -o Dir::Cache::srcpkgcache="$apt/src.bin"
	case $arch in
	musl) musl "$@" ;;
	*) debs "$arch" "$@" ;;
	esac
done
