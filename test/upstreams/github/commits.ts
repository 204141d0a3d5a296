import type { Instant } from "../../../src/domain/instant.ts";
import { type Identity, putObject, type Verification } from "./git-objects.ts";
import { changesOf, changeTree, type GivenFile } from "./git-trees.ts";
import type { Repository } from "./world.ts";

/** A commit as tests write it. Files are changes to the parent's; null removes one. */
export type GivenCommit = {
  readonly files?: Readonly<Record<string, GivenFile | null>>;
  readonly message?: string;
  readonly author?: string;
  readonly at?: Instant;
  readonly verification?: Verification;
};

/** A name with an address that GitHub would accept. */
export function identity(login: string, date: Instant): Identity {
  return { name: login, email: `${login.replace(/[^\w-]/g, "")}@users.noreply.github.com`, date };
}

/** Writes a commit on top of another, on no branch; returns its id. */
export function writeCommit(
  repository: Repository,
  given: GivenCommit & { at: Instant },
  parent: string | undefined,
): string {
  const { objects } = repository;
  const before = objects.get(parent ?? "");
  const who = identity(given.author ?? "maintainer", given.at);
  return putObject(objects, {
    type: "commit",
    tree: changeTree(
      objects,
      before?.type === "commit" ? before.tree : undefined,
      changesOf(objects, given.files ?? {}),
    ),
    parents: parent === undefined ? [] : [parent],
    author: who,
    committer: who,
    message: `${given.message ?? "Change files"}\n`,
    verification: given.verification ?? { reason: "unsigned" },
  });
}
