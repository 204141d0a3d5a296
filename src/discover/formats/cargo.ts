import { toPurl } from "../../domain/upstream.ts";
import { sliceValue, type Value, visibleText } from "../../lib/syntax/pieces.ts";
import { parseToml, type TomlNode, tomlAll, tomlAt, tomlEntries, tomlString } from "../../lib/syntax/toml.ts";
import type { Format, Reading, Reference } from "../format.ts";

/** Rust packages and the pinned toolchain (https://doc.rust-lang.org/cargo/reference/specifying-dependencies.html). */
export const cargo: Format = {
  id: "cargo",
  title: "Cargo manifest or Rust toolchain",
  matches: (path) => /(?:^|\/)(?:Cargo\.toml|rust-toolchain(?:\.toml)?)$/.test(path),
  read: (text, path) => (path.endsWith("Cargo.toml") ? readCargo(text, path) : readToolchain(text, path)),
};

const TABLES = ["dependencies", "dev-dependencies", "build-dependencies"];
const SINGLE = /^([\^~]|[<>]?=)?\s*(\d[\w.+-]*)$/;

function readCargo(text: string, path: string): Reading {
  const { root, problems } = parseToml(text, path);
  const tables = [
    ...TABLES.flatMap((table) => [tomlAt(root, table), ...tomlAll(root, "target", "*", table)]),
    tomlAt(root, "workspace", "dependencies"),
    ...tomlAll(root, "patch", "*"),
  ];
  const references = tables.flatMap(tomlEntries).flatMap(({ key, value }) => readDependency(key, value));
  const name = tomlString(tomlAt(root, "package", "name"));
  return {
    references: references.map((reference) => ({ ...reference, locked: true })),
    variables: [],
    inclusions: [],
    publishes: name === undefined ? [] : [toPurl("cargo", visibleText(name))],
    problems,
  };
}

/** A version, or a table; `workspace = true` and paths are at home. */
function readDependency(key: string, node: TomlNode): Reference[] {
  const given = (name: string) => tomlString(tomlAt(node, name));
  const version = tomlString(node) ?? given("version");
  const git = given("git");
  const renamed = given("package");
  const name = renamed === undefined ? key : visibleText(renamed);
  if (git !== undefined) {
    const ref = given("tag") ?? given("rev") ?? given("branch");
    return [{ kind: "git", value: git, name, ...(ref === undefined ? {} : { ref }) }];
  }
  return version === undefined || given("path") !== undefined ? [] : [versionOf(name, version)];
}

/** A version alone means "compatible with": only `=` pins. */
function versionOf(name: string, value: Value): Reference {
  const base = { kind: "version" as const, name, upstream: toPurl("cargo", name), scheme: "semver" };
  const text = visibleText(value).trim();
  if (!/\d/.test(text)) return { ...base, value, precision: "floating" };
  const [, operator = "", version] = SINGLE.exec(text) ?? [];
  if (version === undefined) return { ...base, value, precision: "range" };
  const end = visibleText(value).trimEnd().length;
  const exact = operator === "=" && /^\d+\.\d+\.\d/.test(version);
  const written = operator === "" ? {} : { written: text };
  return {
    ...base,
    value: sliceValue(value, end - version.length, end),
    precision: exact ? "exact" : "range",
    ...written,
  };
}

/** `channel` of rust-toolchain.toml; older files hold the channel alone. */
function readToolchain(text: string, path: string): Reading {
  const alone = /^\s*([\w.-]+)\s*$/.exec(text)?.[1];
  const start = alone === undefined ? 0 : text.indexOf(alone);
  const { root, problems } = alone === undefined ? parseToml(text, path) : { root: {}, problems: [] };
  const channel: Value | undefined =
    alone === undefined
      ? tomlString(tomlAt(root, "toolchain", "channel"))
      : {
          start,
          end: start + alone.length,
          pieces: [{ kind: "literal", text: alone, start, end: start + alone.length }],
        };
  const written = channel === undefined ? "" : visibleText(channel);
  const base = { kind: "version" as const, upstream: "pkg:github/rust-lang/rust", scheme: "loose", name: "rust" };
  const isVersion = /^\d+\.\d+/.test(written);
  const isMoving = /^(?:stable|beta|nightly)$/.test(written);
  const references: Reference[] =
    channel === undefined || !(isVersion || isMoving)
      ? []
      : [{ ...base, value: channel, precision: isVersion ? "exact" : "floating" }];
  return { references, variables: [], inclusions: [], problems };
}
