import type { UncheckedEntry } from "../../../domain/digest.ts";
import type { Instant } from "../../../domain/instant.ts";
import { upstreamLabel } from "../../../domain/upstream.ts";
import { moment, relative } from "../../../views/time.ts";
import type { Fact, Item } from "./item.ts";

/** What could not be looked at: why, since when, and when it is tried again. */
export function uncheckedItem(entry: UncheckedEntry, at: Instant): Item {
  const since: Fact[] =
    entry.since === undefined
      ? []
      : [{ mark: "since", tone: "calm", text: `${moment(entry.since)}, ${relative(entry.since, at)}` }];
  const retry: Fact[] =
    entry.retryAt === undefined ? [] : [{ mark: "next try", tone: "calm", text: moment(entry.retryAt) }];
  const title = entry.subject.startsWith("pkg:") ? upstreamLabel(entry.subject) : entry.subject;
  return { title, about: [], facts: [{ mark: "why", tone: "careful", text: entry.reason }, ...since, ...retry] };
}
