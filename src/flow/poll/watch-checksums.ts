import { standingAlerts } from "../../db/deliveries/alerts.ts";
import { taggedReleases } from "../../db/releases/releases.ts";
import type { Alert } from "../../domain/bump.ts";
import type { Edit, Pin } from "../../domain/pin.ts";
import { type Release, tagOfVersion } from "../../domain/release.ts";
import { upstreamLabel } from "../../domain/upstream.ts";
import { raiseAlert, resolveAlert } from "../alerts/raise-alert.ts";
import type { FlowContext } from "../context.ts";
import { addressOf, fileOf } from "../deliver/resolve-target.ts";
import { isWatched } from "../discover/pinned-places.ts";

const MISMATCH: Alert["class"] = "checksum-mismatch";

/**
 * Compares the checksums that a project's files state with those that its upstreams state of the same files: what was
 * replaced before Headgate first looked shows in nothing else. What either side does not state is not compared.
 */
export async function watchChecksums(flow: FlowContext, project: string, pins: readonly Pin[]): Promise<void> {
  const stating = pins.filter((pin) => pin.precision === "exact" && isWatched(pin) && statedBy(pin).length > 0);
  const standing = (await standingAlerts(flow.db)).filter((one) => one.project === project && one.class === MISMATCH);
  if (stating.length === 0) return;
  const groups = Map.groupBy(stating, (pin) => JSON.stringify([pin.upstream, tagOf(pin)]));
  const tags = Map.groupBy(stating, ({ upstream }) => upstream);
  const wanted = new Map([...tags].map(([upstream, those]) => [upstream, [...new Set(those.map(tagOf))]]));
  for (const release of await taggedReleases(flow.db, wanted)) {
    const places = groups.get(JSON.stringify([release.upstream, release.tag])) ?? [];
    const found = mismatches(places, release);
    if (found === undefined) continue;
    if (found.length > 0) await report(flow, release, { project, pins: places, found });
    else await settle(flow, release, standing);
  }
}

/** A checksum in the files that is not its upstream's. */
export type Mismatch = { readonly file: string; readonly expected: string; readonly observed: string };

/** What differs, one entry a file; undefined where nothing could be compared. Pure. */
export function mismatches(pins: readonly Pin[], release: Pick<Release, "version" | "tag" | "assets">) {
  const compared = pins.flatMap((pin) => {
    const stated = statedBy(pin).map((one) => ({ ...one, address: addressOf(one.url, release) }));
    const ofOne = stated.filter((one) => !isOfAnyFile(one)).flatMap((one) => compareFile(one, release));
    return [...ofOne, ...comparePackage(stated.filter(isOfAnyFile), release)];
  });
  if (compared.length === 0) return undefined;
  const differing = compared.filter(({ expected, observed }) => expected !== observed);
  return [...new Map(differing.map((one) => [`${one.file} ${one.expected}`, one])).values()];
}

type Stated = Required<NonNullable<Edit["of"]>>;
type Located = Stated & { readonly address: string };

function statedBy({ edits }: Pin): Stated[] {
  return edits.flatMap(({ of }) => (of?.hex === undefined ? [] : [{ ...of, hex: of.hex.toLowerCase() }]));
}

function compareFile({ address, algorithm, hex }: Located, { assets }: Pick<Release, "assets">): Mismatch[] {
  const file = fileOf(address);
  const digest = assets.find((asset) => asset.name === file || asset.url === address)?.digest;
  if (digest?.startsWith(`${algorithm}:`) !== true) return [];
  return [{ file, expected: `${algorithm}:${hex}`, observed: digest.toLowerCase() }];
}

/** A requirement's hashes are of files that are not named: one that is the index's is enough for who installs it. */
function comparePackage(stated: readonly Located[], { assets }: Pick<Release, "assets">): Mismatch[] {
  const [first] = stated;
  if (first === undefined) return [];
  const written = stated.map(({ algorithm, hex }) => `${algorithm}:${hex}`);
  const digests = assets.flatMap(({ digest }) =>
    digest?.startsWith(`${first.algorithm}:`) ? [digest.toLowerCase()] : [],
  );
  if (digests.length === 0 || digests.length < assets.length) return [];
  const known = digests.find((digest) => written.includes(digest));
  const file = known === undefined ? "any of its files" : "one of its files";
  const [expected = ""] = known === undefined ? written : [known];
  return [{ file, expected, observed: known ?? digests.join(", ") }];
}

function isOfAnyFile({ url }: Stated): boolean {
  return /#file-\d+-of-\d+$/.test(url);
}

function tagOf({ version, tagTemplate }: Pin): string {
  return tagOfVersion(version, tagTemplate);
}

async function report(
  flow: FlowContext,
  { upstream, tag }: Release,
  {
    project,
    pins,
    found,
  }: { readonly project: string; readonly pins: readonly Pin[]; readonly found: readonly Mismatch[] },
): Promise<void> {
  const [now, files] = [flow.clock(), found.map(({ file }) => file).join(", ")];
  await raiseAlert(flow, {
    project,
    upstream,
    class: MISMATCH,
    subject: tag,
    severity: "high",
    summary: `${upstreamLabel(upstream)} ${tag}, which is pinned here, is stated by its upstream with another checksum than your files state: ${files}.`,
    next: "Compare the file with what you built from: either it was replaced, or the checksum in your files is of another one.",
    places: pins.map(({ path, line }) => ({ path, line })),
    evidence: found.map(({ file, expected, observed }) => {
      return { kind: `asset:${file}`, expected, observed, source: upstream, observedAt: now };
    }),
  });
}

async function settle(flow: FlowContext, { upstream, tag }: Release, standing: readonly Alert[]): Promise<void> {
  for (const alert of standing) {
    if (alert.upstream !== upstream || alert.subject !== tag) continue;
    await resolveAlert(flow, alert, "The checksums in the files are its upstream's.");
  }
}
