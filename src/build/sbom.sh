#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# usage: sbom.sh PROGRAM VERSION FONTS [FLAG...]: what a program is linked with, and the fonts carried in it, as a CycloneDX 1.6 document on standard output. Each
# shared library is a component with its file's digest and the Debian package it came with (pkg:deb, with version and source package); what
# needs what stands under dependencies. Of one machine the bytes are the same each time: no date, no serial number. Needs readelf, ldd, dpkg-query, jq.
# Libraries that are linked statically leave no trace in the program: they are known by the flags (-l:libNAME.a) it was linked with.
set -euo pipefail
program=$1 version=$2 fonts=$3
shift 3
export LC_ALL=C

# The package that a file came with: name version source source-version architecture, or nothing.
package_of() {
	local file real name
	real=$(realpath "$1")
	for file in "$1" "$real" "/usr$1" "${real#/usr}"; do
		name=$(dpkg-query -S "$file" 2> /dev/null | head -1) || continue
		[ -n "$name" ] || continue
		dpkg-query -W -f '${Package} ${Version} ${source:Package} ${source:Version} ${Architecture}' "${name%%: /*}" && return
	done
	return 0
}
distribution() (. /etc/os-release && echo "$ID-${VERSION_ID:-rolling}")

# one component: TYPE FILE -> JSON
component() {
	local type=$1 file=$2 name source source_version package architecture found
	read -r package found source source_version architecture <<< "$(package_of "$file")" || true
	name=$(basename "$file")
	jq -n --arg type "$type" --arg name "$name" --arg package "${package:-}" --arg version "${found:-}" --arg source "${source:-}" \
		--arg source_version "${source_version:-}" --arg architecture "${architecture:-}" --arg distribution "$(distribution)" \
		--arg sha256 "$(sha256sum < "$file" | cut -c1-64)" '
		{type: $type, "bom-ref": $name, name: $name, hashes: [{alg: "SHA-256", content: $sha256}]}
		+ if $package == "" then {} else {
			version: $version,
			purl: ("pkg:deb/debian/" + ($package | @uri) + "@" + ($version | @uri) + "?arch=" + $architecture + "&distro=" + $distribution),
			properties: [{name: "debian:source", value: $source}, {name: "debian:source-version", value: $source_version}]
		} end'
}

needed() { readelf -d "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'; }

# what a library needs, by name
dependency() { needed "$1" | sort | jq -R . | jq -s --arg of "$(basename "$1")" '{ref: $of, dependsOn: .}'; }

libraries=$(ldd "$program" 2> /dev/null | sed -n 's/.*=> \(\/[^ ]*\) .*/\1/p; s/^[[:space:]]*\(\/[^ ]*\) (.*/\1/p' | sort -u) || true
archives=$(for flag in "$@"; do case $flag in -l:*.a) "${CC:-cc}" -print-file-name="${flag#-l:}" ;; esac; done | sort -u)
components=$(
	for archive in $archives; do component library "$archive"; done
	for library in $libraries; do component library "$library"; done
	for font in liberation/LiberationSans-Regular.ttf liberation/LiberationSans-Bold.ttf liberation/LiberationMono-Regular.ttf dejavu/DejaVuSans.ttf; do
		[ -z "$fonts" ] || component file "$fonts/$font"
	done
)
dependencies=$(
	{ needed "$program"; for archive in $archives; do basename "$archive"; done; } | sort | jq -R . | jq -s '{ref: "scelle", dependsOn: .}'
	for library in $libraries; do dependency "$library"; done
)
jq -n --arg version "$version" --arg sha256 "$(sha256sum < "$program" | cut -c1-64)" --slurpfile c <(printf '%s' "$components") \
	--slurpfile d <(printf '%s' "$dependencies") '
	($c | map(."bom-ref")) as $known |
	{
		"$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json", bomFormat: "CycloneDX", specVersion: "1.6", version: 1,
		metadata: {
			lifecycles: [{phase: "build"}],
			component: {type: "application", "bom-ref": "scelle", name: "scelle", version: $version, licenses: [{license: {id: "EUPL-1.2"}}],
				hashes: [{alg: "SHA-256", content: $sha256}]}
		},
		components: ($c | sort_by(."bom-ref")),
		dependencies: ($d | map(.dependsOn |= map(select(. as $n | $known | index($n)))) | sort_by(.ref)),
		compositions: [{aggregate: "complete", assemblies: ["scelle"]}]
	}'
