# SPDX-License-Identifier: EUPL-1.2
# What the families share: each of these prints one result line, and what was found when it is not as wanted.

# check GOT WANTED TEXT
check() {
	if [ "$1" = "$2" ]; then
		echo "ok - $3"
	else
		printf 'not ok - %s\ngot:    %s\nwanted: %s\n' "$3" "$1" "$2"
		for said in "$TMP/err" "$TMP/log"; do [ -s "$said" ] && tail -20 "$said" | sed 's/^/    /'; done
	fi
}

# holds TEXT COMMAND...: it succeeds
holds() {
	held=$1
	shift
	if "$@"; then echo "ok - $held"; else echo "not ok - $held"; fi
}

# says FILE STRING TEXT, lacks FILE STRING TEXT: the string stands in the file, or nowhere in it
says() {
	if grep -qF -- "$2" "$1"; then echo "ok - $3"; else echo "not ok - $3"; head -20 "$1" | cut -c1-300; fi
}
lacks() {
	if grep -qF -- "$2" "$1"; then echo "not ok - $3"; grep -nF -- "$2" "$1" | head -3; else echo "ok - $3"; fi
}
