#!/bin/sh
# SPDX-License-Identifier: EUPL-1.2
# offers.sh FOLDER: two offers of one use, made from the sample hospital, for the pages of docs/fr and their screens. The second is the first with
# another name and another region: promised in France, set up in Amsterdam.
set -eu
sample=${SRCDIR:-$(cd "$(dirname "$0")/../.." && pwd)}/fixtures/chu-valmont
out=${1:?folder}

for offer in offre-lumen offre-iris; do
	mkdir -p "$out/$offer/exports"
	# the declaration with one deployment alone, without waivers
	awk '/^[a-z_]+:/ { on = $1 != "waivers:" } /^  - deployment_id:/ { on = $3 == "imagerie" } /^  # ---/ { on = 0 } on' "$sample/scelle.yaml" > "$out/$offer/scelle.yaml"
	cp -R "$sample/exports/imagerie" "$out/$offer/exports/"
	cp -R "$sample/pieces" "$out/$offer/"
done
sed -i 's/Lumen Thorax (Lumen Santé)/Iris Radio (Iris Diagnostic)/; s/Lumen Santé/Iris Diagnostic/g' "$out/offre-iris/scelle.yaml"
find "$out/offre-iris/exports" -type f -exec sed -i 's/fr-par/nl-ams/g; s/Lumen/Iris/g; s/lumen/iris/g' {} +
