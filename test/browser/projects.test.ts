import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { openWindow } from "./chromium.ts";
import { useStage } from "./use-stage.ts";

/** Three projects beside the demo's: two that share upstreams with it, and one whose folder is not there. */
const house = useStage({
  beside: {
    pier: { "requirements.txt": "requests==2.32.3\npyyaml==6.0.2\n", Dockerfile: "FROM debian:13-slim\n" },
    quay: { Dockerfile: "FROM redis:7.4-alpine\n", "requirements.txt": "jinja2==3.1.4\n" },
    lost: undefined,
  },
});

async function walk(steps: (page: Page) => Promise<void>): Promise<void> {
  const { page, context } = await openWindow(house.browser, house.stage);
  await steps(page);
  await context.close();
}

const rowsOf = (page: Page) => page.locator("tbody tr").allTextContents();

describe("somebody who watches several projects", () => {
  it("sees on the first page how each stands, and which could not be read, and why", () =>
    walk(async (page) => {
      const rows = page.locator("#projects").locator("xpath=ancestor::table").locator("tbody tr");
      expect((await rows.allTextContents()).map((text) => text.replace(/\s+/g, " ").trim())).toEqual([
        expect.stringMatching(/^lost ?0 ?0 ?0 ?never.*not read$/),
        expect.stringMatching(/^pier ?3 ?1 held in pier.*well$/),
        expect.stringMatching(/^quay ?2 ?0 ?0.*well$/),
        expect.stringMatching(/^suite ?15 ?2 held in suite.*well$/),
      ]);
      expect(await page.locator(".notice").textContent()).toMatch(/lost could not be read[\s\S]*does not exist/);
      await page.getByRole("link", { name: "1 held in pier" }).click();
      expect(await rowsOf(page)).toEqual([expect.stringMatching(/requests[\s\S]*held[\s\S]*pier/)]);
    }));

  it("goes from one of them to its components, and back to those of all, each with its project", () =>
    walk(async (page) => {
      await page.getByRole("link", { name: "pier", exact: true }).click();
      expect(await page.getByLabel("Project").inputValue()).toBe("pier");
      const own = await rowsOf(page);
      expect(own).toHaveLength(3);
      expect(own.every((text) => text.includes("pier"))).toBe(true);
      await page.getByLabel("Project").selectOption("All projects");
      await page.getByLabel("Name, version or path").fill("requests");
      await page.getByRole("button", { name: "Show" }).click();
      expect(await rowsOf(page)).toEqual([
        expect.stringMatching(/^requests[\s\S]*pier/),
        expect.stringMatching(/^requests[\s\S]*suite/),
      ]);
      await page.getByRole("link", { name: "Project" }).click();
      await page.getByRole("link", { name: "Project" }).click();
      expect((await rowsOf(page))[0]).toContain("suite");
      await page.getByRole("link", { name: "requests" }).first().click();
      expect(await page.locator("main").textContent()).toMatch(/Projectsuite[\s\S]*requirements\.txt:2/);
    }));

  it.each([
    ["/advisories", "jinja2", "suite", "quay"],
    ["/deliveries", "", "suite", "pier"],
  ])("asks on %s for one of them", (path, name, one, other) =>
    walk(async (page) => {
      await page.goto(house.stage.url + path);
      await page.getByLabel("Project").selectOption(one);
      await page.getByRole("button", { name: "Show" }).click();
      const rows = await rowsOf(page);
      expect(rows.length).toBeGreaterThan(0);
      expect(rows.every((text) => text.includes(one) && text.includes(name) && !text.includes(other))).toBe(true);
    }),
  );
});
