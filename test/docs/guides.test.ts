import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { commandsPage } from "../../src/cli/commands-page.ts";
import { createProgram } from "../../src/cli/program.ts";
import { processTerminal } from "../../src/cli/terminal.ts";
import { configJsonSchema, readConfigText } from "../../src/config.ts";
import { configurationPage, familyPage, LISTED_FAMILIES } from "../../src/flow/show/describe-plug-ins.ts";
import { isFailure } from "../../src/lib/failure.ts";
import { headgate } from "../support/command.ts";

const root = join(import.meta.dirname, "../..");
const guides = readdirSync(join(root, "docs/guides")).map((name) => `docs/guides/${name}`);
const shown = [
  "api",
  "configuring",
  "dashboard",
  "finding-pins",
  "operating",
  "reference/commands",
  "reports",
  "webhooks",
];
const pages = ["README.md", ...shown.map((name) => `docs/${name}.md`), ...guides];
const read = (page: string) => readFileSync(join(root, page), "utf8");
const blocksOf = (page: string, language: string) =>
  [...read(page).matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, "gm"))].map(([, text = ""]) => text);
const sections = Object.keys((configJsonSchema() as { properties: object }).properties);

/** Blocks that are a configuration or a part of one: they begin with one of its sections. */
const configurations = pages.flatMap((page) =>
  blocksOf(page, "yaml")
    .filter((text) => sections.includes(/^([a-z-]+):/.exec(text)?.[1] ?? ""))
    .map((text) => ({ page, text })),
);

/** Every call of ours in blocks of text and between backquotes. */
const calls = pages.flatMap((page) =>
  [...read(page).matchAll(/(?:^|[`|\s(])headgate ([a-z][a-z-]*)([^\n`|)]*)/gm)].map(([, command = "", rest = ""]) => ({
    page,
    command,
    rest,
  })),
);

describe("configurations that are shown", () => {
  it("are there, so that silence means something", () => {
    expect(configurations.length).toBeGreaterThan(5);
  });

  it.each(configurations)("in $page are read by our own loader", ({ text }) => {
    const whole = text.startsWith("watch:") || text.includes("\nwatch:") ? text : `watch: [{ path: . }]\n${text}`;
    const environment = { WEBHOOK_SECRET: "a secret", WEBHOOK_URL_CHAT: "https://hooks.slack.com/services/T/B/x" };
    const config = readConfigText(whole, "the guide", environment);
    expect(isFailure(config) ? config.message : "").toBe("");
  });
});

describe("commands that are shown", () => {
  const known = new Map<string, string[]>();
  beforeAll(async () => {
    const { out } = await headgate(["completion", "fish"]);
    for (const [, command = "", rest = ""] of out.matchAll(/-n '__fish_seen_subcommand_from ([a-z-]+)'([^'\n]*)/g)) {
      const flags = [...rest.matchAll(/ -([ls]) (\S+)/g)].map(
        ([, kind, flag]) => `${kind === "l" ? "--" : "-"}${flag}`,
      );
      known.set(command, [...(known.get(command) ?? []), ...flags]);
    }
  });

  it("exist, with their options", () => {
    expect(calls.length).toBeGreaterThan(40);
    const wrong = calls.filter(({ command, rest }) => {
      const options = [...rest.matchAll(/(?<=\s)--?[a-z][a-z-]*/g)].map(([option]) => option);
      return !known.has(command) || options.some((option) => !known.get(command)?.includes(option));
    });
    expect(wrong).toEqual([]);
  });
});

describe("the README", () => {
  it("has what a stranger looks for on its first screen: what it is, how it looks, the two commands", () => {
    const [first = ""] = read("README.md").split("\n## ");
    expect(first.split("\n").length).toBeLessThan(30);
    for (const what of ["npm ci", "npm run demo", "docs/images/overview-light.png"]) expect(first).toContain(what);
  });

  it("leads to every guide and every page of docs/ that is for readers", () => {
    const named = ["docs", "docs/reference"].flatMap((folder) =>
      readdirSync(join(root, folder))
        .filter((name) => name.endsWith(".md"))
        .map((name) => `${folder}/${name}`),
    );
    const text = read("README.md");
    expect([...named, ...guides].filter((page) => !text.includes(`](${page}`))).toEqual([]);
  });
});

it.each(pages)("links of %s lead somewhere", (page) => {
  const links = [...read(page).matchAll(/\]\(((?!https?:)[^)#\s]+)/g)].map(([, link = ""]) => link);
  expect(links.filter((link) => !existsSync(join(root, dirname(page), link)))).toEqual([]);
});

describe("reference pages are what `npm run docs` writes", () => {
  it.each(LISTED_FAMILIES)("docs/reference/%s.md", (family) => {
    expect(read(`docs/reference/${family}.md`)).toBe(familyPage(family));
  });

  it("docs/reference/commands.md", () => {
    const program = createProgram({ terminal: processTerminal(), finish: () => undefined });
    expect(read("docs/reference/commands.md")).toBe(commandsPage(program));
  });

  it("docs/reference/configuration.md", () => {
    expect(read("docs/reference/configuration.md")).toBe(configurationPage(configJsonSchema()));
  });
});
