import axe from "axe-core";
import type { Page } from "playwright-core";

/** What axe found: each violation with the elements it is about, and how many rules had something to look at and passed. */
export type AxeReport = { readonly violations: readonly string[]; readonly passed: number };

/** Asks axe about a page: WCAG 2.2 A and AA, and its best practices (https://github.com/dequelabs/axe-core). */
export async function askAxe(page: Page): Promise<AxeReport> {
  await page.evaluate(axe.source);
  return page.evaluate<AxeReport>(`(async () => {
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
    const found = await axe.run(document, { runOnly: { type: "tag", values: tags } });
    const told = (one) => one.id + ": " + one.help + " " + one.nodes.map((node) => node.target.join(" ")).join(" | ");
    return { violations: found.violations.map(told), passed: found.passes.length };
  })()`);
}

/** How wide the page is beyond the window, and what sticks out; nothing when it does not have to be scrolled sideways. */
export function sticksOut(page: Page): Promise<readonly string[]> {
  return page.evaluate<readonly string[]>(`(() => {
    const wide = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= wide) return [];
    const out = [...document.querySelectorAll("body *")].filter((one) => one.getBoundingClientRect().right > wide + 1);
    return out.slice(0, 5).map((one) => one.tagName + "." + one.className + " " + (one.textContent ?? "").slice(0, 40));
  })()`);
}

/** What is still folded; on paper nobody can open it. */
export function folded(page: Page): Promise<readonly string[]> {
  return page.evaluate<readonly string[]>(`[...document.querySelectorAll("details")]
    .filter((one) => one.checkVisibility() && [...one.children].slice(1).some((child) => !child.checkVisibility()))
    .map((one) => "folded: " + one.textContent.replace(/\\s+/g, " ").trim().slice(0, 60))`);
}

/**
 * Where the parts of a page are, in twelfths of its width: what a stylesheet decides, and no font does. Heights are left
 * out; the order from top to bottom is the order of the list.
 */
export function layoutOf(page: Page): Promise<readonly string[]> {
  return page.evaluate<readonly string[]>(`(() => {
    const wide = document.documentElement.clientWidth;
    const parts = [...document.querySelectorAll("header, nav, main, footer, h1, .tally, .panel, .notice, .filters, .table, figure, .empty")];
    const twelfth = (pixels) => Math.round((pixels / wide) * 12);
    return parts.filter((one) => one.checkVisibility()).map((one) => {
      const { left, right } = one.getBoundingClientRect();
      const name = one.tagName.toLowerCase() + (one.classList[0] ? "." + one.classList[0] : "");
      return name + " " + twelfth(left) + "-" + twelfth(right);
    }).filter((line, index, all) => line !== all[index - 1]);
  })()`);
}

/** Pairs of neighbours whose boxes lie over each other, although nothing is meant to. */
export function overlaps(page: Page): Promise<readonly string[]> {
  return page.evaluate<readonly string[]>(`(() => {
    const boxes = [...document.querySelectorAll("h1, h2, h3, p, .badge, .panel > *, .menu a, button, input, select, label, td > div, th > div, .tally > li")]
      .filter((one) => one.checkVisibility()).map((one) => ({ one, box: one.getBoundingClientRect() }))
      .filter(({ box }) => box.width > 0 && box.height > 0);
    const over = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1;
    const told = ({ one }) => one.tagName + " " + (one.textContent ?? "").trim().slice(0, 30);
    return boxes.flatMap((a, index) => boxes.slice(index + 1).filter((b) => !a.one.contains(b.one) && !b.one.contains(a.one) && over(a.box, b.box)).map((b) => told(a) + " over " + told(b)));
  })()`);
}

/** What the keyboard does not reach, or reaches without showing it; and how many stops there are. */
export type KeyboardReport = {
  readonly missed: readonly string[];
  readonly unseen: readonly string[];
  readonly stops: number;
};

