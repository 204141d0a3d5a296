import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { humanDecisionsFor } from "../../../src/db/decisions/human-decisions.ts";
import { startDashboard } from "../../support/dashboard.ts";
import { type Suite, startSuite } from "../../support/suite.ts";

let suite: Suite;
let front: ReturnType<typeof startDashboard>;
let carriedOut = 0;

beforeAll(async () => {
  suite = await startSuite();
  front = startDashboard(suite.flow, {
    carryOut: async () => {
      carriedOut += 1;
    },
  });
  await front.browser.logIn("maintainer");
});
afterAll(() => suite.close());

/** The first candidate whose decision is that. */
async function candidateThatIs(verdict: string) {
  const found = (await suite.plan()).candidates.find((one) => one.decision.verdict === verdict);
  if (found === undefined) throw new Error(`nothing is decided to ${verdict}`);
  return found;
}

async function pageOf(path: string): Promise<string> {
  const response = await front.browser.get(path);
  expect([path, response.status]).toEqual([path, 200]);
  return response.text();
}

describe("a candidate's page", () => {
  it("says what is decided and why, checks, places and the change line by line", async () => {
    const candidate = await candidateThatIs("propose");
    const text = await pageOf(`/candidates/${candidate.id}?change=wait`);
    for (const { summary } of candidate.decision.reasons)
      expect(text).toContain(summary.replaceAll("'", "&#39;").slice(0, 40));
    expect(text).toContain("The change as it will be committed");
    expect(text).toMatch(/<span class="removed">-/);
    expect(text).toMatch(/<span class="added">\+/);
    for (const place of candidate.places) expect(text).toContain(`${place.file}:${place.line}`);
    expect(text).toContain("Checks of this release");
  });

  it("shows the change of what is held or waits as well", async () => {
    const text = await pageOf(`/candidates/${(await candidateThatIs("wait")).id}?change=wait`);
    expect(text).toMatch(/<span class="added">\+/);
  });

  it("finds its files there where its component was looked at first: they are read once, ahead", async () => {
    const { browser } = startDashboard(suite.flow);
    await browser.logIn();
    const { id, upstream } = await candidateThatIs("propose");
    const listings = () => suite.standIns.github.requests.filter(({ path }) => path.includes("/git/trees/")).length;
    const before = listings();
    const list = await (await browser.get(`/components?q=${encodeURIComponent(upstream)}`)).text();
    const component = /href="(\/component\?[^"]+)"/.exec(list)?.[1]?.replaceAll("&amp;", "&") ?? "";
    for (const _ of [1, 2]) expect((await browser.get(component)).status).toBe(200);
    await expect.poll(listings).toBe(before + 1);
    expect(await (await browser.get(`/candidates/${id}?change=wait`)).text()).toMatch(/<span class="added">\+/);
    expect(listings()).toBe(before + 1);
  });

  it("of nothing says so", async () => {
    const response = await front.browser.get("/candidates/ffffffffffff");
    expect(response.status).toBe(404);
    expect(await response.text()).toContain("There is no candidate ffffffffffff");
  });
});

describe("a decision", () => {
  const send = async (id: string, fields: Record<string, string>, form?: string) => {
    const path = `/candidates/${id}`;
    return front.browser.post(path, { form: form ?? (await front.browser.formOf(path)), by: "maintainer", ...fields });
  };

  it("needs a reason and a name, and keeps what was typed", async () => {
    const { id } = await candidateThatIs("wait");
    const refused = await send(id, { action: "hold", reason: " " });
    expect(refused.status).toBe(422);
    expect(await refused.text()).toContain("Say why, in one sentence.");
    const nameless = await send(id, { action: "hold", reason: "because <b>", by: "" });
    const text = await nameless.text();
    expect(text).toContain("Say who you are.");
    expect(text).toContain("because &lt;b&gt;");
    expect(text).not.toContain("--by");
    expect((await send(id, { action: "explode", reason: "why not" })).status).toBe(422);
    expect(carriedOut).toBe(0);
  });

  it("is recorded with its reason, carried out at once, and told", async () => {
    const { id, upstream } = await candidateThatIs("propose");
    const done = await send(id, { action: "hold", reason: "Our release is today.\r\nNext week." });
    expect(done.status).toBe(303);
    const text = await pageOf(done.headers.get("location") ?? "");
    expect(text).toContain("Held by maintainer. It is held.");
    expect(text).toMatch(/role="status"/);
    expect(text).toContain("Our release is today. Next week.");
    expect(carriedOut).toBe(1);
    const [project] = suite.flow.projects;
    expect(await humanDecisionsFor(suite.flow.db, project?.id ?? "", upstream)).toMatchObject([
      { action: "hold", by: "maintainer", reason: "Our release is today. Next week." },
    ]);
    const back = await send(id, { action: "reopen", reason: "The release is out." });
    expect(await pageOf(back.headers.get("location") ?? "")).toContain("Reopened by maintainer. It is proposed now");
  });

  it("is made once, however often its form is sent", async () => {
    const { id, upstream } = await candidateThatIs("wait");
    const [project] = suite.flow.projects;
    const before = await humanDecisionsFor(suite.flow.db, project?.id ?? "", upstream);
    const form = await front.browser.formOf(`/candidates/${id}`);
    const both = await Promise.all([1, 2].map(() => send(id, { action: "skip", reason: "Not this one." }, form)));
    expect(both.map((one) => one.status)).toEqual([303, 303]);
    expect((await send(id, { action: "skip", reason: "Not this one." }, form)).status).toBe(303);
    const after = await humanDecisionsFor(suite.flow.db, project?.id ?? "", upstream);
    expect(after.length - before.length).toBe(1);
  });

  it("does not come from a page elsewhere", async () => {
    const { id } = await candidateThatIs("propose");
    const form = await front.browser.formOf(`/candidates/${id}`);
    const fields = { form, action: "skip", reason: "mine", by: "somebody else" };
    const response = await front.browser.post(`/candidates/${id}`, fields, { origin: "https://elsewhere.example" });
    expect(response.status).toBe(403);
  });
});

describe("the list of components", () => {
  it("links each to its candidate, and each candidate back to it", async () => {
    const { id, upstream } = await candidateThatIs("propose");
    const list = await pageOf(`/components?q=${encodeURIComponent(upstream)}`);
    expect(list).toContain(`/candidates/${id}`);
    expect(list).toMatch(/<th role="rowheader" scope="row"/);
  });

  it("says what nobody took anything of", async () => {
    expect(await pageOf("/components?q=no-such-thing")).toContain("No component is like that.");
  });
});
