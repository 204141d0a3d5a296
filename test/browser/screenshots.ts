import { mkdirSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import markdownIt from "markdown-it";
import type { Browser, Page } from "playwright-core";
import PostalMime from "postal-mime";
import { html, toMarkup, trusted } from "../../src/views/html.ts";
import { findRepository } from "../upstreams/github/world.ts";
import { launchChromium, openWindow } from "./chromium.ts";
import { openStage, type Stage } from "./stage.ts";

/** `npm run screenshots`: pictures of the demo for the README, always of the same moment, into docs/images/. */
async function main(): Promise<void> {
  mkdirSync(OUTPUT, { recursive: true });
  const [browser, stage] = await Promise.all([launchChromium(), openStage({ troubled: true })]);
  try {
    await shootDashboard(browser, stage);
    await shootPullRequest(browser, stage);
    await shootDigest(browser, stage);
  } finally {
    await browser.close();
    await stage.close();
  }
}

const OUTPUT = join(import.meta.dirname, "../../docs/images");
const LARGEST = 250_000;

async function shootDashboard(browser: Browser, stage: Stage): Promise<void> {
  const { page, context } = await openWindow(browser, stage);
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await page.goto(stage.url);
    await shoot(page, `overview-${colorScheme}`, 760);
    await page.goto(`${stage.url}/components?q=quayside&state=held`);
    await page.locator("tbody a[href^='/candidates/']").click();
    await page.locator(".diff").first().waitFor();
    await shoot(page, `held-${colorScheme}`, 675);
    await page.goto(`${stage.url}/components?q=pilot`);
    await page.getByRole("link", { name: "harbourlights/pilot" }).first().click();
    await shoot(page, `component-${colorScheme}`, 900);
  }
  await context.close();
}

/** The body of a pull request, as a forge shows Markdown; its HTML is our own, and what strangers wrote is escaped in it. */
async function shootPullRequest(browser: Browser, { world, standIns }: Stage): Promise<void> {
  const pulls = findRepository(world.github, "harbourlights", "suite")?.pullRequests ?? [];
  const pull = pulls.find(({ title }) => title.includes("pilot"));
  if (pull === undefined) throw new Error("The demo opened no pull request for harbourlights/pilot.");
  const body = trusted(
    markdownIt({ html: true }).render(pull.body.replaceAll(standIns.github.url, "https://github.com")),
  );
  const page = await browser.newPage({ viewport: { width: 900, height: 900 }, javaScriptEnabled: false });
  await page.setContent(toMarkup(html`<!doctype html><title>x</title>${PAPER}<h1>${pull.title}</h1><hr>${body}`));
  await shoot(page, "pull-request", 900);
  await page.close();
}

const PAPER = trusted(`<style>
body { font: 14px/1.5 system-ui, sans-serif; color: #1f2328; background: #fff; max-width: 780px; margin: 24px auto; }
h1 { font-size: 20px; } h2 { font-size: 17px; } h3 { font-size: 15px; } hr { border: 0; border-top: 1px solid #d1d9e0; }
table { border-collapse: collapse; } th, td { border: 1px solid #d1d9e0; padding: 4px 10px; text-align: left; }
code { background: #f0f2f5; padding: 1px 4px; border-radius: 4px; font-size: 12.5px; }
pre { background: #f6f8fa; padding: 10px; border-radius: 6px; overflow: hidden; } pre code { background: none; padding: 0; }
blockquote { margin: 0; padding-left: 12px; border-left: 3px solid #d1d9e0; color: #59636e; } a { color: #0969da; }
</style>`);

async function shootDigest(browser: Browser, { standIns }: Stage): Promise<void> {
  const message = standIns.smtp.messages.at(-1);
  if (message === undefined) throw new Error("The demo sent no mail.");
  const mail = await PostalMime.parse(message.raw);
  const page = await browser.newPage({ viewport: { width: 760, height: 900 }, javaScriptEnabled: false });
  await page.setContent((mail.html ?? "").replaceAll(standIns.github.url, "https://github.com"));
  await shoot(page, "digest", 900);
  await page.close();
}

async function shoot(page: Page, name: string, height: number): Promise<void> {
  const path = join(OUTPUT, `${name}.png`);
  const width = page.viewportSize()?.width ?? 1280;
  const whole = await page.evaluate<number>("document.documentElement.scrollHeight");
  await page.screenshot({ path, fullPage: true, clip: { x: 0, y: 0, width, height: Math.min(height, whole) } });
  const { size } = statSync(path);
  process.stdout.write(`${relative(process.cwd(), path)}  ${Math.round(size / 1000)} KB\n`);
  if (size > LARGEST) throw new Error(`${name}.png is larger than ${LARGEST / 1000} KB.`);
}

await main();
