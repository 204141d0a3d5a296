import { createHash } from "node:crypto";
import type { Component, Pin } from "../../../src/domain/pin.ts";
import { type Ref, type Release, tagOfVersion } from "../../../src/domain/release.ts";
import { aRelease, LONG_AGO } from "../../support/build.ts";

/** How far the next version is from the one that is pinned. */
export const STEPS = ["patch", "major"] as const;
export type MadeStep = (typeof STEPS)[number];

/** The version with its last or first number one higher and zeros behind it, as long and as padded as it was. */
function nextOf(version: string, step: MadeStep): string {
  const [run, ...more] =
    version.match(/(?<=^v?)\d+(?:[._]\d+)*/) ??
    version.match(/(?<![\d.])\d+(?:[._]\d+)+/) ??
    version.match(/\d+/) ??
    [];
  if (run === undefined || more.length > 0) return version;
  const numbers = run.split(/[._]/);
  const at = step === "patch" ? numbers.length - 1 : 0;
  const next = numbers.map((number, index) => {
    const value = index < at ? number : index === at ? String(BigInt(number) + 1n) : "0";
    return value.padStart(number.startsWith("0") && number.length > 1 ? number.length : 0, "0");
  });
  const joints = run.match(/[._]/g) ?? [];
  return version.replace(run, () => next.map((number, index) => `${number}${joints[index] ?? ""}`).join(""));
}

/** Made-up content that differs for each text: a commit of 40 digits, a digest. */
const commitOf = (text: string) => createHash("sha1").update(text).digest("hex");
export const digestOf = (text: string) => `sha256:${createHash("sha256").update(text).digest("hex")}`;

/** Releases of what is pinned, and of one further version each; the files of that are as many as requirements list hashes of. */
export function releasesAfter(component: Component, step: MadeStep): Release[] {
  const byTag = new Map<string, Release>();
  for (const [index, pin] of component.pins.entries()) {
    const version = pin.version === "" ? `1.${index}.0` : pin.version;
    const now = release(pin, version, isCommit(pin.digest) ? pin.digest : commitOf(version));
    const next = release(pin, nextOf(version, step), commitOf(nextOf(version, step)), hashedFiles(component));
    for (const one of [now, next]) if (!byTag.has(one.tag)) byTag.set(one.tag, one);
  }
  return [...byTag.values()];
}

/** What is pinned, the version before each, and a prerelease of the one behind it: nothing of that is to be proposed. */
export function nothingNewer(component: Component): Release[] {
  const stable = component.pins.filter(
    ({ version, text }) => /\d/.test(version) && !/[a-z]/i.test(version) && !text.startsWith("<"), // `<6` leaves 6 out
  );
  return stable.flatMap((pin) =>
    [pin.version, before(pin.version), `${nextOf(pin.version, "patch")}-rc1`].map((version) =>
      release(pin, version, commitOf(version)),
    ),
  );
}

/** The version whose first number that is not zero is one lower. */
function before(version: string): string {
  return version.replace(/[1-9]\d*/, (number) => String(BigInt(number) - 1n));
}

/** The same versions, pushed again: only content differs. */
export function pushedAgain(component: Component): Release[] {
  return releasesAfter(component, "patch")
    .filter(({ version }) => component.current.includes(version))
    .map((one) => ({ ...one, digests: { index: digestOf(`${one.tag} again`) } }));
}

/** Where every name that is written points now. */
export function refsOf(component: Component): (Ref & { seenAt: string })[] {
  const isImage = component.upstream.startsWith("pkg:docker/");
  const names = component.pins.flatMap(({ text, version }) => [text === "" ? "latest" : text, version]);
  return [...new Set(names)].map((name) => ({
    name,
    target: isImage ? digestOf(name) : commitOf(name),
    seenAt: LONG_AGO,
  }));
}

/** What names stand for now, as releases. */
export function releasesNow(component: Component): Release[] {
  return refsOf(component).map(({ name, target }) =>
    aRelease({ upstream: component.upstream, version: name, tag: name, ...content(target) }),
  );
}

function content(target: string): Partial<Release> {
  return target.startsWith("sha256:") ? { digests: { index: target } } : { commit: target };
}

function release(pin: Pin, version: string, commit: string, assets: Release["assets"] = []): Release {
  const { upstream, variant = "" } = pin;
  const apart = variant !== "" && !pin.version.includes(variant);
  const tag = tagOfVersion(version, pin.tagTemplate ?? (apart ? `{version}-${variant}` : undefined));
  return aRelease({ upstream, version, tag, commit, digests: { index: digestOf(tag) }, assets });
}

function isCommit(digest: string | undefined): digest is string {
  return digest !== undefined && /^[0-9a-f]{7,40}$/.test(digest);
}

function hashedFiles({ pins }: Component): Release["assets"] {
  const edits = pins.flatMap((pin) => pin.edits);
  const counts = edits.flatMap(({ of }) => {
    const count = /#file-\d+-of-(\d+)$/.exec(of?.url ?? "")?.[1];
    return of === undefined || count === undefined ? [] : [{ count: Number(count), algorithm: of.algorithm }];
  });
  const [first] = counts;
  if (first === undefined) return [];
  return Array.from({ length: first.count }, (_, index) => {
    const hex = createHash(first.algorithm).update(`file ${index}`).digest("hex");
    return { name: `file-${index}.whl`, digest: `${first.algorithm}:${hex}` };
  });
}
