import { toPurl } from "../../../domain/upstream.ts";
import { HOLE, sliceValue, type Value, visibleText } from "../../../lib/syntax/pieces.ts";
import type { Reference } from "../../format.ts";
import { readRequirement } from "../packages/read-requirement.ts";
import { readGoPackage, readNamed, readNpmPackage } from "./read-package.ts";

/** A command that installs packages by name. */
export type Installer = {
  /** The program and its verb, with whatever options stand between them. */
  readonly begins: RegExp;
  /** Options that take the next word as their value. */
  readonly valued: RegExp;
  /** The option that gives the version of the package before or after it. */
  readonly versioned?: RegExp;
  /** True where only the first word is a package. */
  readonly single?: boolean;
  /** One package; undefined for paths and what is no package. */
  readonly read: (word: Value) => Reference | undefined;
};

const PIP_VALUED =
  /^(?:-[a-zA-Z]*[rcitfb]|--(?:requirements?|constraints?|index-url|extra-index-url|target|find-links|prefix|root|python|platform|no-binary|only-binary|progress-bar|timeout|retries|trusted-host|cache-dir|src|upgrade-strategy|proxy|implementation|abi|python-version|report|config-settings?|python-platform|python-preference|index|default-index|index-strategy|resolution|prerelease|exclude-newer|refresh-package|reinstall-package|upgrade-package|link-mode|keyring-provider|torch-backend|overrides?|build-constraints?|excludes?|extra|group|log|global-option|spec|pip-args|suffix))$/;
const NPM_VALUED = /^--(?:prefix|registry|cache|loglevel|tag)$/;

/** `channel::name`, with `=1.2`, `==1.2` or `>=1.2,<2` behind it; a build behind a version pins more than can be moved. */
const CONDA = new RegExp(
  `^(?:[\\w.-]+::)?([a-z_][\\w.-]*)(?=[=<>~!])={0,2}((?:[<>~!]=?)?[\\w.*+!${HOLE}-]+(?:,[<>~!=]{0,2}[\\w.*]+)*)$`,
  "i",
);

