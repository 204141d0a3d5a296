import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { allVouches } from "../../../src/db/decisions/vouches.ts";
import { startDashboard } from "../../support/dashboard.ts";
import { type Suite, startSuite } from "../../support/suite.ts";

let suite: Suite;
let front: ReturnType<typeof startDashboard>;
let paths: string[];

beforeAll(async () => {
  suite = await startSuite();
  front = startDashboard(suite.flow);
  await front.browser.logIn("maintainer");
  const list = await (await front.browser.get("/components")).text();
  paths = [...list.matchAll(/href="(\/component\?[^"]+)"/g)].map(([, path = ""]) => path.replaceAll("&amp;", "&"));
});
afterAll(() => suite.close());

describe("a component's page", () => {
  it("exists for every line of the list, with a time line, places, trust and history", async () => {
    expect(paths.length).toBeGreaterThan(5);
    for (const path of paths) {
      const response = await front.browser.get(path);
      const text = await response.text();
      expect([path, response.status]).toEqual([path, 200]);
      expect(text).toMatch(/Versions over time|No version is known yet|names no version/);
      for (const heading of ["Places", "Project trust", "Relationships of trust", "History"])
        expect([path, heading, text.includes(`>${heading}</h2>`)]).toEqual([path, heading, true]);
      expect(text).toMatch(/places? decides? its version|place decides its version/);
    }
  });

  it("leads to each place at the forge, at the commit that was read", async () => {
    const text = await (await front.browser.get(paths[0] ?? "")).text();
    expect(text).toMatch(/href="http:\/\/127\.0\.0\.1:\d+\/harbourlights\/suite\/blob\/[0-9a-f]{40}\/[^"]+#L\d+"/);
  });

  it("lets people decide about what is newer, on the candidate's own form", async () => {
    const { id } = suite.candidateTo("7.6-alpine");
    const text = await (await front.browser.get(paths.find((path) => path.includes("redis")) ?? "")).text();
    expect(text).toContain(`<form method="post" action="/candidates/${id}">`);
  });

  it("has the release notes of what is newer, and the way to all of them", async () => {
    const { id } = suite.candidateTo("1.5.0");
    const text = await (await front.browser.get(paths.find((path) => path.includes("pilot")) ?? "")).text();
    expect(text).toMatch(/Release notes up to 1\.5\.0<\/h2>[\s\S]*forwards[\s\S]*a zombie was left behind/);
    expect(text).toContain(`href="/candidates/${id}#notes"`);
  });

  it("of nothing says so", async () => {
    const response = await front.browser.get("/component?project=suite&key=nothing");
    expect(response.status).toBe(404);
    expect(await response.text()).toContain("suite takes nothing that is called so");
    expect((await front.browser.get("/component")).status).toBe(404);
  });
});

describe("a vouch", () => {
  const path = () => paths.find((one) => one.includes("redis")) ?? "";
  const send = async (fields: Record<string, string>) =>
    front.browser.post(path(), {
      form: await front.browser.formOf(path()),
      action: "vouch",
      by: "maintainer",
      ...fields,
    });

  it("needs a reason, and points from 0 to 10", async () => {
    for (const fields of [
      { reason: "", points: "7" },
      { reason: "I know them", points: "11" },
      { reason: "I know them", points: "" },
      { reason: "I know them", points: "many" },
    ])
      expect([fields, (await send(fields)).status]).toEqual([fields, 422]);
    expect(await allVouches(suite.flow.db)).toEqual([]);
  });

  it("is recorded once and shown, with what follows for the trust", async () => {
    const form = await front.browser.formOf(path());
    const fields = { form, action: "vouch", by: "maintainer", reason: "We met at the workshop.", points: "8" };
    const done = await front.browser.post(path(), fields);
    expect(done.status).toBe(303);
    expect((await front.browser.post(path(), fields)).status).toBe(303);
    const text = await (await front.browser.get(done.headers.get("location") ?? "")).text();
    expect(text).toContain("maintainer vouches for it.");
    expect(text).toContain("We met at the workshop.");
    expect(await allVouches(suite.flow.db)).toMatchObject([{ by: "maintainer", points: 0.8 }]);
  });
});
