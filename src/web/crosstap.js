/* What the page does better with than without: it keeps itself up to date,
 * cells are walked by arrow keys, and what one says is shown as text. */
"use strict";
(() => {
	const main = document.getElementById("main");
	const period = 30000;

	/* -- cells -- */

	const cells = strip => [...strip.querySelectorAll("a")];

	/* The place of a cell in the time that its strip shows. */
	const place = a => a.querySelector("rect").getBoundingClientRect().x;

	function say(strips, a) {
		const tip = strips.nextElementSibling;
		if (tip && tip.classList.contains("tip"))
			tip.textContent = a.querySelector("title").textContent;
	}

	function walk(event) {
		const a = event.target.closest("svg.heat a");
		if (!a || event.ctrlKey || event.altKey || event.metaKey)
			return;
		const strip = a.closest("svg");
		const all = cells(strip);
		const strips = [...main.querySelectorAll("svg.heat")];
		const at = all.indexOf(a);
		const other = step => {
			const to = strips[strips.indexOf(strip) + step];
			const x = place(a);
			return to && cells(to).reduce((best, c) =>
				!best || Math.abs(place(c) - x) < Math.abs(place(best) - x) ? c : best, null);
		};
		const next = {
			ArrowRight: () => all[at + 1], ArrowLeft: () => all[at - 1],
			Home: () => all[0], End: () => all[all.length - 1],
			ArrowDown: () => other(1), ArrowUp: () => other(-1),
		}[event.key];
		if (!next)
			return;
		event.preventDefault();
		const to = next();
		if (to) {
			a.setAttribute("tabindex", "-1");
			to.setAttribute("tabindex", "0");
			to.focus();
		}
	}

	function prepare() {
		for (const strip of main.querySelectorAll("svg.heat"))
			cells(strip).forEach((a, i, all) =>
				a.setAttribute("tabindex", i === all.length - 1 ? "0" : "-1"));
		for (const strips of main.querySelectorAll(".strips")) {
			strips.scrollLeft = strips.scrollWidth;
			if (!strips.querySelector("svg.heat"))
				continue;
			const tip = document.createElement("p");
			tip.className = "tip";
			tip.setAttribute("aria-live", "polite");
			strips.after(tip);
			for (const kind of ["focusin", "mouseover"])
				strips.addEventListener(kind, event => {
					const a = event.target.closest("svg.heat a");
					if (a)
						say(strips, a);
				});
		}
	}

	/* -- up to date -- */

	function busy() {
		const active = document.activeElement;
		return document.hidden || !getSelection().isCollapsed ||
			(active && active.closest("form"));
	}

	async function renew() {
		if (busy())
			return;
		const answer = await fetch(location.href, { cache: "no-cache" });
		if (!answer.ok)
			return;
		const page = new DOMParser().parseFromString(await answer.text(), "text/html");
		const fresh = page.getElementById("main");
		if (!fresh || busy())
			return;
		const active = document.activeElement;
		const href = active && main.contains(active) && active.getAttribute("href");
		const open = [...main.querySelectorAll("details")].map(d => d.open);
		const left = [...main.querySelectorAll(".strips, .wide")].map(s => s.scrollLeft);
		main.replaceChildren(...fresh.childNodes);
		prepare();
		main.querySelectorAll("details").forEach((d, i) => { d.open = open[i] ?? d.open; });
		main.querySelectorAll(".strips, .wide").forEach((s, i) => { s.scrollLeft = left[i] ?? 0; });
		const again = href && main.querySelector(`[href="${CSS.escape(href)}"]`);
		if (again)
			again.focus({ preventScroll: true });
	}

	main.addEventListener("keydown", walk);
	prepare();
	if (main.hasAttribute("data-live"))
		setInterval(() => renew().catch(() => {}), period);
})();
