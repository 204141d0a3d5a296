import { own } from "./own.ts";
import { parsePurl, pathOfPurl } from "./upstream.ts";

/** One package, the version it is to have, and the form in which its manifest names one. */
type Wanted = { readonly name: string; readonly version: string; readonly form: "exact" | "tilde" | "range" };

/** How a tool brings its lock file up to date. */
type LockTool = {
  /** Once its manifest was changed, whatever was changed in it: the tool's own documented command. */
  readonly all: string;
  /** The type of the purls that `one` takes the names of: what comes from elsewhere has another name there. */
  readonly type?: string;
  /** For one package and the version that was judged, with as little else as the tool can. */
  readonly one?: (wanted: Wanted) => string;
  /** What else is to be known of it. */
  readonly note?: (wanted: Wanted) => string;
  /** `one` writes the manifest, too. */
  readonly writes?: boolean;
  /** `one` takes the newest version that a range admits, since its tool knows no way to name one. */
  readonly newest?: boolean;
};

/** Names and versions are others' words: what a shell would read otherwise is quoted. */
const at = ({ name, version }: Wanted, sign: string) => shellWord(`${name}${sign}${version}`);
/** `^` is what npm writes unless it is told otherwise. */
const SAVED = { exact: " --save-exact", tilde: " --save-prefix='~'", range: "" } as const;
const npm = (all: string): LockTool => ({
  all,
  type: "npm",
  one: (wanted) => `npm install --package-lock-only${SAVED[wanted.form]} ${at(wanted, "@")}`,
  writes: true,
});
const bundle: LockTool = {
  all: "bundle lock",
  type: "gem",
  one: ({ name }) => `bundle lock --conservative --update ${shellWord(name)}`,
  newest: true,
};
const helm: LockTool = { all: "helm dependency update" };

/** By the lock file's name. What a tool cannot do for one package it does for all. */
const TOOLS: Readonly<Record<string, LockTool>> = {
  "poetry.lock": {
    all: "poetry lock",
    type: "pypi",
    one: ({ name }) => `poetry update --lock ${shellWord(name)}`,
    newest: true,
  },
  "pdm.lock": {
    all: "pdm lock --update-reuse",
    type: "pypi",
    one: ({ name }) => `pdm update --no-sync --update-reuse ${shellWord(name)}`,
    newest: true,
  },
  "uv.lock": {
    all: "uv lock",
    type: "pypi",
    one: (wanted) => `uv lock --upgrade-package ${at(wanted, "==")}`,
  },
  "pixi.lock": { all: "pixi lock" },
  "Pipfile.lock": {
    all: "pipenv lock",
    type: "pypi",
    one: (wanted) => `pipenv upgrade --lock-only ${at(wanted, "==")}`,
    note: () => "with --dev for a development package",
  },
  "conda-lock.yml": {
    all: "conda-lock lock",
    type: "conda",
    one: ({ name }) => `conda-lock lock --update ${shellWord(name)}`,
    newest: true,
  },
  "package-lock.json": npm("npm install --package-lock-only"),
  "npm-shrinkwrap.json": npm("npm install --package-lock-only"),
  "yarn.lock": {
    all: "yarn install",
    type: "npm",
    one: (wanted) => `yarn up ${at(wanted, "@")}`,
    note: (wanted) => `in Yarn 1: yarn upgrade ${at(wanted, "@")}`,
    writes: true,
  },
  "pnpm-lock.yaml": {
    all: "pnpm install --lockfile-only",
    type: "npm",
    one: (wanted) => `pnpm update --lockfile-only ${at(wanted, "@")}`,
    writes: true,
  },
  "bun.lock": { all: "bun install --lockfile-only" },
  "bun.lockb": { all: "bun install" },
  "deno.lock": { all: "deno install" },
  "go.sum": {
    all: "go mod tidy",
    type: "golang",
    one: ({ name, version }) => `go get ${shellWord(`${name}@v${version.replace(/^v/, "")}`)} && go mod tidy`,
    writes: true,
  },
  "Cargo.lock": {
    all: "cargo update --workspace",
    type: "cargo",
    one: ({ name, version }) => `cargo update -p ${shellWord(name)} --precise ${shellWord(version)}`,
  },
  "Gemfile.lock": bundle,
  "gems.locked": bundle,
  "composer.lock": {
    all: "composer update --lock",
    type: "composer",
    one: (wanted) => `composer update --no-install --with-dependencies ${at(wanted, ":")}`,
  },
  "mix.lock": { all: "mix deps.get" },
  "pubspec.lock": { all: "dart pub get" },
  "Podfile.lock": { all: "pod install" },
  "Package.resolved": { all: "swift package resolve" },
  "packages.lock.json": { all: "dotnet restore --force-evaluate" },
  "gradle.lockfile": { all: "gradle dependencies --write-locks" },
  "MODULE.bazel.lock": { all: "bazel mod deps --lockfile_mode=update" },
  "Chart.lock": helm,
  "requirements.lock": helm,
  ".terraform.lock.hcl": { all: "terraform init -upgrade" },
  "flake.lock": { all: "nix flake lock" },
  "devbox.lock": { all: "devbox update" },
  "mise.lock": { all: "mise lock" },
};

