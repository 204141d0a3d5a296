import { ALERTS } from "../../../domain/alert-words.ts";
import type { Alert } from "../../../domain/bump.ts";
import type { Instant } from "../../../domain/instant.ts";
import { wasAndIs } from "../../../domain/integrity/pin-integrity.ts";
import { upstreamLabel } from "../../../domain/upstream.ts";
import { moment, relative } from "../../../views/time.ts";
import { shortVersion } from "../../../views/words.ts";
import { type Fact, type Item, placesFact } from "./item.ts";
import { alertsPage } from "./pages.ts";

/** An alert: what was, what is now, and what to do. */
export function alertItem(alert: Alert, at: Instant, pages?: string): Item {
  const seen = alert.evidence.slice(0, 2).flatMap((one): Fact[] => {
    const text = wasAndIs(one, shortVersion);
    return text === undefined ? [] : [{ mark: "changed", tone: "careful", text }];
  });
  return {
    title: `${ALERTS[alert.class]}: ${upstreamLabel(alert.upstream)}`,
    about: [alert.project, alert.severity, `since ${moment(alert.openedAt)}, ${relative(alert.openedAt, at)}`],
    facts: [
      { mark: "what", tone: "urgent", text: alert.summary },
      ...seen,
      ...placesFact(alert.places),
      { mark: "next", tone: "careful", text: alert.next },
      ...seenFact(alert),
    ],
    ...alertsPage(pages),
    ...acknowledgeCommand(alert),
  };
}

/** Who looks after it already. */
export function seenFact(alert: Alert | undefined): Fact[] {
  if (alert?.acknowledged === undefined) return [];
  const { by, at, reason } = alert.acknowledged;
  return [{ mark: "acknowledged", tone: "calm", text: `by ${by} on ${moment(at)}: ${reason}` }];
}

/** The command by which somebody says that they look after it. */
export function acknowledgeCommand(alert: Alert | undefined): Pick<Item, "command"> {
  return alert?.state === "open" ? { command: `headgate acknowledge ${alert.id} --reason "why"` } : {};
}
