import { Ajv2020 } from "ajv/dist/2020.js";
import formatsModule from "ajv-formats";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SIGNALS } from "../../../src/score/signals.ts";
import { loadReports } from "../../../src/views/reports.ts";
import { createApp } from "../../../src/web/app.ts";
import { openApiDocument } from "../../../src/web/routes/api/open-api.ts";
import { API_ROUTES } from "../../../src/web/routes/api/routes.ts";
import { type Suite, startSuite } from "../../support/suite.ts";

type Operation = {
  operationId: string;
  parameters: { name: string; in: string; required: boolean }[];
  responses: Record<string, { content: Record<string, { schema: object }> }>;
};
type Document = { paths: Record<string, Record<string, Operation>>; components: { schemas: Record<string, object> } };
const document = openApiDocument() as unknown as Document;
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation, id: operation.operationId })),
);
const validator = new Ajv2020({ strict: false, allErrors: true });
(formatsModule as unknown as (ajv: Ajv2020) => void)(validator);
validator.addSchema({ $id: "https://headgate.example/openapi", ...document });

/** What is wrong with an answer by the schema that the document gives for it. */
function errorsIn(schema: object, answer: unknown): string[] {
  const text = JSON.stringify(schema).replaceAll('"#/', '"https://headgate.example/openapi#/');
  const validate = validator.compile(JSON.parse(text) as object);
  validate(answer);
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}

let suite: Suite;
let app: ReturnType<typeof createApp>;
let candidate = "";
let alert = "";

beforeAll(async () => {
  suite = await startSuite();
  app = createApp(suite.flow, { token: "sesame", hosts: ["127.0.0.1"] });
  candidate = (await suite.plan()).candidates.find(({ decision }) => decision.verdict === "propose")?.id ?? "";
  const found = (await call("/alerts")).body as { items: { id: string }[] };
  alert = found.items[0]?.id ?? "";
});
afterAll(() => suite?.close());

async function call(path: string, init: RequestInit & { token?: string } = {}) {
  const headers = { host: "127.0.0.1", authorization: `Bearer ${init.token ?? "sesame"}` };
  const response = await app.request(`http://127.0.0.1/api/v1${path}`, { ...init, headers });
  const type = response.headers.get("content-type") ?? "";
  const text = await response.text();
  return {
    status: response.status,
    type,
    text,
    body: type.includes("json") ? (JSON.parse(text) as unknown) : undefined,
  };
}

const post = (path: string, body: unknown) => call(path, { method: "POST", body: JSON.stringify(body) });
const said = { by: "Release manager", reason: "read the diff" };

const REPORTS = await loadReports();

/** How each operation is asked so that it answers. */
const asks: Readonly<Record<string, () => ReturnType<typeof call>>> = {
  listProjects: () => call("/projects"),
  getProject: () => call("/projects/suite"),
  listComponents: () => call("/components?project=suite"),
  listCandidates: () => call("/candidates"),
  getCandidate: () => call(`/candidates/${candidate}`),
  getLedger: () => call(`/candidates/${candidate}/ledger`),
  decide: () => post(`/candidates/${candidate}/decisions`, { action: "hold", ...said }),
  listUpstreams: () => call("/upstreams"),
  getTrustCard: () => call("/trust?upstream=requests"),
  vouch: () => post("/vouches", { upstream: "requests", points: 8, ...said }),
  listAlerts: () => call("/alerts?all=true"),
  settleAlert: () => post(`/alerts/${alert}/words`, { state: "acknowledged", ...said }),
  listDeliveries: () => call("/deliveries"),
  listExports: () => call("/exports"),
  export: () => call("/exports/cyclonedx"),
};

