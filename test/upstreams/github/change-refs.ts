import { apiIdentity } from "./commits.ts";
import { mustBeAllowed, mustBeAllowedPaths } from "./credentials.ts";
import { getObject, putObject, type Verification } from "./git-objects.ts";
import { changeTree, type PathChange } from "./git-trees.ts";
import { refusal } from "./refusal.ts";
import { type Credential, fullName, type GithubWorld, isAncestor, type Repository } from "./world.ts";

/** Who changes the world. */
export type Asker = { readonly world: GithubWorld; readonly credential: Credential | undefined };

/** Makes a branch or tag; refused when it exists or the object does not. */
export function createRef(asker: Asker, repository: Repository, name: string, oid: string): void {
  mustBeAllowed(asker.credential, repository, "contents");
  if (!/^refs\/(heads|tags)\/.+/.test(name)) throw refusal("UNPROCESSABLE", `Name ${name} is not a valid ref name.`);
  if (!repository.objects.has(oid)) throw refusal("UNPROCESSABLE", "Object does not exist");
  if (repository.refs.has(name)) {
    throw refusal("UNPROCESSABLE", `A ref named "${name}" already exists in the repository.`, {
      message: "Reference already exists",
    });
  }
  repository.refs.set(name, oid);
}

/** Moves a ref; without force only to a descendant. Open pull requests of the branch follow. */
export function updateRef(
  asker: Asker,
  repository: Repository,
  name: string,
  to: { readonly oid: string; readonly force: boolean },
): void {
  mustBeAllowed(asker.credential, repository, "contents");
  const current = repository.refs.get(name);
  if (current === undefined) throw refusal("UNPROCESSABLE", "Reference does not exist");
  mustNotBeProtected(repository, name);
  if (getObject(repository.objects, to.oid, "commit") === undefined) {
    throw refusal("UNPROCESSABLE", "Object does not exist");
  }
  if (!to.force && !isAncestor(repository, current, to.oid)) {
    throw refusal("UNPROCESSABLE", "Update is not a fast forward");
  }
  repository.refs.set(name, to.oid);
  followBranch(asker.world, repository, name);
}

/** Deletes a ref; open pull requests of the branch are closed. */
export function deleteRef(asker: Asker, repository: Repository, name: string): void {
  mustBeAllowed(asker.credential, repository, "contents");
  if (!repository.refs.has(name)) throw refusal("UNPROCESSABLE", "Reference does not exist");
  mustNotBeProtected(repository, name);
  repository.refs.delete(name);
  followBranch(asker.world, repository, name);
}

/** What `createCommitOnBranch` does: one commit signed by GitHub, in which every file becomes 100644. */
export function commitOnBranch(
  asker: Asker,
  repository: Repository,
  branch: string,
  given: { readonly expectedHeadOid: string; readonly message: string; readonly changes: readonly PathChange[] },
): string {
  mustBeAllowed(asker.credential, repository, "contents");
  const name = `refs/heads/${branch}`;
  const head = repository.refs.get(name);
  if (head === undefined) throw refusal("NOT_FOUND", `No such branch: '${branch}'`);
  mustNotBeProtected(repository, name);
  if (head !== given.expectedHeadOid) {
    // Both spaces are GitHub's.
    const message = `Expected branch to point to "${given.expectedHeadOid}" but it did not.  Pull and try again.`;
    throw refusal("STALE_DATA", message);
  }
  mustBeAllowedPaths(
    asker.credential,
    given.changes.map(({ path }) => path),
  );
  const base = getObject(repository.objects, head, "commit")?.tree;
  const oid = writeApiCommit(asker, repository, {
    tree: changeTree(repository.objects, base, given.changes),
    parents: [head],
    message: given.message,
    verification: { reason: "valid", byGithub: true },
  });
  repository.refs.set(name, oid);
  followBranch(asker.world, repository, name);
  return oid;
}

/** Writes a commit in the name of the credential, on no branch. */
export function writeApiCommit(
  asker: Asker,
  repository: Repository,
  given: {
    readonly tree: string;
    readonly parents: readonly string[];
    readonly message: string;
    readonly verification: Verification;
  },
): string {
  const who = apiIdentity(asker.credential?.login ?? "nobody", asker.world.clock());
  const committer = given.verification.byGithub === true ? { ...who, name: "GitHub" } : who;
  return putObject(repository.objects, { type: "commit", ...given, author: who, committer });
}

function mustNotBeProtected(repository: Repository, name: string): void {
  if (!repository.protectedBranches.some((branch) => name === `refs/heads/${branch}`)) return;
  throw refusal(
    "UNPROCESSABLE",
    "Repository rule violations found\n\nChanges must be made through a pull request.\n\n",
  );
}

/** A pull request whose branch is gone, or has nothing its base has not, is closed by GitHub. */
function followBranch(world: GithubWorld, repository: Repository, name: string): void {
  const oid = repository.refs.get(name);
  const at = world.clock();
  if (oid !== undefined) repository.pushedAt = at;
  for (const pull of repository.pullRequests) {
    const ours = pull.headRepository === fullName(repository) && name === `refs/heads/${pull.headRefName}`;
    if (pull.state !== "OPEN" || !ours) continue;
    const base = repository.refs.get(`refs/heads/${pull.baseRefName}`) ?? "";
    const empty = oid === undefined || isAncestor(repository, oid, base);
    if (oid !== undefined) pull.headRefOid = oid;
    pull.updatedAt = at;
    if (empty) Object.assign(pull, { state: "CLOSED", closedAt: at });
  }
}
