import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { addJobTimes } from "../../../src/db/service/job-times.ts";
import { setMeta } from "../../../src/db/service/meta.ts";
import { HOUR, plus } from "../../../src/domain/instant.ts";
import { createApp } from "../../../src/web/app.ts";
import { type Suite, startSuite } from "../../support/suite.ts";

/** A line of the text format: a comment, or a name, labels and a number. */
const LINE =
  /^(?:# (?:HELP [a-z_]+ .+|TYPE [a-z_]+ (?:gauge|counter|histogram))|[a-z_]+(?:\{(?:[a-zA-Z_]+="(?:[^"\\\n]|\\.)*",?)+\})? -?(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?|\+Inf))$/;

describe("what Prometheus is told", () => {
  let suite: Suite;
  let text: string;
  const ask = (headers: Record<string, string> = {}) => {
    const depth = { lane: "main", waiting: 3, delayed: 0, active: 1, oldest: 2_500 };
    const probes = { depths: async () => [depth], isWorking: () => true };
    const app = createApp(suite.flow, { token: "sesame", hosts: ["127.0.0.1"], probes });
    return app.request("http://127.0.0.1/metrics", { headers: { host: "127.0.0.1:8420", ...headers } });
  };
  beforeAll(async () => {
    suite = await startSuite();
    await addJobTimes(suite.flow.db, { job: "poll", bounds: [1], counts: [2], sum: 1.5, count: 2, failed: 1 });
    await setMeta(suite.flow.db, "duty/digest", { plan: "0 7 * * *", at: plus(suite.flow.clock(), -HOUR) });
    await suite.flow.db.execute(`
      insert into headgate.deliveries (key, channel, subject_kind, subject_id, state, at)
        values ('one', 'e-mail', 'digest', 'one', 'failed', now());
      insert into headgate.alerts (project, upstream, class, state, opened_at, updated_at, alert)
        values ('p', 'pkg:pypi/requests', 'tag-moved', 'open', now(), now(), '{}')`);
    text = await (await ask({ authorization: "Bearer sesame" })).text();
  });
  afterAll(() => suite.close());

  it("wants the token", async () => {
    expect((await ask()).status).toBe(401);
    expect((await ask({ authorization: "Bearer open" })).status).toBe(401);
  });

  it("is in the text format, each metric with a word of what it means", () => {
    const lines = text.trimEnd().split("\n");
    expect(lines.filter((line) => !LINE.test(line))).toEqual([]);
    const named = new Set(lines.filter((line) => line.startsWith("# HELP")).map((line) => line.split(" ")[2]));
    const used = lines
      .filter((line) => !line.startsWith("#"))
      .map((line) => line.replace(/[{ ].*/, "").replace(/_(?:bucket|sum|count)$/, ""));
    expect(used.filter((name) => !named.has(name))).toEqual([]);
  });

  it("tells freshness, budgets, queue, candidates, failures and durations", () => {
    expect(text).toMatch(/^headgate_upstreams\{source="github"\} \d+$/m);
    expect(text).toMatch(/^headgate_upstreams_stale\{source="pypi"\} 0$/m);
    expect(text).toMatch(/^headgate_budget_remaining\{budget="[^"]+"\} \d+$/m);
    expect(text).toMatch(/^headgate_candidates\{state="[a-z]+"\} \d+$/m);
    expect(text).toContain('headgate_queue_jobs{lane="main",state="waiting"} 3');
    expect(text).toContain('headgate_queue_oldest_seconds{lane="main"} 2.5');
    expect(text).toContain('headgate_job_duration_seconds_bucket{job="poll",le="+Inf"} 2');
    expect(text).toContain('headgate_jobs_failed_total{job="poll"} 1');
    expect(text).toContain('headgate_due_oldest_seconds{of="duty"} 3600');
    expect(text).toMatch(/^process_memory_bytes\{kind="rss"\} \d+$/m);
    expect(text).not.toContain(suite.world.token);
  });

  const page = readFileSync(join(import.meta.dirname, "../../../docs/operating.md"), "utf8");
  const rules = (
    parse(/```yaml\n(groups:\n.*?)```/s.exec(page)?.[1] ?? "") as {
      groups: { rules: { alert: string; expr: string; annotations: { summary: string } }[] }[];
    }
  ).groups.flatMap(({ rules: list }) => list);
  /** The metrics of an expression, each with the labels that it asks for. */
  const asked = (expr: string) =>
    [...expr.matchAll(/\b((?:headgate|process)_[a-z_]+)(?:\{([^}]*)\})?/g)].map(([, name = "", labels = ""]) => {
      return { name, labels: labels.split(",").filter(Boolean) };
    });

  it("has every metric that the example alert rules name, with the labels that they ask for and speak of", () => {
    expect(rules.length).toBeGreaterThan(4);
    const samples = text.split("\n").filter((line) => !line.startsWith("#"));
    for (const { alert, expr, annotations } of rules)
      for (const { name, labels } of asked(expr)) {
        const of = samples.filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
        expect(of, `${alert}: ${name}`).not.toEqual([]);
        for (const label of labels) expect(of.join(), `${alert}: ${name}`).toContain(label);
        for (const [, label] of annotations.summary.matchAll(/\$labels\.(\w+)/g))
          expect(of.join(), `${alert}: ${name}`).toContain(`${label}="`);
      }
  });

  it("and the page tell the same metrics", () => {
    const told = page
      .slice(page.indexOf("| metric |"), page.indexOf("Example alert rules"))
      .match(/(?:headgate|process)_[a-z_]+/g);
    const given = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
    expect([...new Set(told)].sort()).toEqual([...new Set(given)].sort());
  });
});
