#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# usage: deb.sh TARBALL SRCDIR: the Debian source and binary packages of a release beside its tarball, judged by lintian when it is installed.
set -euo pipefail
tarball=$(realpath "$1") srcdir=$(realpath "$2")
name=$(basename "$tarball" .tar.gz) version=${1##*scelle-}
version=${version%.tar.gz}
work=$(dirname "$tarball")/debian-packages
rm -rf "$work" && mkdir -p "$work"
cp "$tarball" "$work/scelle_$version.orig.tar.gz"
tar -xzf "$tarball" -C "$work"
cp -r "$srcdir/src/build/debian" "$work/$name/debian"
# the day of the newest file of the release, so that the package is the same each time
date=$(find "$work/$name" -path "$work/$name/debian" -prune -o -type f -printf '%T@\n' | sort -n | tail -1)
printf 'scelle (%s-1) unstable; urgency=medium\n\n  * See CHANGELOG.md.\n\n -- The scelle developers <scelle@example.org>  %s\n' \
	"$version" "$(date -u -d "@${date%.*}" -R)" > "$work/$name/debian/changelog"
cd "$work/$name"
dpkg-buildpackage -us -uc -sa > ../build.log 2>&1 || { tail -30 ../build.log; exit 1; }
cd ..
if command -v lintian > /dev/null; then
	lintian --allow-root --fail-on warning ./*.changes
fi
ls ./*.deb
