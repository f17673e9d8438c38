# SPDX-License-Identifier: EUPL-1.2
"""usage: read_back.py FOLDER: reads every report of one run (FOLDER/out.NAME) back and compares it with out.json.

Prints one line "ok - ..." or "not ok - ..." a question. Counts, identities and verdicts must agree in all formats."""
import collections, csv, hashlib, html, io, json, os, re, shutil, subprocess, sys, urllib.parse, uuid
import xml.etree.ElementTree as ET

folder = sys.argv[1]
label = sys.argv[2]


def read(name):
    with open(os.path.join(folder, "out." + name), encoding="utf-8", newline="") as f:
        return f.read()


def check(got, wanted, text):
    if got == wanted:
        print("ok -", label, text)
        return
    print("not ok -", label, text)
    if isinstance(got, collections.Counter) and isinstance(wanted, collections.Counter):
        print("only there:", list((got - wanted).items())[:3])
        print("missing:", list((wanted - got).items())[:3])
    else:
        print("got:", str(got)[:300], "\nwanted:", str(wanted)[:300])


report = json.loads(read("json"))
findings, support, cells = report["findings"], report["support"], report["verdicts"]


def breach(f):
    return (f["verdict"] in ("nonconform", "contradicted", "undeclared") and not f["waived"] and f["baseline"] != "old")


def problem(f):
    return breach(f) or (f["verdict"] == "to_confirm" and not f["waived"] and f["baseline"] != "old")


def key(f):
    return f"{f['fingerprint']}/{f['occurrence']}/{f['deployment'] or ''}/{f['verdict']}"


def document(f):
    return next((p["document"] for p in f["places"] if p["document"]), None)


def line(f):
    return next((p["line"] for p in f["places"] if p["document"]), 0)


Counter = collections.Counter
keys = Counter(map(key, findings))
problems = [f for f in findings if problem(f)]
check(max(keys.values(), default=1), 1, "json: no two findings are the same")
if not any(d["code"] == "limit-findings" for d in report["diagnostics"]):
    check(Counter(f["severity"] for f in findings if breach(f)), Counter({k: v for k, v in report["summary"]["findings"].items() if v}),
          "json: the summary counts the breaches")

# SARIF
run = json.loads(read("sarif"))["runs"][0]
results = run["results"]
check(Counter(f"{r['properties']['fingerprint']}/{r['properties']['occurrence']}/{r['properties'].get('deployment', '')}/{r['properties']['verdict']}"
              for r in results), keys, "sarif: the same findings and verdicts")
check(sum(bool(r["suppressions"]) for r in results), sum(bool(f["waived"]) for f in findings), "sarif: what is waived is suppressed")
check(Counter(r["properties"]["severity"] for r in results if r["kind"] == "fail" and not r["suppressions"] and r.get("baselineState") != "unchanged"),
      Counter(f["severity"] for f in findings if breach(f)), "sarif: the same breaches by severity")
