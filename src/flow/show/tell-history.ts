import { z } from "zod";
import type { StoredEvent } from "../../db/deliveries/events.ts";
import type { HistoryLine } from "../../domain/pages/history-line.ts";

const DATA = z.object({
  verdict: z.string().optional().catch(undefined),
  to: z.string().optional().catch(undefined),
  until: z.string().optional().catch(undefined),
  reasons: z.array(z.string()).optional().catch(undefined),
  action: z.string().optional().catch(undefined),
  reason: z.string().optional().catch(undefined),
  by: z.string().optional().catch(undefined),
  before: z.string().optional().catch(undefined),
  after: z.string().optional().catch(undefined),
  when: z.string().optional().catch(undefined),
  channel: z.string().optional().catch(undefined),
  url: z.string().optional().catch(undefined),
  points: z.number().optional().catch(undefined),
  summary: z.string().optional().catch(undefined),
});

type Data = z.output<typeof DATA>;

const VERDICTS: Readonly<Record<string, string>> = {
  propose: "To be proposed",
  hold: "Held",
  wait: "Waits",
  block: "Blocked",
  skip: "Skipped",
};
const ACTIONS: Readonly<Record<string, string>> = {
  approve: "Approved",
  hold: "Held by hand",
  skip: "Skipped by hand",
  reopen: "Reopened",
};

/** Events as people read them. What another version wrote in another shape is told by its name. */
export function tellHistory(events: readonly StoredEvent[]): HistoryLine[] {
  return events.map(({ at, kind, candidate, data }) => {
    const said = DATA.catch({}).parse(data ?? {});
    const { what, detail } = tell(kind, said);
    return {
      at,
      what,
      ...(detail !== undefined && detail !== "" && { detail }),
      ...(said.by !== undefined && { by: said.by }),
      ...(candidate !== undefined && { candidate }),
    };
  });
}

/** What an event came to, and what is said beside it. */
type Told = { readonly what: string; readonly detail?: string | undefined };

const TELLERS: Readonly<Record<string, (said: Data) => Told>> = {
  decided: ({ verdict = "", until, to = "", reasons }) => {
    const words = Object.hasOwn(VERDICTS, verdict) ? VERDICTS[verdict] : "Decided";
    return {
      what: `${words}${until === undefined ? "" : ` until ${until.slice(0, 10)}`}: ${to}`,
      detail: reasons?.[0],
    };
  },
  "decided-by-hand": ({ action = "", reason }) => {
    return {
      what: (Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : undefined) ?? "Decided by hand",
      detail: reason,
    };
  },
  delivered: ({ channel = "a channel", url }) => ({ what: `Sent by ${channel}`, detail: url }),
  vouched: ({ points = 0, reason }) => ({ what: `Vouched for, ${Math.round(points * 10)} of 10`, detail: reason }),
  "candidate-superseded": () => ({ what: "Superseded by another version" }),
  "candidate-moved": ({ before, after, reason, when }) => {
    return { what: `From ${before ?? "?"} to ${after ?? "?"}`, detail: reason ?? when };
  },
};

function tell(kind: string, said: Data): Told {
  const teller = Object.hasOwn(TELLERS, kind) ? TELLERS[kind] : undefined;
  return teller?.(said) ?? { what: named(kind), detail: said.summary ?? said.reason };
}

function named(kind: string): string {
  const words = kind.replaceAll("-", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
