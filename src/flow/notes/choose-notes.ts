import type { Instant } from "../../domain/instant.ts";
import type { PassedRelease } from "../../domain/release.ts";
import type { ReleaseFacts } from "../../domain/release-facts.ts";
import { changelogSection } from "../../lib/changelog.ts";
import type { NewsFile } from "../../lib/github/upstream/news.ts";
import type { ReleaseDetail } from "../../lib/github/upstream/reader.ts";

/** What is told of one release; its files where its host listed them with it. */
type Told = Omit<ReleaseDetail, "assets"> & Partial<Pick<ReleaseDetail, "assets">>;

/** The notes of one release, and where they are from. */
export type ChosenNotes = {
  readonly detail: Told;
  readonly source: NonNullable<ReleaseFacts["sources"]>[string] | undefined;
};

/** Where the files are, for people. */
type Place = { readonly page: string; readonly now: Instant };

/**
 * The order in which notes are taken: the section of the changelog at the tag, the body of the release, the section of
 * a news file (NEWS, HISTORY, CHANGES) at the tag. Undefined where there is none of them, and no release either.
 */
export function chooseNotes(
  release: PassedRelease,
  detail: ReleaseDetail | undefined,
  files: readonly NewsFile[],
  place: Place,
): ChosenNotes | undefined {
  const sectionIn = (kind: NewsFile["kind"]) =>
    sectionOf(
      release,
      detail,
      files.filter((file) => file.kind === kind),
      place,
    );
  const body = (detail?.notes ?? "").trim();
  const own =
    detail !== undefined && body !== ""
      ? { detail, source: { kind: "release", locator: detail.url, fetchedAt: place.now } }
      : undefined;
  const bare = detail === undefined ? undefined : { detail, source: undefined };
  return sectionIn("changelog") ?? own ?? sectionIn("news") ?? bare;
}

function sectionOf(
  release: PassedRelease,
  detail: ReleaseDetail | undefined,
  files: readonly NewsFile[],
  { page, now }: Place,
): ChosenNotes | undefined {
  for (const file of files) {
    const notes = changelogSection(file.text, release.version);
    if (notes === undefined) continue;
    const path = [file.tag, ...file.path.split("/")].map((part) => encodeURIComponent(part)).join("/");
    const locator = `${page}/blob/${path}`;
    const known = detail ?? { tag: release.tag, url: release.notesUrl ?? locator };
    return { detail: { ...known, notes }, source: { kind: file.path, locator, fetchedAt: now } };
  }
  return undefined;
}
