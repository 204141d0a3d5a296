import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { putCandidates } from "../../src/db/decisions/candidates.ts";
import { raiseAlert, settleAlert } from "../../src/db/deliveries/alerts.ts";
import { claimDelivery, recordDelivery } from "../../src/db/deliveries/deliveries.ts";
import { appendEvent } from "../../src/db/deliveries/events.ts";
import { advisoryLines, introducedLines } from "../../src/db/pages/advisory-lines.ts";
import { alertLines, integrityNotes } from "../../src/db/pages/alert-lines.ts";
import { auditLines } from "../../src/db/pages/audit-lines.ts";
import { deliveryLines, usedChannels } from "../../src/db/pages/delivery-lines.ts";
import { lagGroups } from "../../src/db/pages/lag.ts";
import { problemLines } from "../../src/db/pages/problem-lines.ts";
import { recordProjectFailure } from "../../src/db/projects/projects.ts";
import { components, pins, projects } from "../../src/db/schema/projects.ts";
import { upstreams } from "../../src/db/schema/upstreams.ts";
import { setMeta } from "../../src/db/service/meta.ts";
import { recordAdvisories } from "../../src/db/upstreams/advisories.ts";
import type { Candidate, Delivery } from "../../src/domain/bump.ts";
import type { CandidateState } from "../../src/domain/candidate-state.ts";
import { DAY, HOUR, plus } from "../../src/domain/instant.ts";
import type { Advisory } from "../../src/domain/trust.ts";
import { Failure } from "../../src/lib/failure.ts";
import { aCandidate, anAdvisory, anAlert, aPin, NOW } from "../support/build.ts";
import { emptyTables, openTestDatabase, STORES, type TestDatabase } from "../support/database.ts";

const TOOL = "pkg:github/example/tool";
const TIMES = { critical: DAY, high: 3 * DAY, medium: 7 * DAY };

