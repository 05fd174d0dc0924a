#!/bin/sh
# Builds the packages of Debian: deb.sh TARBALL DEBIAN OUT, of a tarball of
# `make dist` and the folder debian; OUT is a folder that is made anew.
set -eu
tarball=$(realpath "$1") debian=$(realpath "$2") out=$3
version=$(sed -n '1s/^crosstap (\([^-]*\)-.*/\1/p' "$debian/changelog")
case $tarball in
*/crosstap-"$version".tar.xz) ;;
*)
	echo "deb.sh: the changelog is of $version, not of $tarball" >&2
	exit 1
	;;
esac
rm -rf "$out"
mkdir -p "$out"
cp "$tarball" "$out/crosstap_$version.orig.tar.xz"
tar -C "$out" -xf "$tarball"
cp -R "$debian" "$out/crosstap-$version/debian"
chmod -R u+w "$out/crosstap-$version"
(cd "$out/crosstap-$version" && dpkg-buildpackage -us -uc)
rm -rf "$out/crosstap-$version"
if command -v lintian >/dev/null; then
	lintian --fail-on error,warning --suppress-tags-from-file \
	    "$debian/lintian-suppressed" "$out"/*.changes
else
	echo "deb.sh: lintian is not installed: the packages are not checked"
fi
