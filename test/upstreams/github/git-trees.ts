import { type FileMode, getObject, type ObjectStore, putObject, type TreeLine } from "./git-objects.ts";

/** A file as tests write it: its text, or its bytes with a mode, or the commit of a submodule. */
export type GivenFile =
  | string
  | { readonly mode?: FileMode; readonly text?: string; readonly bytes?: Uint8Array; readonly commit?: string };

/** An entry of a whole tree by its full path. */
export type PathEntry = { readonly path: string; readonly mode: TreeLine["mode"]; readonly sha: string };

/** A change of one path: a new object, or (`sha` null) its removal. */
export type PathChange = { readonly path: string; readonly mode: TreeLine["mode"]; readonly sha: string | null };

/** Stores the given files' blobs and returns what a tree needs to name them. A file given as null is removed. */
export function changesOf(store: ObjectStore, files: Readonly<Record<string, GivenFile | null>>): PathChange[] {
  return Object.entries(files).map(([path, file]) => {
    if (file === null) return { path, mode: "100644", sha: null };
    if (typeof file === "string") return { path, mode: "100644", sha: putBlob(store, file) };
    if (file.commit !== undefined) return { path, mode: "160000", sha: file.commit };
    return { path, mode: file.mode ?? "100644", sha: putBlob(store, file.bytes ?? file.text ?? "") };
  });
}

/** Stores a blob and returns its id. */
export function putBlob(store: ObjectStore, content: string | Uint8Array): string {
  return putObject(store, { type: "blob", bytes: Buffer.from(content) });
}

/** A new tree: `base` (none: an empty one) with the changes applied, modes kept where nothing is said. */
export function changeTree(store: ObjectStore, base: string | undefined, changes: readonly PathChange[]): string {
  const files = new Map(base === undefined ? [] : listFiles(store, base).map((file) => [file.path, file] as const));
  for (const { path, mode, sha } of changes) {
    for (const known of files.keys()) if (known === path || known.startsWith(`${path}/`)) files.delete(known);
    if (sha === null) continue;
    if (mode === "040000") {
      for (const file of listFiles(store, sha))
        files.set(`${path}/${file.path}`, { ...file, path: `${path}/${file.path}` });
    } else files.set(path, { path, mode, sha });
  }
  return writeTree(store, [...files.values()]);
}

/** Every entry below a tree, folders included and before their content, as GitHub lists them. */
export function listTree(store: ObjectStore, tree: string, prefix = ""): PathEntry[] {
  return (getObject(store, tree, "tree")?.lines ?? []).flatMap(({ name, mode, sha }) => {
    const entry = { path: prefix + name, mode, sha };
    return mode === "040000" ? [entry, ...listTree(store, sha, `${entry.path}/`)] : [entry];
  });
}

/** The entry at a path; the tree itself for the empty path. */
export function entryAt(store: ObjectStore, tree: string, path: string): PathEntry | undefined {
  let entry: PathEntry = { path: "", mode: "040000", sha: tree };
  for (const name of path.split("/").filter((part) => part !== "")) {
    const line = getObject(store, entry.sha, "tree")?.lines.find((one) => one.name === name);
    if (line === undefined) return undefined;
    entry = { path: entry.path === "" ? name : `${entry.path}/${name}`, mode: line.mode, sha: line.sha };
  }
  return entry;
}

function listFiles(store: ObjectStore, tree: string): PathEntry[] {
  return listTree(store, tree).filter((entry) => entry.mode !== "040000");
}

function writeTree(store: ObjectStore, files: readonly PathEntry[]): string {
  const lines: TreeLine[] = [];
  const folders = new Map<string, PathEntry[]>();
  for (const file of files) {
    const slash = file.path.indexOf("/");
    if (slash < 0) lines.push({ name: file.path, mode: file.mode, sha: file.sha });
    else {
      const folder = file.path.slice(0, slash);
      folders.set(folder, [...(folders.get(folder) ?? []), { ...file, path: file.path.slice(slash + 1) }]);
    }
  }
  for (const [name, inside] of folders) lines.push({ name, mode: "040000", sha: writeTree(store, inside) });
  return putObject(store, { type: "tree", lines: lines.sort((a, b) => (a.name < b.name ? -1 : 1)) });
}
