/** How a version is written in names and folders, by the hole that stands for it in an edit's spelling. */
export type Spelling = "version" | "nodots" | "underscores" | "dots" | "major";

/** The first numbers of a version, by the hole that stands for each; what a version leaves out is zero. */
export function numbersOf(version: string): Readonly<Record<NumberHole, string>> {
  const [, major = "", minor = "0", patch = "0"] = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?/.exec(version) ?? [];
  const [nextMajor = "", nextMinor = "", nextPatch = ""] = [major, minor, patch].map((one) => `${BigInt(one) + 1n}`);
  return { major, minor, patch, nextMajor, nextMinor, nextPatch };
}

type NumberHole = "major" | "minor" | "patch" | "nextMajor" | "nextMinor" | "nextPatch";

/** A version in each of its spellings. */
export function spellingsOf(version: string): Readonly<Record<Spelling, string>> {
  return {
    version,
    nodots: version.replaceAll(".", ""),
    underscores: version.replaceAll(".", "_"),
    dots: version.replaceAll("_", "."),
    major: /^\d*/.exec(version)?.[0] ?? "",
  };
}
