import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { watchedUpstreams } from "../../../src/db/projects/pins.ts";
import type { Alert } from "../../../src/domain/bump.ts";
import { HOUR, plus } from "../../../src/domain/instant.ts";
import { previewDigest } from "../../../src/flow/letters/send-digest.ts";
import { pollUpstreams } from "../../../src/flow/poll/poll-upstreams.ts";
import { type Finished, headgate } from "../../support/command.ts";
import { type Suite, startSuite } from "../../support/suite.ts";
import { yankFromPypi } from "../../upstreams/pypi.ts";

let suite: Suite;
let digest = "";

beforeAll(async () => {
  suite = await startSuite();
  yankFromPypi(suite.world.pypi, "pyyaml", "6.0.2", "breaks the loader");
  suite.days.now = plus(suite.days.now, HOUR);
  await pollUpstreams(suite.flow, await watchedUpstreams(suite.flow.db));
  digest = (await previewDigest(suite.flow)).text;
  await suite.closeStore();
});
afterAll(() => suite?.close());

function run(...args: string[]): Promise<Finished> {
  return headgate([...args, "--config", suite.config], { env: { GITHUB_TOKEN: suite.world.token } });
}

const flat = (text: string) => text.replace(/\s+/g, " ");
const listed = async (...args: string[]) => {
  const alerts = JSON.parse((await run("alerts", "--json", ...args)).out) as Alert[];
  return alerts.filter((alert) => alert.class === "yanked"); // the sample's overdue advisory stands beside it
};

describe("alerts on the command line", () => {
  it("say what happened, what was and is there, where, and what to do next", async () => {
    const { code, out } = await run("alerts");
    expect(code).toBe(1);
    expect(flat(out)).toMatch(/Yanked pyyaml 6\.0\.2 \(high, open, suite, since .*, [0-9a-f]{10}\)/);
    expect(flat(out)).toContain("was yanked by its upstream (breaks the loader).");
    expect(flat(out)).toContain("state: was released, is yanked");
    expect(flat(out)).toContain("In requirements.txt:");
    expect(flat(out)).toContain("Next: Read the reason");
  });

  it("are acknowledged by the command that the digest names", async () => {
    const [alert] = await listed();
    const command = new RegExp(`headgate acknowledge ${alert?.id} --reason "why"`);
    expect(flat(digest)).toMatch(command);
    const done = await run("acknowledge", alert?.id ?? "", "--reason", "we move on Monday", "--by", "Release manager");
    expect([done.code, flat(done.out)]).toEqual([0, expect.stringContaining("is acknowledged by Release manager.")]);
    expect(await listed()).toMatchObject([
      { state: "acknowledged", acknowledged: { by: "Release manager", reason: "we move on Monday" } },
    ]);
  });

  it("stand in doctor until they are over", async () => {
    expect(flat((await run("doctor")).out)).toMatch(
      /lacking alert [0-9a-f]{10} \(suite, high\): .* Acknowledged by Release/,
    );
  });

  it("are resolved once, and then only in the list of all", async () => {
    const [alert] = await listed();
    expect(
      (await run("resolve", alert?.id.slice(0, 5) ?? "", "--reason", "moved", "--by", "Release manager")).code,
    ).toBe(0);
    expect(await listed()).toEqual([]);
    expect(flat((await run("alerts")).out)).not.toContain("Yanked");
    expect(await listed("--all")).toMatchObject([{ state: "resolved", resolved: { reason: "moved" } }]);
    const twice = await run("resolve", alert?.id ?? "", "--reason", "again", "--by", "Release manager");
    expect([twice.code, twice.err]).toEqual([2, expect.stringContaining("resolved already")]);
  });

  it("that are not there are said not to be", async () => {
    const { code, err } = await run("acknowledge", "feedbeef00", "--reason", "x", "--by", "y");
    expect([code, err]).toEqual([2, expect.stringContaining("There is no alert feedbeef00")]);
  });
});
