#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Compare a report of `scelle check -f json` with docs/review/labels.tsv: found, found under another control, missed, beyond the labels."""
import collections
import csv
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def main(report):
    by_file = collections.defaultdict(list)
    with open(report, encoding="utf-8") as f:
        for finding in json.load(f)["findings"]:
            if finding["verdict"] != "unknown":
                by_file[finding["document"]].append(finding)
    with open(os.path.join(HERE, "labels.tsv"), encoding="utf-8") as f:
        labels = list(csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE))
    tally, met = collections.Counter(), set()
    for label in labels:
        if label["line"] == "0":
            continue
        lines = {int(n) for n in label["line"].split("|")}
        here = [f for f in by_file[label["file"]] if f["line"] in lines]
        same = [f for f in here if label["control"] in f["controls"]]
        met.update(id(f) for f in here)
        state = "found" if same else "other" if here else "missed"
        tally[label["certainty"], state] += 1
        if state != "found":
            print(state, label["certainty"], label["file"], label["line"], label["control"], label["why"], sep="\t")
    for name in sorted({label["file"] for label in labels}):
        for f in by_file[name]:
            if id(f) not in met:
                tally["beyond", f["verdict"]] += 1
                print("beyond", f["severity"], name, f["line"], f["rule"], sep="\t")
    for key in sorted(tally):
        print(*key, tally[key], file=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1])
