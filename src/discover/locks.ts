import { posix } from "node:path";
import type { Reference } from "./format.ts";
import type { ReadFile, ReadTree } from "./resolve/read-tree.ts";

/** A lock file and the manifests whose dependencies it records. */
type Lock = {
  readonly name: string;
  /** Matches the base name of a manifest. */
  readonly governs: RegExp;
  /** True where one lock file holds for a workspace: manifests of the folders below it are governed, too. */
  readonly below?: boolean;
};

const PYPROJECT = /^pyproject\.toml$/;
const PACKAGE_JSON = /^package\.json$/;

/** Ordered: where a manifest has several lock files, the first that exists is named. */
const LOCKS: readonly Lock[] = [
  { name: "poetry.lock", governs: PYPROJECT },
  { name: "pdm.lock", governs: PYPROJECT },
  { name: "uv.lock", governs: PYPROJECT, below: true },
  { name: "pixi.lock", governs: /^(?:pixi|pyproject)\.toml$/ },
  { name: "pylock.toml", governs: PYPROJECT },
  { name: "Pipfile.lock", governs: /^Pipfile$/ },
  { name: "conda-lock.yml", governs: /^[\w.-]*environment[\w.-]*\.ya?ml$/ },
  { name: "package-lock.json", governs: PACKAGE_JSON, below: true },
  { name: "npm-shrinkwrap.json", governs: PACKAGE_JSON, below: true },
  { name: "yarn.lock", governs: PACKAGE_JSON, below: true },
  { name: "pnpm-lock.yaml", governs: /^(?:package\.json|pnpm-workspace\.yaml)$/, below: true },
  { name: "bun.lock", governs: PACKAGE_JSON, below: true },
  { name: "bun.lockb", governs: PACKAGE_JSON, below: true },
  { name: "deno.lock", governs: /^(?:deno\.jsonc?|package\.json)$/, below: true },
  { name: "go.sum", governs: /^go\.mod$/ },
  { name: "Cargo.lock", governs: /^Cargo\.toml$/, below: true },
  { name: "Gemfile.lock", governs: /^(?:Gemfile|[\w.-]+\.gemspec)$/ },
  { name: "gems.locked", governs: /^gems\.rb$/ },
  { name: "composer.lock", governs: /^composer\.json$/ },
  { name: "mix.lock", governs: /^mix\.exs$/, below: true },
  { name: "pubspec.lock", governs: /^pubspec\.yaml$/, below: true },
  { name: "Podfile.lock", governs: /^Podfile$/ },
  { name: "Package.resolved", governs: /^Package\.swift$/ },
  { name: "packages.lock.json", governs: /^[\w.-]+\.(?:cs|fs|vb)proj$/ },
  { name: "gradle.lockfile", governs: /^build\.gradle(?:\.kts)?$/ },
  { name: "MODULE.bazel.lock", governs: /^MODULE\.bazel$/ },
  { name: "Chart.lock", governs: /^Chart\.yaml$/ },
  { name: "requirements.lock", governs: /^requirements\.yaml$/ },
  { name: ".terraform.lock.hcl", governs: /\.(?:tf|tofu)$/ },
  { name: "flake.lock", governs: /^flake\.nix$/ },
  { name: "devbox.lock", governs: /^devbox\.json$/ },
  { name: "mise.lock", governs: /^(?:\.?mise(?:\.[\w-]+)?|config)\.toml$/ },
];

const NAMES = new Set(LOCKS.map(({ name }) => name));

/** True for a lock file; so are the hashes beside a package of Buildroot. */
export function isLockFile(path: string): boolean {
  const name = posix.basename(path);
  return NAMES.has(name) || name === `${posix.basename(posix.dirname(path))}.hash`;
}

/**
 * Where the lock file of a manifest may be, nearest first: beside it or, where the tool has workspaces, in a folder
 * above. Paths are relative to the project's root.
 */
export function locksOf(manifest: string): string[] {
  const known = LOCKS.filter(({ governs }) => governs.test(posix.basename(manifest)));
  const [here = "", ...above] = foldersUpFrom(posix.dirname(manifest));
  return [
    ...known.map(({ name }) => posix.join(here, name)),
    ...above.flatMap((folder) => known.filter(({ below }) => below).map(({ name }) => posix.join(folder, name))),
  ];
}

/** `a/b`, `a`, `.` for `a/b`. */
function foldersUpFrom(folder: string): string[] {
  const folders = [folder];
  for (let at = folder; at !== "." && at !== "/"; at = posix.dirname(at)) folders.push(posix.dirname(at));
  return folders;
}

/** The lock file that decides what is installed of a reference, where one does. */
export function lockOf(tree: ReadTree, file: ReadFile, reference: Reference): string | undefined {
  const candidates = [...(reference.locks ?? []), ...(reference.locked === true ? locksOf(file.path) : [])];
  return candidates.find((lock) => governs(tree, lock, file.path)) ?? constraintOn(tree, file, reference);
}

/** A lock file above the manifest governs it only where the project says that it has workspaces. */
function governs(tree: ReadTree, lock: string, manifest: string): boolean {
  if (!tree.locks.has(lock) && !tree.files.has(lock)) return false;
  const folder = posix.dirname(lock);
  if (folder === posix.dirname(manifest)) return true;
  const above = tree.files.get(posix.join(folder, posix.basename(manifest)));
  return /workspace|apps_path/.test(above?.text ?? "") || tree.files.has(posix.join(folder, "pnpm-workspace.yaml"));
}

/** The file of constraints that says which version of a package is installed, where the list of requirements does not. */
function constraintOn(tree: ReadTree, file: ReadFile, { upstream, precision }: Reference): string | undefined {
  if (upstream === undefined || precision !== "floating") return undefined;
  const includers = tree.includers.get(file.path) ?? [];
  const lists = [file.reading, ...includers].flatMap(({ constraints = [] }) => constraints);
  const says = (one: Reference) => one.upstream === upstream && one.precision === "exact";
  return lists.find((path) => tree.files.get(path)?.reading.references.some(says));
}
