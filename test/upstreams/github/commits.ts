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

/** The number of an account, the same for the same login. */
export function accountNumber(login: string): number {
  return [...login].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 1_000_003, 7);
}

/** Whoever commits through the API, as GitHub names those who show no address; the stand-in is at the address of loopback. */
export function apiIdentity(login: string, date: Instant): Identity {
  return { name: login, email: `${accountNumber(login)}+${login}@users.noreply.127.0.0.1`, date };
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
