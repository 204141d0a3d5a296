import type { Alert } from "../../domain/bump.ts";
import type { CheckResult } from "../../domain/trust.ts";

/** Nothing is taken from an upstream while one of these stands: who is behind it, or what it holds, is in doubt. */
const BLOCKING: readonly Alert["class"][] = ["mass-move", "quarantined", "recreated"];
/** A person looks once; acknowledging lets go. */
const HOLDING: readonly Alert["class"][] = ["renamed", "transferred"];
/** Trouble with the version that is pinned says something of the next one, too. */
const WARNING: readonly Alert["class"][] = ["tag-moved", "asset-replaced", "checksum-mismatch"];

/** What the standing alerts of an upstream mean for its candidates, as a check; none where they mean nothing. */
export function checkOfAlerts(alerts: readonly Alert[]): CheckResult[] {
  const of = (classes: readonly Alert["class"][], state?: Alert["state"]) =>
    alerts.filter((alert) => classes.includes(alert.class) && (state === undefined || alert.state === state));
  const groups = [
    { outcome: "block", found: of(BLOCKING) },
    { outcome: "hold", found: of(HOLDING, "open") },
    { outcome: "warn", found: of(WARNING, "open") },
  ] as const;
  const worst = groups.find(({ found }) => found.length > 0);
  const [first] = worst?.found ?? [];
  if (worst === undefined || first === undefined) return [];
  const more = worst.found.length > 1 ? ` ${worst.found.length - 1} more alerts stand.` : "";
  const summary = `Alert ${first.id}: ${first.summary}${more}`;
  return [{ check: "alerts", outcome: worst.outcome, summary, evidence: first.evidence }];
}
