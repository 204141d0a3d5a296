import { afterAll, beforeAll, expect, it } from "vitest";
import { DAY, plus } from "../../../src/domain/instant.ts";
import { previewDigest } from "../../../src/flow/letters/send-digest.ts";
import { type Suite, startSuite } from "../../support/suite.ts";

let suite: Suite;
beforeAll(async () => {
  suite = await startSuite();
});
afterAll(() => suite.close());

const digest = async () => (await previewDigest(suite.flow)).text.replace(/\s+/g, " ");

it("a plan and a digest say what goes out of support, when, and where it is pinned", async () => {
  const { support } = await suite.plan();
  expect(support).toMatchObject([
    { subject: "Alpine Linux 3.22", ended: false, upstream: "pkg:docker/library/alpine" },
  ]);
  expect(support[0]?.places).toHaveLength(3);
  expect(await digest()).toMatch(
    /OUT OF SUPPORT, OR SOON \(1\).*Alpine Linux 3\.22 goes out of support on .*Supported: 3\.24/,
  );
});

it("nobody is asked twice in a day, and a product that is not there is an answer", async () => {
  const before = suite.standIns.endOfLife.requests.length;
  await suite.plan();
  expect(suite.standIns.endOfLife.requests).toHaveLength(before);
  expect(suite.standIns.endOfLife.requests.some(({ status }) => status === 404)).toBe(true);
});

it("what was known counts when the service does not answer, and that is said", async () => {
  suite.standIns.endOfLife.fail(() => true, { status: 400 });
  suite.days.now = plus(suite.days.now, 70 * DAY);
  const { support, problems } = await suite.plan();
  expect(support).toMatchObject([{ subject: "Alpine Linux 3.22", ended: true }]);
  expect(problems.map(({ reason }) => reason).join()).toContain("end of support: the support of");
});
