#!/bin/sh
# SPDX-License-Identifier: EUPL-1.2
# usage: ./autogen.sh          makes `configure` (also: ./autogen.sh setup)
#        ./autogen.sh demo     installs what is missing (Debian), builds in build/, audits the sample hospital, seals, verifies
#        ./autogen.sh check    installs what is missing (Debian), builds in build/, runs all tests
set -eu
cd "$(dirname "$0")"

BUILD_PACKAGES='gcc libc6-dev make autoconf automake pkg-config libssl-dev libxml2-dev libsqlite3-dev libpcre2-dev
libyaml-dev libarchive-dev libseccomp-dev zlib1g-dev libp11-dev libharfbuzz-dev fonts-liberation
fonts-dejavu-core'
DEMO_PACKAGES='openssl unzip'
CHECK_PACKAGES='file zip jq libxml2-utils universal-ctags git softhsm2 gnutls-bin
xmlsec1 qpdf poppler-utils'

say() { printf '\n== %s\n' "$*"; }
die() { printf 'autogen.sh: %s\n' "$*" >&2; exit 1; }

generate() {
	mkdir -p src/build-aux
	autoreconf --install --force
}

is_installed() {
	dpkg-query -W -f='${Status}' "$1" 2>/dev/null | grep -q ' installed$'
}

install_missing() {
	missing=
	if ! command -v apt-get > /dev/null || ! command -v dpkg-query > /dev/null; then
		say "no apt-get here: if configure finds something missing, install what corresponds to: $*"
		return
	fi
	for package in "$@"; do
		is_installed "$package" || missing="$missing $package"
	done
	[ -n "$missing" ] || return 0
	say "installing$missing"
	root=
	if [ "$(id -u)" -ne 0 ]; then
		command -v sudo > /dev/null || die "not root and no sudo: ask an administrator for: apt-get install$missing"
		root=sudo
	fi
	# a source of packages that does not answer matters only if the installation then fails
	$root env DEBIAN_FRONTEND=noninteractive apt-get -qq update || true
	# shellcheck disable=SC2086
	$root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install $missing > /dev/null ||
		die "could not install$missing"
}

build() {
	say 'building in build/'
	[ -x configure ] && [ ! configure.ac -nt configure ] || generate > /dev/null 2>&1 || { generate; exit 1; }
	mkdir -p build
	[ -f build/Makefile ] || (cd build && ../configure --quiet)
	make -C build -s -j "$(nproc 2>/dev/null || echo 2)"
	build/scelle --version
}

# Shows a command as it could be typed, then runs it.
run() {
	printf '\n$'
	for word in "$@"; do
		case $word in
		*[!A-Za-z0-9_./=:-]*) printf " '%s'" "$word" ;;
		*) printf ' %s' "$word" ;;
		esac
	done
	printf '\n'
	"$@"
}

audit() {
	code=0
	run build/scelle audit fixtures/chu-valmont --date 2026-11-23 --lang fr -f html=demo/report.html -f json=demo/report.json \
		--seal demo/audit.asice --key demo/key.pem --cert demo/cert.pem || code=$?
	case $code in
	0) echo 'exit code 0: nothing at or above the level of --fail-on' ;;
	1) echo 'exit code 1: the audit found something; that is its answer, not a breakdown' ;;
	3) echo 'exit code 3: a part could not be read or evaluated; the report says which, and nothing is called clean for it' ;;
	*) die "the audit ended with code $code" ;;
	esac
}

# The lines that scelle and the report's page give to somebody who has no scelle, run as they are.
verify_without_scelle() {
	say 'the same without scelle: unzip, sed and openssl, by the lines that the report prints'
	rm -rf demo/sealed
	(cd demo && ../build/scelle verify audit.asice --lines --lang en > verify-without-scelle.sh)
	if ! (cd demo && sh -ev verify-without-scelle.sh) > demo/verify-without-scelle.out 2>&1; then
		cat demo/verify-without-scelle.out
		die 'the container does not verify with openssl alone'
	fi
	cat demo/verify-without-scelle.out
	if grep -qE '^(CHANGED|NOT SEALED)' demo/verify-without-scelle.out || ! grep -q '^OK ' demo/verify-without-scelle.out; then
		die 'the container holds what was not signed'
	fi
}

demo() {
	mkdir -p demo
	if [ ! -f demo/key.pem ]; then
		say 'a key for the demonstration (not protected, and it proves no identity)'
		run build/scelle key new --key demo/key.pem --cert demo/cert.pem --name 'CHU de Valmont (demo)'
	fi
	say 'auditing the sample hospital fixtures/chu-valmont'
	audit
	say 'verifying the sealed evidence'
	run build/scelle verify demo/audit.asice --anchors demo/cert.pem
	verify_without_scelle
	say 'done: open demo/report.html; the evidence is demo/audit.asice'
}

case ${1-} in
'' | setup)
	generate
	;;
demo)
	# shellcheck disable=SC2086
	install_missing $BUILD_PACKAGES $DEMO_PACKAGES
	build
	demo
	;;
check)
	# shellcheck disable=SC2086
	install_missing $BUILD_PACKAGES $DEMO_PACKAGES $CHECK_PACKAGES
	build
	make -C build -s check
	;;
*)
	echo 'usage: ./autogen.sh [setup | demo | check]' >&2
	exit 2
	;;
esac
