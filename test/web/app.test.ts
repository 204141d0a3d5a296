import { describe, expect, it } from "vitest";
import type { FlowContext } from "../../src/flow/context.ts";
import { createLog } from "../../src/lib/log.ts";
import { createApp } from "../../src/web/app.ts";

// What is asked here never gets as far as the flow: a command that does is tried from the command line.
const log = createLog({ json: true, level: "silent", write: () => undefined });
const clock = () => new Date().toISOString();
const app = createApp({ log, clock } as FlowContext, { token: "sesame", hosts: ["127.0.0.1", "localhost"] });
const ask = (path: string, headers: Record<string, string> = {}, init: RequestInit = {}) =>
  app.request(`http://127.0.0.1${path}`, { ...init, headers: { host: "127.0.0.1:8420", ...headers } });

describe("the daemon's edge", () => {
  it("says that it is alive to anybody on this machine", async () => {
    expect((await ask("/healthz")).status).toBe(200);
  });

  it("refuses a name of somebody else's that leads here", async () => {
    expect((await ask("/healthz", { host: "rebound.example" })).status).toBe(421);
    expect((await ask("/healthz", { host: "rebound.example:8420" })).status).toBe(421);
  });

  it.each([undefined, "Bearer open", "Bearer sesamee", "sesame"])("wants the token, not %j", async (authorization) => {
    const response = await ask("/api/commands/plan", authorization === undefined ? {} : { authorization }, {
      method: "POST",
      body: "{}",
    });
    expect(response.status).toBe(401);
  });

  it.each(["no-such-command", "constructor", "__proto__"])("knows no command %s", async (name) => {
    const response = await ask(
      `/api/commands/${name}`,
      { authorization: "Bearer sesame" },
      { method: "POST", body: "{}" },
    );
    expect(response.status).toBe(404);
    expect(await response.text()).toContain("known: ");
  });

  it("takes no bodies of any size", async () => {
    const response = await ask(
      "/api/commands/plan",
      { authorization: "Bearer sesame", "content-length": "100000" },
      { method: "POST", body: "x".repeat(100_000) },
    );
    expect(response.status).toBe(413);
  });

  it("says what is wrong with the input of a command", async () => {
    const response = await ask(
      "/api/commands/plan",
      { authorization: "Bearer sesame" },
      { method: "POST", body: '{"path": 7}' },
    );
    expect(response.status).toBe(422);
    expect(await response.text()).toContain("path");
  });

  it("answers a body that is not JSON with a sentence", async () => {
    const response = await ask("/api/commands/plan", { authorization: "Bearer sesame" }, { method: "POST", body: "{" });
    expect(response.status).toBe(400);
  });
});
