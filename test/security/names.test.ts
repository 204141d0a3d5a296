import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SCHEMES } from "../../src/compare/schemes.ts";
import { neutral } from "../../src/deliver/render/change.ts";
import { poll } from "../../src/poll/poll.ts";
import { aFetcher } from "../support/fetcher.ts";
import { aPollContext, aPollRequest, newsOf } from "../support/poll-context.ts";
import { commitOf, startGit } from "../upstreams/git.ts";
import type { StandIn } from "../upstreams/stand-in.ts";

/** Behind a number, each of these would do something in a script, a workflow, a table or a sentence that it is written into. */
const BEHIND = [
  ...[
    ";id",
    "|id",
    "&&id",
    "&",
    "$(id)",
    "`id`",
    "${IFS}id",
    ">x",
    "<x",
    "'x",
    '"x',
    "\\",
    "#x",
    "!x",
    "*",
    "?",
    "(x)",
  ],
  ...[
    "{x}",
    "[x]",
    "${{github.token}}",
    "{{x}}",
    "%0aid",
    "@x",
    "=x",
    ",x",
    ":x",
    "/../x",
    "/x",
    "^x",
    "\u00a0id",
    " id",
  ],
  ...[
    "\nid",
    "\r\nid",
    "\tid",
    "\0",
    "\u0085id",
    "\u2028id",
    "\u202ex",
    "\u200bx",
    "\u00ad",
    "\u{e0041}",
    "\ud800",
    "é",
    "１",
  ],
];

describe("the version that a stranger makes up", () => {
  it("holds nothing that a file could obey: no order of versions knows it", () => {
    const read = SCHEMES.flatMap(({ id, isVersion }) =>
      BEHIND.flatMap((text) => [
        `1.2.3${text}`,
        `1.2.3-rc1${text}`,
        `v1.2.3${text}`,
        `1.2.3-${text}4`,
        `2026.1.2.${text}1`,
      ])
        .filter((text) => isVersion(text))
        .map((text) => `${id}: ${JSON.stringify(text)}`),
    );
    expect(read).toEqual([]);
  });
});

describe("an upstream that names its tags in strange ways", () => {
  let host: StandIn;
  const STRANGE = [
    "v1.1.0\t",
    " v1.1.1",
    "v1.1.2\u00a0",
    "v1.1.3\u202e",
    "v1.1.4\u200b",
    "v1.1.5\u0085",
    "v1.1.6\u2028",
  ];
  beforeEach(async () => {
    const tags = Object.fromEntries(["v1.0.0", ...STRANGE].map((name) => [name, { commit: commitOf(name) }]));
    host = await startGit({ repositories: { "example/tool": { branches: {}, tags } } });
  });
  afterEach(() => host.close());

  it("is listened to as far as its names have no blanks and nothing unseen, and that is said", async () => {
    const fetcher = aFetcher([host], { retries: 0 });
    const context = aPollContext(fetcher, { gitHosts: { "git.example.org": { url: host.url } } });
    const answer = newsOf(await poll(aPollRequest({ upstream: "pkg:generic/git.example.org/example/tool" }), context));
    await fetcher.close();
    expect(answer.releases.map(({ tag }) => tag)).toEqual(["v1.0.0"]);
    expect(answer.notChecked.join()).toMatch(/^.*[1-7] versions whose names are empty, too long or hold blanks/);
  });
});

describe("the path of a file in a commit's message", () => {
  it.each([
    "[skip ci]/Dockerfile",
    "[ci skip]/a",
    "[no ci]",
    "[skip actions]",
    "[actions skip]",
    "[ skip ci]",
    "[Skip CI]",
    "***NO_CI***",
    "[skip azurepipelines]",
    "[travis skip]",
  ])("keeps no test from running: %s", (path) => {
    const written = neutral(`${path}:3: 1.0 -> 1.1`);
    expect(written.replaceAll("\u200b", "")).toBe(`${path}:3: 1.0 -> 1.1`);
    expect(written).toMatch(/[[*]\s*\u200b/);
  });

  it.each(["app/[id]/page.tsx", "[city]/x", "a[0]"])("stays as it is otherwise: %s", (path) => {
    expect(neutral(path)).toBe(path);
  });
});
