#!/bin/sh
# SPDX-License-Identifier: EUPL-1.2
# usage: man.sh PROGRAM > docs/scelle.1
# The manual page: the prose below and the option tables, as the program prints them.
set -eu
SCELLE_LANG=en LC_ALL=C; export SCELLE_LANG LC_ALL
scelle=$1

roff() { sed 's/\\/\\e/g; s/-/\\-/g; s/^\./\\\&./; s/'"'"'/\\(aq/g'; }

# --help of one command: usage line, sentence, options with their folded texts
command_section() {
	"$scelle" "$1" --help | roff | awk -v name="$1" '
		NR == 1 { sub(/^usage: /, ""); printf ".SS %s\n.B %s\n", name, $0; next }
		/^ +\\-/ {
			line = $0; sub(/^ +/, "", line)
			text = ""
			if (match(line, /  +/)) { text = substr(line, RSTART + RLENGTH); line = substr(line, 1, RSTART - 1) }
			printf ".TP\n.B %s\n", line
			if (text != "") print text
			next
		}
		/^$/ { if (!seen++) print ".PP"; next }
		{ sub(/^ +/, ""); print }
	'
}

cat <<'HEAD'
.\" SPDX-License-Identifier: EUPL-1.2
.\" Written by src/build/man.sh from --help; change the texts there or in the option tables, then: make check UPDATE=1 T=man
.TH SCELLE 1 "" "scelle" "User Commands"
.SH NAME
scelle \- audit the AI systems that a health facility declares, and seal the result
.SH SYNOPSIS
.B scelle
.RB [ \-\-lang " fr|en]"
.I command
.RI [ options ]
\&...
.br
.B scelle \-\-help
|
.B scelle \-\-version
.SH DESCRIPTION
.B scelle
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
.SH COMMANDS
HEAD

"$scelle" --help | sed -n 's/^  \([a-z]*\)  .*/\1/p' | while read -r command; do
	command_section "$command"
done

cat <<'TAIL'
.SH EXIT STATUS
.TP
.B 0
evaluated; nothing at or above the level of \-\-fail\-on
.TP
.B 1
findings at or above it
.TP
.B 2
usage, configuration or rules are wrong
.TP
.B 3
incomplete, or nothing to evaluate
.TP
.B 4
evidence does not verify
.TP
.B 5
output could not be written, or an internal error
.PP
When several apply, the order is 5, 4, 2, 3, 1.
.SH ENVIRONMENT
.TP
.B SCELLE_LANG, LC_ALL, LC_MESSAGES, LANG
the language of texts: the first one set decides; French for fr, English for all others
.TP
.B SOURCE_DATE_EPOCH
the audit date when no \-\-date is given, in seconds since 1970
.TP
.B SCELLE_PKCS11_MODULE
the library of a token (PKCS#11), when \-\-key is a URI without module\-path
.TP
.B NO_COLOR, CLICOLOR_FORCE
no colour; colour also where standard output is no terminal
.SH FILES
.TP
.I scelle.yaml
the declaration, in the facility\(aqs folder
.SH SEE ALSO
.BR openssl\-cms (1),
.BR unzip (1)
.SH LICENCE
European Union Public Licence, version 1.2
TAIL