/** Programs that install packages: what begins such a command, and how its words are read. */
export const INSTALLERS: readonly Installer[] = [
  {
    begins: /^(?:uv )?pip[\d.]* (?:-\S+ )*(?:install|download|wheel)$/,
    valued: PIP_VALUED,
    read: (word) => readRequirement(word),
  },
  { begins: /^pipx install$|^uv tool install$/, valued: PIP_VALUED, read: (word) => readRequirement(word) },
  {
    begins: /^(?:npm|pnpm|bun) (?:-\S+ )*(?:install|i|add)$|^yarn (?:global )?add$/,
    valued: NPM_VALUED,
    read: readNpmPackage,
  },
  {
    begins: /^(?:npx|bunx)$|^(?:pnpm|yarn) dlx$|^npm exec$|^corepack (?:prepare|use|install)$/,
    valued: /^(?:--registry|--call|-c)$/,
    single: true,
    read: (word) => (visibleText(word).lastIndexOf("@") > 0 ? readNpmPackage(word) : undefined),
  },
  {
    begins: /^uvx$/,
    valued: PIP_VALUED,
    single: true,
    read: (word) =>
      readNamed(word, /^([a-z][\w.-]*)@(.+)$/i, (name) => ({ upstream: toPurl("pypi", name), scheme: "pep440" })),
  },
  {
    begins: /^gem install$|^logstash-plugin install$/,
    valued: /^(?:-[isnP]|--(?:install-dir|bindir|source|platform))$/,
    versioned: /^(?:-v|--version)$/,
    read: (word) => readNamed(word, /^([a-zA-Z][\w.-]*)(?::(\d.*))?$/, (name) => ({ upstream: toPurl("gem", name) })),
  },
  {
    begins: /^cargo (?:\+\S+ )?(?:install|binstall)$/,
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
      readNamed(word, new RegExp(`^([A-Za-z]\\w*)(?:-(\\d.*|${HOLE}))?$`), (name) => ({
        upstream: toPurl("generic", `pecl/${name}`),
      })),
  },
  {
    begins: /^(?:apt|apt-get|aptitude) (?:-\S+ )*install$/,
    valued: /^(?:-[otc]|--(?:option|target-release|default-release))$/,
    read: readDebianPackage,
  },
  {
    begins: /^apk (?:-\S+ )*add$/,
    valued: /^(?:-[tXp]|--(?:virtual|repository|root|keys-dir|cache-dir))$/,
    read: (word) =>
      readNamed(word, /^([a-z0-9][\w.+-]*)=(.+)$/, (name) => ({ upstream: toPurl("apk", `alpine/${name}`) })),
  },
  {
    begins: /^(?:dnf|yum|microdnf|tdnf|zypper) (?:-\S+ )*(?:install|localinstall|in)$/,
    valued: /^(?:-[cdex]|--(?:setopt|enablerepo|disablerepo|repo|releasever|installroot))$/,
    read: readRpmPackage,
  },
  {
    begins: /^(?:conda|mamba|micromamba) (?:-\S+ )*(?:install|create)$/,
    valued: /^(?:-[cnp]|--(?:channel|name|prefix|file|solver))$/,
    read: (word) =>
      readNamed(word, CONDA, (name) => ({
        upstream: toPurl("conda", name),
      })),
  },
  {
    begins: /^composer (?:-\S+ )*(?:global )?require$/,
    valued: /^(?:-d|--working-dir)$/,
    read: (word) =>
      readNamed(word, /^([\w.-]+\/[\w.-]+)(?::(.+))?$/, (name) => ({ upstream: toPurl("composer", name) })),
  },
  {
    begins: /^dotnet tool install$/,
    valued: /^--(?:tool-path|add-source|configfile|framework)$/,
    versioned: /^--version$/,
    read: (word) => readNamed(word, /^([A-Za-z][\w.-]*)()$/, (name) => ({ upstream: toPurl("nuget", name) })),
  },
  {
    begins: /^choco install$/,
    valued: /^(?:-s|--source|--params)$/,
    versioned: /^--version$/,
    read: (word) => readNamed(word, /^([a-z][\w.-]*)()$/i, (name) => ({ upstream: toPurl("chocolatey", name) })),
  },
  {
    begins: /^rustup (?:toolchain )?(?:install|default)$/,
    valued: /^(?:--profile|-c|--component|-t|--target)$/,
    single: true,
    read: (word) => readNamed(word, /^()(\d+\.\d[\w.]*)$/, () => ({ upstream: "pkg:github/rust-lang/rust" })),
  },
  {
    begins: /^pyenv install$/,
    valued: /^$/,
    read: (word) =>
      readNamed(word, /^()(\d+\.\d[\w.]*)$/, () => ({
        upstream: "pkg:github/python/cpython",
        tagTemplate: "v{version}",
      })),
  },
  {
    begins: /^gh extension install$/,
    valued: /^$/,
    versioned: /^--pin$/,
    read: (word) => readNamed(word, /^([\w.-]+\/[\w.-]+)()$/, (name) => ({ upstream: toPurl("github", name) })),
  },
  {
    begins: /^(?:nvm|fnm) install$/,
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
  const numeric = name === stem ? ("dotted" as const) : true; // `libreadline8` is a name, `openjdk-21-jdk` and `php8.4` tell a version
  return { kind: "version", ...known(name), name, value, precision: "exact", numeric };
}

/** `name-1.2.3[-release]`; only a version with a dot is told from the rest of a name. */
function readRpmPackage(word: Value): Reference | undefined {
  const known = (name: string) => ({ upstream: toPurl("rpm", name) });
  const pattern = new RegExp(
    `^([A-Za-z][\\w+.]*(?:-[A-Za-z][\\w+.]*)*)[-=](\\d+(?:\\.\\w+)+(?:-[\\w.~^]+)?|${HOLE}(?:-\\d[\\w.]*)?)$`,
  );
  const hole = word.pieces.find((piece) => piece.kind === "hole");
  if (hole?.kind === "hole" && hole.name.startsWith("$")) return undefined;
  const found = readNamed(word, pattern, known);
  return found === undefined ? undefined : { ...found, numeric: true };
}
