/** Answers whether one of a repository's tags is that of a version, however both are spelled. */
export function tagFinder(tags: readonly string[]): (version: string) => boolean {
  const spelled = tags.map(spelling);
  return (version) => {
    const wanted = spelling(version);
    return spelled.some((tag) => isTagOf(tag, wanted));
  };
}

/** A tag of a version ends in it: `v1.2.3`, `tool-1.2.3`, `tool/v1.2.3`, `release_1.2.3`. */
function isTagOf(tag: string, version: string): boolean {
  return tag.endsWith(version) && /(?:^|[^\d.a-z])v?$|^[a-z]*$/.test(tag.slice(0, -version.length));
}

/** Without what is spelled in many ways: case, and what stands around the word of a prerelease. */
function spelling(text: string): string {
  return text.toLowerCase().replace(/[-_.]?(rc|alpha|beta|post|dev|a|b)[-_.]?(?=\d)/g, "$1");
}
