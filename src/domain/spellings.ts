/** How a version is written in names and folders, by the hole that stands for it in an edit's spelling. */
export type Spelling = "version" | "nodots" | "underscores" | "dots" | "major";

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