/** Goes through a page with the tabulator, with everything that can be opened open. */
export async function walkByKeyboard(page: Page): Promise<KeyboardReport> {
  const stops = await page.evaluate<number>(`(() => {
    for (const one of document.querySelectorAll("details")) one.open = true;
    const all = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']")];
    window.stops = all.filter((one) => one.checkVisibility({ visibilityProperty: true }));
    window.reached = new Set();
    window.unseen = [];
    document.activeElement?.blur();
    return window.stops.length;
  })()`);
  const [dates] = [await page.locator("input[type=date]").count()];
  // a date field has several stops of its own: day, month, year, and the calendar
  for (let press = 0; press < stops + dates * 4 + 2; press++) {
    await page.keyboard.press("Tab");
    await page.evaluate(`(() => {
      const one = document.activeElement;
      if (!one || one === document.body) return;
      window.reached.add(one);
      const style = getComputedStyle(one);
      const seen = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
      if (!seen && one.matches(":focus-visible")) window.unseen.push(one.tagName + " " + (one.textContent ?? "").trim().slice(0, 30));
    })()`);
  }
  return page.evaluate<KeyboardReport>(`({
    missed: window.stops.filter((one) => !window.reached.has(one)).map((one) => one.tagName + " " + (one.textContent ?? one.name ?? "").trim().slice(0, 40)),
    unseen: window.unseen, stops: window.stops.length })`);
}

/** Presses the tabulator until the focus is on what is called so (a link, a button, a field by its label), as a person does. */
export async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  const passed: string[] = [];
  while (passed.length < MOST_STOPS) {
    const here = await page.evaluate<string>(`(() => {
      const one = document.activeElement;
      const words = one?.labels?.[0]?.textContent ?? one?.getAttribute("aria-label") ?? one?.textContent ?? "";
      return words.replace(/\\s+/g, " ").trim();
    })()`);
    if (typeof name === "string" ? here === name : name.test(here)) return;
    passed.push(here.slice(0, 40));
    await page.keyboard.press("Tab");
  }
  throw new Error(`The tabulator never comes to ${name}; it came to: ${passed.join(" | ")}`);
}

const MOST_STOPS = 120;

/** Parts of a page that have to be scrolled sideways to be read, by how many pixels; code is meant to. */
export function scrollsSideways(page: Page): Promise<readonly string[]> {
  return page.evaluate<readonly string[]>(`[...document.querySelectorAll("body *:not(pre)")]
    .filter((one) => one.checkVisibility() && one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).overflowX === "auto")
    .map((one) => one.tagName + "." + one.className + " by " + (one.scrollWidth - one.clientWidth))`);
}

/** Opens a page with everything on it: where a change is still being built, the page that waits for it. */
export async function openWhole(page: Page, url: string): Promise<number | undefined> {
  const answer = await page.goto(url);
  const pending = page.locator("[data-pending] a");
  if ((await pending.count()) === 0) return answer?.status();
  return (await page.goto(`${url}?change=wait`))?.status();
}

/** The kinds of pages that links of this site lead to from the first one, each by one example. */
export async function findPages(page: Page, url: string): Promise<readonly string[]> {
  const found = new Map<string, string>([["", "/"]]);
  const todo = ["/"];
  for (let path = todo.shift(); path !== undefined; path = todo.shift()) {
    await page.goto(url + path);
    const links = await page.evaluate<readonly string[]>(
      `[...document.querySelectorAll("a[href]")].map((one) => one.href).filter((href) => new URL(href).origin === location.origin)`,
    );
    for (const link of links) {
      const { pathname, search } = new URL(link);
      const kind = pathname
        .split("/")
        .slice(1)
        .map((part, index) => (index === 0 ? part : "*"))
        .join("/");
      if (found.has(kind) || pathname.startsWith("/assets") || pathname.startsWith("/login")) continue;
      found.set(kind, pathname + search);
      todo.push(pathname + search);
    }
  }
  return [...found.values()];
}
