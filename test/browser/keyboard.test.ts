import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { findRepository } from "../upstreams/github/world.ts";
import { openWindow } from "./chromium.ts";
import { tabTo } from "./in-page.ts";
import { useStage } from "./use-stage.ts";

const house = useStage();

const pullsOf = (upstream: string) =>
  (findRepository(house.stage.world.github, "harbourlights", "suite")?.pullRequests ?? []).filter(({ title }) =>
    title.includes(upstream),
  );

/** Goes to something with the tabulator, and presses Enter on it: another page comes. */
async function follow(page: Page, name: string | RegExp): Promise<void> {
  await tabTo(page, name);
  const arrived = page.waitForEvent("load");
  await page.keyboard.press("Enter");
  await arrived;
}

async function typeInto(page: Page, label: string, words: string): Promise<void> {
  await tabTo(page, label);
  await page.keyboard.type(words);
}

it.each([
  { script: true, upstream: "requests" },
  { script: false, upstream: "actions/checkout" },
])(
  "by keyboard alone, with JavaScript: $script: logs in, finds a held bump, reads why, approves it with a reason, and its pull request opens",
  async ({ script, upstream }) => {
    const { page, context } = await openWindow(house.browser, house.stage, { script });
    await follow(page, "Log out");
    await page.waitForURL("**/login*");
    await typeInto(page, "Token", house.stage.token);
    await typeInto(page, "Your name", "keyboardist");
    await page.keyboard.press("Enter");
    await page.waitForURL(`${house.stage.url}/`);

    expect(pullsOf(upstream)).toEqual([]);
    await follow(page, new RegExp(`^${upstream} `));
    await page.getByText("the mirror is tested by hand first").first().waitFor();
    await typeInto(page, "Reason", `read ${upstream} with the keys`);
    await follow(page, "Approve");
    await page.getByRole("status").getByText("Approved by keyboardist").waitFor();
    await expect.poll(() => page.evaluate("document.activeElement.getAttribute('role')")).toBe("status");
    expect(pullsOf(upstream)).toHaveLength(1);

    await page.reload();
    await tabTo(page, /\/pull\/\d+$/);
    const pull = await page.evaluate<string>("document.activeElement.href");
    expect(pull).toContain("/harbourlights/suite/pull/");
    await context.close();
  },
);
