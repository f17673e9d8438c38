/* Search, filter by severity and sort. Without this script the page is complete: it only hides and orders what is there. */
(function () {
	"use strict";
	var bar = document.querySelector(".filters");
	if (!bar) return;
	var items = Array.prototype.slice.call(document.querySelectorAll(".finding"));
	var search = bar.querySelector("input[type=search]");
	var boxes = Array.prototype.slice.call(bar.querySelectorAll("input[type=checkbox]"));
	var order = bar.querySelector("select");
	var count = bar.querySelector("[role=status]");
	var texts = items.map(function (f) { return f.textContent.toLowerCase(); });
	bar.hidden = false;

	function plain(text) {
		return text.normalize ? text.normalize("NFD").replace(/[\u0300-\u036f]/g, "") : text;
	}
	texts = texts.map(plain);

	function show() {
		var words = plain(search.value.toLowerCase()).split(/\s+/).filter(Boolean);
		var on = {};
		var shown = 0;
		boxes.forEach(function (b) { on[b.value] = b.checked; });
		items.forEach(function (f, i) {
			var fits = on[f.dataset.severity] && words.every(function (w) { return texts[i].indexOf(w) >= 0; });
			f.hidden = !fits;
			shown += fits ? 1 : 0;
		});
		document.querySelectorAll(".group").forEach(function (g) {
			g.hidden = !g.querySelector(".finding:not([hidden])");
		});
		count.textContent = shown + " / " + items.length + " " + count.dataset.label;
	}

	function sort() {
		document.querySelectorAll(".group").forEach(function (g) {
			Array.prototype.slice.call(g.querySelectorAll(".finding")).sort(function (a, b) {
				var rank = order.value === "severity" ? b.dataset.rank - a.dataset.rank : 0;
				return rank || a.dataset.index - b.dataset.index;
			}).forEach(function (f) { g.appendChild(f); });
		});
	}

	search.addEventListener("input", show);
	boxes.forEach(function (b) { b.addEventListener("change", show); });
	order.addEventListener("change", sort);
	/* a printed report is never a filtered one; and a link always leads to a finding that shows */
	function reset() {
		search.value = "";
		boxes.forEach(function (b) { b.checked = true; });
		show();
	}
	window.addEventListener("beforeprint", function () {
		reset();
		document.querySelectorAll("details").forEach(function (d) { d.open = true; });
	});
	window.addEventListener("hashchange", function () {
		var target = document.getElementById(location.hash.slice(1));
		if (target && target.hidden) {
			reset();
			target.scrollIntoView();
		}
	});
	sort();
	show();
})();
