import type { Precision } from "../domain/pin.ts";
import { toPurl } from "../domain/upstream.ts";
import { HOLE, sliceValue, type Value, visibleText } from "../lib/pieces.ts";
import type { Reference } from "./format.ts";
import { readRequirement } from "./read-requirement.ts";

/** A command that installs packages by name. */
export type Installer = {
  /** The program and its verb, with whatever options stand between them. */
  readonly begins: RegExp;
  /** Options that take the next word as their value. */
  readonly valued: RegExp;
  /** The option that gives the version of the package before or after it. */
  readonly versioned?: RegExp;
  /** One package; undefined for paths and what is no package. */
  readonly read: (word: Value) => Reference | undefined;
};

const PIP_VALUED =
  /^(?:-[a-zA-Z]*[rcitfb]|--(?:requirement|constraint|index-url|extra-index-url|target|find-links|prefix|root|python|platform|no-binary|only-binary|progress-bar|timeout|retries|trusted-host|cache-dir|src|upgrade-strategy|proxy|implementation|abi|python-version|report|config-settings|global-option|spec|pip-args|suffix))$/;
const NPM_VALUED = /^--(?:prefix|registry|cache|loglevel|tag)$/;

export const INSTALLERS: readonly Installer[] = [
  { begins: /^(?:uv )?pip[\d.]* (?:-\S+ )*install$/, valued: PIP_VALUED, read: (word) => readRequirement(word) },
  { begins: /^pipx install$|^uv tool install$/, valued: PIP_VALUED, read: (word) => readRequirement(word) },
  { begins: /^npm (?:-\S+ )*(?:install|i|add)$|^yarn global add$/, valued: NPM_VALUED, read: readNpmPackage },
  {
    begins: /^gem install$|^logstash-plugin install$/,
    valued: /^(?:-[isnP]|--(?:install-dir|bindir|source|platform))$/,
    versioned: /^(?:-v|--version)$/,
    read: (word) => readNamed(word, /^([a-zA-Z][\w.-]*)(?::(\d.*))?$/, (name) => ({ upstream: toPurl("gem", name) })),
  },
  {
    begins: /^cargo (?:\+\S+ )?install$/,
    valued: /^--(?:git|branch|tag|rev|path|root|features|target|registry|bin|profile)$/,
    versioned: /^(?:--version|--vers)$/,
    read: (word) =>
      readNamed(word, /^([a-z][\w-]*)(?:@(.+))?$/i, (name) => ({ upstream: toPurl("cargo", name), scheme: "semver" })),
  },
  {
    begins: /^go install$/,
    valued: /^-(?:ldflags|tags|gcflags|mod)$/,
    read: readGoPackage,
  },
  {
    begins: /^pecl install$/,
    valued: /^-[dD]$/,
    read: (word) =>
      readNamed(word, new RegExp(`^([a-z][\\w]*)-(\\d.*|${HOLE})$`), (name) => ({
        upstream: toPurl("generic", `pecl/${name}`),
      })),
  },
  {
    begins: /^(?:apt|apt-get) (?:-\S+ )*install$/,
    valued: /^(?:-[otc]|--(?:option|target-release|default-release))$/,
    read: readDebianPackage,
  },
  {
    begins: /^nvm install$/,
    valued: /^$/,
    read: (word) =>
      readNamed(word, /^()(v?\d[\d.]*)$/, () => ({ upstream: "pkg:github/nodejs/node", tagTemplate: "v{version}" })),
  },
  {
    begins: /^opm (?:install|get)$/,
    valued: /^$/,
    read: (word) => readNamed(word, /^([\w-]+\/[\w.-]+)(?:=(.+))?$/, (name) => ({ upstream: toPurl("github", name) })),
  },
];

type Known = Pick<Reference, "scheme" | "tagTemplate"> & { readonly upstream: string };

/** A word of the form name and version, in the groups of a pattern. */
function readNamed(word: Value, pattern: RegExp, known: (name: string) => Known): Reference | undefined {
  const text = visibleText(word);
  const found = pattern.exec(text);
  if (found === null) return undefined;
  const [, name = "", version = ""] = found;
  const value = sliceValue(word, text.length - version.length, text.length);
  return { kind: "version", ...known(name), value, precision: precisionOf(version), ...(name === "" ? {} : { name }) };
}

/** `name=version`, or a name that carries a version: `php$PHP_VERSION-fpm` is php. */
function readDebianPackage(word: Value): Reference | undefined {
  const known = (name: string) => ({ upstream: toPurl("deb", `debian/${name}`) });
  const exact = readNamed(word, /^([a-z0-9][a-z0-9.+-]*)=(.+)$/, known);
  if (exact !== undefined) return exact;
  const text = visibleText(word);
  const [, stem = ""] = new RegExp(`^([a-z][a-z0-9.+-]*)${HOLE}(?:[-.][a-z0-9.+-]*)?$`).exec(text) ?? [];
  const hole = word.pieces.find((piece) => piece.kind === "hole");
  if (stem.length < 2 || hole === undefined || hole.name.startsWith("$")) return undefined;
  const name = stem.replace(/[-.]$/, "");
  const value = sliceValue(word, stem.length, stem.length + HOLE.length);
  return { kind: "version", ...known(name), name, value, precision: "exact", numeric: true };
}

function precisionOf(version: string): Precision {
  if (version === "" || /^[a-z]+$/i.test(version)) return "floating";
  return /^[\^~<>]|[*]/.test(version) ? "range" : "exact";
}

/** `name`, `@scope/name`, either with `@version` or `@tag`. */
export function readNpmPackage(word: Value): Reference | undefined {
  const pattern = /^((?:@[a-z0-9][\w.-]*\/)?[a-z0-9][\w.-]*)(?:@(.*))?$/i;
  return readNamed(word, pattern, (name) => ({ upstream: toPurl("npm", name), scheme: "semver" }));
}

/** `host/path@version`. */
export function readGoPackage(word: Value): Reference | undefined {
  return readNamed(word, /^((?:[\w-]+\.)+[a-z]+\/[^@\s]+)@(.+)$/, goModule);
}

/** The repository of a Go command, where its path names a forge; else the module path as it is. */
function goModule(path: string): Known {
  const [, repository] = /^github\.com\/([^/]+\/[^/]+)/.exec(path) ?? [];
  if (repository !== undefined) return { upstream: toPurl("github", repository) };
  return { upstream: toPurl("golang", path), scheme: "semver" };
}
