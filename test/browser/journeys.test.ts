import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { alertsIn } from "../../src/db/deliveries/alerts.ts";
import { DAY, plus } from "../../src/domain/instant.ts";
import { runCycle } from "../../src/flow/run-cycle.ts";
import { findRepository } from "../upstreams/github/world.ts";
import { openWindow } from "./chromium.ts";
import { useStage } from "./use-stage.ts";

const house = useStage();

/** Somebody's way through the dashboard, in a window of its own; nobody else was asked for anything on it. */
async function walk(script: boolean, steps: (page: Page) => Promise<void>): Promise<void> {
  const { page, context, outside } = await openWindow(house.browser, house.stage, { script });
  await steps(page);
  expect(outside).toEqual([]);
  await context.close();
}

const pulls = () => findRepository(house.stage.world.github, "harbourlights", "suite")?.pullRequests ?? [];
const titles = () => pulls().map(({ title }) => title);
/** A page comes in pieces, and what has the focus has it later. */
const saying = (page: Page) => expect.poll(() => page.locator("main").textContent());
const focused = (page: Page, what: string) => expect.poll(() => page.evaluate(`document.activeElement.${what}`));

describe.each([
  { script: true, held: "requests", waiting: "harbourlights/tide", vouched: "harbourlights/pilot" },
  { script: false, held: "actions/checkout", waiting: "redis", vouched: "pyyaml" },
])("a maintainer, with JavaScript: $script", ({ script, held, waiting, vouched }) => {
  it("finds a held bump on the first page, reads why, approves it with a reason, and its pull request opens", () =>
    walk(script, async (page) => {
      expect(titles().filter((title) => title.includes(held))).toEqual([]);
      await page.getByRole("region", { name: "Needs you" }).getByRole("link", { name: held }).click();
      await saying(page).toContain("the mirror is tested by hand first");
      await page.getByLabel("Reason").fill(`tried ${held} on the mirror`);
      await page.getByRole("button", { name: "Approve" }).click();
      await page.getByRole("status").getByText("Approved by maintainer").waitFor();
      await focused(page, "getAttribute('role')").toBe("status");
      expect(titles().filter((title) => title.includes(held))).toHaveLength(1);
      await page.reload();
      const link = page
        .locator("main")
        .getByRole("link", { name: /\/pull\/\d+/ })
        .first();
      expect(await link.getAttribute("href")).toContain(`${house.stage.standIns.github.url}/harbourlights/suite/pull/`);
      await page.getByRole("link", { name: "Audit" }).click();
      await saying(page).toContain(`tried ${held} on the mirror`);
    }));

  it("cannot approve without a reason, and what was typed stays", () =>
    walk(script, async (page) => {
      await page.goto(`${house.stage.url}/components?q=${encodeURIComponent(waiting)}`);
      await page.getByRole("link", { name: waiting }).first().click();
      await page.goto(`${house.stage.url}/components?state=waiting&q=${encodeURIComponent(waiting)}`);
      await page.locator("tbody a[href^='/candidates/']").click();
      await page.getByLabel("Until (optional)").fill("2027-01-31");
      const before = page.url();
      await page.getByRole("button", { name: "Hold" }).click();
      expect(page.url()).toBe(before); // the browser itself asks for the reason
      await page.getByLabel("Reason").fill("   ");
      await page.getByRole("button", { name: "Hold" }).click();
      await page.getByText("Say why").waitFor();
      await focused(page, "name").toBe("reason");
      expect(await page.getByLabel("Your name").inputValue()).toBe("maintainer");
    }));

  it("passes over a version that waits, and takes the word back", () =>
    walk(script, async (page) => {
      await page.goto(`${house.stage.url}/components?state=waiting&q=${encodeURIComponent(waiting)}`);
      await page.locator("tbody a[href^='/candidates/']").click();
      await page.getByLabel("Reason").fill("we are about to drop it");
      await page.keyboard.press("Enter"); // says nothing of which button is meant
      expect(await page.getByRole("status").count()).toBe(0);
      await page.getByRole("button", { name: "Skip" }).click();
      await page.getByRole("status").getByText("Skipped by maintainer").waitFor();
      await page.goto(`${house.stage.url}/components?state=skipped`);
      await saying(page).toContain(waiting);
      await page.locator("tbody a[href^='/candidates/']").first().click();
      await page.getByLabel("Reason").fill("it stays after all");
      await page.getByRole("button", { name: "Reopen" }).click();
      await page.getByRole("status").getByText("Reopened by maintainer").waitFor();
    }));

  it("vouches for an upstream, and the trust card says so", () =>
    walk(script, async (page) => {
      await page.goto(`${house.stage.url}/components?q=${encodeURIComponent(vouched)}`);
      await page.getByRole("link", { name: vouched }).first().click();
      await page.getByText("Vouch for it").click();
      const form = page.locator("form").filter({ has: page.getByRole("button", { name: "Vouch" }) });
      await form.getByLabel("Reason").fill("we meet them every month");
      await form.getByRole("button", { name: "Vouch" }).click();
      await page.getByRole("status").waitFor();
      await saying(page).toContain("we meet them every month");
    }));

  it("sees the overdue advisory first, its fix, and answers the alarm", () =>
    walk(script, async (page) => {
      await page.getByRole("link", { name: "overdue advisory" }).first().click();
      const row = page.getByRole("row").filter({ hasText: "GHSA-demo-0001-jinja" });
      await expect.poll(() => row.textContent()).toMatch(/overdue[\s\S]*proposed/);
      await row.getByRole("link", { name: "3.1.6" }).click();
      await saying(page).toContain("GHSA-demo-0001-jinja");
      await page.goto(`${house.stage.url}/integrity?class=advisory`);
      await page.getByText("Answer", { exact: true }).click();
      await page.getByLabel("Reason").fill("the pull request is in review");
      await page.getByRole("button", { name: script ? "Acknowledge" : /Resolve/ }).click();
      await page
        .getByRole("status")
        .getByText(script ? "acknowledged" : "resolved")
        .waitFor();
      const state = script ? "acknowledged" : "resolved";
      expect(await alertsIn(house.stage.flow.db, [state])).toMatchObject([
        { class: "advisory", [state]: { by: "maintainer", reason: "the pull request is in review" } },
      ]);
    }));
});

describe("a source that goes stale", () => {
  it("is the loudest thing on the first page, and the problems say since when, why, and when it is tried again", async () => {
    house.stage.standIns.pypi.fail(() => true, { status: 503, body: "" });
    house.stage.days.now = plus(house.stage.days.now, 2 * DAY);
    await runCycle(house.stage.flow);
    await walk(true, async (page) => {
      const freshness = page.getByRole("figure", { name: "Freshness by source" });
      expect(await freshness.textContent()).toMatch(/pypi[\s\S]*2 days of 30 hours, \d+ late/);
      expect(await page.getByRole("region", { name: "Needs you" }).textContent()).toContain("Not heard from");
      await page.getByRole("link", { name: "Problems" }).click();
      const row = page.getByRole("row").filter({ hasText: "Upstream not heard" }).first();
      await expect.poll(() => row.textContent()).toMatch(/503/);
    });
  });
});
