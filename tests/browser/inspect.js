// SPDX-License-Identifier: EUPL-1.2
// inspect.js AXE PAGE: the page with axe-core in it, which writes what it finds into the page. Without the page's own policy, which would
// not let a foreign script run; what the policy forbids is tested on the page as it is.
// inspect.js - PAGE: the page without its scripts, which counts the findings that are to be seen.
"use strict";
const fs = require("fs");
const [axe, page] = process.argv.slice(2).map((name) => (name === "-" ? "" : fs.readFileSync(name, "utf8")));
const count = `
const seen = [...document.querySelectorAll("article.finding")].filter((a) => a.checkVisibility()).length;
document.body.append(Object.assign(document.createElement("pre"), { id: "inspection", textContent: "seen " + seen }));`;
const run = `
axe.run(document, { resultTypes: ["violations"] }).then((result) => {
	const lines = result.violations.flatMap((v) => v.nodes.map((n) => "axe " + v.id + " " + n.target.join(" ")));
	const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
	if (wide > 1)
		lines.push("the page is " + wide + " pixels wider than its window");
	const out = document.createElement("pre");
	out.id = "inspection";
	out.textContent = ["rules passed " + result.passes.length, ...lines, "end of inspection"].join("\\n");
	document.body.append(out);
});`;
const script = (text) => "<script>" + text.replace(/<\/script/g, "<\\/script") + "</script>";
const free = page.replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, "");
process.stdout.write(axe ? free.replace("</body>", () => script(axe) + script(run) + "</body>")
	: free.replace(/<script[^]*?<\/script>/g, "").replace("</body>", () => script(count) + "</body>"));
