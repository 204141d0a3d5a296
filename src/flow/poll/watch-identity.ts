import { isDeepStrictEqual } from "node:util";
import { standingAlerts } from "../../db/deliveries/alerts.ts";
import type { UpstreamState } from "../../db/upstreams/upstreams.ts";
import type { Alert } from "../../domain/bump.ts";
import { judgeIdentity, judgeStanding } from "../../domain/integrity/judge-upstream.ts";
import { isQuiet, type Judged } from "../../domain/integrity/pin-integrity.ts";
import { type UpstreamIdentity, upstreamLabel } from "../../domain/upstream.ts";
import { Failure, isFailure } from "../../lib/failure.ts";
import type { PollAnswer } from "../../poll/source.ts";
import { raiseAlert, resolveAlert } from "../alerts/raise-alert.ts";
import type { FlowContext } from "../context.ts";
import { placesPinning } from "../discover/pinned-places.ts";

/**
 * Lets an answer through when it comes from whom it came before. A new name, owner or quarantine is an alert; another
 * upstream under the same name is one too, and its answer counts for nothing (a `refused` failure) until a person has
 * resolved that alert in every project.
 */
export async function fromWhomItWas(
  flow: FlowContext,
  purl: string,
  state: Pick<UpstreamState, "identity" | "failure"> | undefined,
  answer: PollAnswer | Failure,
): Promise<PollAnswer | Failure> {
  if (isFailure(answer) || answer.state === "unchanged" || answer.identity === undefined) return answer;
  const now = answer.identity;
  const known = state?.identity;
  const isFirst = known === undefined && now.standing === undefined;
  const isSame = isDeepStrictEqual(known, now) && state?.failure?.code !== "refused";
  if (isFirst || isSame) return answer;
  const judged = [known === undefined ? undefined : judgeIdentity(known, now), judgeStanding(now)];
  const over = await settle(flow, purl, now);
  const raised: Alert[] = [];
  for (const one of judged) {
    if (one !== undefined && !over.includes(one.class)) raised.push(...(await raiseFor(flow, purl, one)));
  }
  const stranger = judged.some((one) => one?.class === "recreated");
  if (stranger && raised.some((alert) => alert.state !== "resolved")) {
    const before = known?.id === undefined ? "" : `, before ${known.id}`;
    return new Failure(
      "refused",
      `${upstreamLabel(purl)} is now another repository under the same name (id ${now.id}${before}). Nothing is taken from it until somebody resolves the alert.`,
    );
  }
  return answer;
}

/** Ends alerts about who it is, or that it was withheld, where that is as it was before; gives back their classes. */
async function settle(flow: FlowContext, purl: string, now: UpstreamIdentity): Promise<Judged["class"][]> {
  const about: readonly Alert["class"][] = ["renamed", "transferred", "recreated", "quarantined"];
  const current: Readonly<Record<string, string | undefined>> = {
    id: now.id,
    owner: now.owner,
    name: now.name,
    standing: now.standing?.status ?? "active",
  };
  const over = (await standingAlerts(flow.db)).filter(
    (alert) =>
      alert.upstream === purl &&
      about.includes(alert.class) &&
      alert.evidence.every(({ kind, expected }) => current[kind]?.toLowerCase() === expected?.toLowerCase()),
  );
  for (const alert of over) await resolveAlert(flow, alert, "It is again what it was before.");
  return over.map((alert) => alert.class);
}

/** Raises it in every project that takes something of the upstream. */
async function raiseFor(flow: FlowContext, purl: string, judged: Judged): Promise<Alert[]> {
  const { class: kind, severity, what, next } = judged;
  if (isQuiet(kind)) return [];
  const at = flow.clock();
  const evidence = judged.evidence.map((one) => ({ ...one, source: purl, observedAt: at }));
  const summary = `${upstreamLabel(purl)}, which is pinned here, ${what}.`;
  const raised: Alert[] = [];
  for (const { project, pins } of await placesPinning(flow, purl, "all")) {
    const places = pins.map(({ path, line }) => ({ path, line }));
    raised.push(
      await raiseAlert(flow, {
        project,
        upstream: purl,
        class: kind,
        subject: "",
        severity,
        summary,
        next,
        places,
        evidence,
      }),
    );
  }
  return raised;
}