check([r["ruleId"] for r in results], [run["tool"]["driver"]["rules"][r["ruleIndex"]]["id"] for r in results], "sarif: each rule index leads to its rule")
check([i["name"] for i in report["inputs"]], [urllib.parse.unquote(a["location"]["uri"].removeprefix("./")) for a in run["artifacts"]], "sarif: artifacts are the inputs")
regions = [p["region"] for r in results for l in r["locations"] + r["relatedLocations"] for p in [l.get("physicalLocation", {})] if "region" in p]
check([g for g in regions if g["startLine"] < 1 or g.get("startColumn", 1) < 1], [], "sarif: no region begins at 0")
check(run["invocations"][0]["executionSuccessful"], not report["summary"]["incomplete"], "sarif: what could not be read is no success")
uris = [l["physicalLocation"]["artifactLocation"]["uri"] for r in results for l in r["locations"]]
check([u for u in uris if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", u) or u.startswith("/") or not re.fullmatch(r"[!-~]*", u)], [], "sarif: relative references")

# JUnit
root = ET.fromstring(read("junit").encode())
cases = [c for s in root for c in s.iter("testcase") if s.get("name") != "inputs"]


def outcome(case):
    return next((e.tag for e in case), "passed")


def expected(f):
    return ("passed" if f["verdict"] == "conform" else "error" if f["verdict"] == "incomplete" else "failure" if breach(f) else "skipped")


check(Counter((c.get("classname"), c.get("name").rsplit(" | ", 1)[1], outcome(c)) for c in cases),
      Counter((f["rule"], f"{f['fingerprint']}/{f['occurrence']}", expected(f)) for f in findings + support), "junit: a case for each finding and each evidence")
check([(s.get("tests"), s.get("failures"), s.get("errors"), s.get("skipped")) for s in root],
      [tuple(str(x) for x in (len(s.findall("testcase")), len(s.findall(".//failure")), len(s.findall(".//error")), len(s.findall(".//skipped")))) for s in root],
      "junit: the suites' counts are those of their cases")

# GitLab
entries = json.loads(read("gitlab"))
check(Counter(e["fingerprint"] for e in entries), Counter(hashlib.sha256(key(f).encode()).hexdigest() for f in problems), "gitlab: the same problems")
check(len({e["fingerprint"] for e in entries}), len(entries), "gitlab: each entry has its own fingerprint")
check([(e["location"]["path"], e["location"]["lines"]["begin"]) for e in entries], [(document(f) or "scelle.yaml", line(f) or 1) for f in problems], "gitlab: the same places")
check([e for e in entries if not (isinstance(e["description"], str) and e["severity"] in ("info", "minor", "major", "critical", "blocker")
                                  and e["location"]["lines"]["begin"] >= 1)], [], "gitlab: every entry is one that GitLab takes")

# GitHub
lines = read("github").split("\n")[:-1]
parsed = [re.fullmatch(r"::(error|warning|notice) file=([^,:]*)(?:,line=(\d+))?(?:,endLine=\d+)?(?:,col=\d+,endColumn=\d+)?,title=([^:,]*)::(.*) \[(f1:[0-9a-f]+)\]", l)
          for l in lines]
check([l for l, p in zip(lines, parsed) if not p], [], "github: nothing but annotations")


def unescaped(s):
    return re.sub("%(25|0D|0A|3A|2C)", lambda m: chr(int(m[1], 16)), s)


check([(unescaped(p[2]), int(p[3] or 0), p[6]) for p in parsed if p], [(document(f) or "scelle.yaml", line(f), f["fingerprint"]) for f in problems],
      "github: the same problems and places")

# CSV
rows = list(csv.DictReader(io.StringIO(read("csv")), strict=True))
check(Counter(f"{r['fingerprint']}/{r['occurrence']}/{r['deployment'].removeprefix(chr(39))}/{r['verdict']}" for r in rows), keys, "csv: the same findings")
check(Counter((r["severity"], r["state"]) for r in rows), Counter((f["severity"], "waived" if f["waived"] else f["baseline"] or "") for f in findings),
      "csv: the same severities and waivers")
check(read("csv").count("\r\n"), len(rows) + 1, "csv: one line a row, ending in CR LF")
formulas = re.compile(r"\s*[=+@\-\t\r]")
for name in [n for n in ("csv", "ciso", "plan-csv") if os.path.exists(os.path.join(folder, "out." + n))]:
    check([c for r in csv.reader(io.StringIO(read(name).removeprefix("\ufeff")), strict=True) for c in r if formulas.match(c)], [], name + ": no cell is a formula")

# CISO Assistant: as its import reads it, and inside what its tables hold
rows = list(csv.DictReader(io.StringIO(read("ciso")), strict=True))
wanted = problems + [f for f in findings if f["waived"] and f["verdict"] in ("nonconform", "contradicted", "undeclared", "to_confirm")]
check(Counter((r["observation"].split(", ")[1], r["severity"], r["status"]) for r in rows),
      Counter((f"{f['fingerprint']}/{f['occurrence']}", f["severity"], "dismissed" if f["waived"] else "identified") for f in wanted), "ciso: the same problems")
check(len({r["ref_id"] for r in rows}), len(rows), "ciso: each row has its own reference")
check([r for r in rows if not (0 < len(r["name"]) <= 200 and len(r["ref_id"]) <= 100 and r["description"]
                               and all(re.fullmatch(r"[\w-]{1,36}", x) for x in r["filtering_labels"].split("|")))], [], "ciso: every row is one that it takes")

# Markdown
md = read("md")
check(Counter(re.findall(r"^- [^`\n]*`+ ?(f1:[0-9a-f]+/\d+ \S+?) ?`+$", md, re.M)), Counter(f"{f['fingerprint']}/{f['occurrence']} {f['rule']}" for f in findings),
      "md: the same findings")
counts = [int(n) for n in re.findall(r"^\| [^|]* \| (\d+) \|$", md, re.M)][:4]
check(counts, [report["summary"]["findings"][s] for s in ("critical", "high", "medium", "low")], "md: the same counts")


def bare(text):
    """Markdown without its code spans and escaped marks."""
    text = re.sub(r"(?<![\\`])(`+)(?!`)(.*?)(?<!`)\1(?!`)", "", text)
    return re.sub(r"\\.", "", text)


for name in [n for n in ("md", "plan", "letter") if os.path.exists(os.path.join(folder, "out." + n))]:
    left = bare(read(name))
    check(re.findall(r"[<>`]|\[(?! \])|(?<!\w)@\w|https?://|www\.", left), [], name + ": nothing of an input is markup, a mention or a link")

left = bare("\n".join(r["description"] + "\n" + r["observation"] for r in rows).replace("**", ""))
check(re.findall(r"[<>`]|\[(?! \])|(?<!\w)@\w|https?://|www\.", left), [], "ciso: nothing of an input is markup, a mention or a link")

# OCSF
if os.path.exists(os.path.join(folder, "out.ocsf")):
    events = json.loads(read("ocsf"))
    kinds = collections.defaultdict(list)
    for e in events:
        kinds[e["finding_info"]["types"][0]].append(e)
    check(Counter(e["finding_info"]["uid"] for e in kinds["finding"]), keys, "ocsf: the same findings")
    check(Counter((e["unmapped"]["deployment"], e["compliance"]["control"], e["unmapped"]["verdict"]) for e in kinds["verdict"]),
          Counter((c["deployment"], c["control"], c["verdict"]) for c in cells), "ocsf: the same verdicts")
    need = {"activity_id", "category_uid", "class_uid", "compliance", "finding_info", "metadata", "severity_id", "time", "type_uid", "status_id"}
    check([e for e in events if need - set(e) or e["class_uid"] != 2003 or e["category_uid"] != 2 or e["type_uid"] != 2003 * 100 + e["activity_id"]
           or not {"product", "version"} <= set(e["metadata"]) or not {"uid", "title"} <= set(e["finding_info"])
           or not 0 <= e["severity_id"] <= 6 or "standards" not in e["compliance"]], [], "ocsf: all that class 2003 asks")
    check(len({e["metadata"]["uid"] for e in events}), len(events), "ocsf: each event has its own uid")
    schema = os.path.join(os.path.dirname(os.path.abspath(__file__)), "ocsf-compliance-finding-1.3.0.json")
    try:
        import jsonschema
        judge = jsonschema.Draft202012Validator(json.load(open(schema, encoding="utf-8")))
        check([(list(x.absolute_path), x.message[:200]) for e in events for x in judge.iter_errors(e)][:3], [], "ocsf: valid by the compiled schema of class 2003")
        wrong = [dict(events[0], status_id="1"), dict(events[0], invented=1), {k: v for k, v in events[0].items() if k != "finding_info"}] if events else []
        check([w for w in wrong if judge.is_valid(w)], [], "ocsf: the schema refuses another type, an unknown and a missing attribute")
    except (ImportError, AttributeError):
        print("ok -", label, "ocsf: valid by the compiled schema of class 2003 # SKIP no jsonschema for python3")

# OSCAL
if os.path.exists(os.path.join(folder, "out.oscal")):
    ar = json.loads(read("oscal"))["assessment-results"]

    def prop(x, name):
        return next((p["value"] for p in x.get("props", []) if p["name"] == name), None)

    seen = [o for r in ar["results"] for o in r.get("observations", [])]
    check(Counter(prop(o, "fingerprint") + "/" + prop(o, "occurrence") + "/" + prop(o, "verdict") for o in seen),
          Counter(f"{f['fingerprint']}/{f['occurrence']}/{f['verdict']}" for f in findings + support), "oscal: an observation for each finding and each evidence")
    told = [(prop(x, "control"), prop(x, "verdict")) for r in ar["results"] for x in r.get("findings", [])]
    check(Counter(told), Counter((c["control"], c["verdict"]) for c in cells if c["verdict"] != "not_applicable"), "oscal: the same verdicts")
    check(sum(x["target"]["status"]["state"] == "satisfied" for r in ar["results"] for x in r.get("findings", [])),
          sum(c["verdict"] == "conform" for c in cells), "oscal: only what conforms is satisfied")
    made = [o["uuid"] for r in ar["results"] for x in ("observations", "findings") for o in r.get(x, [])] + [r["uuid"] for r in ar["results"]]
    check(len(set(made)), len(made), "oscal: each uuid once")
    known = set(o["uuid"] for o in seen)
    check([x for r in ar["results"] for f in r.get("findings", []) for x in f.get("related-observations", []) if x["observation-uuid"] not in known], [],
          "oscal: every observation that a finding names is there")
    check({uuid.UUID(u).version for u in made}, {5}, "oscal: uuids of version 5")

# CycloneDX
if os.path.exists(os.path.join(folder, "out.cyclonedx")):
    bom = json.loads(read("cyclonedx"))
    check({s["name"] for s in bom.get("services", [])}, {c["name"] for c in report["components"] if c["kind"] == "call"}, "cyclonedx: a service for each host called")
    check({c["name"] for c in bom["components"] if c["type"] == "machine-learning-model"}, {c["name"] for c in report["components"] if c["kind"] == "model"},
          "cyclonedx: a component for each model")
    refs = [c["bom-ref"] for c in bom["components"] + bom.get("services", [])] + [bom["metadata"]["component"]["bom-ref"]]
    check(len(refs), len(set(refs)), "cyclonedx: each reference once")
    check([d for x in bom["dependencies"] for d in [x["ref"]] + x.get("dependsOn", []) if d not in refs], [], "cyclonedx: every dependency is there")

# plan: each problem is somebody's task
if os.path.exists(os.path.join(folder, "out.plan-csv")):
    tasks = list(csv.DictReader(io.StringIO(read("plan-csv").removeprefix("\ufeff")), strict=True))
    named = Counter(fp for t in tasks for fp in t["fingerprints"].split())
    check(named, Counter(f"{f['fingerprint']}/{f['occurrence']}" for f in problems), "plan-csv: each problem is somebody's task")
    check([t for t in tasks if not re.fullmatch(r"\d{4}-\d\d-\d\d", t["due"]) or t["due"] <= report["date"] or not t["actor"]], [], "plan-csv: each task has an actor and a day to come")
    plan = read("plan")
    check(Counter(re.findall(r"f1:[0-9a-f]+/\d+", plan)), named, "plan: the same tasks as plan-csv")
    letters = read("letter")
    vendor = Counter(fp for t in tasks if t["actor"] == "vendor" for fp in t["fingerprints"].split())
    check(Counter(re.findall(r"f1:[0-9a-f]+/\d+", letters)), vendor, "letter: the points that the vendor must correct, all of them")

# HTML shows each breach
page = html.unescape(read("html"))
check([f["fingerprint"] for f in problems if f["fingerprint"] not in page], [], "html: every problem is on the page")

# PDF: by poppler and qpdf, two readers that share nothing with the writer
def pdf_text():
    return subprocess.run(["pdftotext", "-enc", "UTF-8", os.path.join(folder, "out.pdf"), "-"], capture_output=True, check=True).stdout.decode().replace("\f", "\n")


if os.path.exists(os.path.join(folder, "out.pdf")) and shutil.which("pdftotext") and shutil.which("qpdf"):
    check(Counter(re.findall(r"f1:[0-9a-f]{32}", pdf_text())), Counter(f["fingerprint"] for f in findings), "pdf: each finding once")
    checked = subprocess.run(["qpdf", "--check", os.path.join(folder, "out.pdf")], capture_output=True, text=True)
    check((checked.returncode, checked.stderr), (0, ""), "pdf: qpdf finds no fault")
    objects = subprocess.run(["qpdf", "--json", "--json-key=objects", os.path.join(folder, "out.pdf")], capture_output=True, text=True).stdout
    check(re.findall(r'"/(?:JavaScript|JS|Launch|OpenAction|AA|EmbeddedFile|GoToR|SubmitForm|RichMedia)"', objects), [], "pdf: nothing in it acts")
    laws = {urllib.parse.quote(u["url"], safe="%/:=&?~#+!$,;'@[]*|{}^`") for c in report["controls"] for u in c["sources"] if u.get("url")}
    uris = set(re.findall(r'"/URI": "(?:u:)?(http[^"]*)"', objects))
    check(uris - laws, set(), "pdf: links lead to the law alone")

# nothing that commands a terminal, in no format, also not behind JSON escapes
bad = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def texts(x):
    if isinstance(x, dict):
        for k, v in x.items():
            yield k
            yield from texts(v)
    elif isinstance(x, list):
        for v in x:
            yield from texts(v)
    elif isinstance(x, str):
        yield x


for name in sorted(n[4:] for n in os.listdir(folder) if n.startswith("out.")):
    if name == "pdf" and not shutil.which("pdftotext"):
        continue
    whole = pdf_text() if name == "pdf" else read(name)
    parts = texts(json.loads(whole)) if whole[:1] in ("[", "{") else [whole]
    check([t[:80] for t in parts if bad.search(t)], [], name + ": no control character")
