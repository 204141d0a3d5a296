import { createHash } from "node:crypto";
import type { Notice } from "../../domain/digest.ts";
import type { Instant } from "../../domain/instant.ts";
import type { Situation } from "./situations.ts";

/** What one recipient was told of a situation that was not over then, by the situation's id. */
export type Told = { readonly thread: string; readonly fingerprint: string; readonly situation: Situation };

/** A notice to be sent, and what is remembered when it was: `undefined` forgets the situation. */
export type PlannedNotice = {
  readonly notice: Notice;
  readonly remember: ReadonlyMap<string, Told | undefined>;
};

/** More new trouble than this at once is one letter: a bad morning does not need forty of them. */
const AT_ONCE = 4;

/**
 * What one recipient has to be told now: what is new, what has changed since they were told, and what is over. Each is
 * said once. `standing`: every situation there is, of whoever; one that is not in it any more is over.
 */
export function planNotices(given: {
  readonly wanted: readonly Situation[];
  readonly standing: readonly Situation[];
  readonly told: ReadonlyMap<string, Told>;
  readonly now: Instant;
}): PlannedNotice[] {
  const { wanted, standing, told, now } = given;
  const fresh = wanted.filter((one) => !told.has(one.id) && !one.seen);
  const changed = wanted.flatMap((one) => {
    const before = told.get(one.id);
    return before === undefined || one.seen || before.fingerprint === hash(one.fingerprint) ? [] : [{ one, before }];
  });
  const present = new Set(standing.map((one) => one.id));
  const over = [...told].filter(([id]) => !present.has(id)).map(([, before]) => before);
  return [
    ...(fresh.length > AT_ONCE ? [together(fresh, now)] : fresh.map((one) => alone(one, now))),
    ...changed.map(({ one, before }) => again(one, before, now)),
    ...[...Map.groupBy(over, (before) => before.thread)].map(([thread, all]) => ended(thread, all, now)),
  ];
}

function alone(one: Situation, now: Instant): PlannedNotice {
  const thread = hash(`${one.id}\n${one.since}`);
  const told: Told = { thread, fingerprint: hash(one.fingerprint), situation: one };
  return {
    notice: toNotice(one, { thread, state: "open", first: true, at: now }),
    remember: new Map([[one.id, told]]),
  };
}

function together(all: readonly Situation[], now: Instant): PlannedNotice {
  const thread = hash(
    all
      .map((one) => `${one.id}\n${one.since}`)
      .sort()
      .join("\n"),
  );
  const [worst] = all.toSorted((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
  const projects = [...new Set(all.map((one) => one.project))];
  const base = worst ?? all[0];
  const remember = new Map(
    all.map((one): [string, Told] => [one.id, { thread, fingerprint: hash(one.fingerprint), situation: one }]),
  );
  const notice: Notice = {
    ...toNotice(base as Situation, { thread, state: "open", first: true, at: now }),
    ...othersIn(all),
    project: projects.length === 1 ? (projects[0] ?? "") : `${projects.length} projects`,
    title: `${all.length} things need somebody`,
    summary: `${all.length} things went wrong since the last look. Each is in the next digest with its places.`,
    facts: all.slice(0, SHOWN).map((one) => ({ mark: one.title, text: one.summary })),
    next:
      all.length > SHOWN ? `And ${all.length - SHOWN} more: headgate plan lists all of them.` : "Begin with the first.",
  };
  const { url: _, ...plain } = notice;
  return { notice: plain, remember };
}

const SHOWN = 40;
const SEVERITIES = ["critical", "high", "medium", "low"];

function again(one: Situation, before: Told, now: Instant): PlannedNotice {
  const { thread } = before;
  const told: Told = { thread, fingerprint: hash(one.fingerprint), situation: one };
  return {
    notice: toNotice(one, { thread, state: "changed", first: false, at: now }),
    remember: new Map([[one.id, told]]),
  };
}

/** What was told together ends together or one by one; each letter answers the first. */
function ended(thread: string, all: readonly Told[], now: Instant): PlannedNotice {
  const [first] = all;
  const situation = (first as Told).situation;
  const notice = toNotice(situation, { thread, state: "over", first: false, at: now });
  const ids = all.map((one) => one.situation.id);
  const words = all.map((one) => ({ mark: "over", text: one.situation.title }));
  return {
    notice: {
      ...notice,
      fingerprint: hash(["over", ...ids.toSorted(), ...all.map((one) => one.fingerprint)].join("\n")),
      ...othersIn(all.map((one) => one.situation)),
      ...(all.length > 1 && { title: `${all.length} things need somebody` }),
      summary:
        all.length === 1
          ? `It does not stand any more: ${situation.summary}`
          : `${all.length} of these do not stand any more.`,
      facts: all.length === 1 ? [] : words.slice(0, SHOWN),
    },
    remember: new Map(ids.map((id) => [id, undefined])),
  };
}

function othersIn(all: readonly Situation[]): Pick<Notice, "more"> {
  const more = new Set(all.map((one) => one.upstream)).size - 1;
  return more > 0 ? { more } : {};
}

function toNotice(one: Situation, given: Pick<Notice, "thread" | "state" | "first" | "at">): Notice {
  const { project, upstream, severity, part, title, summary, facts, next, url } = one;
  return {
    ...given,
    fingerprint: hash(`${given.state}\n${one.fingerprint}`),
    project,
    upstream,
    severity,
    part,
    title,
    summary,
    facts,
    ...(next !== undefined && { next }),
    ...(url !== undefined && { url }),
  };
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 24);
}
