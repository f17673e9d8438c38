#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# screens.sh: makes docs/fr/images/*.png anew, from the sample hospital and the program that SCELLE names. Needs chromium and pngquant.
# A page is shown in parts: a copy without the other parts, and without the policy that forbids to change its style.
set -eu
cd "$(dirname "$0")/../.."
scelle=${SCELLE:-$PWD/build/scelle}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
images=docs/fr/images
mkdir -p "$images"

# shoot PAGE NAME WIDTH HEIGHT CSS
shoot() {
	sed "s|<meta http-equiv=\"Content-Security-Policy\"[^>]*>||; s|</head>|<style>$5</style></head>|" "$1" > "$work/shown.html"
	chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --force-device-scale-factor=1 --blink-settings=preferredColorScheme=1 \
		--user-data-dir="$work/profile" --window-size="$3,$4" --screenshot="$work/shot.png" "file://$work/shown.html" > /dev/null 2>&1
	pngquant --force --strip --speed 1 --output "$images/$2.png" 64 "$work/shot.png"
}

# only PART: the style that leaves one section of a report
only() { printf 'header.top,.advice,footer,main>section:not(#%s){display:none!important}section{margin-top:1.4rem!important}.page{padding:0 1.5rem!important}' "$1"; }

# terminal FILE NAME HEIGHT: what a terminal shows, with its colours
terminal() {
	{
		printf '<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8"><title>scelle</title><style>body{margin:0;background:#1b2027;color:#e6e4df}pre{margin:0;padding:14px 18px;font:14px/1.35 "DejaVu Sans Mono",monospace}'
		printf '.c1{font-weight:700}.c2{color:#a9b0b9}.c31{color:#ff9d94}.c1-31{color:#ff9d94;font-weight:700}.c33{color:#e8c468}.c32{color:#8fd3a6}.c36{color:#93c4e4}</style></head><body><pre>'
		sed 's/&/\&amp;/g; s/</\&lt;/g; s/>/\&gt;/g; s/\x1b\[0m/<\/span>/g; s/\x1b\[1;31m/<span class="c1-31">/g; s/\x1b\[\([0-9]*\)m/<span class="c\1">/g' "$1"
		printf '</pre></body></html>\n'
	} > "$work/terminal.html"
	shoot "$work/terminal.html" "$2" 730 "$3" ''
}

cp -R fixtures/chu-valmont "$work/chu"
docs/fr/offers.sh "$work"
cd "$work"
{ printf '\033[2m$ scelle audit chu --lang fr -f html=rapport.html\033[0m\n\n'; "$scelle" audit chu --date 2026-11-25 --lang fr --color always -f html=rapport.html || true; } > audit.txt
"$scelle" compare --date 2026-11-25 --lang fr offre-lumen offre-iris -f html=comparaison.html || true
"$scelle" key new --key cle.pem --cert certificat.pem > /dev/null
"$scelle" audit chu --date 2026-11-25 --lang fr -q --seal audit.asice --key cle.pem --cert certificat.pem > /dev/null || true
"$scelle" verify --lang fr --anchors certificat.pem audit.asice -f html > verification.html || true
cd - > /dev/null

page=$work/rapport.html
shoot "$page" avis 1100 960 'nav.contents,footer,main>section{display:none!important}'
shoot "$page" deploiements 1100 640 "$(only deployments)"
# one area of the matrix, and the finding in which declaration and file differ
awk '/<section id="matrix"/ { matrix = 1; on = 1 } /<tr class="area">/ && matrix { on = /Hébergement/ } /<\/table>/ { matrix = 0 } !matrix || on' "$page" > "$work/matrice.html"
shoot "$work/matrice.html" matrice 1280 1000 "$(only matrix)"
finding=$(awk -F '"' '/<article class="finding/ { id = $4 } /déclarée en azure:francecentral/ { print id; exit }' "$page")
shoot "$page" carte 1100 640 "$(only map)"
shoot "$page" echeances 1100 720 "$(only deadlines)"
shoot "$page" constat 1100 570 "$(only findings)article:not(#$finding),.filters,section h2,section h3{display:none!important}"
shoot "$page" non-demontre 1100 640 "$(only not-shown)"
shoot "$work/comparaison.html" comparaison 1100 1010 'body{padding-top:1rem!important}'
shoot "$work/verification.html" verification 1100 900 ''
{ head -2 "$work/audit.txt"; sed -n '/encryption.nginx-protocols/,/^$/p' "$work/audit.txt"; } > "$work/constat.txt"
terminal "$work/constat.txt" terminal-constat 350
sed -n '/CHU/,$p' "$work/audit.txt" > "$work/resume.txt"
terminal "$work/resume.txt" terminal-resume 440
