import type { Instant } from "../../domain/instant.ts";
import type { WrittenRelease } from "./written-incident.ts";

/** Whether a release is meant by a name: its version or its tag, with a leading `v` or without. */
export function isSame({ version, tag = version }: Pick<WrittenRelease, "version" | "tag">, name: string): boolean {
  const plain = (text: string) => text.replace(/^v(?=\d)/i, "");
  return name !== "" && [version, tag].some((one) => one === name || plain(one) === plain(name));
}

/** A version that is written several times is one release: what is written of it later was seen later. */
export function mergeWritten(written: readonly WrittenRelease[]): WrittenRelease[] {
  return [...Map.groupBy(written, ({ version }) => version).values()].map((all) => {
    const [first, ...others] = all.toSorted((a, b) => (dateOf(a) < dateOf(b) ? -1 : dateOf(a) > dateOf(b) ? 1 : 0));
    return others.reduce((one, other) => mergeTwo(one, other), first as WrittenRelease);
  });
}

function dateOf({ firstSeenAt, publishedAt }: WrittenRelease): Instant {
  return firstSeenAt ?? publishedAt ?? "";
}

function mergeTwo(one: WrittenRelease, other: WrittenRelease): WrittenRelease {
  const observations = [...one.observations, ...other.observations];
  if (dateOf(one) === "" || dateOf(other) === dateOf(one)) return { ...one, ...known(other), observations };
  const {
    version: _,
    tag: __,
    publishedAt,
    publishedBy,
    firstSeenAt,
    state,
    yankedAt,
    deletedAt,
    deprecatedAt,
    movedAt,
    replacedAt,
    ...rest
  } = other;
  const { observations: ___, evidence, uploader: ____, ...seen } = rest;
  const ends = known({ state, yankedAt, deletedAt, deprecatedAt, movedAt, replacedAt });
  return {
    ...one,
    ...ends,
    observations: [...observations, { at: dateOf(other), ...known({ ...evidence, ...seen }) }],
  };
}

function known<Row extends object>(row: Row): Row {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined)) as Row;
}
