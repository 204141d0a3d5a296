import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { openWindow } from "./chromium.ts";
import { useStage } from "./use-stage.ts";

const house = useStage();

/** A page of the held bump while no answer of the forge comes. `clearUp` lets them all come. */
type ClosedIn = { readonly page: Page; readonly clearUp: () => void };

/** Opens the held bump's page where nobody looked at it yet, and where nothing could be read ahead either. */
async function onSlowDay(script: boolean, steps: (day: ClosedIn) => Promise<void>): Promise<void> {
  const { stage, browser } = house;
  const door = await stage.openDoor();
  const fog = Promise.withResolvers<void>();
  stage.weather.clears = fog.promise;
  try {
    const { page, context } = await openWindow(browser, door, { script, first: "/components?q=requests&state=held" });
    await page.locator("tbody a[href^='/candidates/']").click();
    await steps({ page, clearUp: fog.resolve });
    await context.close();
  } finally {
    fog.resolve();
    await door.close();
  }
}

const pending = (page: Page) => page.getByText("The change is being built.");
const diff = (page: Page) => page.locator(".diff .added").first();

describe("a change that takes long to build", () => {
  it("keeps no page waiting: the reasons are there, and the change comes in by itself", () =>
    onSlowDay(true, async ({ page, clearUp }) => {
      await pending(page).waitFor();
      expect(await page.getByRole("region", { name: "Decision" }).textContent()).toContain(
        "the mirror is tested by hand first",
      );
      const before = page.url();
      clearUp();
      await diff(page).waitFor();
      expect(await pending(page).count()).toBe(0);
      expect(page.url()).toBe(before);
    }));

  it("takes nothing that was typed meanwhile", () =>
    onSlowDay(true, async ({ page, clearUp }) => {
      await page.getByLabel("Reason").fill("tried on the mirror");
      clearUp();
      await diff(page).waitFor();
      expect(await page.getByLabel("Reason").inputValue()).toBe("tried on the mirror");
    }));

  it("gives the focus to its heading, where it was on the link that waits for it", () =>
    onSlowDay(true, async ({ page, clearUp }) => {
      await page.getByRole("link", { name: "Show the change" }).focus();
      clearUp();
      await diff(page).waitFor();
      expect(await page.evaluate("document.activeElement.id")).toBe("change");
    }));

  it("is one link away without JavaScript", () =>
    onSlowDay(false, async ({ page, clearUp }) => {
      await pending(page).waitFor();
      await page.getByRole("link", { name: "Show the change" }).click({ noWaitAfter: true });
      clearUp();
      await diff(page).waitFor();
      expect(await pending(page).count()).toBe(0);
    }));
});
