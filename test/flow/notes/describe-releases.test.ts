import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { DAY, HOUR, plus } from "../../../src/domain/instant.ts";
import { type Suite, startSuite } from "../../support/suite.ts";
import { publishToPypi } from "../../upstreams/pypi.ts";

const folder = mkdtempSync(join(tmpdir(), "headgate-notes-"));
let suite: Suite;
beforeAll(async () => {
  writeFileSync(join(folder, "requirements.txt"), "quiet==1.0\n");
  suite = await startSuite(`{ path: "${folder}", name: example }`);
  publishToPypi(suite.world.pypi, "quiet", "1.0", plus(suite.days.now, -90 * DAY));
  publishToPypi(suite.world.pypi, "quiet", "1.1", plus(suite.days.now, -30 * DAY));
});
afterAll(async () => {
  await suite?.close();
  rmSync(folder, { recursive: true });
});

/** A package that names no repository has its notes nowhere; where to look is on its own page. */
async function lookedIn(pause: number): Promise<number> {
  suite.days.now = plus(suite.days.now, pause);
  suite.standIns.pypi.requests.length = 0;
  await suite.plan();
  return suite.standIns.pypi.requests.filter(({ path }) => path === "/pypi/quiet/json").length;
}

it("notes that are nowhere are looked for again after a day, not with every plan", async () => {
  expect(await lookedIn(7 * HOUR)).toBeGreaterThan(0);
  expect(suite.candidateTo("1.1").notes).toEqual([expect.not.objectContaining({ text: expect.anything() })]);
  expect(await lookedIn(HOUR / 2)).toBe(0);
  expect(await lookedIn(DAY)).toBeGreaterThan(0);
});
