/** Digest lengths in hex characters tell the algorithm where a file does not name it. */
const ALGORITHMS: Readonly<Record<number, string>> = { 64: "sha256", 96: "sha384", 128: "sha512" };

/**
 * The digest that a checksum file states for a file, as `<algorithm>:<hex>`: lines of GNU coreutils (`<hex>  name`,
 * `<hex> *name`), of BSD (`SHA256 (name) = <hex>`), or, in a file for one file alone, the bare digest. Undefined where
 * the file is not named, or named with two digests of one algorithm. SHA-1 and MD5 prove nothing and are passed over.
 */
export function digestInChecksums(text: string, fileName: string): string | undefined {
  return readChecksums(text)(fileName);
}

/** The same for many files: the text is read once. */
export function readChecksums(text: string): (fileName: string) => string | undefined {
  const lines = text.split(/\r?\n/).flatMap((line) => line.trim() || []);
  const stated = Map.groupBy(lines.flatMap(statedIn), ({ name }) => name);
  const bare = lines.length === 1 ? toDigest(lines[0] ?? "") : [];
  return (fileName) => {
    const found = stated.get(fileName)?.flatMap(({ hex }) => toDigest(hex)) ?? bare;
    const unique = [...new Set(found)];
    const strongest = unique.toSorted((a, b) => b.length - a.length)[0];
    const sameAlgorithm = unique.filter((digest) => digest.length === strongest?.length);
    return sameAlgorithm.length === 1 ? strongest : undefined;
  };
}

function statedIn(line: string): { readonly name: string; readonly hex: string }[] {
  const [, bsdName, bsdHex] = /^SHA(?:2-)?(?:256|384|512) ?\((.+)\) ?= ?([0-9a-fA-F]+)$/.exec(line) ?? [];
  if (bsdName !== undefined && bsdHex !== undefined) return [{ name: baseName(bsdName), hex: bsdHex }];
  const [, hex, name] = /^([0-9a-fA-F]{64,128})[ \t]+\*?(.+)$/.exec(line) ?? [];
  return hex === undefined || name === undefined ? [] : [{ name: baseName(name), hex }];
}

function toDigest(hex: string): string[] {
  const algorithm = /^[0-9a-fA-F]+$/.test(hex) ? ALGORITHMS[hex.length] : undefined;
  return algorithm === undefined ? [] : [`${algorithm}:${hex.toLowerCase()}`];
}

/** Checksum files are often made inside another folder: `./dist/tool.tar.gz`. */
function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
