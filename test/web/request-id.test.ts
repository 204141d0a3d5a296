import { Hono } from "hono";
import { beforeEach, describe, expect, it } from "vitest";
import { createLog } from "../../src/lib/log.ts";
import { createRequestIds } from "../../src/web/request-id.ts";

type Line = { readonly message: string; readonly request?: string };

describe("a request", () => {
  let lines: Line[];
  let app: Hono;
  /** The second request has been answered. */
  let second: PromiseWithResolvers<void>;
  beforeEach(() => {
    lines = [];
    second = Promise.withResolvers();
    const ids = createRequestIds(
      createLog({ json: true, level: "info", write: (line) => void lines.push(JSON.parse(line)) }),
    );
    app = new Hono();
    app.use(...ids.handlers);
    app.get("/slow/:name", async (context) => {
      const name = context.req.param("name");
      await (name === "one" ? second.promise : undefined);
      ids.log.info(`read ${name}`);
      if (name === "two") second.resolve();
      return context.text(ids.current());
    });
    app.post("/letters/:secret", (context) => context.text("gone", 410));
    app.onError((_error, context) => context.text(ids.current(), 500));
    app.get("/broken", () => {
      throw new Error("broken");
    });
  });

  it("has an id, which its answer and its lines in the log carry, also while others are answered", async () => {
    const answers = await Promise.all(["one", "two"].map((name) => app.request(`/slow/${name}`)));
    const ids = answers.map((answer) => answer.headers.get("x-request-id"));
    expect(new Set(ids).size).toBe(2);
    expect(await Promise.all(answers.map((answer) => answer.text()))).toEqual(ids);
    const said = lines.map(({ message, request }) => [message, request]);
    expect(said).toEqual([
      ["read two", ids[1]],
      ["read one", ids[0]],
    ]);
  });

  it("keeps the id that a proxy before us gave it, unless that is none", async () => {
    const ask = async (id: string) => (await app.request("/broken", { headers: { "x-request-id": id } })).text();
    expect(await ask("proxy-7f3a=")).toBe("proxy-7f3a=");
    for (const id of ["two words", "x".repeat(65), "<b>"]) expect(await ask(id)).toMatch(/^[0-9a-f]{8}$/);
  });

  it("that may change something is told, without the secrets that a path may hold", async () => {
    const answer = await app.request("/letters/s3cret", { method: "POST" });
    expect(lines).toMatchObject([
      { message: "POST /letters/:secret answered 410", request: answer.headers.get("x-request-id") },
    ]);
    expect(JSON.stringify(lines)).not.toContain("s3cret");
  });
});
