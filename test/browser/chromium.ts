import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** Nothing but loopback is reached, whatever a page asks for: every other name has no address. */
const FLAGS = [
  ...["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"],
  ...["--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage"],
  ...["--font-render-hinting=none", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"],
];

/** The system's Chromium. That it is missing fails the tests: pages that nobody looked at are not tested. */
export function launchChromium(): Promise<Browser> {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const found = [process.env.CHROMIUM ?? "", ...folders.flatMap((folder) => NAMES.map((name) => join(folder, name)))];
  const executablePath = found.find((path) => path !== "" && existsSync(path));
  if (executablePath === undefined)
    throw new Error(
      "There is no Chromium, so the dashboard cannot be tested. Install it (Debian, Ubuntu: apt-get install chromium), or name one in CHROMIUM.",
    );
  return chromium.launch({ executablePath, args: FLAGS });
}

/** How somebody looks at the dashboard. */
export type Eyes = {
  readonly width?: number;
  readonly scheme?: "light" | "dark";
  readonly script?: boolean;
  /** The page that a link led to; default: the first one. */
  readonly first?: string;
};

/** A window of its own, logged in as a maintainer by the form. `outside`: every request that left for anybody else. */
export type Window = { readonly page: Page; readonly context: BrowserContext; readonly outside: readonly string[] };

/** Opens one. */
export async function openWindow(
  browser: Browser,
  { url, token }: { readonly url: string; readonly token: string },
  { width = 1280, scheme = "light", script = true, first = "/" }: Eyes = {},
): Promise<Window> {
  const context = await browser.newContext({
    ...{ viewport: { width, height: 900 }, colorScheme: scheme, javaScriptEnabled: script },
    ...{ reducedMotion: "reduce", locale: "en-GB", timezoneId: "UTC" },
  });
  const outside: string[] = [];
  context.on("request", (request) => {
    if (!request.url().startsWith(`${url}/`)) outside.push(request.url());
  });
  context.setDefaultTimeout(120_000); // for what never comes; a busy machine may take long
  const page = await context.newPage();
  await page.goto(`${url}/login?next=${encodeURIComponent(first)}`);
  await page.getByLabel("Token").fill(token);
  await page.getByLabel("Your name").fill("maintainer");
  await page.getByRole("button", { name: "Log in" }).click();
  await page.waitForURL(url + first);
  return { page, context, outside };
}
