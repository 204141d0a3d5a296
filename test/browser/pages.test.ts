import { beforeAll, describe, expect, it } from "vitest";
import { openWindow, type Window } from "./chromium.ts";
import {
  askAxe,
  findPages,
  folded,
  layoutOf,
  openWhole,
  overlaps,
  scrollsSideways,
  sticksOut,
  walkByKeyboard,
} from "./in-page.ts";
import { useStage } from "./use-stage.ts";

/** Screens: a desk, half of one, a tablet, a phone, and the desk at 200 % and 400 %. */
const WIDTHS = [1280, 800, 768, 640, 360, 320] as const;

/** What is left of an A4 sheet within its margins, in CSS pixels. */
const A4 = 718;

const house = useStage();
let paths: readonly string[];

beforeAll(async () => {
  const { page, context } = await openWindow(house.browser, house.stage);
  paths = await findPages(page, house.stage.url);
  await context.close();
});

/** What `look` finds on every page, by its path. Nobody else was asked for anything meanwhile. */
async function everyPage<Found>(
  eyes: Parameters<typeof openWindow>[2],
  look: (window: Window, path: string) => Promise<Found>,
): Promise<Record<string, Found>> {
  const window = await openWindow(house.browser, house.stage, eyes);
  const found: Record<string, Found> = {};
  for (const path of paths) {
    expect(await openWhole(window.page, house.stage.url + path), path).toBe(200);
    found[path] = await look(window, path);
  }
  expect(window.outside).toEqual([]);
  await window.context.close();
  return found;
}

/** Without those that found nothing. */
function trouble(found: Record<string, readonly string[]>): Record<string, readonly string[]> {
  return Object.fromEntries(Object.entries(found).filter(([, wrong]) => wrong.length > 0));
}

describe("every page of the dashboard", () => {
  it("is found by its links", () => {
    const known = ["/", "/components", "/advisories", "/integrity", "/deliveries", "/problems", "/audit", "/settings"];
    expect(paths).toEqual(expect.arrayContaining(known));
  });

  it("has nothing that axe objects to, in light and dark, and the same places in both", async () => {
    const found = await everyPage({}, async ({ page }, path) => {
      const light = { report: await askAxe(page), layout: await layoutOf(page) };
      await page.emulateMedia({ colorScheme: "dark" });
      const dark = { report: await askAxe(page), layout: await layoutOf(page) };
      await page.emulateMedia({ colorScheme: "light" });
      expect(Math.min(light.report.passed, dark.report.passed), path).toBeGreaterThan(20);
      expect(dark.layout, path).toEqual(light.layout);
      return [...light.report.violations, ...dark.report.violations.map((one) => `dark: ${one}`)];
    });
    expect(trouble(found)).toEqual({});
  });

  it("has its parts where they belong on every screen: nothing sticks out, and nothing lies over anything else", async () => {
    const layouts: Record<string, readonly string[]> = {};
    const found = await everyPage({}, async ({ page }, path) => {
      const wrong: string[] = [];
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 900 });
        layouts[`${width} ${path.split("?")[0]}`] = await layoutOf(page);
        wrong.push(
          ...[await sticksOut(page), await scrollsSideways(page), await overlaps(page)]
            .flat()
            .map((one) => `${width}: ${one}`),
        );
      }
      await page.setViewportSize({ width: A4, height: 900 });
      await page.emulateMedia({ media: "print" });
      wrong.push(...[await sticksOut(page), await folded(page)].flat().map((one) => `on paper: ${one}`));
      await page.emulateMedia({ media: "screen" });
      return wrong;
    });
    expect(trouble(found)).toEqual({});
    expect(layouts).toMatchSnapshot();
  });

  it("is walked through by keyboard, with the focus to be seen at every stop, and the way past the menu first", async () => {
    const found = await everyPage({}, async ({ page }, path) => {
      await page.keyboard.press("Tab");
      expect(await page.evaluate("document.activeElement.className"), path).toBe("skip");
      await page.keyboard.press("Enter");
      expect(await page.evaluate("document.activeElement.id"), path).toBe("content");
      const { missed, unseen, stops } = await walkByKeyboard(page);
      expect(stops, path).toBeGreaterThan(8);
      return [...missed.map((one) => `missed ${one}`), ...unseen.map((one) => `not to be seen: ${one}`)];
    });
    expect(trouble(found)).toEqual({});
  });

  it("looks the same to the last pixel without JavaScript", async () => {
    const shot = (script: boolean) => everyPage({ script, width: 800 }, ({ page }) => page.screenshot());
    const [one, other] = [await shot(true), await shot(false)];
    for (const path of paths) expect(other[path]?.equals(one[path] ?? Buffer.alloc(0)), path).toBe(true);
  });
});

describe("the first page", () => {
  it("takes less than 60 KB, all of it from here", async () => {
    const { page, context, outside } = await openWindow(house.browser, house.stage);
    const session = await context.newCDPSession(page);
    await session.send("Network.enable");
    await session.send("Network.setCacheDisabled", { cacheDisabled: true });
    let bytes = 0;
    session.on("Network.loadingFinished", ({ encodedDataLength }) => {
      bytes += encodedDataLength;
    });
    await page.goto(house.stage.url, { waitUntil: "load" });
    expect(bytes).toBeGreaterThan(2_000);
    expect(bytes).toBeLessThan(60_000);
    expect(outside).toEqual([]);
    await context.close();
  });
});
