import { afterAll, beforeAll, expect, it } from "vitest";
import type { FlowContext } from "../../../src/flow/context.ts";
import { showSettings } from "../../../src/flow/show/show-settings.ts";
import { type Suite, startSuite } from "../../support/suite.ts";

let suite: Suite;
beforeAll(async () => {
  suite = await startSuite();
});
afterAll(() => suite?.close());

const valuesOf = (flow: FlowContext, title: string) =>
  Object.fromEntries(
    (showSettings(flow).find((one) => one.title === title)?.rows ?? []).map(({ name, value }) => [name, value]),
  );

it("the settings have a row per forge that is used, with what its credential is or what is lacking without", () => {
  const { flow } = suite;
  const watched = valuesOf(flow, "This process");
  expect(watched.GitHub).toMatch(/^a credential is set: GitHub, with /);
  expect(watched).not.toHaveProperty("Forgejo");
  const [project] = flow.projects;
  if (project === undefined) throw new Error("nothing is watched");
  const source = { kind: "forgejo", owner: "acme", name: "suite" } as const;
  const both = { ...flow, projects: [project, { ...project, id: "there", source }] };
  expect(valuesOf(both, "This process").Forgejo).toMatch(/^no credential: files of repositories on Forgejo or Gitea/);
  expect(valuesOf(both, "Watched projects").there).toMatch(/^acme\/suite on Forgejo/);
});

it("the settings say what is sent, and where nothing is, that", () => {
  const { flow } = suite;
  expect(valuesOf({ ...flow, deliver: {} }, "Delivery")).toEqual({ channels: "none: nothing is sent" });
  expect(valuesOf({ ...flow, deliver: { "pull-request": {} } }, "Delivery")).toEqual({ "pull-request": "on" });
});
