import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { advisoriesOf, recordAdvisories } from "../../../src/db/upstreams/advisories.ts";
import { DAY, plus } from "../../../src/domain/instant.ts";
import { anAdvisory, NOW } from "../../support/build.ts";
import { emptyTables, openTestDatabase, type TestDatabase } from "../../support/database.ts";

const PURL = "pkg:pypi/tool";
const A = anAdvisory({ id: "A" });
const B = anAdvisory({ id: "B" });
const later = (days: number) => plus(NOW, days * DAY);

describe("advisories since when they are known", () => {
  let store: TestDatabase;
  beforeAll(async () => {
    store = await openTestDatabase();
  });
  beforeEach(() => emptyTables(store.db));
  afterAll(() => store?.close());

  const says = (source: string, advisories: (typeof A)[], at: string, version = "1.0") =>
    recordAdvisories(store.db, source, [{ purl: PURL, version, advisories }], at);
  const standing = async () =>
    (await advisoriesOf(store.db, [PURL]))
      .map(({ version, advisory }) => [version, advisory.id, advisory.firstSeenAt])
      .sort();

  it("keep their first sight", async () => {
    await says("osv", [A], NOW);
    const again = await says("osv", [{ ...A, severity: "critical" }, B], later(1));
    expect(again.map(({ advisory }) => [advisory.id, advisory.severity, advisory.firstSeenAt])).toEqual([
      ["A", "critical", NOW],
      ["B", "high", later(1)],
    ]);
  });

  it("end when they are withdrawn, and begin anew when they come back", async () => {
    await says("osv", [A, B], NOW);
    await says("osv", [B], later(1));
    expect(await standing()).toEqual([["1.0", "B", NOW]]);
    await says("osv", [A, B], later(2));
    expect(await standing()).toEqual([
      ["1.0", "A", later(2)],
      ["1.0", "B", NOW],
    ]);
  });

  it("of one source, or of another version, end nothing elsewhere", async () => {
    await says("trivy", [A], NOW);
    await says("osv", [A], NOW, "2.0");
    await says("osv", [], later(1));
    expect((await standing()).map(([version, id]) => [version, id])).toEqual([
      ["1.0", "A"],
      ["2.0", "A"],
    ]);
  });
});
