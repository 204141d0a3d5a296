import { type Instant, MINUTE, plus } from "../../domain/instant.ts";
import type { ReleaseChange } from "../../domain/integrity/merge-release.ts";
import type { Ref } from "../../domain/release.ts";
import type { Database } from "../database.ts";
import { wakeProjectsPinning } from "../projects/projects.ts";
import { type PollSuccess, recordPollSuccesses } from "../upstreams/poll-results.ts";
import { recordReleases, type SaidOfReleases } from "./record-releases.ts";
import { type MovedRef, recordRefs } from "./refs.ts";

/** A full answer of an upstream, with everything that is stored of it. */
export type FullAnswer = PollSuccess & SaidOfReleases & { readonly refs: readonly Ref[]; readonly complete: boolean };

/** Who polled has projects planned at once; should it die before that, they are due by themselves after so long. */
const PLANNED_BY = MINUTE;

/** What an answer changed of what is known of an upstream. */
export type AnswerChanges = { readonly releases: readonly ReleaseChange[]; readonly refs: readonly MovedRef[] };

/** Stores full answers, all of them or none. Gives back what they changed, by purl. */
export function recordAnswers(
  db: Database,
  answers: readonly FullAnswer[],
  now: Instant,
): Promise<Map<string, AnswerChanges>> {
  return db.transaction(async (tx) => {
    const releases = await recordReleases(tx, new Map(answers.map((answer) => [answer.purl, answer])), now);
    const refs = await recordRefs(tx, new Map(answers.map((answer) => [answer.purl, answer.refs])), now);
    const successes = answers.map((answer) => successOf(answer, releases.get(answer.purl) ?? []));
    await recordPollSuccesses(tx, successes, now);
    const changed = [...releases].filter(([, changes]) => changes.length > 0).map(([purl]) => purl);
    await wakeProjectsPinning(tx, changed, plus(now, PLANNED_BY));
    return new Map(
      answers.map(({ purl }) => [purl, { releases: releases.get(purl) ?? [], refs: refs.get(purl) ?? [] }]),
    );
  });
}

/**
 * What is missing for the first time may be a hiccup: the next answer must be a full one again. With the validator of this
 * one the upstream would say *unchanged* for ever, and what was deleted would never count as gone.
 */
function successOf(
  { releases: _releases, refs: _refs, tagTemplates: _tags, validator, ...success }: FullAnswer,
  changes: readonly ReleaseChange[],
): PollSuccess {
  return { ...success, validator: changes.some(({ kind }) => kind === "missing") ? undefined : validator };
}
