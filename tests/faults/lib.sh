# SPDX-License-Identifier: EUPL-1.2
# What t-memory and t-calls share; sourced by bash, which then stands in an empty folder of its own with inputs of several formats, a key and a
# sealed container.
set -u
cd "$TMP" || exit 1
faults=$BUILDDIR/tests/faults
export ASAN_OPTIONS="verify_asan_link_order=0:allocator_may_return_null=1:${ASAN_OPTIONS:-}" FAULT_COUNTER=$TMP/counter
sanitized=$(ldd "$SCELLE" | grep -c libasan)

facility=$SRCDIR/fixtures/chu-valmont/exports
mkdir in out one
cp "$facility/flux-patients/tomcat/server.xml" "$facility/dictee/docker-compose.yml" "$facility/imagerie/nginx/dicomweb.conf" \
	"$facility/imagerie/terraform/variables.tf" "$SRCDIR/fixtures/read/xlsx/questionnaire/input.xlsx" "$SRCDIR/fixtures/archives/offer.7z" in
echo '{"hosting": {"provider": "aws", "region": "us-east-1"}}' > one/export.json
cp one/export.json in
"$SCELLE" key new --key key.pem --cert cert.pem > log 2>&1 || { echo 'not ok - no key to begin with'; cat log; exit 1; }
"$SCELLE" check one --date 2026-11-23 --seal sealed.asice --key key.pem --cert cert.pem > log 2>&1

# What is done, by name; what it writes lies in out/.
task_check() { "$SCELLE" check in --date 2026-11-23 --lang en -j 1 -f json=out/report.json; }
task_seal() { "$SCELLE" check one --date 2026-11-23 --lang en -j 1 --seal out/a.asice --key key.pem --cert cert.pem; }
task_audit() { "$SCELLE" audit "$SRCDIR/fixtures/chu-valmont" --date 2026-11-23 --lang en -j 1 -f json=out/report.json; }
task_verify() { "$SCELLE" verify --lang en sealed.asice; }

# struck LIBRARY AT TASK: runs it with the fault; the code in $code, what it said in said and said.err
struck() {
	rm -rf out && mkdir out
	echo old > out/report.json
	echo old > out/a.asice
	printf '\0\0\0\0\0\0\0\0' > counter
	(
		# what hangs is ended, and shows by its code
		ulimit -t 60
		export FAULT_AT=$2 LD_PRELOAD=$faults/$1
		"task_$3"
	) > said 2> said.err
	code=$?
}
calls() { od -An -tu8 counter | tr -d ' '; }

# reference LIBRARY TASK: the run that is left alone: its code, words and report, and how many calls there are
reference() {
	struck "$1" 0 "$2"
	usual=$code
	count=$(calls)
	cp said usual.said
	cp out/report.json usual.json
	[ "$usual" -le 3 ] && [ "$count" -gt 3 ] || { echo "not ok - $2: ends with $usual after $count calls without any fault"; cat said.err; return 1; }
}

is_old() { [ "$(cat "$1")" = old ]; }
# Whole and true: what was there before, what an unhindered run writes, or a report that says that it is not complete.
sound() {
	is_old out/report.json || cmp -s out/report.json usual.json ||
		{ [ "$code" -eq 3 ] && jq -e '(.diagnostics[] | select(.level == "error")), (.inputs[] | select(.status != "read"))' out/report.json > jq.out 2>&1; }
} 2> sound.err
sealed() { is_old out/a.asice 2> old.err || "$SCELLE" verify out/a.asice > verified 2>&1; }

# judge TASK: prints what is wrong with a run that was struck
judge() {
	[ "$code" -le 5 ] || echo "ended with code $code: $(tail -1 said.err)"
	[ "$code" -ne 4 ] || echo "calls evidence forged: $(grep -m1 FAILED said)"
	case $code in
	"$usual") cmp -s said usual.said || [ "$code" -eq 3 ] || echo 'ended as usual, and said something else' ;;
	3) [ -s said.err ] || grep -q '^Incomplete' said || echo 'incomplete without a word' ;;
	*) [ -s said.err ] || echo "code $code without a word" ;;
	esac
	grep -q 'ERROR: \|runtime error' said.err && grep -m1 'ERROR: \|runtime error' said.err
	sound || echo "the report is neither the old nor the new one, nor says that it is incomplete (code $code)"
	sealed || echo "the container is neither the old one nor whole (code $code)"
	[ -z "$(find out -name '*.tmp.*')" ] || [ "${litter:-}" ] || echo "left behind: $(ls out | tr '\n' ' ')"
}

# sweep TEXT LIBRARY TASK NUMBER...: one run for each number; one result
sweep() {
	local text=$1 library=$2 task=$3 n wrong=0 runs=0 codes=' '
	shift 3
	for n in "$@"; do
		struck "$library" "$n" "$task"
		judge "$task" > wrong.txt
		[ -s wrong.txt ] && sed "s/^/not ok - $text, call $n of $count: /" wrong.txt && wrong=$((wrong + 1))
		[ $wrong -lt 10 ] || break
		runs=$((runs + 1))
		case $codes in *" $code "*) ;; *) codes="$codes$code " ;; esac
	done
	[ $wrong -ne 0 ] || echo "ok - $text: $runs of $count calls struck, ended with${codes% }"
}

# numbers HOW_MANY: that many of 1 to $count, from the seed; all of them with SCELLE_SLOW=1
numbers() {
	if [ -n "${SCELLE_SLOW:-}" ] || [ "$1" -ge "$count" ]; then
		seq 1 "$count"
	else
		awk -v s="$seed" -v n="$1" -v most="$count" 'BEGIN { srand(s); for (i = 0; i < n; i++) print 1 + int(most * (i + rand()) / n) }'
	fi
}
seed=${FAULT_SEED:-$(date +%s)}
