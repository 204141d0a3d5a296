import { DAY, type Instant, plus } from "../../../src/domain/instant.ts";
import type { Pin } from "../../../src/domain/pin.ts";
import { toPurl } from "../../../src/domain/upstream.ts";
import { githubHistory, type History, imageHistory, pypiHistory } from "./histories.ts";

/** One made-up upstream: its history, how its versions become tags, the pin of it, and the tag that is right to move to. */
export type MadeUp = {
  readonly kind: "github" | "pypi" | "docker";
  /** `owner/name`, a package's name, or an image's repository. */
  readonly name: string;
  readonly purl: string;
  readonly history: History;
  readonly toTag: (version: string) => string;
  readonly pin: Pin;
  readonly right: string;
  /** For images: the registry's host as written in image names. */
  readonly host?: string;
};

/** When the histories begin. Nothing in them is younger than a month. */
const BEGINNING = "2025-06-01T00:00:00.000Z";
export const HUB = "docker.io";

/** Where images are: on how many registries, Docker Hub among them, in equal parts; 1: all but one in twenty on Docker Hub. */
export type Spread = { readonly registries: number };
const OTHERS = 20;

/** The registries of a spread. Those that are not Docker Hub name no digests in their lists. */
export function registriesOf({ registries }: Spread): string[] {
  const others = Array.from({ length: Math.max(1, registries - 1) }, (_, index) => `registry-${index + 1}.example`);
  return [HUB, ...others];
}

function registryOf(index: number, spread: Spread): string {
  const all = registriesOf(spread);
  const place = spread.registries > 1 ? index % all.length : index % OTHERS === OTHERS - 1 ? 1 : 0;
  return all[place] ?? HUB;
}
const FLAVOURS = ["", "-slim-trixie", "-alpine"];

/** When a day of a history was. */
export function dayOf(day: number): Instant {
  return plus(BEGINNING, day * DAY);
}

/** `count` upstreams of each of three kinds, always the same ones. */
export function makeUp(count: number, spread: Spread = { registries: 1 }): MadeUp[] {
  const indices = Array.from({ length: count }, (_, index) => index);
  return [...indices.map(repository), ...indices.map(pythonPackage), ...indices.map((index) => image(index, spread))];
}

function repository(index: number): MadeUp {
  const history = githubHistory(index);
  const prefix = history.published.some(({ as }) => as === "other-component") ? "server-v" : index % 3 === 0 ? "" : "v";
  const toTag = (version: string) => `${prefix}${version}`;
  const name = `owner-${index % 97}/tool-${index}`;
  const purl = toPurl("github", name);
  const pin: Pin = {
    ...place(index, "Dockerfile"),
    upstream: purl,
    text: history.pinned,
    version: history.pinned,
    tagTemplate: `${prefix}{version}`,
    scheme: "loose",
    name: `TOOL_${index}_VERSION`,
  };
  return { kind: "github", name, purl, history, toTag, pin, right: toTag(history.right) };
}

function pythonPackage(index: number): MadeUp {
  const history = pypiHistory(index);
  const name = `package-${index}`;
  const purl = toPurl("pypi", name);
  const { pinned } = history;
  const pin: Pin = {
    ...place(index, "requirements.txt"),
    upstream: purl,
    text: pinned,
    version: pinned,
    scheme: "pep440",
    name,
  };
  return { kind: "pypi", name, purl, history, toTag: (version) => version, pin, right: history.right };
}

function image(index: number, spread: Spread): MadeUp {
  const history = imageHistory(index);
  const host = registryOf(index, spread);
  const flavour = FLAVOURS[index % FLAVOURS.length] ?? "";
  const toTag = (version: string) => `${version}${flavour}`;
  const name = `team-${index % 89}/image-${index}`;
  const purl = toPurl("docker", name, host === HUB ? {} : { repository_url: host });
  const tag = toTag(history.pinned);
  const pin: Pin = {
    ...place(index, "Dockerfile"),
    upstream: purl,
    text: tag,
    version: tag,
    scheme: "docker-tag",
    name,
    ...(flavour !== "" && { variant: flavour.slice(1) }),
  };
  return { kind: "docker", name, purl, history, toTag, pin, right: toTag(history.right), host };
}

function place(index: number, file: string) {
  const path = `part-${Math.floor(index / 100)}/${file}`;
  return { path, line: (index % 100) + 1, edits: [], precision: "exact", format: "dockerfile", linked: [] } as const;
}

/** All tags of an image: every version in every flavour, and names that are no versions. */
export function imageTags(history: History): { tag: string; content: string; day: number }[] {
  const tags = history.published.flatMap(({ version, day }) =>
    FLAVOURS.map((flavour) => ({ tag: `${version}${flavour}`, content: `${version}${flavour}`, day })),
  );
  const last = history.published.at(-1);
  return [...tags, { tag: "latest", content: `${last?.version}`, day: last?.day ?? 0 }];
}