/** A place that a lock file governs, as a pin says it. */
type LockedPin = {
  readonly path: string;
  readonly lockedBy?: string;
  readonly upstream: string;
  readonly name: string;
  readonly precision: string;
  readonly text: string;
};

/**
 * What moves a place to a version together with the lock file that governs it, as words: `written` is what stands there
 * then. Empty `version`: not known. `mark`: how what is to be copied is set off. Pure.
 */
export function lockAdvice(
  pin: LockedPin,
  { version, written }: { readonly version: string; readonly written: string },
  mark: (text: string) => string = (text) => text,
): string {
  const { path, lockedBy = "" } = pin;
  const file = lockedBy.slice(lockedBy.lastIndexOf("/") + 1);
  const write = version === "" ? "write the new version" : `write ${mark(written)}`;
  const governs = `${mark(lockedBy)} governs it`;
  const upgrade = upgradeOption(pin, version);
  if (lockedBy === path) return `it was generated: ${upgrade === "" ? GENERATE : generatedWith(mark(upgrade))}`;
  if (file.endsWith(".hash")) return `${governs}: ${write}, and the hash of its archive in that file`;
  if (file.endsWith(".txt") && upgrade !== "")
    return `${governs}: ${write}, then generate that file again with ${mark(upgrade)}`;
  const tool = own(TOOLS, file);
  if (tool === undefined) return `${governs}: ${write}, then update the lock with its own tool`;
  const wanted = wantedOf(tool, pin, version);
  if (wanted === undefined || tool.one === undefined)
    return `${governs}: ${write}, then run ${mark(tool.all)} ${where(lockedBy, mark)}`;
  const note = tool.note === undefined ? "" : ` (${tool.note(wanted)})`;
  const one = `${mark(tool.one(wanted))}${note}`;
  if (tool.writes === true) return `${governs}: run ${one} ${where(path, mark)}`;
  const takesNewest = tool.newest === true && pin.precision !== "exact";
  const check = takesNewest ? `, and see that it took ${mark(version)}` : "";
  return `${governs}: ${write}, then run ${one} ${where(lockedBy, mark)}${check}`;
}

const GENERATE = "change the file that it is made of, then generate it again";

/** Its head names the command; a version that only follows from others stands nowhere else. */
function generatedWith(option: string): string {
  return `generate it again with ${option}, once the file that it is made of admits that`;
}

/** What pip-compile and `uv pip compile` are told (https://pip-tools.readthedocs.io/en/stable/cli/pip-compile/). */
function upgradeOption({ upstream }: LockedPin, version: string): string {
  const parts = parsePurl(upstream);
  if (parts?.type !== "pypi" || version === "") return "";
  return `--upgrade-package ${shellWord(`${parts.name}==${version}`)}`;
}

/** What has another name there than its package, an alias or what is forced upon others, is none of its tool's own. */
function wantedOf({ type }: LockTool, pin: LockedPin, version: string): Wanted | undefined {
  const parts = parsePurl(pin.upstream);
  if (parts === undefined || parts.type !== type || version === "") return undefined;
  const name = pathOfPurl(parts);
  const form = pin.precision === "exact" ? "exact" : pin.text.startsWith("~") ? "tilde" : "range";
  return plain(name) === plain(pin.name) ? { name, version, form } : undefined;
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, "-");
}

function where(path: string, mark: (text: string) => string): string {
  const slash = path.lastIndexOf("/");
  return slash < 0 ? "in the project's root" : `in ${mark(path.slice(0, slash))}`;
}

function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
