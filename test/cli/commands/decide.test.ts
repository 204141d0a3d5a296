import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deliverProject } from "../../../src/flow/deliver/deliver-project.ts";
import { previewDigest } from "../../../src/flow/letters/send-digest.ts";
import { isFailure } from "../../../src/lib/failure.ts";
import { type Finished, headgate } from "../../support/command.ts";
import { type Suite, startSuite } from "../../support/suite.ts";
import { findRepository } from "../../upstreams/github/world.ts";

let suite: Suite;
let body = "";
let digest = "";
const ids = { requests: "", jinja2: "", pilot: "", tide: "" };

beforeAll(async () => {
  suite = await startSuite(
    undefined,
    'rules: [{ match: { upstream: "pkg:pypi/requests" }, hold: true, reason: "the API changes" }]\n',
  );
  ids.requests = suite.candidateTo("2.32.5").id;
  ids.jinja2 = suite.candidateTo("3.1.6").id;
  ids.pilot = suite.candidateTo("1.5.0").id;
  ids.tide = suite.candidateTo("0.2.31").id;
  const [project] = suite.flow.projects;
  if (project === undefined) throw new Error("nothing is watched");
  await deliverProject(suite.flow, project);
  const rendered = await previewDigest(suite.flow);
  if (isFailure(rendered)) throw rendered;
  digest = rendered.text;
  const pulls = findRepository(suite.world.github, "harbourlights", "suite")?.pullRequests ?? [];
  body = pulls.find((pull) => pull.title.includes("jinja2"))?.body ?? "";
  await suite.closeStore();
});
afterAll(() => suite.close());

function run(...args: string[]): Promise<Finished> {
  return headgate([...args, "--config", suite.config], { env: { GITHUB_TOKEN: suite.world.token } });
}

/** The commands that a text tells people to type, as a shell reads them, with a date filled in. */
function commandsIn(text: string): string[][] {
  const lines = text.match(/(?<!\/)headgate (?:approve|hold|skip|reopen|apply) [^\n`]*/g) ?? [];
  return lines.map((line) =>
    [...line.replace("DATE", "2099-12-01").matchAll(/"([^"]*)"|(\S+)/g)]
      .slice(1)
      .map(([, quoted, bare]) => quoted ?? bare ?? ""),
  );
}

describe("what people are told to type", () => {
  it("in a pull request is what the commands accept", async () => {
    const commands = commandsIn(body);
    expect(commands.map(([verb, id]) => [verb, id])).toEqual([
      ["hold", ids.jinja2],
      ["skip", ids.jinja2],
    ]);
    for (const command of commands) {
      const { code, out, err } = await run(...command);
      expect(err).toBe("");
      expect(code).toBe(0);
      expect(out).toContain(command[0] === "hold" ? "stays open, and its status says" : "is closed at the next look");
    }
  });

  it("in a digest is what the commands accept", async () => {
    const [command = [], ...others] = commandsIn(digest);
    expect(others).toEqual([]);
    expect(command.slice(0, 2)).toEqual(["approve", ids.requests]);
    const { code, out } = await run(...command);
    expect(code).toBe(0);
    expect(out).toMatch(/^Recorded: requests 2\.32\.5 is now proposed\. Approved by \S+ on/);
  });
});

describe("headgate approve, hold, skip and reopen", () => {
  it("say the new verdict and its first reason, and how to take it back", async () => {
    const { code, out } = await run(
      "hold",
      ids.pilot,
      "--reason",
      "we release on Monday",
      "--until",
      "2099-12-01",
      "--by",
      "maintainer",
    );
    expect(code).toBe(0);
    expect(out.replace(/\s+/g, " ")).toMatch(
      /^Recorded: harbourlights\/pilot 1\.5\.0 is now held until 1 Dec 2099\. Held by maintainer on [\d-]+: we release on Monday/,
    );
    expect(out).toContain(`headgate reopen ${ids.pilot}`);
    const back = await run("reopen", ids.pilot.slice(0, 8), "--reason", "released", "--by", "maintainer");
    expect(back.out).toMatch(/^Recorded: harbourlights\/pilot 1\.5\.0 is now proposed/);
  });

  it("say that an approval does not shorten a wait", async () => {
    const { code, out } = await run("approve", ids.tide, "--reason", "read the diff");
    expect(code).toBe(0);
    expect(out).toMatch(/harbourlights\/tide 0\.2\.31 is now waiting until/);
  });

  it.each([
    [["approve", "0123456789ab", "--reason", "x"], /There is no candidate 0123456789ab\. `headgate plan` lists/],
    [["hold", "--reason", "x"], /missing required argument 'candidate'/],
    [["hold", "0123456789ab"], /required option '--reason <text>' not specified/],
    [["skip", "0123456789ab", "--reason", " "], /Say why: --reason/],
    [["hold", "0123456789ab", "--reason", "x", "--until", "soon"], /is not a date\. Write a day/],
    [["vouch", "harbourlights/tide", "--by", "maintainer", "--reason", "x", "--points", "many"], /from 0 to 10/],
    [["vouch", "harbourlights/tide", "--reason", "x"], /required option '--by <name>'/],
    [["explain", "nobody"], /No watched project takes anything from "nobody"/],
  ])("refuse %j with a sentence and exit code 2", async (args, message) => {
    const { code, out, err } = await run(...args);
    expect(code).toBe(2);
    expect(err).toMatch(message);
    expect(out).toBe("");
  });
});

describe("headgate vouch and explain", () => {
  it("record a relationship, and show it on the card", async () => {
    const { code, out } = await run(
      "vouch",
      "harbourlights/tide",
      "--by",
      "maintainer",
      "--reason",
      "we sail together",
    );
    expect(code).toBe(0);
    expect(out).toMatch(/^maintainer vouches for harbourlights\/tide with 8 of 10\. Trust is now: \w+, \d\.\d/);
    const card = await run("explain", "harbourlights/tide");
    expect(card.code).toBe(0);
    expect(card.out).toContain("Vouched for by maintainer");
    expect(card.out).toContain("Checks of this version:");
    expect(Math.max(...card.out.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it("print no number below half coverage, as text and as JSON", async () => {
    const { out } = await run("explain", "harbourlights/setup-pier");
    expect(out).toContain("harbourlights/setup-pier: insufficient data");
    expect(out).toContain("too little for a number");
    expect(out).not.toMatch(/\d\.\d +weight/);
    const { score } = JSON.parse((await run("explain", "harbourlights/setup-pier", "--json")).out);
    expect(score.band).toBe("insufficient");
    expect(score).not.toHaveProperty("value");
    expect(score.findings.length).toBeGreaterThan(3);
  });
});

describe("headgate plan --explain", () => {
  it("names the rules that match, or says that none does", async () => {
    const { code, out, err } = await run("plan", "--explain", ids.jinja2);
    expect(err).toBe("");
    expect(code).toBe(0);
    expect(out).toContain("jinja2 3.1.4 → 3.1.6");
    expect(out).toContain("None of 1 rules matches");
  });

  it("of a candidate that there is not says how to find one", async () => {
    const { code, err } = await run("plan", "--explain", "ffffffffffff");
    expect(code).toBe(2);
    expect(err).toContain("There is no candidate");
  });
});
