import { createHash } from "node:crypto";
import type { Instant } from "../domain/instant.ts";
import { asPinning, type Component, type Pin } from "../domain/pin.ts";
import { type Ref, type Release, versionOfTag } from "../domain/release.ts";
import { parsePurl } from "../domain/upstream.ts";
import type { CandidateDraft } from "./compare.ts";

/** Where a name points, and since when. */
type SeenRef = Ref & { readonly seenAt: Instant };

/** What is to be pinned: a component, the known releases of its upstream, and where names pointed when they were last seen. */
type PinningInput = {
  readonly component: Component;
  readonly releases: readonly Release[];
  readonly refs: readonly SeenRef[];
};

/**
 * One candidate for each name (a tag, a branch, `latest`) that decides places which could hold a digest or commit. The
 * target is what the name stands for now, so that nothing new comes in. A name that nobody has looked at yet gives none.
 */
export function pinComponent({ component, releases, refs }: PinningInput): CandidateDraft[] {
  const pins = component.pins.flatMap((pin) => asPinning(pin) ?? []);
  return [...Map.groupBy(pins, (pin) => nameOf(component, pin))].flatMap(([text, members]) => {
    const to = isImage(component) ? imageNow(text, releases, refs) : commitNow(members[0], releases, refs);
    return to === undefined ? [] : [draft(component, text, members, to)];
  });
}

/** The tag or branch that decides a place; of a tag that is put together of parts all of it. */
function nameOf(component: Component, { text, version }: Pin): string {
  return isImage(component) && version !== "" ? version : text;
}

function isImage({ upstream }: Component): boolean {
  return parsePurl(upstream)?.type === "docker";
}

/** Without a tag, `latest` is meant. A digest that is not known yet is asked for when the change is built. */
function imageNow(text: string, releases: readonly Release[], refs: readonly SeenRef[]): Release | undefined {
  const tag = text === "" ? "latest" : text;
  const release = releases.find((one) => one.tag === tag && one.state !== "deleted");
  const target = refs.find(({ name }) => name === tag)?.target;
  if (release === undefined || target === undefined) return release;
  return { ...release, digests: { ...release.digests, index: target } };
}

/** The commit behind a tag or branch, as the most exact release that was made of it; else under the name itself. */
function commitNow(pin: Pin | undefined, releases: readonly Release[], refs: readonly SeenRef[]): Release | undefined {
  if (pin === undefined) return undefined;
  const named = releases.find((one) => one.tag === pin.text);
  const ref = refs.find(({ name }) => name === pin.text);
  const commit = ref?.target ?? named?.commit;
  if (commit === undefined) return undefined;
  const [exact] = releases
    .filter((one) => one.commit === commit && one.state === "released")
    .flatMap((one) => {
      const version = versionOfTag(one.tag, pin.tagTemplate);
      return version === undefined ? [] : [{ ...one, version }];
    })
    .sort((a, b) => b.version.split(".").length - a.version.split(".").length);
  if (exact !== undefined) return exact;
  if (named !== undefined) return { ...named, version: pin.version, commit };
  return ref === undefined ? undefined : ofBranch(pin, { ...ref, target: commit });
}

function ofBranch({ upstream, text }: Pin, { target, seenAt }: SeenRef): Release {
  return {
    upstream,
    version: text,
    tag: text,
    publishedBy: "publisher",
    state: "released",
    digests: {},
    assets: [],
    commit: target,
    firstSeenAt: seenAt,
    contentFirstSeenAt: seenAt,
    baseline: true, // how long a branch has been where it is, nobody knows
    earlierContent: [],
  };
}

/** Known by the name and the files it stands in: what the name stands for may move before somebody answers. */
function draft(component: Component, text: string, pins: readonly Pin[], to: Release): CandidateDraft {
  const key = `${component.key} pin ${text}`.trim();
  const files = [...new Set(pins.map((pin) => pin.path))].sort();
  const id = createHash("sha256").update([component.project, key, ...files].join("\n"));
  return {
    id: id.digest("hex").slice(0, 12),
    component: { ...component, key, pins },
    from: [text === "" ? "latest" : text],
    to,
    between: [],
    step: "pin",
  };
}
