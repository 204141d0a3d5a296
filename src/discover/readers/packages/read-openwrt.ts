import { own } from "../../../domain/own.ts";
import { toPurl } from "../../../domain/upstream.ts";
import { partsOf, sliceValue, type Value, visibleText } from "../../../lib/syntax/pieces.ts";
import type { Checksum, Reference, Variable } from "../../format.ts";

/** Groups of mirrors by the names that OpenWrt has for them (https://github.com/openwrt/openwrt/blob/main/scripts/projectsmirrors.json). */
const MIRRORS: Readonly<Record<string, string>> = {
  "@APACHE": "https://dlcdn.apache.org",
  "@DEBIAN": "https://ftp.debian.org/debian",
  "@GITHUB": "https://raw.githubusercontent.com",
  "@GNOME": "https://download.gnome.org/sources",
  "@GNU": "https://ftp.gnu.org/gnu",
  "@KERNEL": "https://cdn.kernel.org/pub",
  "@SAVANNAH": "https://download.savannah.gnu.org/releases",
  "@SF": "https://downloads.sourceforge.net",
};

/** OpenWrt packs what it checks out: only its own build system can tell the hash of that. */
const PACKED = "$(make package/check FIXUP=1)";

type Known = (name: string) => Value | undefined;

/**
 * What a package of OpenWrt is built from: an archive and its hash, or a commit and the hash of what OpenWrt packs of it
 * (https://openwrt.org/docs/guide-developer/packages#buildpackage_variables). Nothing for every other Makefile.
 */
export function readOpenwrtPackage(text: string, variables: readonly Variable[]): Reference[] {
  if (!/^include\s+\$\(INCLUDE_DIR\)\/package\.mk/m.test(text)) return [];
  const known: Known = (name) => variables.find((variable) => variable.name === name)?.value;
  const [address] = wordsOf(known("PKG_SOURCE_URL"));
  if (address === undefined) return readPypi(known);
  if (/^git\b/.test(written(known("PKG_SOURCE_PROTO")))) return [checkout(address, known)];
  const file = known("PKG_SOURCE");
  const value = file === undefined ? address : joined(mirrored(address), file);
  return [{ kind: "url", value, ...checksumsOf(known("PKG_HASH")) }];
}

function checkout(value: Value, known: Known): Reference {
  const ref = known("PKG_SOURCE_VERSION");
  return {
    kind: "git",
    value,
    ...(ref === undefined ? {} : { ref }),
    ...checksumsOf(known("PKG_MIRROR_HASH"), PACKED),
  };
}

/** https://github.com/openwrt/packages/blob/master/lang/python/README.md: packages of PyPI have no address. */
function readPypi(known: Known): Reference[] {
  const [name, value] = [plainName(known, "PYPI_NAME"), known("PKG_VERSION")];
  if (!/^[\w.-]+$/.test(name) || value === undefined) return [];
  const file = plainName(known, "PYPI_SOURCE_NAME") || name;
  const ending = written(known("PYPI_SOURCE_EXT")) || "tar.gz";
  const of = `https://files.pythonhosted.org/packages/source/${name[0]}/${name}/${file}-{version}.${ending}`;
  const upstream = toPurl("pypi", name);
  return [{ kind: "version", value, name, upstream, scheme: "pep440", ...checksumsOf(known("PKG_HASH"), of) }];
}

/** A name that is written out, or that is another one's: `PYPI_NAME:=$(PKG_NAME)`. */
function plainName(known: Known, name: string): string {
  const value = known(name);
  const [only, ...more] = value?.pieces ?? [];
  return only?.kind === "hole" && more.length === 0 ? written(known(only.name)) : written(value);
}

/** `skip` is no hash. */
function checksumsOf(value: Value | undefined, of?: string): { checksums?: readonly Checksum[] } {
  if (value === undefined || !/^[0-9a-f]{64}$/i.test(written(value))) return {};
  return { checksums: [{ value, algorithm: "sha256", ...(of === undefined ? {} : { of }) }] };
}

function mirrored(address: Value): Value {
  const [name = ""] = /^@[A-Z]+/.exec(written(address)) ?? [];
  const mirror = own(MIRRORS, name);
  if (mirror === undefined) return address;
  const rest = sliceValue(address, name.length, visibleText(address).length);
  const { start } = address;
  return { ...address, pieces: [{ kind: "literal", text: mirror, start, end: start + name.length }, ...rest.pieces] };
}

/** A folder and a file in it, as one address. */
function joined(folder: Value, file: Value): Value {
  const text = visibleText(folder);
  const { pieces, end } = sliceValue(folder, 0, text.replace(/\/$/, "").length);
  return { ...folder, pieces: [...pieces, { kind: "literal", text: "/", start: end, end }, ...file.pieces] };
}

function wordsOf(value: Value | undefined): Value[] {
  return value === undefined ? [] : [...partsOf(value, /[^\s\\]+/g)];
}

function written(value: Value | undefined): string {
  return value === undefined ? "" : visibleText(value).trim();
}
