import { plainRepository } from "../../domain/publisher.ts";
import type { Release } from "../../domain/release.ts";
import type { ReleaseFacts } from "../../domain/release-facts.ts";
import { everKnown, type Known, WINDOW } from "../../domain/release-history.ts";
import { Failure } from "../../lib/failure.ts";
import {
  type Asked,
  type Check,
  type CheckContext,
  type Difference,
  judged,
  notChecked,
  passed,
  unknownPart,
} from "../check.ts";

/** Whether the repository is the one it always was, under the name it always had. */
export const repositoryChanged: Check = {
  id: "repository-changed",
  rule: "R19",
  title: "Repository moved, made anew, or archived",
  why: "A name that was given up can be registered by anybody: the old links then lead to somebody else's repository.",
  basis: "evidence",
  appliesTo: () => true,
  collect: { part: "repository", window: WINDOW.usual, ask: askWhoAnswered },
  judge: ({ release, earlier }, now) => {
    const repository = release.evidence?.repository;
    if (repository === undefined) return unknownPart(release, "repository", "its repository's identity is not known.");
    const known = everKnown(earlier, (facts) => facts.repository);
    const [first, ...others] = [...identityOf(release, known), ...archivedOf(release)];
    if (first !== undefined) return judged(release, [first, ...others], now);
    return known.length === 0
      ? notChecked("this is the first release whose repository is known.")
      : passed("Its repository is the one that earlier releases came from.");
  },
};

/** Who answered when a release was first looked at is kept with it: who answers for a later one is compared with that. */
async function askWhoAnswered({ open }: Asked, { identity, now }: CheckContext) {
  const { id, owner: ownerId, name, lifecycle } = identity ?? {};
  if (id === undefined && name === undefined && lifecycle === undefined)
    return new Failure("not-checked", "its host names no repository.");
  const repository = {
    ...(id !== undefined && { id }),
    ...(ownerId !== undefined && { ownerId }),
    ...(name !== undefined && { name }),
    ...(lifecycle !== undefined && { archived: true }),
  };
  const source = { kind: "repository", locator: name ?? id ?? "", fetchedAt: now };
  const facts: ReleaseFacts = { repository, sources: { repository: source } };
  return new Map(open.map(({ tag }) => [tag, facts]));
}

type Repository = NonNullable<NonNullable<Release["evidence"]>["repository"]>;

function identityOf({ evidence }: Release, known: readonly Known<Repository>[]): Difference[] {
  const { id, ownerId, name } = evidence?.repository ?? {};
  const ids = new Set(known.flatMap(({ value }) => value.id ?? []));
  const names = new Set(known.flatMap(({ value }) => (value.name === undefined ? [] : plainRepository(value.name))));
  const owners = new Set(known.flatMap(({ value }) => value.ownerId ?? []));
  const compared = known.slice(0, 10);
  if (id !== undefined && ids.size > 0 && !ids.has(id)) {
    const summary = `The repository under the name ${name ?? "of this upstream"} is another one than before: it was made anew.`;
    const expected = `repository ${[...ids].slice(0, 3).join(", ")}`;
    return [{ outcome: "block", summary, part: "repository", observed: `repository ${id}`, expected, compared }];
  }
  if (name !== undefined && names.size > 0 && !names.has(plainRepository(name))) {
    const summary = `The repository moved from ${[...names][0]} to ${name}.`;
    return [
      { outcome: "hold", summary, part: "repository", observed: name, expected: [...names].join(", "), compared },
    ];
  }
  if (ownerId !== undefined && owners.size > 0 && !owners.has(ownerId)) {
    const summary = "The repository has another owner than before.";
    const expected = `owner ${[...owners].slice(0, 3).join(", ")}`;
    return [{ outcome: "hold", summary, part: "repository", observed: `owner ${ownerId}`, expected, compared }];
  }
  return [];
}

function archivedOf({ evidence }: Pick<Release, "evidence">): Difference[] {
  if (evidence?.repository?.archived !== true) return [];
  const summary = "Its project is archived: nobody takes reports any more.";
  return [{ outcome: "warn", summary, part: "repository", observed: "archived", expected: "a project in use" }];
}
