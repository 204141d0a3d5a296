import type { Candidate } from "../domain/bump.ts";
import { percentDecoded } from "../domain/percent.ts";
import type { Pin } from "../domain/pin.ts";
import type { Release } from "../domain/release.ts";
import { typeOfPurl } from "../domain/upstream.ts";

/** What the pins need of a target and it does not have, in words; and what cannot be told. */
export type Parts = { readonly missing: readonly string[]; readonly unknown: readonly string[] };

/** What is compared: the target as it is known now, and the versions that are pinned today, where they are known. */
type Compared = Pick<Candidate, "component" | "to"> & { readonly current: readonly Release[] };

/**
 * What is missing of a release before the pins can move to it: the files that they download (by the address of today
 * with the version replaced), a wheel where today's version has one, the platforms that today's image has. Pure.
 */
export function missingParts(compared: Compared): Parts {
  const type = typeOfPurl(compared.component.upstream);
  if (type === "docker") return missingPlatforms(compared);
  return { missing: type === "pypi" ? missingKinds(compared) : missingFiles(compared), unknown: [] };
}

/** The names of the files that pins download, with the version filled in; what else is open is left as a hole. */
export function neededFiles({ component, to }: Pick<Candidate, "component" | "to">): string[] {
  const names = component.pins.flatMap((pin) => pin.files ?? []);
  return [...new Set(names.map((name) => name.replaceAll("{version}", to.version)))];
}

/** Whether pins of a version download a file of that name. */
export function downloads(pins: readonly Pick<Pin, "files" | "version">[], name: string): boolean {
  return pins.some(({ files = [], version }) =>
    files.some((one) => isNamed(one.replaceAll("{version}", version), name)),
  );
}

function missingFiles(compared: Compared): string[] {
  const { assets } = compared.to;
  const absent = neededFiles(compared).filter((name) => !assets.some((asset) => isNamed(name, asset.name)));
  const others =
    assets.length === 0 ? "" : ` (${assets.length} ${assets.length === 1 ? "other is" : "others are"} there)`;
  return absent.map((name) => `the file ${name}${others}`);
}

/** `tool_${ARCH}.tar.gz` is there when a file of any name in place of the hole is. */
function isNamed(name: string, asset: string): boolean {
  const [first = "", ...others] = percentDecoded(name).split(
    /\$\{[^}]{0,200}\}|\$\([^)]{0,200}\)|\$\w+|\{\{[^}]{0,200}\}\}/,
  );
  const last = others.pop();
  if (last === undefined) return asset === first;
  if (!asset.startsWith(first)) return false;
  let at = first.length;
  for (const part of others) {
    const found = asset.indexOf(part, at); // the leftmost leaves most room for the rest: no turning back
    if (found < 0) return false;
    at = found + part.length;
  }
  return asset.length - last.length >= at && asset.endsWith(last);
}

/** Wheels are uploaded one after the other, and the source archive first: it alone would be built anew everywhere. */
function missingKinds({ to, current }: Compared): string[] {
  const hasWheel = (release: Release) => release.assets.some(({ name }) => name.endsWith(".whl"));
  const wanted = current.some(hasWheel);
  return wanted && to.assets.length > 0 && !hasWheel(to) ? ["a wheel, as the version of today has one"] : [];
}

function missingPlatforms({ to, current }: Compared): Parts {
  const platformsOf = ({ digests }: Release) => Object.keys(digests).filter((part) => part !== "index");
  const needed = new Set(current.flatMap(platformsOf));
  const there = platformsOf(to);
  if (needed.size === 0) return { missing: [], unknown: [] }; // an image for one platform, or one that is not known
  if (there.length === 0) return { missing: [], unknown: ["its platforms: they could not be read"] };
  return {
    missing: [...needed].filter((one) => !there.includes(one)).map((one) => `the platform ${one}`),
    unknown: [],
  };
}
