#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# usage: man.sh PROGRAM DIR
# The manual: DIR/scelle.1 and a page for each command, and the same in French in DIR/fr. The prose is here; a command's synopsis, sentence and
# options are what the program prints.
set -euo pipefail
export LC_ALL=C.UTF-8
program=$1 dir=$2

# text EN FR: the one of the language that is written
text() { if [ "$lang" = fr ]; then printf '%s' "$2"; else printf '%s' "$1"; fi; }
roff() { sed 's/\\/\\e/g; s/-/\\-/g; s/^\./\\\&./; s/'"'"'/\\(aq/g'; }
title() { text "$1" "$2" | tr '[:lower:]' '[:upper:]'; }
help_of() { SCELLE_LANG=$lang "$program" "$@" --help; }
commands() { help_of | sed -n 's/^  \([a-z]*\)  .*/\1/p'; }

head_of() {      # NAME SENTENCE
	printf '.\\" SPDX-License-Identifier: EUPL-1.2\n'
	printf '.\\" Written by src/build/man.sh; change the texts there or in the option tables, then: make check UPDATE=1 T=man\n'
	printf '.TH %s 1 "" "scelle" "%s"\n' "$(tr '[:lower:]' '[:upper:]' <<< "$1" | roff)" "$(text 'User Commands' 'Commandes utilisateur')"
	printf '.SH %s\n%s \\- %s\n' "$(title Name Nom)" "$(roff <<< "$1")" "$(roff <<< "$2")"
}

items() {      # lines "TERM|ENGLISH|FRENCH" on standard input
	while IFS='|' read -r term en fr; do printf '.TP\n.B %s\n%s\n' "$(roff <<< "$term")" "$(text "$en" "$fr" | roff)"; done
}

exit_status() {
	printf '.SH %s\n' "$(title 'Exit status' 'Code de retour')"
	items <<'ITEMS'
0|evaluated; nothing at or above the level of --fail-on|évalué ; rien au niveau de --fail-on ou au-dessus
1|findings at or above it|des constats à ce niveau ou au-dessus
2|usage, configuration or rules are wrong|usage, configuration ou règles incorrects
3|incomplete, or nothing to evaluate|incomplet, ou rien à évaluer
4|evidence does not verify|la preuve ne se vérifie pas
5|output could not be written, or an internal error|une sortie n'a pas pu être écrite, ou erreur interne
ITEMS
	printf '.PP\n%s\n' "$(text 'When several apply, the order is 5, 4, 2, 3, 1.' 'Si plusieurs conviennent, dans cet ordre : 5, 4, 2, 3, 1.')"
}

# Options as --help prints them: the term, and its folded text.
options_of() {      # COMMAND
	help_of "$1" | sed 1d | roff | awk -v heading="$(title Options Options)" -v description="$(title Description Description)" '
		BEGIN { print ".SH " description }
		/^ +\\-/ {
			if (!options++) print ".SH " heading
			line = $0; sub(/^ +/, "", line)
			text = ""
			if (match(line, /  +/)) { text = substr(line, RSTART + RLENGTH); line = substr(line, 1, RSTART - 1) }
			printf ".TP\n.B %s\n", line
			if (text != "") print text
			next
		}
		/^$/ { next }
		{ sub(/^ +/, ""); print }
	'
}

command_page() {      # COMMAND
	local usage
	usage=$(help_of "$1" | sed -n '1s/^[^:]*: *//p' | roff)
	head_of "scelle-$1" "$(help_of | sed -n "s/^  $1  *//p" | head -1)"
	printf '.SH %s\n.B %s\n' "$(title Synopsis Synopsis)" "$usage"
	options_of "$1"
	exit_status
	printf '.SH %s\n.BR scelle (1)\n' "$(title 'See also' 'Voir aussi')"
}

main_page() {
	head_of scelle "$(text 'audit the AI systems that a health facility declares, and seal the result' "auditer les systèmes d'IA déclarés par un établissement de santé, et sceller le résultat")"
	printf '.SH %s\n' "$(title Synopsis Synopsis)"
	cat <<'SYNOPSIS'
.B scelle
.RB [ \-\-lang " fr|en]"
.I command
.RI [ options ]
\&...
.br
.B scelle \-\-help
|
.B scelle \-\-version
SYNOPSIS
	printf '.SH %s\n.B scelle\n' "$(title Description Description)"
	if [ "$lang" = fr ]; then
		cat <<'DESCRIPTION'
lit la déclaration d'un établissement de santé (\fIscelle.yaml\fR) et la configuration qu'exportent ses fournisseurs, juge où les données sont
conservées, comment elles sont chiffrées, qui peut y accéder et comment le secret médical est gardé, et écrit un rapport dont chaque verdict
ramène à une ligne d'un fichier. Le rapport peut être scellé dans un conteneur ASiC\-E que
.BR openssl (1)
et
.BR unzip (1)
suffisent à vérifier.
.PP
Rien ne quitte la machine. Ce qui n'a pas été vu est dit non démontré, jamais conforme ; ce qui n'a pas pu être lu rend l'audit incomplet.
DESCRIPTION
	else
		cat <<'DESCRIPTION'
reads the declaration of a health facility (\fIscelle.yaml\fR) and the configuration that its vendors export, judges where
data is kept, how it is encrypted, who can reach it and how medical secrecy is kept, and writes a report whose every verdict leads back to a
line of a file. The report can be sealed in an ASiC\-E container that
.BR openssl (1)
and
.BR unzip (1)
are enough to verify.
.PP
Nothing leaves the machine. What was not seen is called not evidenced, never conform; what could not be read makes the
run incomplete.
DESCRIPTION
	fi
	printf '.SH %s\n' "$(title Commands Commandes)"
	commands | while read -r command; do
		printf '.TP\n.BR scelle\\-%s (1)\n%s\n' "$command" "$(help_of | sed -n "s/^  $command  *//p" | head -1 | roff)"
	done
	exit_status
	printf '.SH %s\n' "$(title Environment Environnement)"
	items <<'ITEMS'
SCELLE_LANG, LC_ALL, LC_MESSAGES, LANG|the language of texts: the first one set decides; French for fr, English for all others|la langue des textes : la première définie décide ; le français pour fr, l'anglais pour toutes les autres
SOURCE_DATE_EPOCH|the audit date when no --date is given, in seconds since 1970|la date d'audit quand --date n'est pas donnée, en secondes depuis 1970
SCELLE_PKCS11_MODULE|the library of a token (PKCS#11), when --key is a URI without module-path|la bibliothèque d'un jeton (PKCS#11), quand --key est une URI sans module-path
NO_COLOR, CLICOLOR_FORCE|no colour; colour also where standard output is no terminal|pas de couleur ; de la couleur aussi quand la sortie n'est pas un terminal
ITEMS
	printf '.SH %s\n' "$(title Files Fichiers)"
	items <<'ITEMS'
scelle.yaml|the declaration, in the facility's folder|la déclaration, dans le dossier de l'établissement
ITEMS
	printf '.SH %s\n' "$(title 'See also' 'Voir aussi')"
	commands | sed 's/.*/.BR scelle\\-& (1),/'
	printf '.BR openssl\\-cms (1),\n.BR unzip (1)\n.SH %s\n%s\n' "$(title Licence Licence)" "$(text 'European Union Public Licence, version 1.2' "Licence publique de l'Union européenne, version 1.2")"
}

for lang in en fr; do
	out=$dir
	[ "$lang" = fr ] && out=$dir/fr
	mkdir -p "$out"
	main_page > "$out/scelle.1"
	commands | while read -r command; do command_page "$command" > "$out/scelle-$command.1"; done
done
