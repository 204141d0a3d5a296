import { type Component, isFloating, type Pin } from "../domain/pin.ts";
import type { Release } from "../domain/release.ts";
import type { Scheme } from "./scheme.ts";

/** Pins on one track, with the versions they stand for. */
export type Track = { readonly pins: readonly Pin[]; readonly versions: readonly string[]; readonly key: string };

/** Whose tracks are looked for. `known`: its releases, of which one may have been made of a pinned commit. */
type Tracked = {
  readonly component: Component;
  readonly scheme: Scheme;
  readonly known: readonly Pick<Release, "version" | "commit">[];
};

/**
 * The tracks of a component, and as sentences what has no known order. Exact pins decide; where there are only ranges, they
 * do, with the version that each of them names.
 */
export function tracksOf(of: Tracked): { tracks: Track[]; notComparable: string[] } {
  const { scheme, component } = of;
  const fixed = component.pins.filter((pin) => !isFloating(pin));
  const exact = fixed.filter((pin) => pin.precision !== "range");
  const groups: { pin: Pin; version: string }[][] = [];
  const notComparable: string[] = [];
  for (const pin of exact.length > 0 ? exact : fixed) {
    const version = versionOf(pin, of);
    if (version === undefined || !scheme.isVersion(version)) {
      notComparable.push(`${pin.path}:${pin.line}: no order is known for "${pin.text}" (${scheme.title}).`);
      continue;
    }
    const group = groups.find(([first]) => first !== undefined && scheme.sameTrack(first.version, version));
    if (group === undefined) groups.push([{ pin, version }]);
    else group.push({ pin, version });
  }
  const keyOf = (version = "") =>
    groups.length > 1 ? `${component.key} ${version.replace(/\d+/g, "#")}` : component.key;
  const tracks = groups.map((group) => ({
    pins: group.map(({ pin }) => pin),
    versions: [...new Set(group.map(({ version }) => version))],
    key: keyOf(group[0]?.version),
  }));
  return { tracks, notComparable };
}

/** The written version; for a bare commit, the version of the release that was made of it. */
function versionOf(pin: Pin, { known, scheme }: Tracked): string | undefined {
  if (pin.version !== "" && pin.version !== pin.digest)
    return pin.precision === "range" ? lowestOf(pin.version, scheme) : pin.version;
  const commit = pin.digest ?? pin.text;
  return known.find((release) => release.commit !== undefined && release.commit === commit)?.version;
}

/** `^18` begins at 18.0.0: what a range leaves out is zero (https://github.com/npm/node-semver#ranges). */
export function lowestOf(version: string, scheme: Scheme): string {
  return [version, `${version}.0`, `${version}.0.0`].find((one) => scheme.isVersion(one)) ?? version;
}
