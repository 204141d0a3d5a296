import type { ObservedRelease } from "../domain/release.ts";
import { parsePurl } from "../domain/upstream.ts";
import { Failure, isFailure, toFailure } from "../lib/failure.ts";
import type { PollAnswer, PollContext, PollRequest, Source } from "./source.ts";
import { SOURCES } from "./sources.ts";

/** Versions, tags and names longer than this are nobody's. */
const LONGEST_NAME = 256;

/** The source that polls an upstream; a `misconfigured` failure that names the known kinds when there is none. */
export function sourceOf(purl: string, sources: readonly Source[] = SOURCES): Source | Failure {
  const source = sources.find((one) => one.matches(purl));
  if (source !== undefined) return source;
  const kind = parsePurl(purl)?.type ?? purl;
  const known = sources.map((one) => one.id).join(", ");
  return new Failure("misconfigured", `known, not watched: no source for the kind "${kind}" (there are ${known})`);
}

/** Tells the sources what will be polled, in that order, so that they can ask for much at once. */
export function announce(purls: readonly string[], context: PollContext): void {
  for (const purl of purls) {
    const source = sourceOf(purl);
    if (!isFailure(source)) source.announce?.(purl, context);
  }
}

/** Asks one upstream what there is. Never throws: whatever a source throws is an `unreadable` failure of this upstream. */
export async function poll(
  request: PollRequest,
  context: PollContext,
  sources: readonly Source[] = SOURCES,
): Promise<PollAnswer | Failure> {
  const source = sourceOf(request.upstream, sources);
  if (isFailure(source)) return source;
  try {
    const answer = await source.poll(request, context);
    return isFailure(answer) || answer.state === "unchanged" ? answer : plausible(request.upstream, answer);
  } catch (error) {
    return toFailure(error, "unreadable", `${request.upstream}: the answer could not be understood`);
  }
}

/** Far beyond what anything that people pin has: one upstream that is flooded must not fill the store of all others. */
const MOST_VERSIONS = 200_000;

/** Drops what cannot be a version, and says how much. */
function plausible(upstream: string, answer: Extract<PollAnswer, { state: "changed" }>): PollAnswer | Failure {
  const count = answer.releases.length;
  if (count > MOST_VERSIONS)
    return new Failure("too-large", `${upstream} has ${count} versions: more than ${MOST_VERSIONS} are not watched.`);
  const releases = answer.releases.filter(isPlausible);
  const refs = answer.refs.filter(({ name, target }) => isName(name) && isName(target));
  const dropped = count - releases.length;
  if (dropped === 0 && refs.length === answer.refs.length) return answer;
  const said =
    dropped === 0 ? [] : [`${dropped} versions whose names are empty, too long or hold blanks or control characters`];
  return { ...answer, releases, refs, notChecked: [...answer.notChecked, ...said] };
}

function isPlausible({ version, tag }: ObservedRelease): boolean {
  return isName(version) && isName(tag);
}

/** No registry and no git has names with blanks or unseen characters: one would be taken for another, or for two. */
function isName(text: string): boolean {
  return text !== "" && text.length <= LONGEST_NAME && !UNSEEN.test(text);
}

const UNSEEN = /[\s\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}]/u;
