// A browser over the site that tests/system/page.sh serves: PLAYWRIGHT is the
// folder of playwright-core, BROWSER the program. With SCREENSHOTS it leaves a
// picture of each view in that folder.
const { chromium } = (await import(process.env.PLAYWRIGHT + "/index.js")).default;
const site = process.argv[2];
let failed = 0;

function result(what, good) {
	failed += !good;
	console.log(`${good ? "ok" : "not ok"}: ${what}`);
}

const browser = await chromium.launch({
	executablePath: process.env.BROWSER, args: ["--no-sandbox"],
});

// What the console says, and what would be run by a hostile name.
async function visit(options) {
	const context = await browser.newContext(options);
	const page = await context.newPage();
	page.said = [];
	page.on("console", m => {
		if (m.type() === "error" || m.type() === "warning")
			page.said.push(m.text());
	});
	page.on("pageerror", e => page.said.push(e.message));
	page.on("dialog", d => { page.said.push("dialog"); d.dismiss(); });
	return page;
}

// From the overview to the flows of a fault, in three clicks.
async function threeClicks(javaScriptEnabled) {
	const how = javaScriptEnabled ? "with" : "without";
	const page = await visit({ javaScriptEnabled });
	await page.goto(site + "/");
	await page.locator('svg[aria-label^="border"] a:has(rect.l-5)').first().click();
	await page.waitForURL(/\/group\/border\?view=hour/);
	await page.locator("svg.heat a:has(rect.l-5)").first().click();
	await page.waitForURL(/\/bucket\/border\//);
	result(`${how} JavaScript: the bucket shows the worker`,
		await page.locator("td", { hasText: "worker-3" }).count() > 0);
	await page.getByRole("link", { name: "worker-frozen" }).first().click();
	await page.waitForURL(/\/incident\//);
	result(`${how} JavaScript: three clicks lead to the flows`,
		await page.locator("#flows tbody tr").count() === 40);
	result(`${how} JavaScript: nothing went wrong: ${page.said}`,
		page.said.length === 0);
	await page.context().close();
}
await threeClicks(true);
await threeClicks(false);

// The keyboard, and what is said of the cell that it is on.
{
	const page = await visit({});
	await page.goto(site + "/");
	const cells = page.locator('svg[aria-label^="border"] a');
	await cells.last().focus();
	await page.keyboard.press("Home");
	await page.keyboard.press("ArrowRight");
	result("arrow keys walk the cells", await cells.nth(1).evaluate(
		a => a === document.activeElement));
	const tip = await page.locator(".tip").first().textContent();
	result(`the cell is said: ${tip}`, /2026-11-23 12:15:00: .*agree/.test(tip));
	await page.keyboard.press("ArrowDown");
	result("down leads to the next group", await page.evaluate(
		() => document.activeElement.closest("svg").getAttribute("aria-label")
			.startsWith("inside")));
	result("one cell of a strip is a stop of the tab key",
		await page.locator('svg.heat a[tabindex="0"]').count() === 3);
	await page.keyboard.press("Enter");
	await page.waitForURL(/\/group\/inside/);
	await page.context().close();
}

// It keeps itself up to date, and where one is.
{
	const page = await visit({});
	await page.clock.install();
	await page.goto(site + "/");
	await page.locator('a[href="/incidents"]').focus();
	let asked = 0;
	await page.route(site + "/", async route => {
		asked++;
		const answer = await route.fetch();
		await route.fulfill({ response: answer,
			body: (await answer.text()).replace("Open incidents", "Renewed") });
	});
	await page.clock.runFor(31000);
	await page.getByText("Renewed").waitFor();
	result("the page renews itself", asked === 1);
	result("the focus stays", await page.evaluate(
		() => document.activeElement.getAttribute("href") === "/incidents"));
	await page.goto(site + "/?to=1795510800");
	await page.clock.runFor(61000);
	result("a time that is over is not renewed", asked === 1);
	await page.context().close();
}

// Text against what is behind it (WCAG 2.1, 1.4.3), on a page.
const faint = () => {
	const parse = c => {
		const n = c.match(/[\d.]+/g).map(Number);
		return n.length < 4 ? [...n, 1] : n;
	};
	const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
		.map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
		.reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
	const back = e => {
		for (; e; e = e.parentElement) {
			const c = parse(getComputedStyle(e).backgroundColor);
			if (c[3] > 0)
				return c;
		}
		return [255, 255, 255, 1];
	};
	const bad = new Set();
	const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	while (walk.nextNode()) {
		const e = walk.currentNode.parentElement;
		if (!walk.currentNode.textContent.trim() || e.closest("title, noscript, script"))
			continue;
		const style = getComputedStyle(e);
		const a = light(parse(e.closest("svg") ? style.fill : style.color));
		const b = light(back(e));
		const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
		if (ratio < 4.5)
			bad.add(`${e.tagName}.${e.className} ${ratio.toFixed(2)}`);
	}
	return [...bad];
};

const views = {
	overview: "/", week: "/?view=week", month: "/?view=month",
	group: "/group/border", hour: "/group/border?view=hour&to=1795514400",
	bucket: "/bucket/border/1795512000", incidents: "/incidents",
	incident: "/incident/5", over: "/incident/1", sensors: "/sensors",
	sensor: "/sensor/ext2?view=week", coverage: "/coverage?group=border&from=-7d",
	missing: "/nothing",
};
for (const colorScheme of ["light", "dark"])
	for (const [size, viewport] of Object.entries({
		wide: { width: 1400, height: 900 }, narrow: { width: 390, height: 844 },
	})) {
		const page = await visit({ colorScheme, viewport });
		for (const [name, path] of Object.entries(views)) {
			const what = `${name}, ${colorScheme}, ${size}`;
			page.said.length = 0;
			await page.goto(site + path);
			const over = await page.evaluate(
				() => document.documentElement.scrollWidth - innerWidth);
			result(`${what}: no wider than the screen: ${over}`, over <= 0);
			const bad = await page.evaluate(faint);
			result(`${what}: text can be read: ${bad}`, bad.length === 0);
			const unnamed = await page.evaluate(() =>
				[...document.querySelectorAll("input, select, button, a, svg[role=img]")]
					.filter(e => !(e.textContent.trim() || e.getAttribute("aria-label") ||
						e.labels?.length)).length);
			result(`${what}: all has a name`, unnamed === 0);
			result(`${what}: one heading on top`,
				await page.locator("h1").count() === 1);
			const said = page.said.filter(t => !/status of 404/.test(t));
			result(`${what}: nothing is wrong: ${said}`, said.length === 0);
			if (process.env.SCREENSHOTS)
				await page.screenshot({ fullPage: true,
					path: `${process.env.SCREENSHOTS}/${name}-${colorScheme}-${size}.png` });
		}
		await page.context().close();
	}

await browser.close();
process.exit(failed > 0 ? 1 : 0);