describe.each(STORES)("what pages list, from the %s store", (kind) => {
  let store: TestDatabase;
  beforeAll(async () => {
    store = await openTestDatabase(kind);
  });
  beforeEach(() => emptyTables(store.db));
  afterAll(() => store.close());

  const aProject = (id = "example") =>
    store.db.insert(projects).values({ id, name: id, source: { kind: "path", path: "/x" }, problems: [], dueAt: NOW });
  const aStoredPin = (ordinal: number, given: Parameters<typeof aPin>[0] = {}, watched = true, project = "example") => {
    const pin = aPin(given);
    const { path, line, upstream } = pin;
    return store.db.insert(pins).values({ project, ordinal, path, line, upstream, watched, pin });
  };
  const known = (purl: string, advisories: readonly Advisory[], source = "osv", at = NOW, version = "1.0.0") =>
    recordAdvisories(store.db, source, [{ purl, version, advisories }], at);
  const aStoredCandidate = (given: Partial<Candidate>, state: CandidateState) => {
    const candidate = aCandidate(given);
    const card = { upstream: candidate.component.upstream, score: undefined, checks: [] };
    return putCandidates(store.db, [{ candidate, card, stateAfter: () => state }], NOW);
  };

  describe("advisories", () => {
    const lines = (question: object = {}) =>
      advisoryLines(store.db, { page: 1, ...question }, TIMES, plus(NOW, 2 * DAY));

    it("are due by their severity from first sight, the most urgent first, one row however many scanners name them", async () => {
      await aProject();
      await aStoredPin(0);
      await aStoredPin(1, { path: "other/Dockerfile", line: 7 });
      await known(TOOL, [
        anAdvisory({ id: "LOW-1", severity: "low" }),
        anAdvisory({ id: "HIGH-1", severity: "high" }),
        anAdvisory({ id: "CRIT-1", severity: "critical" }),
        anAdvisory({ id: "KEV-1", severity: "medium", exploited: true }),
      ]);
      await known(TOOL, [anAdvisory({ id: "HIGH-1", severity: "high" })], "trivy", plus(NOW, -DAY));
      const { rows, total } = await lines();
      expect(total).toBe(4);
      expect(rows.map(({ advisory, dueAt }) => [advisory.id, dueAt])).toEqual([
        ["CRIT-1", plus(NOW, DAY)],
        ["KEV-1", plus(NOW, DAY)],
        ["HIGH-1", plus(NOW, 2 * DAY)],
        ["LOW-1", undefined],
      ]);
      expect(rows[0]?.places).toEqual([
        { path: "Dockerfile", line: 1 },
        { path: "other/Dockerfile", line: 7 },
      ]);
    });

    it("about malware are due at once, whatever its severity", async () => {
      await aProject();
      await aStoredPin(0);
      await known(TOOL, [anAdvisory({ id: "MAL-2026-1", severity: "unknown" })]);
      expect((await lines()).rows[0]?.dueAt).toBe(NOW);
    });

    it("of other versions, ended ones and places that nobody watches are not there", async () => {
      await aProject();
      await aStoredPin(0);
      await aStoredPin(1, { upstream: "pkg:pypi/own" }, false);
      await known(TOOL, [anAdvisory({ id: "GONE-1" })]);
      await known(TOOL, []);
      await known(TOOL, [anAdvisory({ id: "LATER-1" })], "osv", NOW, "9.9.9");
      await known("pkg:pypi/own", [anAdvisory({ id: "OWN-1" })]);
      expect(await lines()).toMatchObject({ rows: [], total: 0 });
    });

    it("are found by words, project and urgency", async () => {
      await aProject();
      await aProject("another");
      await aStoredPin(0);
      await aStoredPin(0, {}, true, "another");
      await known(TOOL, [
        anAdvisory({ id: "CRIT-1", severity: "critical" }),
        anAdvisory({ id: "LOW-1", severity: "low" }),
      ]);
      const ids = async (question: object) =>
        (await lines(question)).rows.map(({ project, advisory }) => `${project} ${advisory.id}`);
      expect(await ids({ text: "crit" })).toEqual(["another CRIT-1", "example CRIT-1"]);
      expect(await ids({ project: "another", urgency: "undated" })).toEqual(["another LOW-1"]);
      expect(await ids({ urgency: "overdue" })).toEqual(["another CRIT-1", "example CRIT-1"]);
      expect(await ids({ urgency: "due" })).toEqual([]);
      expect(await ids({ text: "%" })).toEqual([]);
    });

    it("name the remedy that is furthest on its way, and candidates that would bring some in", async () => {
      await aProject();
      await aStoredPin(0);
      const advisory = anAdvisory({ id: "HIGH-1", severity: "high" });
      await known(TOOL, [advisory]);
      await aStoredCandidate({ id: "held00000000", fixes: [advisory] }, "held");
      await aStoredCandidate(
        { id: "open00000000", fixes: [advisory], introduces: [anAdvisory({ id: "NEW-1" })] },
        "proposed",
      );
      await aStoredCandidate(
        { id: "gone00000000", fixes: [advisory], introduces: [anAdvisory({ id: "NEW-2" })] },
        "merged",
      );
      expect((await lines()).rows[0]?.fix).toEqual({ id: "open00000000", to: "1.1.0", state: "proposed" });
      expect(await introducedLines(store.db, 10)).toMatchObject([
        { candidate: { id: "open00000000" }, advisories: [{ id: "NEW-1" }] },
      ]);
    });

    it("come in pages of fifty", async () => {
      await aProject();
      await aStoredPin(0);
      await known(
        TOOL,
        Array.from({ length: 53 }, (_, index) => anAdvisory({ id: `A-${100 + index}` })),
      );
      const second = await lines({ page: 2 });
      expect([second.rows.length, second.total]).toEqual([3, 53]);
      expect(second.rows[0]?.advisory.id).toBe("A-150");
    });
  });

  it("alerts: what nobody has seen first, then the worst, and resolved ones only when asked for", async () => {
    const raise = async (subject: string, severity: "critical" | "low") =>
      (await raiseAlert(store.db, anAlert({ subject, severity }), NOW)).alert;
    await raise("v1", "low");
    await raise("v2", "critical");
    const seen = await raise("v3", "critical");
    const over = await raise("v4", "critical");
    await settleAlert(store.db, seen, { state: "acknowledged", by: "maintainer", reason: "asked" }, NOW);
    await settleAlert(store.db, over, { state: "resolved", by: "maintainer", reason: "same" }, NOW);
    const subjects = async (state: "standing" | "resolved" | "all", kind?: "yanked" | "tag-moved") =>
      (await alertLines(store.db, { state, page: 1, ...(kind !== undefined && { class: kind }) })).rows.map(
        ({ subject }) => subject,
      );
    expect(await subjects("standing")).toEqual(["v2", "v1", "v3"]);
    expect(await subjects("resolved", "tag-moved")).toEqual(["v4"]);
    expect(await subjects("all", "yanked")).toEqual([]);
  });

  it("notes of the watch on pins, newest first", async () => {
    for (const summary of ["first", "second"])
      await appendEvent(
        store.db,
        { kind: "integrity", project: "example", upstream: TOOL, data: { class: "rebuild", subject: "1", summary } },
        NOW,
      );
    await appendEvent(store.db, { kind: "candidate", data: {} }, NOW);
    const note = { at: NOW, project: "example", upstream: TOOL, class: "rebuild", subject: "1" };
    expect(await integrityNotes(store.db, 5)).toEqual([
      { ...note, summary: "second" },
      { ...note, summary: "first" },
    ]);
    expect(await integrityNotes(store.db, 5, plus(NOW, 1))).toEqual([]);
  });

  it("deliveries, newest first, with the candidate they are about, and without what was only built", async () => {
    await aStoredCandidate({ id: "0123456789ab" }, "proposed");
    const made = (given: Partial<Delivery>): Delivery => ({
      subject: { kind: "candidate", id: "0123456789ab" },
      channel: "pull-request",
      key: "k1",
      state: "sent",
      at: NOW,
      ...given,
    });
    await recordDelivery(store.db, made({ url: "https://forge.example/1" }));
    await recordDelivery(store.db, made({ key: "k0", channel: "change" }));
    const digest = { kind: "digest", id: "2026-11" } as const;
    await recordDelivery(
      store.db,
      made({ key: "k2", channel: "e-mail", subject: digest, state: "failed", at: plus(NOW, 1) }),
    );
    const { rows, total } = await deliveryLines(store.db, { page: 1 });
    expect(total).toBe(2);
    expect(rows).toMatchObject([
      { key: "k2", state: "failed" },
      { key: "k1", url: "https://forge.example/1" },
    ]);
    expect(rows[0]).not.toHaveProperty("candidate");
    expect(rows[1]?.candidate).toEqual({ id: "0123456789ab", project: "example", upstream: TOOL, to: "1.1.0" });
    expect((await deliveryLines(store.db, { page: 1, state: "failed", channel: "pull-request" })).total).toBe(0);
    expect(await usedChannels(store.db)).toEqual(["e-mail", "pull-request"]);
  });

  it("of letters that were sent what they said, and to whom, among the deliveries and in the audit log", async () => {
    const about = { title: "tag moved: example/tool", to: "ann@example.org", project: "example", upstream: TOOL };
    const letter = { key: "e-mail/alert/a1", channel: "e-mail", subject: { kind: "alert", id: "a1" } } as const;
    await claimDelivery(store.db, { ...letter, about, payload: { text: "gone soon" } }, NOW, HOUR);
    await recordDelivery(store.db, { ...letter, state: "sent", at: NOW });
    expect((await deliveryLines(store.db, { page: 1 })).rows).toMatchObject([{ state: "sent", about }]);
    const { lines } = await auditLines(store.db, { kind: "delivery" });
    expect(lines).toMatchObject([
      { data: { state: "sent" }, about },
      { data: { state: "started" }, about },
    ]);
  });

  it("problems of every kind, each reason once, what lasts longest first, and only of what is watched", async () => {
    await aProject();
    await recordProjectFailure(store.db, "example", new Failure("unavailable", "The repository did not answer."), NOW);
    await aStoredPin(0);
    const failing = (purl: string, hours: number) => ({
      purl,
      dueAt: plus(NOW, HOUR),
      notChecked: [],
      failure: {
        code: "unavailable" as const,
        message: "No answer.",
        at: NOW,
        since: plus(NOW, -hours * HOUR),
        count: 3,
      },
    });
    await store.db.insert(upstreams).values([failing(TOOL, 5), failing("pkg:pypi/left-behind", 9)]);
    await aStoredPin(1, { upstream: "pkg:docker/a" });
    await aStoredPin(2, { upstream: "pkg:docker/b" });
    const part = { dueAt: NOW, notChecked: ["platforms"] };
    await store.db.insert(upstreams).values([
      { purl: "pkg:docker/a", ...part },
      { purl: "pkg:docker/b", ...part },
    ]);
    await setMeta(store.db, "unchecked/example", [{ subject: "tool", reason: "No Scorecard.", since: NOW }]);
    await setMeta(store.db, "unchecked/retired", [{ subject: "old", reason: "Gone." }]);
    const { rows, total } = await problemLines(store.db, { page: 1 }, NOW);
    expect(total).toBe(4);
    expect(rows.map(({ kind: where, reason, count }) => [where, reason, count])).toEqual([
      ["upstream", "No answer.", 1],
      ["decision", "No Scorecard.", 1],
      ["project", "The repository did not answer.", 1],
      ["part", "platforms", 2],
    ]);
    expect(rows[0]).toMatchObject({ since: plus(NOW, -5 * HOUR), retryAt: plus(NOW, HOUR), subjects: [TOOL] });
    expect((await problemLines(store.db, { page: 1, kind: "host" }, NOW)).total).toBe(0);
  });

  it("problems with one host as one, whatever was asked of it, and what is said once as it was said", async () => {
    await aProject();
    const [first, second] = ["pypi.org/simple/one/ answered 404", "pypi.org/simple/two/ answered 404"];
    await setMeta(store.db, "unchecked/example", [
      { subject: "one", reason: first },
      { subject: "two", reason: second },
      { subject: "three", reason: "npm.example:8443/three, asked twice: it answered 500" },
    ]);
    const { rows } = await problemLines(store.db, { page: 1 }, NOW);
    expect(rows.map(({ reason, subjects }) => [reason, subjects])).toEqual([
      ["pypi.org answered 404", ["one", "two"]],
      ["npm.example:8443/three, asked twice: it answered 500", ["three"]],
    ]);
  });

  it("lag: up to date, by whole days, and what is not known apart", async () => {
    await aProject();
    const row = (key: string, lag?: number, behindSince?: string) => ({
      ...{ project: "example", key, upstream: `pkg:pypi/${key}`, label: key, current: ["1"], places: 1, unpinned: 0 },
      ...{ plannedAt: NOW, lag: lag ?? null, behindSince: behindSince ?? null },
    });
    await store.db
      .insert(components)
      .values([
        row("a", 0),
        row("b", 2, plus(NOW, -HOUR)),
        row("c", 3, plus(NOW, -9.5 * DAY)),
        row("d", 4, plus(NOW, -9.1 * DAY)),
        row("e"),
      ]);
    expect(await lagGroups(store.db, NOW)).toEqual([
      { behind: 0, components: 1, releases: 0 },
      { behind: DAY, components: 1, releases: 2 },
      { behind: 10 * DAY, components: 2, releases: 7 },
      { components: 1, releases: 0 },
    ]);
  });

  it("the audit log, newest first, by kind, person, words and days, and on from where a page ended", async () => {
    for (let index = 0; index < 55; index++)
      await raiseAlert(store.db, anAlert({ subject: `v${index}` }), plus(NOW, index * HOUR));
    const first = await auditLines(store.db, {});
    expect(first.lines).toHaveLength(50);
    expect(first.lines[0]?.data).toMatchObject({ subject: "v54", state: "open" });
    const rest = await auditLines(store.db, { before: first.older ?? 0 });
    expect([rest.lines.length, rest.older]).toEqual([5, undefined]);
    expect((await auditLines(store.db, { kind: "delivery" })).lines).toEqual([]);
    expect((await auditLines(store.db, { actor: "nobody" })).lines).toEqual([]);
    expect((await auditLines(store.db, { text: "EXAMPLE/tool", since: plus(NOW, 53 * HOUR) })).lines).toHaveLength(2);
    expect((await auditLines(store.db, { until: plus(NOW, 2 * HOUR) })).lines).toHaveLength(2);
  });
});