describe("the API", () => {
  it("serves the document that it is made from, and nothing else", () => {
    const served = API_ROUTES.map(({ method, path, id }) => `${method} ${path} ${id}`).sort();
    expect(operations.map(({ method, path, id }) => `${method} ${path} ${id}`).sort()).toEqual(served);
    expect(Object.keys(asks).sort()).toEqual(API_ROUTES.map(({ id }) => id).sort());
  });

  it("serves it under /api/openapi.json", async () => {
    const headers = { host: "127.0.0.1", authorization: "Bearer sesame" };
    const response = await app.request("http://127.0.0.1/api/openapi.json", { headers });
    expect(await response.json()).toEqual(JSON.parse(JSON.stringify(document)));
  });

  it("names every hole of a path as a parameter, and every reference leads somewhere", () => {
    for (const { path, operation } of operations) {
      const holes = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(operation.parameters.filter((one) => one.in === "path").map(({ name }) => name)).toEqual(holes);
    }
    const references = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(
      ([, name]) => name,
    );
    expect(references.length).toBeGreaterThan(20);
    expect(references.filter((name) => !Object.hasOwn(document.components.schemas, name ?? ""))).toEqual([]);
  });

  it.each(operations)("answers $id as the document says", async ({ id, operation }) => {
    const { status, type, body, text } = await (asks[id] ?? (() => call("/")))();
    expect(status, text).toBe(200);
    const content = operation.responses[200]?.content ?? {};
    const documented = content[type] ?? content["application/json"];
    expect(Object.keys(content)).toContain(type);
    expect(errorsIn(documented?.schema ?? {}, body)).toEqual([]);
  });

  it.each(operations)("refuses $id without the token, as a problem", async ({ path, method }) => {
    const answer = await call(path.replace(/\{\w+\}/g, "x"), { method: method.toUpperCase(), token: "open" });
    expect([answer.status, answer.type]).toEqual([401, "application/problem+json"]);
    expect(errorsIn({ $ref: "#/components/schemas/Problem" }, answer.body)).toEqual([]);
  });

  it.each(operations)(
    "refuses $id as the document says when it is asked for what nobody knows",
    async ({ path, method, operation }) => {
      const init = { method: method.toUpperCase(), ...(method === "post" && { body: "{}" }) };
      const here = path.replace("{project}", "suite").replace(/\{\w+\}/g, "nothing-like-it");
      const odd = await call(`${here}?no-such-option=1`, init);
      expect([odd.status, odd.type]).toEqual([400, "application/problem+json"]);
      expect(odd.text).toContain("no-such-option");
      const lost = await call(here, init);
      const documented = operation.responses[lost.status]?.content[lost.type]?.schema;
      expect([here, lost.status, documented === undefined]).toEqual([here, lost.status, false]);
      const failed = lost.status !== 200;
      expect(failed).toBe(
        path.includes("{") || method === "post" || operation.parameters.some(({ required }) => required),
      );
      if (failed) expect(errorsIn(documented ?? {}, lost.body)).toEqual([]);
    },
  );

  it.each([
    ["/candidates?page=0", 400, "query.page"],
    ["/candidates?stat=held", 400, "stat"],
    ["/candidates?state=asleep", 400, "query.state"],
    ["/trust", 400, "query.upstream"],
    ["/trust?upstream=no-such-thing", 422, "no-such-thing"],
    ["/projects/nobody", 404, "No project nobody is watched."],
    ["/candidates/abc", 422, "too short"],
    ["/exports/xml", 404, "there are cyclonedx"],
    ["/exports/csv?since=yesterday", 422, "is not a date"],
    ["/nothing", 404, "openapi.json"],
  ])("says what is wrong with %s as a problem", async (path, status, words) => {
    const answer = await call(path);
    expect([answer.status, answer.type]).toEqual([status, "application/problem+json"]);
    expect(errorsIn({ $ref: "#/components/schemas/Problem" }, answer.body)).toEqual([]);
    expect(answer.text).toContain(words);
  });

  it.each([
    ["not JSON", "{"],
    ["no reason", JSON.stringify({ action: "hold", by: "Release manager" })],
    ["an unknown action", JSON.stringify({ action: "merge", ...said })],
    ["more than is known", JSON.stringify({ action: "hold", ...said, force: true })],
  ])("takes no decision of %s", async (_, body) => {
    const answer = await call(`/candidates/${candidate}/decisions`, { method: "POST", body });
    expect([answer.status, answer.type]).toEqual([400, "application/problem+json"]);
  });

  it("records what is posted, and shows it", async () => {
    await post(`/candidates/${candidate}/decisions`, { action: "hold", ...said });
    const shown = (await call(`/candidates/${candidate}`)).body as { state: string; decision: { verdict: string } };
    expect([shown.state, shown.decision.verdict]).toEqual(["held", "hold"]);
    const held = (await call("/candidates?state=held")).body as { items: { id: string }[] };
    expect(held.items.map(({ id }) => id)).toContain(candidate);
  });

  it("names no number of a project of which little is known", async () => {
    const { policy } = suite.flow;
    const signals = Object.fromEntries(SIGNALS.map(({ id }) => [id, id === "recent-commits"]));
    const blind = createApp(
      { ...suite.flow, policy: { ...policy, signals } },
      { token: "sesame", hosts: ["127.0.0.1"] },
    );
    const headers = { host: "127.0.0.1", authorization: "Bearer sesame" };
    const answer = await blind.request("http://127.0.0.1/api/v1/trust?upstream=requests", { headers });
    const { score } = (await answer.json()) as { score: { coverage: number; dimensions: object[] } };
    expect(score).toMatchObject({ band: "insufficient", coverage: expect.closeTo(0.15, 1) });
    expect([score, ...score.dimensions].filter((one) => "value" in one)).toEqual([]);
  });

  it("has pages that together are the whole list", async () => {
    const first = (await call("/components?page=1")).body as { total: number; size: number; items: unknown[] };
    const past = (await call("/components?page=999")).body as { items: unknown[] };
    expect([first.items.length, past.items.length]).toEqual([Math.min(first.total, first.size), 0]);
  });

  it.each(REPORTS)("gives out the report $id under its media type", async ({ id, mediaType }) => {
    const { status, type, text } = await call(`/exports/${id}`);
    expect([status, type]).toEqual([200, mediaType]);
    expect(text.length).toBeGreaterThan(60);
  });
});
