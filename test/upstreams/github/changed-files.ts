import { unifiedDiff } from "../../../src/lib/unified-diff.ts";
import { getObject } from "./git-objects.ts";
import { listTree } from "./git-trees.ts";
import { history, type PullRequest, type Repository } from "./world.ts";

/** A file that a pull request changes, with the hunks as GitHub shows them. */
export type ChangedFile = { readonly path: string; readonly patch: string };

/** What a pull request changes against the commit it left the base at. */
export function changedFiles(repository: Repository, pull: PullRequest): ChangedFile[] {
  const base = repository.refs.get(`refs/heads/${pull.baseRefName}`) ?? "";
  const known = new Set(history(repository, base).map(({ oid }) => oid));
  const fork = history(repository, pull.headRefOid).find(({ oid }) => known.has(oid));
  const before = textsAt(repository, fork?.oid ?? base);
  const after = textsAt(repository, pull.headRefOid);
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((path) => {
    const [old, now] = [before.get(path) ?? "", after.get(path) ?? ""];
    if (old === now) return [];
    const id = "0".repeat(40);
    const diff = unifiedDiff([{ path, mode: "100644", before: { text: old, id }, after: { text: now, id } }]);
    return [{ path, patch: diff.slice(diff.indexOf("\n@@") + 1).trimEnd() }];
  });
}

function textsAt({ objects }: Repository, commit: string): Map<string, string> {
  const tree = getObject(objects, commit, "commit")?.tree ?? "";
  return new Map(
    listTree(objects, tree).map(({ path, sha }) => [path, getObject(objects, sha, "blob")?.bytes.toString() ?? ""]),
  );
}
